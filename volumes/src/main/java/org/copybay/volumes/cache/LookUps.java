package org.copybay.volumes.cache;

import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** How look-ups of blocks in memory ended. Any thread may count and read. */
public final class LookUps {
  private final LongAdder hits = new LongAdder();
  private final LongAdder misses = new LongAdder();

  /** Nothing was looked up yet. */
  public LookUps() {}

  void hit() {
    hits.increment();
  }

  void miss() {
    misses.increment();
  }

  /** Look-ups that were answered from memory, or by the load of another reader. */
  public long hits() {
    return hits.sum();
  }

  /** Look-ups that read the block from the layer below, or tried to. */
  public long misses() {
    return misses.sum();
  }

  /** Hits in a hundred look-ups, rounded down; null before the first one. */
  public @Nullable Long hitPercent() {
    long hitCount = hits.sum();
    long all = hitCount + misses.sum();
    return all == 0 ? null : Long.valueOf(hitCount * 100 / all);
  }
}
