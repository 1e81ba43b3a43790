package org.copybay.volumes.track;

import java.nio.ByteBuffer;
import org.copybay.volumes.Extent;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.store.TrackStore;
import org.jspecify.annotations.Nullable;

/**
 * Reads of a volume, live or as of a point. The caller is in an epoch: what it finds in the map
 * stays where it is until it has left.
 */
final class TrackReader {
  private final Geometry geometry;
  private final TrackMap map;
  private final TrackFiles files;

  TrackReader(Geometry geometry, TrackMap map, TrackFiles files) {
    this.geometry = geometry;
    this.map = map;
    this.files = files;
  }

  /** Reads target.remaining() bytes; point 0 is the live volume. */
  void read(int point, long offset, ByteBuffer target) throws StorageException {
    int limit = target.limit();
    TrackPlan plan = new TrackPlan(map);
    for (long at = offset; target.position() < limit; ) {
      int length = Math.min(limit - target.position(), TrackStore.PIECE_BYTES);
      readSpan(plan, point, at, target.limit(target.position() + length));
      at += length;
      target.limit(limit);
    }
  }

  private void readSpan(TrackPlan plan, int point, long offset, ByteBuffer target)
      throws StorageException {
    long end = offset + target.remaining();
    int limit = target.limit();
    long first = geometry.block(offset);
    long last = geometry.block(end - 1);
    look(plan, point, first, last);
    for (long block = first; block <= last; ) {
      long next = plan.endOfRun(block, last + 1);
      long from = Math.max(offset, geometry.offset(block));
      long to = Math.min(end, geometry.offset(next));
      target.limit(target.position() + (int) (to - from));
      files.read(plan.place(block), block, geometry.within(from), target);
      block = next;
    }
    target.limit(limit);
  }

  private static void look(TrackPlan plan, int point, long first, long last)
      throws StorageException {
    if (point == 0) {
      plan.live(first, last);
    } else {
      plan.image(first, last, point);
    }
  }

  /**
   * The next blocks at or after that one that were changed since a point, as far as they lie in one
   * track; null when there are none.
   */
  @Nullable Extent changed(int point, long from) throws StorageException {
    return next(0, from, (plan, block) -> plan.born(block) >= point);
  }

  /**
   * The next blocks at or after that one that do not lie at home as of a point, as far as they lie
   * in one track; null when there are none.
   */
  @Nullable Extent away(int point, long from) throws StorageException {
    return next(point, from, (plan, block) -> plan.place(block) != Place.HOME);
  }

  /**
   * A track that was looked for.
   *
   * @param track the one that was found, else from where to look on; -1 where there are no more
   * @param found whether it was
   */
  record Looked(long track, boolean found) {}

  /**
   * The first track at or after that one of which a point of [earlier, later) owns a block; of so
   * many that the map knows, not to stay in the epoch for long.
   */
  Looked ownedBetween(long from, int earlier, int later, int most) throws StorageException {
    long track = map.nextMapped(from);
    for (int i = 0; track >= 0 && i < most; i++) {
      long locked = map.lock(track, track);
      try {
        if (map.ownedBetween(track, earlier, later)) {
          return new Looked(track, true);
        }
      } finally {
        map.unlock(locked);
      }
      track = map.nextMapped(track + 1);
    }
    return new Looked(track, false);
  }

  /** What blocks are looked for. */
  @FunctionalInterface
  private interface Wanted {
    boolean has(TrackPlan plan, long block);
  }

  private @Nullable Extent next(int point, long from, Wanted wanted) throws StorageException {
    TrackPlan plan = new TrackPlan(map);
    for (long block = from; ; ) {
      long track = map.nextMapped(Geometry.track(block));
      if (track < 0) {
        return null;
      }
      block = Math.max(block, track * Geometry.TRACK_BLOCKS);
      long end = (track + 1) * Geometry.TRACK_BLOCKS;
      look(plan, point, block, end - 1);
      while (block < end && !wanted.has(plan, block)) {
        block++;
      }
      long first = block;
      while (block < end && wanted.has(plan, block)) {
        block++;
      }
      if (block > first) {
        return new Extent(geometry.offset(first), geometry.offset(block - first));
      }
    }
  }

  /**
   * The first byte at or after the offset, before the end, that lies in data, or in a hole; the end
   * when there is none.
   */
  long seek(int point, long offset, long end, boolean data) throws StorageException {
    TrackPlan plan = new TrackPlan(map);
    HomeSearch home = new HomeSearch();
    for (long block = geometry.block(offset); geometry.offset(block) < end; ) {
      long from = Math.max(offset, geometry.offset(block));
      long mapped = map.nextMapped(Geometry.track(block));
      long mappedFrom = mapped < 0 ? Long.MAX_VALUE : mapped * Geometry.TRACK_BLOCKS;
      if (mappedFrom > block) { // all of it lies at home
        long to = mapped < 0 ? end : Math.min(end, geometry.offset(mappedFrom));
        long found = home.seek(from, to, data);
        if (found < to) {
          return found;
        }
        block = mapped < 0 ? geometry.blocks(end) : mappedFrom;
        continue;
      }
      long next = (Geometry.track(block) + 1) * Geometry.TRACK_BLOCKS;
      look(plan, point, block, next - 1);
      long to = Math.min(end, geometry.offset(next));
      long found = seekTrack(plan, home, from, block, to, data);
      if (found >= 0) {
        return found;
      }
      block = next;
    }
    return end;
  }

  private long seekTrack(
      TrackPlan plan, HomeSearch home, long offset, long first, long end, boolean data)
      throws StorageException {
    for (long block = first; geometry.offset(block) < end; block++) {
      long from = Math.max(offset, geometry.offset(block));
      long to = Math.min(end, geometry.offset(block + 1));
      long place = plan.place(block);
      if (place == Place.HOME) {
        long found = home.seek(from, to, data);
        if (found < to) {
          return found;
        }
      } else if (Place.inSpill(place) == data) {
        return from;
      }
    }
    return -1;
  }

  /**
   * A search in the home, forward. Where a run of data ends is asked once: a file system may look
   * at all extents up to the next hole to tell. What is punched meanwhile counts as data still; a
   * hole is asked for anew, since it may have been filled.
   */
  private final class HomeSearch {
    private long dataUntil;

    /**
     * The first byte of data, or of a hole, at or after an offset and before an end, or the end.
     */
    long seek(long from, long to, boolean data) throws StorageException {
      if (!data && to <= dataUntil) {
        return to;
      }
      long found = data ? files.home().nextData(from) : files.home().nextHole(from);
      if (!data) {
        dataUntil = found;
      }
      return found < 0 ? to : Math.min(found, to);
    }
  }
}
