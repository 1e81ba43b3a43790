package org.copybay.volumes.track;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.store.StoreFile;
import org.copybay.volumes.store.TrackStore;

/**
 * The space of the checkpoints to come, taken before a change is recorded that they will hold: on a
 * full disk a checkpoint is what frees space, and what a start cannot do without (P9). Both files
 * of maps have it, since the one that is not in use is the next. Any thread may call; a leaf.
 *
 * <p>What a change adds to a map is estimated: a track that is touched has a new live piece, one
 * that a point got, and a third where an older piece was cut in two.
 */
final class MapSpare {
  private static final int TRACK_BYTES = 3 * MapLayout.ENTRY_LONGS * Long.BYTES;
  private static final int STEP_BYTES = 1 << 16;

  private final TrackStore store;

  @GuardedBy("this")
  private long needed;

  @GuardedBy("this")
  private long sealed; // of what is needed, that of the checkpoint that was begun

  @GuardedBy("this")
  private long there;

  /** For checkpoints after one of that many bytes. */
  MapSpare(TrackStore store, long mapBytes) {
    this.store = store;
    this.needed = mapBytes;
  }

  /** Takes the first space. NO_SPACE. */
  synchronized void begin() throws StorageException {
    extend();
  }

  /** So many tracks are to be changed, or points. NO_SPACE: then nothing may be changed. */
  synchronized void need(int tracks) throws StorageException {
    needed += (long) TRACK_BYTES * tracks;
    if (needed > there) {
      boolean enough = false;
      try {
        extend();
        enough = true;
      } finally {
        needed -= enough ? 0 : (long) TRACK_BYTES * tracks;
      }
    }
  }

  @GuardedBy("this")
  private void extend() throws StorageException {
    long end = (needed / STEP_BYTES + 1) * STEP_BYTES;
    for (int number = 0; number < 2; number++) {
      try (StoreFile file = open(store, number)) {
        file.reserve(there, end - there);
      }
    }
    there = end;
  }

  /** The file of a checkpoint that is not in use, with the space that it has. */
  static StoreFile open(TrackStore store, long number) throws StorageException {
    String name = MapFile.fileName(number);
    return store.exists(name) ? store.open(name) : store.create(name);
  }

  /** A checkpoint of what was changed until now begins. */
  synchronized void seal() {
    sealed = needed;
  }

  /** That checkpoint was made, and has that many bytes. */
  synchronized void written(long mapBytes) {
    needed += mapBytes - sealed;
  }
}
