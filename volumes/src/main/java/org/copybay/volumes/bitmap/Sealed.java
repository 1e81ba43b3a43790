package org.copybay.volumes.bitmap;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;

/** Sectors of 512 bytes whose last four are the CRC32C of the others. */
final class Sealed {
  static final int SECTOR_BYTES = 512;
  static final int CRC_OFFSET = SECTOR_BYTES - Integer.BYTES;

  private Sealed() {}

  /** Writes the checksum into the sector, which is then ready to be written. */
  static ByteBuffer seal(ByteBuffer sector) {
    sector.putInt(CRC_OFFSET, crc(sector));
    return sector.clear();
  }

  /** CORRUPT unless checksum, magic number and version are those wanted. */
  static void require(ByteBuffer sector, String what, long magic, int version)
      throws StorageException {
    if (sector.getLong(0) != magic) {
      throw damaged(what + " magic", magic, sector.getLong(0));
    }
    requireSealed(sector, what);
    if (sector.getInt(Long.BYTES) != version) {
      throw new StorageException(
          Fault.UNSUPPORTED,
          what
              + " has version "
              + Integer.toUnsignedString(sector.getInt(Long.BYTES))
              + ", this program reads "
              + version);
    }
  }

  /** CORRUPT unless the checksum is right. */
  static void requireSealed(ByteBuffer sector, String what) throws StorageException {
    if (sector.getInt(CRC_OFFSET) != crc(sector)) {
      throw damaged(
          what + " checksum",
          Integer.toUnsignedLong(crc(sector)),
          Integer.toUnsignedLong(sector.getInt(CRC_OFFSET)));
    }
  }

  private static StorageException damaged(String what, long want, long got) {
    return new StorageException(
        Fault.CORRUPT, what + ": want=" + Long.toHexString(want) + " got=" + Long.toHexString(got));
  }

  private static int crc(ByteBuffer sector) {
    CRC32C crc = new CRC32C();
    crc.update(sector.duplicate().clear().limit(CRC_OFFSET));
    return (int) crc.getValue();
  }
}
