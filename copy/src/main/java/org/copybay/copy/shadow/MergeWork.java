package org.copybay.copy.shadow;

import java.nio.ByteBuffer;
import java.time.Duration;
import org.copybay.copy.engine.Copier;
import org.copybay.copy.engine.DataRanges;
import org.copybay.copy.engine.Job;
import org.copybay.copy.engine.JobRecord;
import org.copybay.copy.engine.JobTable;
import org.copybay.copy.engine.Work;
import org.copybay.volumes.Extent;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bitmap.Taken;
import org.copybay.volumes.bitmap.WriteBitmap;

/*
 * Steps of one batch, and what a crash after each leaves:
 *
 *   regions taken from the bitmap        their bits are set: they are merged again
 *   writes in flight have ended
 *   each range: full members made equal
 *   all members synced                   the same
 *   bits cleared                         what is clear is equal on all full members, and safe
 */
/**
 * Makes the full members of a shadow set equal where they may differ. Copies go first: while there
 * is a target that is being copied to, a merge waits (OpenVMS: a copy sets a merge aside).
 */
final class MergeWork implements Work {
  static final String VERB = "shadow_merge";

  private static final int BATCH_REGIONS = 1024;

  private final ShadowSet set;

  MergeWork(ShadowSet set) {
    this.set = set;
  }

  @Override
  public void holdAgain(Job job) throws StorageException {
    UnitDevice again = set.device();
    assert again.members().full().size() > 0 : set.name();
  }

  @Override
  public JobRecord run(Job job) throws StorageException {
    try {
      return merge(job);
    } catch (StorageException e) {
      // Again once the member that failed is well or expelled; who cancels it wants none.
      set.wantMerge(e.fault() != Fault.CANCELLED);
      throw e;
    }
  }

  private JobRecord merge(Job job) throws StorageException {
    WriteBitmap merge = set.mounted().bitmaps().merge();
    awaitCopies(job);
    job.begin("merging", merge.changedBytes());
    for (long from = merge.nextRegion(0); from >= 0; from = merge.nextRegion(0)) {
      awaitCopies(job);
      batch(job, merge, from);
    }
    JobRecord done = job.row().done(job.now(), "compared=" + job.progress().bytesCopied());
    job.conclude();
    set.bay().catalogue().change(connection -> JobTable.put(connection, done));
    set.tell("shadow_merged");
    return done;
  }

  /** A merge that waits takes no place from the copy that it waits for. */
  private void awaitCopies(Job job) throws StorageException {
    if (set.isCopying()) {
      job.giveWay();
    }
    job.proceed(0);
  }

  private void batch(Job job, WriteBitmap merge, long from) throws StorageException {
    Taken taken = merge.take(from, BATCH_REGIONS);
    boolean merged = false;
    try {
      set.gate().awaitEarlier();
      UnitDevice device = set.device();
      if (device.members().full().size() > 1) { // who left has them in its bitmap
        unite(job, device, taken);
      }
      Members members = device.members();
      if (!device.sync(members).isEmpty()) {
        throw new StorageException(Fault.STORE_FAILED, "a member of " + set.name() + " failed");
      }
      merged = true;
    } finally {
      if (!merged) {
        merge.putBack(taken);
      }
    }
    merge.clear(taken);
  }

  private void unite(Job job, UnitDevice device, Taken taken) throws StorageException {
    new Copier(job, Duration.ofDays(1))
        .forEach(
            DataRanges.listed(taken.extents()),
            0,
            (piece, buffer, spare) -> {
              unite(device, piece, buffer);
              job.progress().copied(piece.length());
            },
            offset -> {});
  }

  private void unite(UnitDevice device, Extent piece, ByteBuffer buffer) throws StorageException {
    try (var held = device.enterRange(piece)) {
      if (!device.unite(piece, buffer).failed().isEmpty()) {
        throw new StorageException(
            Fault.STORE_FAILED,
            "a member of " + set.name() + " cannot be made equal to the others");
      }
    }
  }

  @Override
  public boolean discard() {
    return true; // its bitmap stays: reads go on comparing, and the next merge goes on with it
  }

  @Override
  public void release(Job job) {
    // Nothing is held.
  }
}
