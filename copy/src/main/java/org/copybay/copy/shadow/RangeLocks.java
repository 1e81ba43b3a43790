package org.copybay.copy.shadow;

import org.copybay.volumes.LockRank;
import org.copybay.volumes.RankedLock;

/**
 * Keeps two that change the same bytes of a virtual unit apart: a write goes to all members before
 * the next one of these bytes begins, or members would hold different ones for ever; a copier and a
 * merge have a range for themselves. Ranges of 64 KiB share a few hundred locks.
 */
final class RangeLocks {
  private static final int SHIFT = 16;
  private static final int COUNT = 256;

  private final RankedLock[] locks = new RankedLock[COUNT];

  RangeLocks() {
    for (int i = 0; i < COUNT; i++) {
      locks[i] = new RankedLock(LockRank.UNIT_RANGE, i);
    }
  }

  /** Keeps everybody else from [offset, offset + length), of 1 byte at least. */
  RankedLock.Held enter(long offset, long length) {
    long first = offset >> SHIFT;
    long last = (offset + length - 1) >> SHIFT;
    if (first == last) {
      return locks[(int) (first % COUNT)].enter();
    }
    int count = (int) Math.min(COUNT, last - first + 1);
    int from = (int) (first % COUNT);
    boolean wraps = from + count > COUNT;
    for (int i = 0; wraps && i < from + count - COUNT; i++) { // by rising number
      locks[i].enter();
    }
    for (int i = from; i < Math.min(COUNT, from + count); i++) {
      locks[i].enter();
    }
    return () -> exit(from, count);
  }

  private void exit(int from, int count) {
    for (int i = from; i < from + count; i++) {
      locks[i % COUNT].exit();
    }
  }
}
