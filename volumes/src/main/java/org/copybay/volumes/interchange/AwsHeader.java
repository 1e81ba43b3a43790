package org.copybay.volumes.interchange;

/**
 * The header of a chunk of AWSTAPE and HET: the length of the chunk, that of the one before, both
 * little-endian in 16 bits, and two bytes of flags. The rules are those of Hercules, hetlib.h.
 *
 * @param length how many bytes of data follow, 0 to 65,535
 * @param previous the length in the header before; 0 in the first one
 * @param flags the first byte of flags
 * @param more the second byte of flags
 */
record AwsHeader(int length, int previous, int flags, int more) {
  static final int HEADER_BYTES = 6;
  static final int MAX_CHUNK_BYTES = 65535;

  static final int BEGINS = 0x80;
  static final int MARK = 0x40;
  static final int ENDS = 0x20;
  private static final int ZLIB = 0x01;
  private static final int BZIP2 = 0x02;
  private static final int METHOD_MASK = 0x03;
  private static final int KNOWN_MASK = BEGINS | MARK | ENDS | METHOD_MASK;

  /** In the second byte of flags: zlib, as Bus-Tech writes it. */
  private static final int ZLIB_BUS_TECH = 0x80;

  /** How the data of a record are packed: the record as a whole, whatever its chunks are. */
  enum Packing {
    NONE,
    ZLIB,
    BZIP2
  }

  static AwsHeader decode(byte[] bytes, int at) {
    return new AwsHeader(
        u8(bytes, at) | u8(bytes, at + 1) << 8,
        u8(bytes, at + 2) | u8(bytes, at + 3) << 8,
        u8(bytes, at + 4),
        u8(bytes, at + 5));
  }

  /** Into the first bytes. */
  void encode(byte[] bytes) {
    bytes[0] = (byte) length;
    bytes[1] = (byte) (length >> 8);
    bytes[2] = (byte) previous;
    bytes[3] = (byte) (previous >> 8);
    bytes[4] = (byte) flags;
    bytes[5] = (byte) more;
  }

  boolean mark() {
    return (flags & MARK) != 0;
  }

  /** Whether an object begins here. */
  boolean begins() {
    return (flags & (BEGINS | MARK)) != 0;
  }

  boolean ends() {
    return (flags & ENDS) != 0;
  }

  /** Whether the flags say nothing unknown, and a length that goes with them. */
  boolean isKnown() {
    boolean known =
        (flags & ~KNOWN_MASK) == 0
            && (flags & METHOD_MASK) != METHOD_MASK
            && (more & ~ZLIB_BUS_TECH) == 0;
    return known && (mark() ? length == 0 : length > 0);
  }

  Packing packing() {
    return switch (flags & METHOD_MASK) {
      case ZLIB -> Packing.ZLIB;
      case BZIP2 -> Packing.BZIP2;
      default -> (more & ZLIB_BUS_TECH) != 0 ? Packing.ZLIB : Packing.NONE;
    };
  }

  /** The bytes of the flags as four digits. */
  String shownFlags() {
    return String.format("%02X%02X", flags, more);
  }

  private static int u8(byte[] bytes, int at) {
    return bytes[at] & 0xff;
  }
}
