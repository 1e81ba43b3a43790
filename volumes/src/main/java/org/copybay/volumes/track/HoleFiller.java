package org.copybay.volumes.track;

import org.copybay.volumes.StorageException;

/**
 * Fills long stretches of whole tracks of which the origin has nothing, as a volume has that is
 * sparse: nothing is read, and what lies at home is punched out as a whole. Where the map knows a
 * track, or an older point needs what lies there, it leaves that to the TrackFiller.
 */
final class HoleFiller {
  /** What is punched at once, as long as it takes writers of these tracks wait: 256 MiB. */
  private static final int MOST_TRACKS = 4096;

  private final Geometry geometry;
  private final TrackMap map;
  private final TrackFiles files;
  private final TrackChanges changes;
  private final Unfilled unfilled;
  private final OriginData origins;

  HoleFiller(
      Geometry geometry, TrackMap map, TrackFiles files, TrackChanges changes, OriginData origins) {
    this.geometry = geometry;
    this.map = map;
    this.files = files;
    this.changes = changes;
    this.unfilled = changes.unfilled();
    this.origins = origins;
  }

  private long offset(long track) {
    return geometry.offset(track * Geometry.TRACK_BLOCKS);
  }

  /**
   * How many tracks from that one on are a hole of the origin, and wholly unfilled; 0 where they
   * are not more than so many.
   */
  int find(Unfilled.State now, long first, int few) throws StorageException {
    if (whole(first, first + few + 1) <= few) {
      return 0;
    }
    long end = first + MOST_TRACKS;
    long data = origins.next(now, offset(first), offset(end)).offset();
    int found = whole(first, Math.min(end, Geometry.track(geometry.block(data))));
    return found > few ? found : 0;
  }

  /** The tracks that are wholly unfilled, from the first to an end. */
  private int whole(long first, long end) {
    long track = first;
    while (track < end && unfilled.mask(track) == Geometry.WHOLE_TRACK) {
      track++;
    }
    return (int) (track - first);
  }

  /**
   * Fills the first of those tracks, in the gate, and with no other switch since they were found.
   *
   * @return how many, which may be none
   */
  int put(Unfilled.State now, long first, int count) throws StorageException {
    changes.requireWhole();
    long locked = map.lock(first, first + count - 1);
    try {
      long mapped = map.nextMapped(first);
      long end = mapped < 0 ? first + count : Math.min(first + count, mapped);
      if (changes.points().floor(now.mark()) != 0) { // what lies there is that point's
        long data = files.home().nextData(offset(first));
        end = data < 0 ? end : Math.min(end, Geometry.track(geometry.block(data)));
      }
      int found = whole(first, end);
      if (found > 0) {
        long block = first * Geometry.TRACK_BLOCKS;
        files.zero(Place.HOME, block, (long) found * Geometry.TRACK_BLOCKS, false);
        changes.filled(first, found);
      }
      return found;
    } finally {
      map.unlock(locked);
    }
  }
}
