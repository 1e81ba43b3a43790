package org.copybay.volumes.track;

import java.util.function.BooleanSupplier;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.jspecify.annotations.Nullable;

/**
 * What is done for an engine beside its requests: checkpoints, bringing home, space. {@link #run}
 * and {@link #check} belong to one thread at a time; any thread may say what is wanted.
 */
final class EngineUpkeep {
  private static final long SWEEP_BYTES = 64 << 20; // taken from writers at a time

  /** A punch locks the file as long as it takes, and writers wait for that. */
  private static final int PUNCH_BLOCKS = 1024;

  private final TrackSetting setting;
  private final TrackFiles files;
  private final TrackChanges changes;
  private final TrackFence fence;
  private final SpillSpace space;
  private final Checkpointing checkpoints;
  private final Settling settling;

  private boolean sweepingWanted; // used by the thread of upkeep, once it is open

  // volatile: set by commands, unset by the thread of upkeep before it does it
  private volatile boolean checkpointWanted;
  private volatile boolean settlingWanted;

  EngineUpkeep(TrackSetting setting, Recovery.Start start, TrackFence fence, SpillSpace space) {
    this.setting = setting;
    this.files = start.files();
    this.changes = start.changes();
    this.fence = fence;
    this.space = space;
    TrackMap map = start.map();
    checkpoints = new Checkpointing(setting, start, fence);
    settling = new Settling(setting.geometry(), map, files, changes, setting.gate());
    settlingWanted = map.awayCount() > 0;
  }

  /** A checkpoint is due. */
  void wantCheckpoint() {
    if (!checkpointWanted) {
      demandCheckpoint();
    }
  }

  /** The same, also where one was wanted, and failed. */
  void demandCheckpoint() {
    checkpointWanted = true;
    setting.wake().run();
  }

  /** After a start: what the run before had not freed is to be. */
  void wantSweep() {
    sweepingWanted = true;
  }

  /** Whether {@link #run} has something to do. */
  boolean wanted() {
    return checkpointWanted || settlingWanted || sweepingWanted || changes.releasedCount() > 0;
  }

  /**
   * Makes a checkpoint if one is due, brings home what may go home, and frees what was released,
   * after a start also what the run before had not; also when not all could go home because space
   * has ended: the next call goes on with what was freed. What fails is tried again at the next
   * call.
   */
  void run(BooleanSupplier stopped) throws StorageException {
    if (checkpointWanted || checkpoints.begun() || setting.room().full()) {
      checkpoint();
    }
    StorageException failure = settlingWanted ? settle(stopped) : null;
    Released released = changes.takeReleased();
    if (!released.isEmpty()) {
      fence.await();
      setting.epochs().awaitEarlier();
      free(released);
    } else if (failure != null) {
      throw failure;
    }
    if (sweepingWanted) {
      sweepingWanted = false; // an error leaves the rest to the next start
      sweep(stopped);
    }
  }

  /** Returns what kept it from being done. */
  private @Nullable StorageException settle(BooleanSupplier stopped) {
    settlingWanted = false;
    try {
      settling.run(stopped);
      return null;
    } catch (StorageException e) {
      settlingWanted = true;
      return e;
    }
  }

  /**
   * Gives back to the disk what the run before had written or released when it ended; also where
   * the spill has space without data, as zeros that keep their space have, so it does not look for
   * data.
   */
  private void sweep(BooleanSupplier stopped) throws StorageException {
    Geometry geometry = setting.geometry();
    long size = files.spill().size();
    for (long at = 0; at < size && !stopped.getAsBoolean(); at += SWEEP_BYTES) {
      Released unnamed = new Released();
      long end = Math.min(size, at + SWEEP_BYTES);
      space.takeFree(geometry.block(at), geometry.blocks(end), unnamed);
      free(unnamed);
    }
  }

  private void checkpoint() throws StorageException {
    checkpointWanted = false;
    Released released = new Released();
    boolean made = false;
    try {
      settlingWanted |= checkpoints.run(released);
      setting.room().setFull(false);
      made = true;
    } catch (StorageException e) {
      setting.room().failed(e);
      throw e;
    } finally {
      checkpointWanted |= !made;
    }
    free(released);
  }

  /** Gives the space back, to the disk first, then to who may take it. */
  private void free(Released released) throws StorageException {
    StorageException[] failure = new StorageException[1];
    released.drain(
        (first, length) -> {
          for (int done = 0; done < length; done += PUNCH_BLOCKS) {
            int count = Math.min(PUNCH_BLOCKS, length - done);
            try {
              files.zero(first + done, 0, count, false);
            } catch (StorageException e) {
              failure[0] = e; // it is only not returned to the disk
            }
            space.give(first + done, count);
          }
        });
    if (failure[0] != null) {
      throw failure[0];
    }
  }

  /**
   * Whether its files have what a start would look for; called between turns of upkeep. CORRUPT.
   */
  void check() throws StorageException {
    try {
      checkpoints.check();
    } catch (StorageException e) {
      if (e.fault() != Fault.NOT_FOUND) {
        throw e;
      }
      throw new StorageException(Fault.CORRUPT, "a file is missing: " + e.getMessage(), null, e);
    }
  }

  /** The superblock in force. */
  Superblock superblock() {
    return checkpoints.superblock();
  }
}
