package org.copybay.volumes.format;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Makes media of UDF that have the descriptors that lead to the label and nothing else: 600 blocks,
 * the sequences from blocks 100 and 120 on, the partition from block 260 on. The fields are written
 * and sealed here by their own code.
 */
final class UdfMedium {
  static final int BLOCKS = 600;
  static final int MAIN = 100;
  static final int RESERVE = 120;
  static final int PARTITION = 260;
  static final int PRIMARY = 0;
  static final int LV_INFO = 1;
  static final int PARTITION_DESCRIPTOR = 2;
  static final int LOGICAL = 3;
  static final int SPARING_TABLE = 200;

  final MemoryImage image;
  final int blockBytes;

  private final String identifier;
  private String fileSetId = "FILES";

  UdfMedium(int blockBytes, String identifier) {
    this.blockBytes = blockBytes;
    this.identifier = identifier;
    image = new MemoryImage(BLOCKS * blockBytes);
    recognition(32768);
    anchor(256);
    anchor(BLOCKS - 1);
  }

  /** With one partition and its file set in its block 3. */
  static UdfMedium plain(int blockBytes, String identifier) {
    UdfMedium medium = new UdfMedium(blockBytes, identifier);
    medium.sequences(3, 0, plainMap());
    medium.fileSet(PARTITION + 3, 3);
    return medium;
  }

  /** The same with a file set identifier. */
  static UdfMedium withFileSetId(String identifier, String fileSetId) {
    UdfMedium medium = new UdfMedium(2048, identifier);
    medium.fileSetId = fileSetId;
    medium.sequences(3, 0, plainMap());
    medium.fileSet(PARTITION + 3, 3);
    return medium;
  }

  /** With a metadata file of two extents and a mirror; the file set is in their block 6. */
  static UdfMedium metadata(int blockBytes, String identifier, boolean extended) {
    UdfMedium medium = new UdfMedium(blockBytes, identifier);
    byte[] map = namedMap("*UDF Metadata Partition");
    ByteBuffer.wrap(map).order(ByteOrder.LITTLE_ENDIAN).putInt(40, 10).putInt(44, 11);
    medium.sequences(6, 1, plainMap(), map);
    medium.fileEntry(10, extended, 20, 5, 40, 5);
    medium.fileEntry(11, extended, 60, 10);
    medium.fileSet(PARTITION + 41, 6);
    medium.fileSet(PARTITION + 66, 6);
    return medium;
  }

  /** With a sparable partition, in packets of 16 blocks of which one lies elsewhere. */
  static UdfMedium sparable(String identifier, int movedPacket) {
    UdfMedium medium = new UdfMedium(512, identifier);
    byte[] map = namedMap("*UDF Sparable Partition");
    ByteBuffer fields = ByteBuffer.wrap(map).order(ByteOrder.LITTLE_ENDIAN);
    fields.putShort(40, (short) 16).put(42, (byte) 1).putInt(44, 4096).putInt(48, SPARING_TABLE);
    medium.sequences(35, 0, map);
    medium.fileSet(PARTITION + 35, 35);
    byte[] table = new byte[4096];
    medium.put(table, 17, "*UDF Sparing Table");
    ByteBuffer entries = ByteBuffer.wrap(table).order(ByteOrder.LITTLE_ENDIAN);
    entries.putShort(48, (short) 100);
    for (int i = 0; i < 100; i++) {
      entries.putInt(56 + i * 8, i == 90 ? movedPacket : -1);
    }
    medium.image.put((long) SPARING_TABLE * medium.blockBytes, table);
    return medium;
  }

  static UdfMedium virtual(String identifier) {
    UdfMedium medium = new UdfMedium(2048, identifier);
    medium.sequences(0, 1, plainMap(), namedMap("*UDF Virtual Partition"));
    return medium;
  }

  long at(int block) {
    return (long) block * blockBytes;
  }

  /** Makes the tag of a block right again. */
  void seal(int block, int location) {
    byte[] bytes = Arrays.copyOfRange(image.bytes, (int) at(block), (int) at(block) + blockBytes);
    ByteBuffer fields = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    tag(bytes, fields.getShort(0), location);
    image.put(at(block), bytes);
  }

  void recognition(int at) {
    int step = Math.max(2048, blockBytes);
    image.put(at + 1, "BEA01");
    image.put(at + step + 1, "NSR02");
    image.put(at + 2 * step + 1, "TEA01");
  }

  void anchor(int block) {
    byte[] bytes = new byte[blockBytes];
    ByteBuffer fields = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    fields.putInt(16, 16 * blockBytes).putInt(20, MAIN).putInt(24, 16 * blockBytes);
    fields.putInt(28, RESERVE);
    write(bytes, 2, block, block);
  }

