package org.copybay.volumes.format;

import org.copybay.volumes.StorageException;

/**
 * Whether a medium is at the same time a volume of Apple's HFS or HFS+, with a name of its own in a
 * catalogue that is not written here. Such a volume begins at byte 0, or in a partition of Apple's
 * map within which the descriptors of ISO 9660 lie too; partitions beside those, as for the
 * firmware of a Macintosh, have nothing to do with the label of the medium.
 */
final class AppleVolume {
  /*
   * Big-endian (Apple: Inside Macintosh: Files, Master Directory Blocks; Technical Note TN1150,
   * Volume Header), from byte 1024 of a volume on:
   *
   *    HFS    0 "BD", 20 bytes of an allocation block 4, 36 length of the name 1 (1 to 27)
   *    HFS+   0 "H+" or "HX", 2 version 2 (4 or 5), 40 bytes of an allocation block 4
   *
   * An entry of the partition map (Inside Macintosh: Devices, Partition map entry), in sectors of
   * 512 bytes from the second on:
   *
   *    0 "PM", 4 number of entries 4, 8 first sector 4, 12 sectors 4, 48 type
   */
  private static final int SECTOR_BYTES = 512;
  private static final long HEADER_OFFSET = 1024;
  private static final int MAX_ENTRIES = 64;

  private AppleVolume() {}

  static boolean present(Sectors sectors) throws StorageException {
    Block header = sectors.read(HEADER_OFFSET, SECTOR_BYTES);
    if (header != null && (hfs(header) || hfsPlus(header))) {
      return true;
    }
    for (int i = 1; i <= MAX_ENTRIES; i++) {
      Block entry = sectors.read((long) i * SECTOR_BYTES, SECTOR_BYTES);
      if (entry == null || !entry.says(0, "PM")) {
        return false;
      }
      long first = number(entry, 8) * SECTOR_BYTES;
      long end = first + number(entry, 12) * SECTOR_BYTES;
      if (entry.says(48, "Apple_HFS")
          && first <= IsoLayout.FIRST_OFFSET
          && end > IsoLayout.FIRST_OFFSET) {
        return true;
      }
    }
    return false;
  }

  private static boolean hfs(Block header) {
    long blockBytes = number(header, 20);
    int nameLength = header.u8(36);
    return header.says(0, "BD")
        && blockBytes > 0
        && blockBytes % SECTOR_BYTES == 0
        && nameLength >= 1
        && nameLength <= 27;
  }

  private static boolean hfsPlus(Block header) {
    int version = header.u8(2) << 8 | header.u8(3);
    long blockBytes = number(header, 40);
    return (header.says(0, "H+") || header.says(0, "HX"))
        && (version == 4 || version == 5)
        && blockBytes >= SECTOR_BYTES
        && Long.bitCount(blockBytes) == 1;
  }

  private static long number(Block block, int at) {
    return Integer.reverseBytes((int) block.u32(at)) & 0xffff_ffffL;
  }
}
