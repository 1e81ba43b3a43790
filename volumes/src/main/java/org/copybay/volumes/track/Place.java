package org.copybay.volumes.track;

/**
 * Where the bytes of a block lie: 0 or more is a block of the spill. The base of a piece is the
 * place of the first block of its track, so that block i of it lies at base + i; it may be below 0
 * when that block is not in the piece.
 */
final class Place {
  /** In the home, at the block's own offset. */
  static final long HOME = Long.MIN_VALUE;

  /** Nowhere: all zeros. */
  static final long ZERO = Long.MIN_VALUE + 1;

  private Place() {}

  static boolean inSpill(long place) {
    return place >= 0;
  }

  /** The place of block i of a piece with that base. */
  static long of(long base, int index) {
    return base <= ZERO ? base : base + index;
  }

  /** The base of a piece whose block i lies there. */
  static long base(long place, int index) {
    return place <= ZERO ? place : place - index;
  }

  /** Whether a block follows, in the same file, the one before it in the volume. */
  static boolean follows(long before, long place) {
    return before <= ZERO ? place == before : place == before + 1;
  }
}