  /** A descriptor pointer from a block to another part of the sequence. */
  void pointer(int block, int lengthBytes, int next) {
    byte[] bytes = new byte[blockBytes];
    ByteBuffer fields = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    fields.putInt(20, lengthBytes).putInt(24, next);
    write(bytes, 3, block, block);
  }

  private void sequences(int fileSet, int reference, byte[]... maps) {
    for (int first : new int[] {MAIN, RESERVE}) {
      byte[] primary = new byte[blockBytes];
      text(primary, 24, 32, identifier);
      put(primary, 72, "\0100123456789abcdefSET");
      time(primary, 376);
      write(primary, 1, first + PRIMARY, first + PRIMARY);
      byte[] info = new byte[blockBytes];
      put(info, 21, "*UDF LV Info");
      text(info, 116, 128, identifier);
      write(info, 4, first + LV_INFO, first + LV_INFO);
      byte[] partition = new byte[blockBytes];
      ByteBuffer.wrap(partition)
          .order(ByteOrder.LITTLE_ENDIAN)
          .putInt(188, PARTITION)
          .putInt(192, 300);
      write(partition, 5, first + PARTITION_DESCRIPTOR, first + PARTITION_DESCRIPTOR);
      byte[] logical = logical(fileSet, reference, maps);
      write(logical, 6, first + LOGICAL, first + LOGICAL);
      write(new byte[blockBytes], 8, first + 4, first + 4);
    }
  }

  private byte[] logical(int fileSet, int reference, byte[]... maps) {
    byte[] logical = new byte[blockBytes];
    ByteBuffer fields = ByteBuffer.wrap(logical).order(ByteOrder.LITTLE_ENDIAN);
    text(logical, 84, 128, identifier);
    fields.putInt(212, blockBytes).putInt(248, blockBytes).putInt(252, fileSet);
    fields.putShort(256, (short) reference);
    int at = 440;
    for (byte[] map : maps) {
      System.arraycopy(map, 0, logical, at, map.length);
      at += map.length;
    }
    fields.putInt(264, at - 440).putInt(268, maps.length);
    return logical;
  }

  private void fileSet(int block, int location) {
    byte[] bytes = new byte[blockBytes];
    time(bytes, 16);
    text(bytes, 112, 128, identifier);
    text(bytes, 304, 32, fileSetId);
    write(bytes, 256, block, location);
  }

  private void fileEntry(int block, boolean extended, int... extents) {
    byte[] bytes = new byte[blockBytes];
    ByteBuffer fields = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int attributes = extended ? 216 : 176;
    fields.putInt(attributes - 8, 16).putInt(attributes - 4, extents.length * 4);
    for (int i = 0; i < extents.length; i += 2) {
      fields.putInt(attributes + 16 + i * 4, extents[i + 1] * blockBytes);
      fields.putInt(attributes + 20 + i * 4, extents[i]);
    }
    write(bytes, extended ? 266 : 261, PARTITION + block, block);
  }

  private static byte[] plainMap() {
    return new byte[] {1, 6, 1, 0, 0, 0};
  }

  private static byte[] namedMap(String name) {
    byte[] map = new byte[64];
    map[0] = 2;
    map[1] = 64;
    System.arraycopy(name.getBytes(StandardCharsets.ISO_8859_1), 0, map, 5, name.length());
    return map;
  }

  private static void text(byte[] bytes, int at, int length, String text) {
    bytes[at] = 8;
    System.arraycopy(text.getBytes(StandardCharsets.ISO_8859_1), 0, bytes, at + 1, text.length());
    bytes[at + length - 1] = (byte) (text.length() + 1);
  }

  private static void time(byte[] bytes, int at) {
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putShort(at, (short) (0x1000 | 60));
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putShort(at + 2, (short) 2019);
    System.arraycopy(new byte[] {5, 6, 7, 8, 9, 10, 11, 12}, 0, bytes, at + 4, 8);
  }

  private void put(byte[] bytes, int at, String text) {
    System.arraycopy(text.getBytes(StandardCharsets.ISO_8859_1), 0, bytes, at, text.length());
  }

  private void write(byte[] bytes, int id, int block, int location) {
    tag(bytes, id, location);
    image.put(at(block), bytes);
  }

  private static void tag(byte[] bytes, int id, int location) {
    ByteBuffer fields = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    fields.putShort(0, (short) id).putShort(2, (short) 2).put(4, (byte) 0);
    fields.putShort(10, (short) 496).putInt(12, location);
    int crc = 0;
    for (int i = 16; i < 512; i++) {
      int x = (crc >>> 8 ^ bytes[i]) & 0xff;
      x ^= x >>> 4;
      crc = (crc << 8 ^ x << 12 ^ x << 5 ^ x) & 0xffff;
    }
    fields.putShort(8, (short) crc);
    int sum = 0;
    for (int i = 0; i < 16; i++) {
      sum += bytes[i];
    }
    fields.put(4, (byte) sum);
  }
}
