package org.copybay.volumes.bitmap;

import java.util.List;

/** What changed, says a write bitmap. A block on the border of two regions is one block. */
final class Changed {
  private Changed() {}

  /** The first runs of set regions from that region on, at most so many. */
  static List<Run> regions(WriteBitmap bitmap, long fromRegion, int limit) {
    Runs runs = new Runs(limit);
    for (long r = bitmap.nextRegion(fromRegion); r >= 0; r = bitmap.nextRegion(r + 1)) {
      if (!runs.add(r)) {
        break;
      }
    }
    return runs.toList();
  }

  /** Bytes of all changed blocks. */
  static long bytes(WriteBitmap bitmap) {
    Grain grain = bitmap.grain();
    long size = bitmap.size();
    long bytes = 0;
    long counted = -1; // the last block, which the next region may have again
    for (long r = bitmap.nextRegion(0); r >= 0; r = bitmap.nextRegion(r + 1)) {
      long base = grain.blockOf(grain.start(r));
      for (int rest = bitmap.changed(r); rest != 0; rest &= rest - 1) {
        long block = base + Integer.numberOfTrailingZeros(rest);
        if (block > counted) {
          long start = block * grain.blockBytes();
          bytes += Math.min(start + grain.blockBytes(), size) - start;
          counted = block;
        }
      }
    }
    return bytes;
  }

  /** The first runs of changed blocks from that block on, at most so many. */
  static List<Run> blocks(WriteBitmap bitmap, long fromBlock, int limit) {
    Grain grain = bitmap.grain();
    Runs runs = new Runs(limit);
    long from = grain.regionOf(fromBlock * grain.blockBytes());
    for (long r = bitmap.nextRegion(from); r >= 0; r = bitmap.nextRegion(r + 1)) {
      long base = grain.blockOf(grain.start(r));
      for (int rest = bitmap.changed(r); rest != 0; rest &= rest - 1) {
        long block = base + Integer.numberOfTrailingZeros(rest);
        if (block >= fromBlock && !runs.add(block)) {
          return runs.toList();
        }
      }
    }
    return runs.toList();
  }
}
