package org.copybay.volumes.format;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.copybay.volumes.Extent;

/**
 * A medium of ISO 9660 of 128 sectors with a root directory in sector 30 and path tables in 20 and
 * 22. The fields are written here by their own code.
 */
final class IsoTreeMedium {
  static final int SECTOR = 2048;
  static final int SECTORS = 128;
  static final int ROOT = 30;
  static final int DIRECTORY = 2;
  static final int ASSOCIATED = 4;
  static final int NOT_LAST = 0x80;

  final MemoryImage image = new MemoryImage(SECTORS * SECTOR);

  IsoTreeMedium() {
    IsoMedium.addIso(image, "OLD");
    describe(0, ROOT, 20, 22);
  }

  MediumFiles files() throws Exception {
    return MediumFiles.read(image, image.bytes.length);
  }

  List<String> at(MediumFiles files, int sector) {
    return files.filesAt(new Extent((long) sector * SECTOR, SECTOR));
  }

  /** Gives a descriptor a root and path tables of a byte each. */
  void describe(int descriptor, int root, int table, int tableBigEndian) {
    byte[] fields = new byte[28];
    ByteBuffer.wrap(fields)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putShort(0, (short) SECTOR)
        .putInt(4, 1)
        .putInt(12, table)
        .putInt(20, Integer.reverseBytes(tableBigEndian));
    image.put(IsoMedium.at(descriptor) + 128, fields);
    image.put(IsoMedium.at(descriptor) + 156, record("\0", DIRECTORY, root, SECTOR));
  }

  /** A directory of one sector, the records for itself and the one above before the others. */
  void directory(int sector, byte[]... records) {
    byte[] self = record("\0", DIRECTORY, sector, SECTOR);
    directoryWithSelf(sector, self, records);
  }

  void directoryWithSelf(int sector, byte[] self, byte[]... records) {
    image.put((long) sector * SECTOR, new byte[SECTOR]);
    byte[] parent = record("\1", DIRECTORY, ROOT, SECTOR);
    byte[] bytes = UdfTreeMedium.joined(self, parent, UdfTreeMedium.joined(records));
    image.put((long) sector * SECTOR, bytes);
  }

  static byte[] record(String name, int flags, int sector, int bytes, byte[]... systemUse) {
    byte[] use = UdfTreeMedium.joined(systemUse);
    byte[] characters = name.getBytes(StandardCharsets.ISO_8859_1);
    int start = (33 + characters.length + 1) / 2 * 2;
    byte[] record = new byte[(start + use.length + 1) / 2 * 2];
    ByteBuffer.wrap(record)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(0, (byte) record.length)
        .putInt(2, sector)
        .putInt(10, bytes)
        .put(25, (byte) flags)
        .put(32, (byte) characters.length);
    System.arraycopy(characters, 0, record, 33, characters.length);
    System.arraycopy(use, 0, record, start, use.length);
    return record;
  }

  /** An entry of a system use field. */
  static byte[] entry(String signature, byte... rest) {
    byte[] head = signature.getBytes(StandardCharsets.ISO_8859_1);
    return UdfTreeMedium.joined(head, new byte[] {(byte) (4 + rest.length), 1}, rest);
  }

  static byte[] name(int flags, String part) {
    byte[] characters = part.getBytes(StandardCharsets.UTF_8);
    return entry("NM", UdfTreeMedium.joined(new byte[] {(byte) flags}, characters));
  }

  static byte[] number(String signature, int value) {
    ByteBuffer both = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putInt(0, value);
    return entry(signature, both.array());
  }

  static byte[] continued(int sector, int offset, int length) {
    ByteBuffer fields = ByteBuffer.allocate(24).order(ByteOrder.LITTLE_ENDIAN);
    return entry("CE", fields.putInt(0, sector).putInt(8, offset).putInt(16, length).array());
  }
}
