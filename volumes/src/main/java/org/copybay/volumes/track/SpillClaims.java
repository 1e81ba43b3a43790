package org.copybay.volumes.track;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * Which blocks of a window of the spill somebody names: a bit for each. The blocks that are named
 * twice are remembered, and by whom when they are claimed once more with {@link #name}.
 */
final class SpillClaims {
  private static final int MOST_DOUBLED = 25;

  private final long first;
  private final long count;
  private final long[] words;
  private final Map<Long, List<String>> doubled = new TreeMap<>();
  private boolean naming;

  /** So many blocks from one on. */
  SpillClaims(long first, long count) {
    this.first = first;
    this.count = count;
    this.words = new long[(int) ((count + Long.SIZE - 1) / Long.SIZE)];
  }

  /** From now on claims of doubled blocks are remembered with who makes them. */
  void name() {
    naming = true;
  }

  /** Somebody names a block. */
  void claim(long block, Supplier<String> who) {
    long index = block - first;
    if (index < 0 || index >= count) {
      return; // of another window
    }
    if (naming) {
      List<String> by = doubled.get(block);
      if (by != null && by.size() < MOST_DOUBLED) {
        by.add(who.get());
      }
      return;
    }
    int word = (int) (index / Long.SIZE);
    long bit = 1L << index;
    if ((words[word] & bit) != 0 && doubled.size() < MOST_DOUBLED) {
      doubled.putIfAbsent(block, new ArrayList<>());
    }
    words[word] |= bit;
  }

  /** The blocks that are named twice, some of them if they are many, with who names them. */
  Map<Long, List<String>> doubled() {
    return doubled;
  }
}
