package org.copybay.volumes.track;

/** Where each block of one track lies, for one reader. Used by one thread at a time. */
final class TrackPlaces {
  /** By index in the track: a {@link Place}. */
  final long[] place = new long[Geometry.TRACK_BLOCKS];

  /**
   * By index in the track: of a live block the number of the last point that was made before it was
   * written, 0 when none was.
   */
  final int[] born = new int[Geometry.TRACK_BLOCKS];

  /** As a track of which the map knows nothing. */
  void reset() {
    for (int i = 0; i < Geometry.TRACK_BLOCKS; i++) {
      place[i] = Place.HOME;
      born[i] = 0;
    }
  }

  /** Puts the blocks of a piece. */
  void put(int mask, long base, int bornAt) {
    for (int left = mask; left != 0; left &= left - 1) {
      int i = Integer.numberOfTrailingZeros(left);
      place[i] = Place.of(base, i);
      born[i] = bornAt;
    }
  }
}
