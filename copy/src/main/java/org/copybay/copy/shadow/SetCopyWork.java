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
import org.copybay.volumes.bay.Volume;
import org.copybay.volumes.bitmap.Taken;
import org.copybay.volumes.bitmap.WriteBitmap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

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
  private static final Logger LOG = LoggerFactory.getLogger(SetCopyWork.class);

  static final String VERB = "shadow_copy";

  /** Blocks between two syncs of the target: what a crash lets copy again, at most. */
  private static final long BATCH_BYTES = 32L << 20;

  private static final int BATCH_REGIONS = 16_384;

  /** Between two looks whether a write that is tried again has ended. */
  private static final long AGAIN_MILLIS = 100;

  /** So many scattered blocks the disk of the source may have in hand at once. */
  private static final int AHEAD = 128;

  /** What is longer than that the kernel reads ahead by itself. */
  private static final long SCATTERED_BYTES = 128 << 10;

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final ShadowSet set;
  private final JobRecord row;

  // volatile: a run of data that was found last, by any of the copier's threads: a file system goes
  // through all that lies before a hole to find it. What became a hole since is copied as zeros
  private volatile Extent run = new Extent(0, 0);

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
      if (set.device().isWhole(target)) {
        onTarget(target, NOTHING, (member, none) -> member.bytes().requireInPlace());
        job.conclude(); // the transaction of its end is the last word
        JobRecord done = done(job);
        if (set.membership().complete(target, connection -> JobTable.put(connection, done))) {
          return done;
        }
        job.goOn();
      }
      awaitWrites(job, target);
      if (missing.regionsSet() > 0) {
        job.begin("copying", missing.changedBytes()); // what failed meanwhile
      }
    }
  }

  /** What a write that is tried again has not got to the target is copied once it has ended. */
  private void awaitWrites(Job job, Members.Target target) throws StorageException {
    do {
      requireAlive(target);
      set.failures().pause(AGAIN_MILLIS);
      job.proceed(0);
    } while (set.device().retrying() > 0);
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

  /** What is done to the target; one that fails, or does not answer in time, is given up. */
  private void onTarget(Members.Target target, ByteBuffer bytes, Legs.ByteLeg leg)
      throws StorageException {
    Member member = target.member();
    List<Legs.Failure> failed =
        Legs.run(List.of(member), bytes, set.failures().timeoutMillis(), leg);
    if (!failed.isEmpty()) {
      StorageException e = failed.get(0).error();
      member.kill(e.getMessage());
      throw new StorageException(
          e.fault() == Fault.AGAIN ? Fault.STORE_FAILED : e.fault(),
          "member " + member.name() + " failed: " + e.getMessage(),
          e.remedy(),
          e);
    }
  }

  private void sync(Members.Target target) throws StorageException {
    onTarget(target, NOTHING, (member, none) -> member.bytes().flush());
  }

  private void copy(Job job, Members.Target target, List<Taken> taken) throws StorageException {
    List<Extent> extents = new ArrayList<>();
    taken.forEach(some -> extents.addAll(some.extents()));
    UnitDevice device = set.device();
    Copier copier = new Copier(job, Duration.ofDays(1));
    for (int from = 0; from < extents.size(); from += AHEAD) {
      expect(device, some(extents, from + AHEAD));
      copier.forEach(
          DataRanges.listed(some(extents, from)),
          0,
          (piece, buffer, spare) -> {
            requireAlive(target);
            copy(device, target, piece, buffer);
            job.progress().copied(piece.length());
          },
          offset -> {});
    }
  }

  private static List<Extent> some(List<Extent> extents, int from) {
    int size = extents.size();
    return extents.subList(Math.min(from, size), Math.min(from + AHEAD, size));
  }

  /** A disk that has many blocks in hand reads them sooner than one after the other. */
  private static void expect(UnitDevice device, List<Extent> extents) throws StorageException {
    List<Extent> scattered = extents.stream().filter(e -> e.length() <= SCATTERED_BYTES).toList();
    if (!scattered.isEmpty()) {
      device.expect(scattered);
    }
  }

  private void copy(UnitDevice device, Members.Target target, Extent piece, ByteBuffer buffer)
      throws StorageException {
    try (var held = device.enterRange(piece)) {
      if (device.mayDiffer(piece)) {
        device.unite(piece, buffer); // where one could not be written a merge follows
        write(target, piece.offset(), buffer);
        return;
      }
      Extent known = run;
      if (known.offset() <= piece.offset() && piece.end() <= known.end()) {
        copyData(device, target, piece.offset(), piece.end(), buffer);
        return;
      }
      for (long at = piece.offset(); at < piece.end(); ) {
        at = copyPart(device, target, at, piece.end(), buffer);
      }
    }
  }

  /** Copies the hole, or else the data, that begins there; returns where it ends. */
  private long copyPart(
      UnitDevice device, Members.Target target, long at, long end, ByteBuffer buffer)
      throws StorageException {
    long data = device.nextData(at);
    long start = data < 0 ? end : Math.min(data, end);
    if (start > at) {
      onTarget(target, NOTHING, (member, none) -> member.bytes().zero(at, start - at, false));
      return start;
    }
    long hole = device.nextHole(at);
    run = new Extent(at, (hole < 0 ? end : hole) - at);
    long stop = hole < 0 ? end : Math.min(hole, end);
    copyData(device, target, at, stop, buffer);
    return stop;
  }

  private void copyData(
      UnitDevice device, Members.Target target, long at, long end, ByteBuffer buffer)
      throws StorageException {
    device.copy(at, buffer.clear().limit((int) (end - at)));
    write(target, at, buffer.flip());
  }

  private void write(Members.Target target, long offset, ByteBuffer bytes) throws StorageException {
    onTarget(target, bytes, (member, some) -> member.bytes().write(offset, some));
  }

  @Override
  public boolean discard() {
    Volume volume = set.volume(targetId());
    if (volume != null) {
      boolean former = set.membership().removeTarget(volume, why(volume));
      LOG.info("set={} target={} former={}", set.name(), volume.name(), former);
    }
    return true;
  }

  private String why(Volume volume) {
    ShadowSet.Mounted now = set.mountedOrNull();
    List<Members.Target> targets = now == null ? List.of() : now.device().members().targets();
    return targets.stream()
        .map(Members.Target::member)
        .filter(target -> target.volume() == volume && target.dead() != null)
        .map(SetJobs::failed)
        .findFirst()
        .orElse("its copy ended before it was whole");
  }

  @Override
  public void release(Job job) {
    // A target that is whole is a member; one that is not was given up by discard.
  }
}
