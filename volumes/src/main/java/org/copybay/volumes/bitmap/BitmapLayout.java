package org.copybay.volumes.bitmap;

import java.nio.ByteBuffer;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;

/**
 * The file of one write bitmap, little-endian. The header is written once, when the file is made.
 *
 * <pre>
 *      0  +------------------+------------------+
 *         | magic "CPBYWBM1" | version          |   8, 4
 *         | blockBytes       | regionBytes      |   4, 8
 *     24  | zeros                               |
 *    508  | CRC32C of bytes 0 to 507            |   4
 *    512  | zeros                               |
 *   4096  +-------------------------------------+
 *         | bits: region r in byte r / 8, bit   |   words of 8 bytes, whole pages of 4096
 *         | r % 8; beyond the last region zeros |
 *         +-------------------------------------+
 * </pre>
 */
final class BitmapLayout {
  static final long MAGIC = 0x314d425759425043L; // "CPBYWBM1"
  static final int VERSION = 1;
  static final int VERSION_OFFSET = 8;
  static final int BLOCK_BYTES_OFFSET = 12;
  static final int REGION_BYTES_OFFSET = 16;
  static final int BITS_OFFSET = 4096;
  static final int PAGE_BYTES = 4096;

  private BitmapLayout() {}

  /** Bytes of a file with that many regions. */
  static long fileBytes(long regions) {
    long pages = (regions + PAGE_BYTES * 8L - 1) / (PAGE_BYTES * 8L);
    return BITS_OFFSET + pages * PAGE_BYTES;
  }

  /** Where the word of regions [64 * word, 64 * word + 64) lies. */
  static long wordOffset(long word) {
    return BITS_OFFSET + word * Long.BYTES;
  }

  /** The header sector. */
  static ByteBuffer encode(Grain grain) {
    ByteBuffer sector = Direct.allocate(Sealed.SECTOR_BYTES);
    sector.putLong(0, MAGIC);
    sector.putInt(VERSION_OFFSET, VERSION);
    sector.putInt(BLOCK_BYTES_OFFSET, grain.blockBytes());
    sector.putLong(REGION_BYTES_OFFSET, grain.regionBytes());
    return Sealed.seal(sector);
  }

  /** Reads the header sector. CORRUPT, UNSUPPORTED. */
  static Grain decode(ByteBuffer sector, String name) throws StorageException {
    Sealed.require(sector, "write bitmap " + name, MAGIC, VERSION);
    try {
      return new Grain(sector.getLong(REGION_BYTES_OFFSET), sector.getInt(BLOCK_BYTES_OFFSET));
    } catch (IllegalArgumentException e) {
      throw new StorageException(
          Fault.CORRUPT, "write bitmap " + name + ": " + e.getMessage(), null, e);
    }
  }
}
