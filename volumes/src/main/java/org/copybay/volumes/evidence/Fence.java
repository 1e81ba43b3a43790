package org.copybay.volumes.evidence;

/** The first entry of each page of a sheet, in order. Never changes. */
final class Fence {
  private final long[] tracks;
  private final int[] points;

  /** Takes the arrays over. */
  Fence(long[] tracks, int[] points) {
    this.tracks = tracks;
    this.points = points;
  }

  int pages() {
    return tracks.length;
  }

  long track(int page) {
    return tracks[page];
  }

  int point(int page) {
    return points[page];
  }

  /** The last page whose first entry is that one or stands before it; -1 for none. */
  int page(long track, int point) {
    int low = 0;
    int high = tracks.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (isAfter(tracks[middle], points[middle], track, point)) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low - 1;
  }

  /** Whether one entry stands behind another. */
  static boolean isAfter(long oneTrack, int onePoint, long track, int point) {
    return oneTrack > track || (oneTrack == track && onePoint > point);
  }
}
