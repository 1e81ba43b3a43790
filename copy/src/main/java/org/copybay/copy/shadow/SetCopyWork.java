package org.copybay.copy.shadow;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.copybay.copy.engine.Copier;
import org.copybay.copy.engine.DataRanges;
import org.copybay.copy.engine.Job;
import org.copybay.copy.engine.JobRecord;
import org.copybay.copy.engine.JobTable;
import org.copybay.copy.engine.Work;
import org.copybay.volumes.Extent;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.MemberBytes;
import org.copybay.volumes.bay.Volume;
import org.copybay.volumes.bitmap.Taken;
import org.copybay.volumes.bitmap.WriteBitmap;

/*
 * Steps of one batch, and what a crash after each leaves:
 *
 *   blocks taken from the bitmap      their bits are set: they are copied again
 *   writes in flight have ended       the same
 *   blocks copied, each range locked  the same
 *   target synced                     the same
 *   bits cleared                      what is clear is safe on the target (P3)
 *
 * What is written meanwhile goes to the target by itself, after the full members (UnitDevice); so
 * the bits only get fewer, and the copy ends while programs write at full speed. After an unclean
 * stop what was written lately is set again (SetMount).
 */
/**
 * Makes one target of a shadow set equal to the full members: the blocks that its bitmap names. A
 * full copy is one whose bitmap names all. Holes stay holes.
 */
final class SetCopyWork implements Work {
  static final String VERB = "shadow_copy";

  /** Blocks between two syncs of the target: what a crash lets copy again, at most. */
  private static final long BATCH_BYTES = 256L << 20;

  private static final int BATCH_REGIONS = 16_384;

  private final ShadowSet set;
  private final JobRecord row;

  SetCopyWork(ShadowSet set, JobRecord row) {
    this.set = set;
    this.row = row;
  }

  private UUID targetId() {
    return Objects.requireNonNull(row.targetId());
  }

  private Members.Target target() throws StorageException {
    for (Members.Target target : set.device().members().targets()) {
      if (target.member().volume().id().equals(targetId())) {
        return target;
      }
    }
    throw new StorageException(
        Fault.NOT_FOUND, "volume " + row.target() + " is no target of " + set.name() + " any more");
  }

  @Override
  public void holdAgain(Job job) throws StorageException {
    Members.Target again = target();
    assert again.member().volume().id().equals(row.targetId()) : row;
  }

  @Override
  public JobRecord run(Job job) throws StorageException {
    Members.Target target = target();
    WriteBitmap missing = target.missing();
    job.begin("copying", missing.changedBytes());
    while (true) {
      for (long from = missing.nextRegion(0); from >= 0; ) {
        from = batch(job, target, from);
      }
      job.begin("syncing", 0);
      sync(target);
      JobRecord done = done(job);
      if (set.membership().complete(target, connection -> JobTable.put(connection, done))) {
        return done;
      }
      requireAlive(target);
      job.begin("copying", missing.changedBytes()); // what failed meanwhile
    }
  }

  private JobRecord done(Job job) {
    return job.row().done(job.now(), "copied=" + job.progress().bytesCopied());
  }

  private static void requireAlive(Members.Target target) throws StorageException {
    String dead = target.member().dead();
    if (dead != null) {
      throw new StorageException(
          Fault.STORE_FAILED, "member " + target.member().name() + " failed: " + dead);
    }
  }

  /** Copies some regions; returns the first of the next ones, or -1. */
  private long batch(Job job, Members.Target target, long from) throws StorageException {
    WriteBitmap missing = target.missing();
    List<Taken> taken = new ArrayList<>();
    boolean copied = false;
    long next = from;
    try {
      long bytes = 0;
      int regions = 0;
      while (next >= 0 && bytes < BATCH_BYTES && regions < BATCH_REGIONS) {
        Taken some = missing.take(next, 1024);
        taken.add(some);
        bytes += some.extents().stream().mapToLong(Extent::length).sum();
        regions += some.regionCount();
        next = missing.nextRegion(next + 1024);
      }
      set.gate().awaitEarlier();
      copy(job, target, taken);
      requireAlive(target);
      sync(target);
      copied = true;
    } finally {
      if (!copied) {
        for (Taken some : taken) {
          missing.putBack(some);
        }
      }
    }
    for (Taken some : taken) {
      missing.clear(some);
    }
    return next;
  }

  private static void sync(Members.Target target) throws StorageException {
    target.member().bytes().flush();
  }

  private void copy(Job job, Members.Target target, List<Taken> taken) throws StorageException {
    List<Extent> extents = new ArrayList<>();
    taken.forEach(some -> extents.addAll(some.extents()));
    UnitDevice device = set.device();
    new Copier(job, Duration.ofDays(1))
        .forEach(
            listed(extents),
            0,
            (piece, buffer, spare) -> {
              requireAlive(target);
              copy(device, target.member().bytes(), piece, buffer);
              job.progress().copied(piece.length());
            },
            offset -> {});
  }

  /** Ranges of a list in order. */
  private static DataRanges listed(List<Extent> extents) {
    return DataRanges.within(extents, offset -> new Extent(offset, Long.MAX_VALUE - offset));
  }

  private void copy(UnitDevice device, MemberBytes to, Extent piece, ByteBuffer buffer)
      throws StorageException {
    try (var held = device.enterRange(piece)) {
      if (device.mayDiffer(piece)) {
        boolean all = device.unite(piece, buffer);
        assert all || buffer.hasRemaining(); // the bytes of the one that is read are right
        to.write(piece.offset(), buffer);
        return;
      }
      long at = piece.offset();
      while (at < piece.end()) {
        long data = device.nextData(at);
        long start = data < 0 ? piece.end() : Math.min(data, piece.end());
        if (start > at) {
          to.zero(at, start - at, false);
          at = start;
        }
        if (at < piece.end()) {
          long hole = device.nextHole(at);
          long end = hole < 0 ? piece.end() : Math.min(hole, piece.end());
          device.copy(at, buffer.clear().limit((int) (end - at)));
          to.write(at, buffer.flip());
          at = end;
        }
      }
    }
  }

  @Override
  public boolean discard() {
    Volume volume = set.volume(targetId());
    if (volume != null) {
      set.membership().removeTarget(volume, "its copy ended before it was whole");
    }
    return true;
  }

  @Override
  public void release(Job job) {
    // A target that is whole is a member; one that is not was given up by discard.
  }
}
