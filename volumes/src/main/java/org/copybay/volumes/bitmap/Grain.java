package org.copybay.volumes.bitmap;

/**
 * How a write bitmap divides a volume: into regions, one bit each, and inside of a region into the
 * blocks of the volume's own grid. The last region and the last block end with the volume. Where
 * the region is no whole number of blocks, a block on a border has a part in two regions; each
 * region keeps a bit of its own for its part, so the block counts as changed while either does.
 *
 * @param regionBytes bytes of a region
 * @param blockBytes bytes of a block; a region touches at most {@link #MAX_BLOCKS}
 */
public record Grain(long regionBytes, int blockBytes) {
  /** The most blocks that a region may touch: their bits lie in one int. */
  static final int MAX_BLOCKS = Integer.SIZE;

  /** 127 blocks of 512 bytes, the region of shadow sets; it touches 16 or 17 blocks of 4 KiB. */
  public static final Grain SECTORS_127 = new Grain(127 * 512, 4096);

  /** A track of 64 KiB, 16 blocks of 4 KiB. */
  public static final Grain TRACK = new Grain(64 << 10, 4096);

  /** Checks both sizes. */
  public Grain {
    if (blockBytes < 1 || regionBytes < 1 || regionBytes > (long) blockBytes * (MAX_BLOCKS - 1)) {
      throw new IllegalArgumentException(
          "grain: regionBytes=" + regionBytes + " blockBytes=" + blockBytes);
    }
  }

  /** How the word of a grain of sectors begins. */
  private static final String OF_SECTORS = "sector-";

  /** Regions of one sector of that many bytes: no block inside of one is told from another. */
  public static Grain ofSectors(int sectorBytes) {
    return new Grain(sectorBytes, sectorBytes);
  }

  /** The grain of that word: track, 127, or sector-BYTES. */
  public static Grain ofWord(String word) {
    if (word.startsWith(OF_SECTORS)) {
      return ofSectors(Integer.parseInt(word.substring(OF_SECTORS.length())));
    }
    return switch (word) {
      case "127" -> SECTORS_127;
      case "track" -> TRACK;
      default -> throw new IllegalArgumentException("grain: " + word);
    };
  }

  /** What {@link #ofWord} makes this grain of. */
  public String word() {
    if (single()) {
      return OF_SECTORS + blockBytes;
    }
    return equals(TRACK) ? "track" : "127";
  }

  /** Whether a region is one block, so that its bit says all. */
  boolean single() {
    return regionBytes == blockBytes;
  }

  /** The number of regions of a volume of that size. */
  public long regions(long size) {
    return (size + regionBytes - 1) / regionBytes;
  }

  /** The region of that byte. */
  long regionOf(long offset) {
    return offset / regionBytes;
  }

  /** The first byte of that region. */
  long start(long region) {
    return region * regionBytes;
  }

  /** The byte after that region, in a volume of that size. */
  long end(long region, long size) {
    return Math.min(start(region + 1), size);
  }

  /** The block of that byte. */
  long blockOf(long offset) {
    return (blockBytes & (blockBytes - 1)) == 0
        ? offset >>> Integer.numberOfTrailingZeros(blockBytes)
        : offset / blockBytes;
  }

  /**
   * The blocks that [start, end) touches in a region, bit 0 for the block of the region's first
   * byte.
   */
  int mask(long region, long start, long end) {
    long regionStart = region * regionBytes;
    long from = Math.max(start, regionStart);
    long to = Math.min(end, regionStart + regionBytes);
    if (from >= to) {
      return 0;
    }
    long base = blockOf(regionStart);
    int first = (int) (blockOf(from) - base);
    int last = (int) (blockOf(to - 1) - base);
    return -1 >>> (MAX_BLOCKS - 1 - last + first) << first;
  }

  /** All blocks of a region, in a volume of that size. */
  int mask(long region, long size) {
    return mask(region, 0, size);
  }
}
