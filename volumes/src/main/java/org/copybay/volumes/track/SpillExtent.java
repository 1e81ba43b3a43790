package org.copybay.volumes.track;

import org.copybay.volumes.StorageException;
import org.copybay.volumes.journal.JournalRecord;
import org.copybay.volumes.store.StoreFile;
import org.jspecify.annotations.Nullable;

/**
 * Up to where the spill must reach: it never gets shorter, so every block that a checkpoint or a
 * record has named lies in it. In one that was cut the next write would make what is missing read
 * as zeros (P8). Used by one thread.
 */
final class SpillExtent {
  private long blocks;

  /** Takes a piece of a checkpoint. */
  void piece(int mask, long base) {
    if (mask != 0) {
      reach(Place.of(base, Integer.SIZE - 1 - Integer.numberOfLeadingZeros(mask)));
    }
  }

  /** Takes a record of the journal. */
  void change(JournalRecord change) {
    switch (change.kind()) {
      case RUN, FILL, FILL_ANEW -> reach(change.base() + change.count() - 1);
      default -> {}
    }
  }

  /** Takes a block that is in use. */
  void reach(long place) {
    blocks = Math.max(blocks, place + 1);
  }

  /** What it lacks. */
  record Cut(String wanted, String got) {}

  /** How it was cut, or null when it reaches far enough. */
  @Nullable Cut cut(Geometry geometry, StoreFile spill) throws StorageException {
    long size = spill.size();
    return geometry.block(size) >= blocks
        ? null
        : new Cut("at least " + geometry.offset(blocks) + " bytes", size + " bytes");
  }

  /** CORRUPT when it was cut. */
  void require(Geometry geometry, StoreFile spill) throws StorageException {
    Cut cut = cut(geometry, spill);
    if (cut != null) {
      throw MapLayout.damaged(
          TrackFiles.SPILL, "it was cut: want " + cut.wanted + ", got " + cut.got);
    }
  }
}
