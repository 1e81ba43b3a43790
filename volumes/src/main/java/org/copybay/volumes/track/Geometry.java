package org.copybay.volumes.track;

/**
 * The units of the engine. A block is what is preserved as a whole, a track is {@link
 * #TRACK_BLOCKS} of them, for which the map has entries.
 *
 * @param blockBytes a power of two, 2 or more; 4096 but in tests
 */
record Geometry(int blockBytes) {
  /** Blocks of a track: as many as a mask of an entry has bits. */
  static final int TRACK_BLOCKS = 16;

  /** All blocks of a track. */
  static final int WHOLE_TRACK = (1 << TRACK_BLOCKS) - 1;

  /** Blocks of 4 KiB, tracks of 64 KiB. */
  static final Geometry STANDARD = new Geometry(4096);

  Geometry {
    if (blockBytes < 2 || Integer.bitCount(blockBytes) != 1) {
      throw new IllegalArgumentException("blockBytes=" + blockBytes);
    }
  }

  /** The block that holds that byte. */
  long block(long offset) {
    return offset >>> Integer.numberOfTrailingZeros(blockBytes);
  }

  /** The first byte of a block. */
  long offset(long block) {
    return block << Integer.numberOfTrailingZeros(blockBytes);
  }

  /** The position of a byte in its block. */
  int within(long offset) {
    return (int) (offset & (blockBytes - 1));
  }

  /** The blocks that hold that many bytes. */
  long blocks(long bytes) {
    return block(bytes + blockBytes - 1);
  }

  /** The track of a block. */
  static long track(long block) {
    return block / TRACK_BLOCKS;
  }

  /** The position of a block in its track. */
  static int index(long block) {
    return (int) (block % TRACK_BLOCKS);
  }

  /** The mask of the blocks [from, to) of a track. */
  static int mask(int from, int to) {
    return ((1 << to) - 1) & -(1 << from);
  }
}
