package org.copybay.volumes.track;

import java.util.ArrayList;
import java.util.List;
import org.copybay.volumes.journal.JournalRecord;

/**
 * Cuts a volume into ranges of tracks, so that what a journal says of one range fits into memory.
 * Counts first, per bucket of tracks, how often records touch a track.
 */
final class TrackRanges {
  private static final int MAX_BUCKETS = 1 << 16;

  /** The set of mapped tracks of a range takes a bit for each: 8 MiB. */
  private static final long MOST_TRACKS = 1L << 26;

  private final Portions portions;
  private final long tracks;
  private final long bucketTracks;
  private final int[] touches;

  /** For a volume of so many tracks. */
  TrackRanges(long tracks, Portions portions) {
    this.portions = portions;
    this.tracks = Math.max(1, tracks);
    this.bucketTracks = Math.max(portions.bucketTracks(), this.tracks / MAX_BUCKETS + 1);
    this.touches = new int[(int) ((this.tracks - 1) / bucketTracks) + 1];
  }

  /**
   * A range.
   *
   * @param from its first track
   * @param to one more than its last
   */
  record Range(long from, long to) {}

  /** A record about blocks inside of the volume. */
  void count(JournalRecord record) {
    long last = Geometry.track(record.start() + record.count() - 1);
    for (long track = Geometry.track(record.start()); track <= last; track++) {
      touches[(int) (track / bucketTracks)]++;
    }
  }

  /** All tracks; a range is larger than wanted only where a bucket is. */
  List<Range> ranges() {
    List<Range> found = new ArrayList<>();
    long from = 0;
    long sum = 0;
    for (int i = 0; i < touches.length; i++) {
      long start = i * bucketTracks;
      boolean full =
          sum + touches[i] > portions.touches() || start + bucketTracks - from > MOST_TRACKS;
      if (full && start > from) {
        found.add(new Range(from, start));
        from = start;
        sum = 0;
      }
      sum += touches[i];
    }
    found.add(new Range(from, tracks));
    return found;
  }
}
