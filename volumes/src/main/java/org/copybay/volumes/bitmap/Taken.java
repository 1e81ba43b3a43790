package org.copybay.volumes.bitmap;

import java.util.ArrayList;
import java.util.List;
import org.copybay.volumes.Extent;

/**
 * Changed blocks that a copier took out of a write bitmap, to copy them. It ends with {@link
 * WriteBitmap#clear} or {@link WriteBitmap#putBack}. Used by one thread at a time.
 */
public final class Taken {
  private final Grain grain;
  private final long size;
  private final long[] regions;
  private final int[] masks;

  /** Takes over two arrays of one length, the regions in ascending order. */
  Taken(Grain grain, long size, long[] regions, int[] masks) {
    this.grain = grain;
    this.size = size;
    this.regions = regions;
    this.masks = masks;
  }

  /** These blocks of one region. */
  static Taken of(Grain grain, long size, long region, int mask) {
    return new Taken(grain, size, new long[] {region}, new int[] {mask});
  }

  /** The number of regions, of which some may have no block to copy. */
  public int regionCount() {
    return regions.length;
  }

  /** The region at that place of the ascending list. */
  long region(int at) {
    return regions[at];
  }

  /** Its blocks. */
  int mask(int at) {
    return masks[at];
  }

  /**
   * The bytes to copy, in ascending order, neighbours together. A block on the border of a region
   * is cut there: its other part belongs to a region that may not have been taken.
   */
  public List<Extent> extents() {
    List<Extent> found = new ArrayList<>();
    long start = 0;
    long end = 0;
    for (int at = 0; at < regions.length; at++) {
      for (int rest = masks[at]; rest != 0; rest &= rest - 1) {
        Extent part = part(regions[at], Integer.numberOfTrailingZeros(rest));
        if (part.offset() != end) {
          add(found, start, end);
          start = part.offset();
        }
        end = part.end();
      }
    }
    add(found, start, end);
    return List.copyOf(found);
  }

  /** The part of a block that lies in a region. */
  private Extent part(long region, int index) {
    long block = grain.blockOf(grain.start(region)) + index;
    long start = Math.max(block * grain.blockBytes(), grain.start(region));
    long end = Math.min((block + 1) * grain.blockBytes(), grain.end(region, size));
    return new Extent(start, end - start);
  }

  private static void add(List<Extent> found, long start, long end) {
    if (end > start) {
      found.add(new Extent(start, end - start));
    }
  }
}
