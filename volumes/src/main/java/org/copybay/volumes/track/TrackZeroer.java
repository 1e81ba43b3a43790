package org.copybay.volumes.track;

import java.nio.ByteBuffer;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.store.TrackStore;

/**
 * Zeroes ranges of a volume that has points. A whole block that the newest point needs passes to
 * it, and the live one becomes zeros without space; a block that nobody needs is punched where it
 * lies. What reads as zeros at home already is left alone, however long it is.
 */
final class TrackZeroer {
  private static final ByteBuffer ZEROS = ByteBuffer.allocateDirect(4096);

  private final Geometry geometry;
  private final TrackMap map;
  private final TrackFiles files;
  private final TrackWriter writer;
  private final TrackChanges changes;

  TrackZeroer(
      Geometry geometry, TrackMap map, TrackFiles files, TrackWriter writer, TrackChanges changes) {
    this.geometry = geometry;
    this.map = map;
    this.files = files;
    this.writer = writer;
    this.changes = changes;
  }

  /** Makes [offset, offset + length) read as zeros, releasing its space or keeping it. */
  void zero(long offset, long length, boolean keepSpace, long volumeSize) throws StorageException {
    changes.requireWhole();
    long end = offset + length;
    long first = geometry.blocks(offset);
    long last = end == volumeSize ? geometry.blocks(end) : geometry.block(end);
    if (first > last || (first == last && geometry.within(offset) != 0)) {
      writeZeros(offset, end);
      return;
    }
    zeroBlocks(first, last, keepSpace); // first: a part that is written says its track is filled
    writeZeros(offset, geometry.offset(first));
    if (end < volumeSize) {
      writeZeros(geometry.offset(last), end);
    }
  }

  /** In pieces that end with a sector: none is left half zeroed (P4). */
  private void writeZeros(long from, long to) throws StorageException {
    for (long at = from; at < to; ) {
      int room = ZEROS.capacity() - (int) (at % ZEROS.capacity());
      int length = (int) Math.min(to - at, room);
      at += writer.write(at, ZEROS.duplicate().limit(length));
    }
  }

  private void zeroBlocks(long from, long end, boolean keepSpace) throws StorageException {
    for (long block = from; block < end; ) {
      long mapped = nextKnown(Geometry.track(block));
      long plainEnd = mapped < 0 ? end : Math.min(end, mapped * Geometry.TRACK_BLOCKS);
      if (block >= plainEnd) {
        long next = Math.min(end, (Geometry.track(block) + 1) * Geometry.TRACK_BLOCKS);
        zeroMapped(block, next, keepSpace);
        block = next;
      } else if (changes.newest() == 0) {
        files.zero(Place.HOME, block, plainEnd - block, keepSpace);
        block = plainEnd;
      } else {
        block = zeroData(block, plainEnd, keepSpace);
      }
    }
  }

  /** The first track from that one on that the map knows, or that is unfilled; or -1. */
  private long nextKnown(long track) {
    long mapped = map.nextMapped(track);
    long unfilled = changes.unfilled().next(track);
    return mapped < 0 || (unfilled >= 0 && unfilled < mapped) ? unfilled : mapped;
  }

  /** Skips what is a hole at home already, then takes as many tracks of data as may be locked. */
  private long zeroData(long from, long end, boolean keepSpace) throws StorageException {
    long data = files.home().nextData(geometry.offset(from));
    if (data < 0 || data >= geometry.offset(end)) {
      return end;
    }
    long block = Math.max(from, geometry.block(data));
    long hole = files.home().nextHole(data);
    long limit = Math.min(end, block + geometry.block(TrackStore.PIECE_BYTES));
    long next = hole < 0 ? limit : Math.min(limit, geometry.blocks(hole));
    zeroMapped(block, next, keepSpace);
    return next;
  }

  private void zeroMapped(long from, long end, boolean keepSpace) throws StorageException {
    long locked = map.lock(Geometry.track(from), Geometry.track(end - 1));
    try {
      TrackPlan plan = new TrackPlan(map);
      plan.live(from, end - 1);
      for (long block = from; block < end; ) {
        boolean preserved = plan.born(block) < changes.newest();
        long next = block + 1;
        while (next < end
            && plan.born(next) < changes.newest() == preserved
            && Place.follows(plan.place(next - 1), plan.place(next))) {
          next++;
        }
        zeroRun(plan.place(block), block, (int) (next - block), preserved, keepSpace);
        block = next;
      }
      if (changes.unfilled().mask(Geometry.track(from)) != 0) { // all that was is zeroed now
        changes.filled(Geometry.track(from), 1);
      }
    } finally {
      map.unlock(locked);
    }
  }

  private void zeroRun(long place, long block, int count, boolean preserved, boolean keepSpace)
      throws StorageException {
    if (place == Place.ZERO) {
      return;
    }
    if (preserved) {
      changes.zero(block, count, changes.newest());
    } else if (place == Place.HOME || keepSpace) {
      files.zero(place, block, count, keepSpace);
    } else {
      changes.zero(block, count, 0);
    }
  }
}
