package org.copybay.volumes.track;

/**
 * The bytes [from, to) that a request covers, as blocks.
 *
 * @param geometry the size of blocks
 * @param from first byte
 * @param to one more than the last, larger than from
 */
record Span(Geometry geometry, long from, long to) {
  /** The first block, which may be covered in part. */
  long first() {
    return geometry.block(from);
  }

  /** The last block, which may be covered in part. */
  long last() {
    return geometry.block(to - 1);
  }

  /** The first byte of the request in a block. */
  long from(long block) {
    return Math.max(from, geometry.offset(block));
  }

  /** Bytes of the request in the blocks [block, end). */
  int length(long block, long end) {
    return (int) (Math.min(to, geometry.offset(end)) - from(block));
  }

  /** Whether a block is covered in part. */
  boolean partial(long block) {
    return from > geometry.offset(block) || to < geometry.offset(block + 1);
  }
}
