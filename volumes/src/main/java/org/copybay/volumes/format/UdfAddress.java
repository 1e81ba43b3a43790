package org.copybay.volumes.format;

/**
 * An extent of a volume of UDF, as the fields say it (ECMA-167, 4/14.14: Allocation descriptors).
 *
 * @param bytes its length
 * @param type what it is: {@link #RECORDED}, {@link #CONTINUATION} or space that holds no data
 * @param block its first block in the partition
 * @param reference the partition, as the index of its map
 */
record UdfAddress(long bytes, int type, long block, int reference) {
  static final int RECORDED = 0;
  static final int CONTINUATION = 3;

  /** A long descriptor: length 4 with the type in the upper two bits, block 4, reference 2. */
  static UdfAddress at(Block block, int at) {
    return of(block.u32(at), block.u32(at + 4), block.u16(at + 8));
  }

  static UdfAddress of(long lengthAndType, long block, int reference) {
    return new UdfAddress(
        lengthAndType & UdfLayout.EXTENT_LENGTH_MASK,
        (int) (lengthAndType >>> 30),
        block,
        reference);
  }

  /** Where it is, for a message. */
  String place() {
    return "block " + block + " of partition reference " + reference;
  }
}
