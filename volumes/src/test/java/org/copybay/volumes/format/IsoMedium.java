package org.copybay.volumes.format;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Makes media of ISO 9660 that have volume descriptors and nothing else. */
final class IsoMedium {
  static final int FIRST = 32768;
  static final int SECTOR = 2048;
  static final String CREATED = "2019050607080910\4";

  private IsoMedium() {}

  /** A medium with a primary descriptor and a terminator. */
  static MemoryImage plain(String identifier) {
    MemoryImage image = new MemoryImage(1 << 18);
    addIso(image, identifier);
    return image;
  }

  static void addIso(MemoryImage image, String identifier) {
    descriptor(image, 0, 1, 1, padded(identifier).getBytes(StandardCharsets.ISO_8859_1));
    terminator(image, 1);
  }

  /** A medium with a boot record, an enhanced descriptor and one of Joliet too. */
  static MemoryImage withJoliet(String identifier) {
    MemoryImage image = plain(identifier);
    byte[] enhanced = padded(identifier).getBytes(StandardCharsets.ISO_8859_1);
    byte[] joliet = padded(identifier).substring(0, 16).getBytes(StandardCharsets.UTF_16BE);
    descriptor(image, 1, 0, 1, new byte[0]);
    descriptor(image, 2, 2, 2, enhanced);
    descriptor(image, 3, 2, 1, joliet);
    image.put(at(3) + 88, "%/E");
    terminator(image, 4);
    return image;
  }

  static int at(int sector) {
    return FIRST + sector * SECTOR;
  }

  static void terminator(MemoryImage image, int sector) {
    descriptor(image, sector, 255, 1, new byte[0]);
  }

  static void descriptor(MemoryImage image, int sector, int type, int version, byte[] identifier) {
    byte[] bytes = new byte[SECTOR];
    Arrays.fill(bytes, 7, SECTOR, (byte) (type == 255 ? 0 : 0xa5));
    Arrays.fill(bytes, 88, 120, (byte) 0);
    image.put(at(sector), bytes);
    image.put(at(sector), (byte) type);
    image.put(at(sector) + 1, "CD001");
    image.put(at(sector) + 6, (byte) version);
    image.put(at(sector) + 40, identifier);
    image.put(at(sector) + 813, CREATED + "2020010203040506\0");
  }

  private static String padded(String identifier) {
    return identifier + " ".repeat(32 - identifier.length());
  }
}
