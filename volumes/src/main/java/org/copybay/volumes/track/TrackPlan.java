package org.copybay.volumes.track;

import java.util.Arrays;
import org.copybay.volumes.StorageException;

/**
 * Where the blocks of one request lie, for as long as its tracks are locked. Used by one thread.
 */
final class TrackPlan {
  private final TrackMap map;
  private final TrackPlaces track = new TrackPlaces();
  private long first;
  private long[] places = new long[Geometry.TRACK_BLOCKS];
  private int[] born = new int[Geometry.TRACK_BLOCKS];

  TrackPlan(TrackMap map) {
    this.map = map;
  }

  /** Looks the live blocks [from, to] up; their tracks are locked. */
  void live(long from, long to) throws StorageException {
    look(from, to, 0);
  }

  /** Looks the blocks [from, to] of a point up, locking one track after the other. */
  void image(long from, long to, int point) throws StorageException {
    look(from, to, point);
  }

  private void look(long from, long to, int point) throws StorageException {
    first = from;
    int count = (int) (to - from + 1);
    if (places.length < count) {
      places = new long[count];
      born = new int[count];
    }
    if (point == 0 && unmapped(from, to)) {
      Arrays.fill(places, 0, count, Place.HOME);
      Arrays.fill(born, 0, count, 0);
      return;
    }
    for (long block = from; block <= to; ) {
      long of = Geometry.track(block);
      int index = Geometry.index(block);
      int blocks = (int) Math.min(Geometry.TRACK_BLOCKS - index, to - block + 1);
      lookUp(of, Geometry.mask(index, index + blocks), point);
      System.arraycopy(track.place, index, places, (int) (block - from), blocks);
      System.arraycopy(track.born, index, born, (int) (block - from), blocks);
      block += blocks;
    }
  }

  private boolean unmapped(long from, long to) {
    long mapped = map.nextMapped(Geometry.track(from));
    return mapped < 0 || mapped > Geometry.track(to);
  }

  private void lookUp(long of, int wanted, int point) throws StorageException {
    long locked = map.lock(of, of);
    try {
      if (point == 0) {
        map.live(of, wanted, track);
      } else {
        map.image(of, point, track);
      }
    } finally {
      map.unlock(locked);
    }
  }

  long place(long block) {
    return places[(int) (block - first)];
  }

  int born(long block) {
    return born[(int) (block - first)];
  }

  /**
   * The first block after that one, at most the end, that does not lie behind the one before it.
   */
  long endOfRun(long block, long end) {
    long at = block + 1;
    while (at < end && Place.follows(place(at - 1), place(at))) {
      at++;
    }
    return at;
  }
}
