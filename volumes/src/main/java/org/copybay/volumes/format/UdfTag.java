package org.copybay.volumes.format;

import org.jspecify.annotations.Nullable;

/**
 * The tag that every descriptor of UDF begins with (ECMA-167, 3/7.2 and 4/7.2: Descriptor tag),
 * little-endian:
 *
 * <pre>
 *     0    2         4          5          6        8     10            12         16
 *    +----+---------+----------+----------+--------+-----+-------------+----------+
 *    | id | version | checksum | reserved | serial | crc | crc length  | location |
 *    +----+---------+----------+----------+--------+-----+-------------+----------+
 * </pre>
 *
 * The checksum is the sum of the other 15 bytes. The CRC, with the polynomial x^16 + x^12 + x^5 + 1
 * and beginning with 0, covers as many bytes behind the tag as its length says. The location is the
 * number of the block, of the medium or of the partition.
 */
final class UdfTag {
  static final int BYTES = 16;

  static final int PRIMARY = 1;
  static final int ANCHOR = 2;
  static final int POINTER = 3;
  static final int IMPLEMENTATION_USE = 4;
  static final int PARTITION = 5;
  static final int LOGICAL_VOLUME = 6;
  static final int TERMINATING = 8;
  static final int FILE_SET = 256;
  static final int FILE_ENTRY = 261;
  static final int EXTENDED_FILE_ENTRY = 266;

  private static final int CHECKSUM_OFFSET = 4;
  private static final int CRC_OFFSET = 8;
  private static final int CRC_LENGTH_OFFSET = 10;
  private static final int LOCATION_OFFSET = 12;
  private static final int POLYNOMIAL = 0x1021;

  private UdfTag() {}

  static int id(Block block) {
    return block.u16(0);
  }

  /** What is wrong with the tag of a block that should be that one, or null. */
  static @Nullable String fault(Block block, long location) {
    if (block.u8(CHECKSUM_OFFSET) != checksum(block)) {
      return "checksum: want=" + checksum(block) + " got=" + block.u8(CHECKSUM_OFFSET);
    }
    if (block.u16(CRC_LENGTH_OFFSET) > block.length() - BYTES) {
      return "crc length: " + block.u16(CRC_LENGTH_OFFSET) + " is more than a block";
    }
    if (block.u16(CRC_OFFSET) != crc(block)) {
      return String.format("crc: want=%04x got=%04x", crc(block), block.u16(CRC_OFFSET));
    }
    if (block.u32(LOCATION_OFFSET) != location) {
      return "location: want=" + location + " got=" + block.u32(LOCATION_OFFSET);
    }
    return null;
  }

  /** Whether a block is that descriptor, undamaged and where it says it is. */
  static boolean holds(@Nullable Block block, int id, long location) {
    return block != null && id(block) == id && fault(block, location) == null;
  }

  /** Makes CRC and checksum those of the bytes of a block whose tag had no fault. */
  static void seal(Block block) {
    block.putU16(CRC_OFFSET, crc(block));
    block.put(CHECKSUM_OFFSET, (byte) checksum(block));
  }

  private static int checksum(Block block) {
    int sum = 0;
    for (int i = 0; i < BYTES; i++) {
      sum += i == CHECKSUM_OFFSET ? 0 : block.u8(i);
    }
    return sum & 0xff;
  }

  private static int crc(Block block) {
    int crc = 0;
    int end = BYTES + block.u16(CRC_LENGTH_OFFSET);
    for (int i = BYTES; i < end; i++) {
      crc ^= block.u8(i) << 8;
      for (int bit = 0; bit < Byte.SIZE; bit++) {
        crc = (crc & 0x8000) != 0 ? crc << 1 ^ POLYNOMIAL : crc << 1;
      }
    }
    return crc & 0xffff;
  }
}
