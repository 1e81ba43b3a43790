package org.copybay.copy.duplicate;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.copybay.copy.engine.Copier;
import org.copybay.copy.engine.DataRanges;
import org.copybay.copy.engine.Job;
import org.copybay.copy.engine.JobRecord;
import org.copybay.copy.engine.JobTable;
import org.copybay.copy.engine.Work;
import org.copybay.volumes.Extent;
import org.copybay.volumes.Fault;
import org.copybay.volumes.Image;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Bay;
import org.copybay.volumes.bay.Hold;
import org.copybay.volumes.bay.PointVolume;
import org.copybay.volumes.bay.Volume;
import org.copybay.volumes.store.HomeFile;
import org.jspecify.annotations.Nullable;

/*
 * Steps of one duplicate, and what a crash after each leaves:
 *
 *   freeze   the point of the job                     dropped at mount
 *   reserve  target row COPYING                       both removed at mount
 *   accept   job row QUEUED                           all three are taken up again at mount
 *   copy     bytes below the checkpoint are fenced    copying goes on at the checkpoint
 *   sync     all bytes of the target are fenced       the same
 *   verify   point and target compared                the same
 *   reveal   one transaction: target READY, job DONE, the replaced volume DROPPING
 *   release  the point is dropped                     dropped at mount, if it is still there
 */
/**
 * The work of one duplicate (P6): copies the data of the source as it was frozen, holes stay holes.
 */
final class DuplicateWork implements Work {
  private static final int WRITE_BYTES = 1 << 16;

  /** Ranges that are listed, and copied one by one after a clone: a few MiB of memory. */
  private static final int MAX_AWAY_COUNT = 100_000;

  private final Bay bay;
  private final JobRecord row;

  private final Duration checkpointInterval;

  DuplicateWork(Bay bay, JobRecord row, Duration checkpointInterval) {
    this.bay = bay;
    this.row = row;
    this.checkpointInterval = checkpointInterval;
  }

  static String options(DuplicateSpec wanted) {
    return "replace="
        + wanted.replace()
        + " share="
        + wanted.share()
        + " verify="
        + wanted.verify();
  }

  private boolean option(String name) {
    return options().contains(name + "=true");
  }

  private List<String> options() {
    return List.of(row.options().split(" ", -1));
  }

  private @Nullable Volume targetOrNull() {
    UUID id = row.targetId();
    return id == null ? null : bay.findReserved(id);
  }

  private Volume target() throws StorageException {
    Volume target = targetOrNull();
    if (target == null) {
      throw new StorageException(Fault.NOT_FOUND, "the target of job " + row.id() + " is gone");
    }
    return target;
  }

  @Override
  public void holdAgain(Job job) throws StorageException {
    PointVolume frozen = bay.points().findFor(job.id());
    assert frozen.volume().id().equals(row.sourceId()) : row;
    bay.holdReserved(target(), new Hold(job.id(), "being made"));
  }

  @Override
  public JobRecord run(Job job) throws StorageException {
    PointVolume from = bay.points().findFor(job.id());
    Volume source = from.volume();
    Volume target = target();
    job.awaitDisk(source);
    HomeFile home = source.fill();
    HomeFile to = target.fill();
    home.requireLength(from.size());
    Copier copier = new Copier(job, checkpointInterval);
    boolean shared = job.row().checkpoint() == 0 && option("share") && share(job, copier, from, to);
    if (!shared) {
      copy(job, copier, from, to);
    }
    job.begin("syncing", 0);
    target.flush();
    if (option("verify")) {
      verify(job, copier, from, to, from.size());
    }
    home.requireLength(from.size());
    to.requireLength(from.size());
    job.conclude();
    return reveal(job, target, shared);
  }

  /**
   * Shares what lies in the home of the source and copies the rest. What lies there before the
   * clone stays so, and is not overwritten, for as long as the point is there. False where the disk
   * cannot share, or so much lies elsewhere that it is not worth it: then the target is empty.
   */
  private static boolean share(Job job, Copier copier, PointVolume from, HomeFile to)
      throws StorageException {
    job.begin("sharing", 0);
    List<Extent> away = away(from);
    if (away.size() > MAX_AWAY_COUNT || !to.cloneFrom(from.volume().fill())) {
      to.zero(0, from.size(), false); // what a clone that failed half way has left
      return false;
    }
    to.setSize(from.size()); // the home may have grown
    for (Extent range : away) {
      to.zero(range.offset(), range.length(), false);
    }
    if (!away.isEmpty()) {
      DataRanges data = DataRanges.within(away, DataRanges.of(from, from.size()));
      move(job, copier, data, from, to, offset -> {}); // no checkpoint: it would share again
    }
    return true;
  }

