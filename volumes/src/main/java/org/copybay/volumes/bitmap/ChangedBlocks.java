package org.copybay.volumes.bitmap;

import java.util.List;

/** The changed blocks of a write bitmap, which a block on the border of two regions is once. */
final class ChangedBlocks {
  private ChangedBlocks() {}

  /** Their bytes. */
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

  /** The first runs from that block on, at most so many. */
  static List<Run> runs(WriteBitmap bitmap, long fromBlock, int limit) {
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
