package org.copybay.copy.quickopc;

import java.util.ArrayList;
import java.util.List;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bitmap.WriteBitmap;
import org.copybay.volumes.track.TrackOrigin;
import org.jspecify.annotations.Nullable;

/**
 * U, TS and TD of a session as one looks at them: what is in U was not updated on the target,
 * whatever a bit of TD says there. Used by one thread.
 */
public final class Sets {
  /** Bytes of a region, which is a track. */
  public static final int REGION_BYTES = 64 << 10;

  private static final int BLOCK_BYTES = 4096;
  private static final int BLOCKS = REGION_BYTES / BLOCK_BYTES;

  private final Session session;
  private final @Nullable TrackOrigin unfilled;
  private final @Nullable WriteBitmap ofSource;
  private final @Nullable WriteBitmap ofTarget;

  private Sets(
      Session session,
      @Nullable TrackOrigin unfilled,
      @Nullable WriteBitmap ofSource,
      @Nullable WriteBitmap ofTarget) {
    this.session = session;
    this.unfilled = unfilled;
    this.ofSource = ofSource;
    this.ofTarget = ofTarget;
  }

  /** Those of a session. CORRUPT where one is lost. */
  public static Sets of(Session session) throws StorageException {
    TrackOrigin unfilled = session.isCopying() ? session.target().origin() : null;
    return new Sets(session, unfilled, session.trackedSource(), session.trackedTarget());
  }

  /** The sets. */
  public enum Which {
    /** Uncopied. */
    U("uncopied"),
    /** Updated on the source. */
    TS("tracked_source"),
    /** Updated on the target. */
    TD("tracked_target");

    private final String word;

    Which(String word) {
      this.word = word;
    }

    /** The word on pages. */
    public String word() {
      return word;
    }
  }

  /** How many regions there are. */
  public long regions() {
    return (session.source().size() + REGION_BYTES - 1) / REGION_BYTES;
  }

  /** The blocks of a region that are in a set, bit i for its i-th. */
  public int mask(Which which, long region) {
    return switch (which) {
      case U -> unfilled == null ? 0 : unfilled.mask(region);
      case TS -> changed(ofSource, region);
      case TD -> mask(Which.U, region) != 0 ? 0 : changed(ofTarget, region);
    };
  }

  private static int changed(@Nullable WriteBitmap bitmap, long region) {
    return bitmap == null || region >= bitmap.regions() ? 0 : bitmap.changed(region);
  }

  /** The first region at or after that one that may be in a set, or -1. */
  private long next(Which which, long region) {
    long found =
        switch (which) {
          case U -> unfilled == null ? -1 : unfilled.next(region);
          case TS -> next(ofSource, region);
          case TD -> next(ofTarget, region);
        };
    return found >= regions() ? -1 : found;
  }

  private static long next(@Nullable WriteBitmap bitmap, long region) {
    return bitmap == null ? -1 : bitmap.nextRegion(region);
  }

  /** Whether a region is the same on both sides, as far as is known. */
  boolean isSame(long region) {
    return mask(Which.U, region) == 0
        && changed(ofSource, region) == 0
        && changed(ofTarget, region) == 0;
  }

  /** How many regions a set has. */
  public long count(Which which) {
    long count = 0;
    for (long region = next(which, 0); region >= 0; region = next(which, region + 1)) {
      count += mask(which, region) != 0 ? 1 : 0;
    }
    return count;
  }

  /** Bytes of the blocks that a set has. */
  public long bytes(Which which) {
    long blocks = 0;
    for (long region = next(which, 0); region >= 0; region = next(which, region + 1)) {
      blocks += Integer.bitCount(mask(which, region));
    }
    return blocks * BLOCK_BYTES;
  }

  /** Bytes that were changed on either side. */
  public long changedBytes() {
    return changedBytes(false);
  }

  /** Bytes that a differential start would have to copy. */
  public long sendBytes() {
    long left = unfilled == null ? 0 : unfilled.unfilledBytes(); // U may be all of a large volume
    return left + changedBytes(true);
  }

  private long changedBytes(boolean butUncopied) {
    long blocks = 0;
    long source = next(Which.TS, 0);
    long target = next(Which.TD, 0);
    while (source >= 0 || target >= 0) { // each is looked through once: it may be large and empty
      long region = source < 0 || target < 0 ? Math.max(source, target) : Math.min(source, target);
      int mask = mask(Which.TS, region) | mask(Which.TD, region);
      blocks += Integer.bitCount(butUncopied ? mask & ~mask(Which.U, region) : mask);
      source = source == region ? next(Which.TS, region + 1) : source;
      target = target == region ? next(Which.TD, region + 1) : target;
    }
    return blocks * BLOCK_BYTES;
  }

  /**
   * Bytes that are in a set.
   *
   * @param which set
   * @param offset of the first
   * @param length how many
   */
  public record Range(Which which, long offset, long length) {}

  /** The runs of blocks of all sets, by set and place, at most so many of each. */
  public List<Range> ranges(int limit) {
    List<Range> found = new ArrayList<>();
    for (Which which : Which.values()) {
      addRanges(found, which, limit);
    }
    return found;
  }

  private void addRanges(List<Range> into, Which which, int limit) {
    long size = session.source().size();
    long start = -1;
    long end = -1;
    int count = 0;
    for (long region = next(which, 0);
        region >= 0 && count < limit;
        region = next(which, region + 1)) {
      for (int left = mask(which, region); left != 0 && count < limit; left &= left - 1) {
        long block = region * BLOCKS + Integer.numberOfTrailingZeros(left);
        if (block != end) {
          count += add(into, which, start, end, size);
          start = block;
        }
        end = block + 1;
      }
    }
    if (count < limit) {
      add(into, which, start, end, size);
    }
  }

  private static int add(List<Range> into, Which which, long start, long end, long size) {
    if (start < 0) {
      return 0;
    }
    long offset = start * BLOCK_BYTES;
    into.add(new Range(which, offset, Math.min(size, end * BLOCK_BYTES) - offset));
    return 1;
  }

  /** One character for each region: 1 where it is in a set. */
  public String bits(Which which) {
    StringBuilder text = new StringBuilder();
    for (long region = 0; region < regions(); region++) {
      text.append(mask(which, region) != 0 ? '1' : '0');
    }
    return text.toString();
  }
}
