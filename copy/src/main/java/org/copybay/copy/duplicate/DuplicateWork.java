package org.copybay.copy.duplicate;

import java.nio.ByteBuffer;
import java.time.Duration;
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
import org.copybay.volumes.bay.Volume;
import org.copybay.volumes.store.HomeFile;
import org.jspecify.annotations.Nullable;

/*
 * Steps of one duplicate, and what a crash after each leaves:
 *
 *   accept   target row COPYING, job row QUEUED       both are taken up again at mount
 *   copy     bytes below the checkpoint are fenced    copying goes on at the checkpoint
 *   sync     all bytes of the target are fenced       the same
 *   verify   source and target compared               the same
 *   reveal   one transaction: target READY, job DONE, the replaced volume DROPPING
 */
/** The work of one duplicate (P6): copies the data of the source, holes stay holes. */
final class DuplicateWork implements Work {
  private static final long DISK_POLL_MILLIS = 500;

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
    row.requireSource(bay).hold(row.source(), new Hold(job.id(), "being duplicated"));
    bay.holdReserved(target(), new Hold(job.id(), "being made"));
  }

  @Override
  public JobRecord run(Job job) throws StorageException {
    Volume source = row.requireSource(bay);
    Volume target = target();
    while (source.awaitsDisk()) { // after a mount that did not wait for it
      job.proceed(0);
      job.awaitChange(job.version(), DISK_POLL_MILLIS);
    }
    source.flush(); // else power loss could leave the target newer than its source
    HomeFile home = source.fill();
    Image from = source.image();
    HomeFile to = target.fill();
    home.requireLength(source.size());
    Copier copier = new Copier(job, checkpointInterval);
    boolean shared = job.row().checkpoint() == 0 && option("share") && share(job, source, to);
    if (!shared) {
      copy(job, copier, from, to, source.size());
    }
    job.begin("syncing", 0);
    target.flush();
    if (option("verify")) {
      verify(job, copier, from, to, source.size());
    }
    home.requireLength(source.size());
    to.requireLength(source.size());
    job.conclude();
    return reveal(job, target, shared);
  }

  /** Not while the source has blocks that are not at home. */
  private static boolean share(Job job, Volume source, HomeFile to) throws StorageException {
    job.begin("sharing", 0);
    return !source.engaged() && to.cloneFrom(source.fill());
  }

  private static void copy(Job job, Copier copier, Image from, HomeFile to, long size)
      throws StorageException {
    DataRanges data = DataRanges.of(from, size);
    long start = job.row().checkpoint();
    long total = data.length(0, job);
    job.begin("copying", total, start == 0 ? 0 : total - data.length(start, job));
    long startNanos = System.nanoTime();
    copier.forEach(
        data,
        start,
        (piece, buffer, spare) -> {
          from.read(piece.offset(), buffer);
          to.writeAll(piece.offset(), buffer.flip());
          job.progress().copied(piece.length());
          job.progress().setCopyMillis(millisSince(startNanos));
        },
        offset -> {
          to.flush();
          job.checkpoint(offset);
        });
    job.progress().setCopyMillis(millisSince(startNanos));
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
    bay.releaseHold(row.source(), job.id());
    bay.releaseHold(row.target(), job.id());
  }
}