  /** What of it does not lie in the home of the source, at most one range more than is allowed. */
  private static List<Extent> away(PointVolume from) throws StorageException {
    List<Extent> ranges = new ArrayList<>();
    Extent next = from.nextAway(0);
    while (next != null && ranges.size() <= MAX_AWAY_COUNT) {
      int last = ranges.size() - 1;
      if (last >= 0 && ranges.get(last).end() == next.offset()) {
        Extent before = ranges.get(last);
        ranges.set(last, new Extent(before.offset(), before.length() + next.length()));
      } else {
        ranges.add(next);
      }
      next = from.nextAway(next.end());
    }
    return ranges;
  }

  private static void copy(Job job, Copier copier, PointVolume from, HomeFile to)
      throws StorageException {
    move(
        job,
        copier,
        DataRanges.of(from, from.size()),
        from,
        to,
        offset -> {
          to.flush();
          job.checkpoint(offset);
        });
  }

  private static void move(
      Job job,
      Copier copier,
      DataRanges data,
      Image from,
      HomeFile to,
      Copier.Checkpoint checkpoint)
      throws StorageException {
    long start = job.row().checkpoint();
    long total = data.length(0, job);
    job.begin("copying", total, start == 0 ? 0 : total - data.length(start, job));
    long startNanos = System.nanoTime();
    copier.forEach(
        data,
        start,
        (piece, buffer, spare) -> {
          from.read(piece.offset(), buffer);
          write(to, piece.offset(), buffer.flip());
          job.progress().copied(piece.length());
          job.progress().setCopyMillis(millisSince(startNanos));
        },
        checkpoint);
    job.progress().setCopyMillis(millisSince(startNanos));
  }

  /**
   * Writes a piece to new space, a track at a time. For the new pages of a larger write the kernel
   * takes one large piece of memory, which a virtual machine may have given back to its host
   * (decision 0023).
   */
  private static void write(HomeFile to, long offset, ByteBuffer piece) throws StorageException {
    int end = piece.limit();
    for (int at = 0; at < end; at += WRITE_BYTES) {
      to.writeAll(offset + at, piece.limit(Math.min(at + WRITE_BYTES, end)));
    }
  }

  /** Compares all data of either side, the target's read from its disk again. */
  private static void verify(Job job, Copier copier, Image from, HomeFile to, long size)
      throws StorageException {
    to.dropCached(0, size);
    DataRanges data = DataRanges.union(DataRanges.of(from, size), DataRanges.of(to, size));
    job.begin("verifying", data.length(0, job));
    copier.forEach(
        data,
        0,
        (piece, buffer, spare) -> {
          compare(from, to, piece, buffer, spare);
          job.progress().passed(piece.length());
        },
        offset -> {});
  }

  static void compare(Image from, Image to, Extent piece, ByteBuffer buffer, ByteBuffer other)
      throws StorageException {
    from.read(piece.offset(), buffer);
    to.read(piece.offset(), other);
    int difference = buffer.flip().mismatch(other.flip());
    if (difference >= 0) {
      throw new StorageException(
          Fault.CORRUPT, "source and copy differ at byte " + (piece.offset() + difference));
    }
  }

  private JobRecord reveal(Job job, Volume target, boolean shared) throws StorageException {
    String result =
        "copied="
            + job.progress().bytesCopied()
            + " shared="
            + (shared ? "yes" : "no")
            + " verified="
            + (option("verify") ? "yes" : "no");
    JobRecord done = job.row().done(job.now(), result);
    bay.reveal(target, option("replace"), connection -> JobTable.put(connection, done));
    return done;
  }

  private static long millisSince(long startNanos) {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos);
  }

  @Override
  public boolean discard() {
    Volume target = targetOrNull();
    return target == null || bay.discard(target);
  }

  @Override
  public void release(Job job) {
    bay.releaseHold(row.target(), job.id());
    bay.points().dropFor(job.id());
  }
}
