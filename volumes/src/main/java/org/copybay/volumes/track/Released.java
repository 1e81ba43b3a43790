package org.copybay.volumes.track;

import java.util.Arrays;

/**
 * Blocks of the spill that nothing names any more. They are taken again only when that is durable
 * and every read that was begun before has ended. Used by one thread at a time.
 */
final class Released {
  private long[] blocks = new long[16];
  private int count;

  void add(long block) {
    if (count == blocks.length) {
      blocks = Arrays.copyOf(blocks, count * 2);
    }
    blocks[count++] = block;
  }

  /** Adds what lies in the spill of a piece. */
  void add(int mask, long base) {
    for (int left = mask; left != 0; left &= left - 1) {
      long place = Place.of(base, Integer.numberOfTrailingZeros(left));
      if (Place.inSpill(place)) {
        add(place);
      }
    }
  }

  void addAll(Released others) {
    for (int i = 0; i < others.count; i++) {
      add(others.blocks[i]);
    }
  }

  boolean isEmpty() {
    return count == 0;
  }

  int count() {
    return count;
  }

  /** Takes runs of blocks. */
  @FunctionalInterface
  interface Runs {
    void run(long first, int length);
  }

  /** Hands the blocks over in runs, in order, and forgets them. */
  void drain(Runs into) {
    Arrays.sort(blocks, 0, count);
    for (int i = 0; i < count; ) {
      int from = i;
      while (++i < count && blocks[i] == blocks[i - 1] + 1) {
        // the run goes on
      }
      into.run(blocks[from], i - from);
    }
    clear();
    blocks = new long[16];
  }

  /** Forgets the blocks. */
  void clear() {
    count = 0;
  }
}
