package org.copybay.volumes.track;

import org.copybay.volumes.StorageException;
import org.copybay.volumes.store.SharedSync;

/**
 * The fence of a volume (P2): notes the last record L, syncs home and spill, puts a barrier behind
 * L, and syncs the journal. What was acknowledged before it began survives power loss when it has
 * ended; a record after L may speak of bytes that were not synced, and no barrier covers it.
 */
final class TrackFence {
  private final TrackFiles files;
  private final TrackChanges changes;
  private final SharedSync syncs = new SharedSync();

  private volatile boolean lost; // volatile: set by the one who syncs, read by any

  TrackFence(TrackFiles files, TrackChanges changes) {
    this.files = files;
    this.changes = changes;
  }

  /** Returns after a fence that began after this call; one runs at a time. */
  void await() throws StorageException {
    syncs.await(this::run, "the volume's files");
  }

  private void run() throws StorageException {
    boolean made = false;
    try {
      long upTo = changes.journal().last();
      files.sync();
      changes.journal().barrier(upTo);
      made = true;
    } finally {
      lost |= !made;
    }
  }

  /** Whether one failed: what was not synced may be lost, and no later one can succeed. */
  boolean lost() {
    return lost;
  }
}
