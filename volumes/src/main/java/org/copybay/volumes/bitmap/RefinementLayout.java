package org.copybay.volumes.bitmap;

import java.nio.ByteBuffer;
import org.copybay.volumes.StorageException;

/**
 * The saved refinement of one write bitmap, little-endian: a file of its own beside that of the
 * bits, made at a clean stop and removed at the next start.
 *
 * <pre>
 *      0  +------------------+------------------+
 *         | magic "CPBYWBR1" | version          |   8, 4
 *         | zeros            | run              |   4, 8   the run of the intent log that saved it
 *     24  | volumeBytes      | masks            |   8, 8   size of the volume, number of masks
 *     40  | maskCrc          | zeros            |   4      CRC32C of all masks
 *    508  | CRC32C of bytes 0 to 507            |   4
 *    512  +-------------------------------------+
 *         | one mask for each set region, in    |   4 each: bit i for the i-th block that the
 *         | ascending order                     |           region touches
 *         +-------------------------------------+
 * </pre>
 *
 * @param run number of the run that ended with this save
 * @param volumeBytes size of the volume then
 * @param masks how many masks follow
 * @param maskCrc their CRC32C
 */
record RefinementLayout(long run, long volumeBytes, long masks, int maskCrc) {
  static final long MAGIC = 0x3152425759425043L; // "CPBYWBR1"
  static final int VERSION = 1;
  static final int VERSION_OFFSET = 8;
  static final int RUN_OFFSET = 16;
  static final int VOLUME_BYTES_OFFSET = 24;
  static final int MASKS_OFFSET = 32;
  static final int MASK_CRC_OFFSET = 40;
  static final int FIRST_MASK_OFFSET = 512;

  /** The header sector. */
  ByteBuffer encode() {
    ByteBuffer sector = Direct.allocate(Sealed.SECTOR_BYTES);
    sector.putLong(0, MAGIC);
    sector.putInt(VERSION_OFFSET, VERSION);
    sector.putLong(RUN_OFFSET, run);
    sector.putLong(VOLUME_BYTES_OFFSET, volumeBytes);
    sector.putLong(MASKS_OFFSET, masks);
    sector.putInt(MASK_CRC_OFFSET, maskCrc);
    return Sealed.seal(sector);
  }

  /** Reads the header sector. CORRUPT, UNSUPPORTED. */
  static RefinementLayout decode(ByteBuffer sector, String name) throws StorageException {
    Sealed.require(sector, "refinement " + name, MAGIC, VERSION);
    return new RefinementLayout(
        sector.getLong(RUN_OFFSET),
        sector.getLong(VOLUME_BYTES_OFFSET),
        sector.getLong(MASKS_OFFSET),
        sector.getInt(MASK_CRC_OFFSET));
  }
}
