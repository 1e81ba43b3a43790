package org.copybay.volumes.bitmap;

/**
 * Neighbouring blocks, or neighbouring regions, of a volume.
 *
 * @param first number of the first one
 * @param count how many, 1 or more
 */
public record Run(long first, long count) {
  /** Checks both numbers. */
  public Run {
    if (first < 0 || count < 1) {
      throw new IllegalArgumentException("run: first=" + first + " count=" + count);
    }
  }

  /** The number after the last one. */
  public long end() {
    return first + count;
  }
}
