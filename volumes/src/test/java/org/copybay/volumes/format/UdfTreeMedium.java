package org.copybay.volumes.format;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Adds directories and files to a medium of {@link UdfMedium}: a root with its entry in block 10 of
 * the partition and up to as many blocks of identifiers as wanted. Blocks are those of the
 * partition, or of the metadata file where the medium has one. The fields are written and sealed
 * here by their own code.
 */
final class UdfTreeMedium {
  static final int DIRECTORY = 4;
  static final int FILE = 5;
  static final int LINK = 12;
  static final int STREAMS = 13;
  static final int SHORT = 0;
  static final int LONG = 1;
  static final int EXTENDED = 2;
  static final int EMBEDDED = 3;

  final UdfMedium medium;
  final MemoryImage image;
  final int reference;

  private final int blockBytes;

  UdfTreeMedium(UdfMedium medium, int reference) {
    this.medium = medium;
    this.reference = reference;
    image = medium.image;
    blockBytes = medium.blockBytes;
  }

  static UdfTreeMedium plain() {
    UdfTreeMedium tree = new UdfTreeMedium(UdfMedium.plain(512, "OLD"), 0);
    tree.root(UdfMedium.PARTITION + 3, 3, 10);
    return tree;
  }

  MediumFiles files() throws Exception {
    return MediumFiles.read(image, image.bytes.length);
  }

  /** The files at a block of the partition. */
  List<String> at(MediumFiles files, int block) {
    return files.filesAt(
        new org.copybay.volumes.Extent(medium.at(UdfMedium.PARTITION + block), blockBytes));
  }

  /** Lets the file set in a block of the medium name the entry of the root. */
  void root(int block, int location, int entry) {
    image.put(medium.at(block) + 400, address(blockBytes, entry, reference));
    medium.seal(block, location);
  }

  /** An allocation descriptor that is long. */
  static byte[] address(long lengthAndType, int block, int reference) {
    return ByteBuffer.allocate(16)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt((int) lengthAndType)
        .putInt(block)
        .putShort((short) reference)
        .array();
  }

  static byte[] shortAddress(long lengthAndType, int block) {
    return ByteBuffer.allocate(8)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt((int) lengthAndType)
        .putInt(block)
        .array();
  }

  static byte[] extendedAddress(long lengthAndType, int block, int reference) {
    return ByteBuffer.allocate(20)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt((int) lengthAndType)
        .putInt((int) lengthAndType)
        .putInt((int) lengthAndType)
        .putInt(block)
        .putShort((short) reference)
        .array();
  }

  static byte[] joined(byte[]... parts) {
    ByteBuffer joined = ByteBuffer.allocate(List.of(parts).stream().mapToInt(p -> p.length).sum());
    for (byte[] part : parts) {
      joined.put(part);
    }
    return joined.array();
  }

  /** An entry; what follows the attributes are descriptors or embedded data. */
  void entry(int block, int type, int kind, long bytes, byte[] descriptors) {
    put(block, 261, entry(false, type, kind, bytes, descriptors));
  }

  void extendedEntry(int block, int type, int kind, long bytes, int streams, byte[] descriptors) {
    byte[] entry = entry(true, type, kind, bytes, descriptors);
    if (streams > 0) {
      System.arraycopy(address(blockBytes, streams, reference), 0, entry, 152, 16);
    }
    put(block, 266, entry);
  }

  private byte[] entry(boolean extended, int type, int kind, long bytes, byte[] descriptors) {
    byte[] entry = new byte[blockBytes];
    int attributes = extended ? 216 : 176;
    ByteBuffer.wrap(entry)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putShort(20, (short) 4)
        .put(27, (byte) type)
        .putShort(34, (short) kind)
        .putLong(56, bytes)
        .putInt(attributes - 8, 24)
        .putInt(attributes - 4, descriptors.length);
    System.arraycopy(descriptors, 0, entry, attributes + 24, descriptors.length);
    return entry;
  }

  /** A block of more allocation descriptors. */
  void more(int block, byte[] descriptors) {
    byte[] bytes = new byte[blockBytes];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(20, descriptors.length);
    System.arraycopy(descriptors, 0, bytes, 24, descriptors.length);
    put(block, 258, bytes);
  }

  /** An indirect entry. */
  void indirect(int block, int entry) {
    byte[] bytes = new byte[blockBytes];
    System.arraycopy(address(2L * blockBytes, entry, reference), 0, bytes, 36, 16);
    put(block, 259, bytes);
  }

  /** Lets an entry be superseded by what the block behind it says. */
  void superseded(int block) {
    image.put(place(block) + 20, (byte) 0, (byte) 16);
    seal(block);
  }

  private void put(int block, int id, byte[] bytes) {
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putShort(0, (short) id);
    image.put(place(block), bytes);
    seal(block);
  }

  void seal(int block) {
    medium.seal((int) (place(block) / blockBytes), block);
  }

  /** The metadata file of {@link UdfMedium} has its blocks in 20 to 24 and 40 to 44. */
  private long place(int block) {
    int physical = block;
    if (reference == 1) {
      physical = block < 5 ? 20 + block : 35 + block;
    }
    return medium.at(UdfMedium.PARTITION + physical);
  }

  /** A directory with its entry in a block and its identifiers in those from another on. */
  void directory(int block, int first, byte[]... identifiers) {
    byte[] bytes = joined(identifiers);
    entry(block, DIRECTORY, SHORT, bytes.length, shortAddress(bytes.length, first));
    image.put(place(first), bytes);
  }

  byte[] file(String name, int entry) {
    return identifier(name, 0, entry);
  }

  byte[] subdirectory(String name, int entry) {
    return identifier(name, 2, entry);
  }

  byte[] identifier(String name, int kind, int entry) {
    boolean wide = !StandardCharsets.ISO_8859_1.newEncoder().canEncode(name);
    byte[] characters =
        name.getBytes(wide ? StandardCharsets.UTF_16BE : StandardCharsets.ISO_8859_1);
    int nameBytes = name.isEmpty() ? 0 : characters.length + 1;
    byte[] bytes = new byte[(38 + 4 + nameBytes + 3) / 4 * 4];
    ByteBuffer fields = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    fields.putShort(0, (short) 257).putShort(2, (short) 2).putShort(16, (short) 1);
    fields.put(18, (byte) kind).put(19, (byte) nameBytes).putShort(36, (short) 4);
    System.arraycopy(address(2L * blockBytes, entry, reference), 0, bytes, 20, 16);
    if (nameBytes > 0) {
      bytes[42] = (byte) (wide ? 16 : 8);
      System.arraycopy(characters, 0, bytes, 43, characters.length);
    }
    fields.putShort(10, (short) (bytes.length - 16)).putInt(12, 1);
    int crc = 0;
    for (int i = 16; i < bytes.length; i++) {
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
    return bytes;
  }
}
