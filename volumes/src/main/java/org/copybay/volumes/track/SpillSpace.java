package org.copybay.volumes.track;

import java.util.BitSet;
import org.copybay.volumes.Fault;
import org.copybay.volumes.LockRank;
import org.copybay.volumes.RankedLock;
import org.copybay.volumes.StorageException;

/**
 * Which blocks of the spill are in use. New ones are taken one after the other, from where the last
 * ended; where a run of free ones is too short, at the end of the file. Any thread may call.
 */
final class SpillSpace {
  /** A shorter run is not taken for a longer write. */
  private static final int WORTHWHILE = 16;

  private static final int MAX_TRIES = 16;
  private static final long MAX_BLOCKS = Integer.MAX_VALUE;

  private final RankedLock lock = new RankedLock(LockRank.SPACE);
  private final SpillLimit limit;
  private final int blockBytes;

  // guarded by lock
  private final BitSet used = new BitSet();
  private int cursor;
  private int end; // one more than the last used block
  private long usedCount;
  private long reached; // one more than the last block that ever was in use

  /** With nothing in use. */
  SpillSpace(SpillLimit limit, int blockBytes) {
    this.limit = limit;
    this.blockBytes = blockBytes;
  }

  /** Blocks that the map names, none twice; called before anything is taken. */
  void use(long first, int count) {
    try (var held = lock.enter()) {
      assert used.get((int) first, (int) first + count).isEmpty() : "a block has two owners";
      mark((int) first, (int) first + count);
    }
  }

  private void mark(int from, int to) {
    used.set(from, to);
    usedCount += to - from;
    end = Math.max(end, to);
  }

  /**
   * Blocks of the spill that were taken.
   *
   * @param first the first
   * @param count 1 or more
   */
  record Run(long first, int count) {}

  /**
   * Takes up to that many blocks, in one run. NO_SPACE at the largest spill there can be, and at
   * the limit.
   */
  Run take(int most) throws StorageException {
    try (var held = lock.enter()) {
      int wanted = (int) Math.min(most, limit.blocksLeft(usedCount * blockBytes));
      if (wanted == 0) {
        throw limit.full();
      }
      int first = free(Math.min(wanted, WORTHWHILE));
      int stop = first < end ? used.nextSetBit(first) : Integer.MAX_VALUE;
      int count = Math.min(wanted, stop - first);
      if (count < 1) {
        throw new StorageException(
            Fault.NO_SPACE, "the spill has " + MAX_BLOCKS + " blocks, and cannot have more");
      }
      mark(first, first + count);
      reached = Math.max(reached, end);
      cursor = first + count;
      return new Run(first, count);
    }
  }

  /** The next run of free blocks that is long enough: from the cursor on, else at the end. */
  private int free(int enough) {
    if (usedCount == end) {
      return end; // none below: looking for one would cost more, the larger the spill is
    }
    int at = cursor;
    for (int tries = 0; tries < MAX_TRIES; tries++) {
      at = used.nextClearBit(at);
      if (at >= end && tries == 0) {
        at = used.nextClearBit(0); // once around
      }
      if (at >= end) {
        break;
      }
      int stop = used.nextSetBit(at);
      if (stop - at >= enough) {
        return at;
      }
      at = stop;
    }
    return end;
  }

  /** Takes the blocks of [first, end) that are free. */
  void takeFree(long first, long end, Released taken) {
    try (var held = lock.enter()) {
      for (int from = used.nextClearBit((int) first); from < end; ) {
        int next = used.nextSetBit(from);
        int to = next < 0 ? (int) end : (int) Math.min(next, end);
        for (int block = from; block < to; block++) {
          taken.add(block);
        }
        mark(from, to);
        from = used.nextClearBit(to);
      }
    }
  }

  /** Gives blocks back that nothing names any more. */
  void give(long first, int count) {
    try (var held = lock.enter()) {
      assert used.nextClearBit((int) first) >= first + count : "a block is given back twice";
      used.clear((int) first, (int) first + count);
      usedCount -= count;
      end = used.length();
    }
  }

  /** Takes over how many blocks the spill has at a start: what it holds was in use. */
  void reach(long blocks) {
    try (var held = lock.enter()) {
      reached = Math.max(reached, blocks);
    }
  }

  /** How many blocks the spill must have: one that is not in use any more is still there. */
  long reached() {
    try (var held = lock.enter()) {
      return reached;
    }
  }

  /** Blocks in use. */
  long usedCount() {
    try (var held = lock.enter()) {
      return usedCount;
    }
  }
}
