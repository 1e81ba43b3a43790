package org.copybay.volumes.tape;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.store.Origin;

/**
 * The header of an index, little-endian, one sector, of which there are two: the one with the
 * larger number counts, and the next is written over the other.
 *
 * <pre>
 *     0          8         12    16               32             48       56       64      68    512
 *    +----------+---------+-----+----------------+--------------+--------+--------+-------+-------+
 *    | CPBYTAPE | version | crc | cartridge uuid |     boot     | mount  | number | lives | zeros |
 *    +----------+---------+-----+----------------+--------------+--------+--------+-------+-------+
 * </pre>
 *
 * The CRC32C covers all 512 bytes with the field itself as zero. Boot and mount are zeros where all
 * that the tape holds survives power loss; else they say where somebody writes.
 *
 * @param number one more than that of the header before
 * @param cartridge whose index it is
 * @param writer where it is being written, or {@link Origin#UNKNOWN}
 * @param lives how often the tape was written anew from its beginning
 */
record IndexHeader(long number, UUID cartridge, Origin writer, int lives) {
  /** Bytes of both. */
  static final int BYTES = 1024;

  private static final int SECTOR_BYTES = 512;

  private static final long MAGIC = 0x4550415459425043L; // "CPBYTAPE"
  private static final int VERSION = 1;
  private static final int CRC_OFFSET = 12;

  /** The first one of a cartridge, which nobody writes. */
  static IndexHeader first(UUID cartridge, int lives) {
    return new IndexHeader(1, cartridge, Origin.UNKNOWN, lives);
  }

  /** The one that follows, with that writer. */
  IndexHeader next(Origin newWriter) {
    return new IndexHeader(number + 1, cartridge, newWriter, lives);
  }

  /** The one that follows, before the tape is written anew. */
  IndexHeader nextLife() {
    return new IndexHeader(number + 1, cartridge, writer, lives + 1);
  }

  /** Where in the file it stands. */
  long offset() {
    return number % 2 * SECTOR_BYTES;
  }

  ByteBuffer encode() {
    ByteBuffer sector = ByteBuffer.allocateDirect(SECTOR_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    sector.putLong(MAGIC).putInt(VERSION).putInt(0);
    put(sector, cartridge);
    put(sector, writer.boot());
    sector.putLong(writer.mount()).putLong(number).putInt(lives);
    return sector.clear().putInt(CRC_OFFSET, crc(sector));
  }

  /** The one of both that counts. CORRUPT, UNSUPPORTED; the message begins with what it is of. */
  static IndexHeader decode(ByteBuffer both, String what) throws StorageException {
    IndexHeader newest = null;
    StorageException fault = null;
    for (int i = 0; i < 2; i++) {
      try {
        IndexHeader each = decodeOne(both.slice(i * SECTOR_BYTES, SECTOR_BYTES), what);
        newest = newest == null || each.number > newest.number ? each : newest;
      } catch (StorageException e) {
        if (e.fault() == Fault.UNSUPPORTED) {
          throw e; // whichever is newer: a newer program wrote it
        }
        fault = e;
      }
    }
    if (newest == null && fault != null) {
      throw fault;
    }
    return Objects.requireNonNull(newest);
  }

  private static IndexHeader decodeOne(ByteBuffer sector, String what) throws StorageException {
    ByteBuffer source = sector.order(ByteOrder.LITTLE_ENDIAN);
    if (source.getLong(0) != MAGIC) {
      throw damaged(what, "magic", MAGIC, source.getLong(0));
    }
    int crc = crc(source);
    if (source.getInt(CRC_OFFSET) != crc) {
      throw damaged(
          what,
          "checksum",
          Integer.toUnsignedLong(crc),
          Integer.toUnsignedLong(source.getInt(CRC_OFFSET)));
    }
    if (source.getInt(8) != VERSION) {
      throw new StorageException(
          Fault.UNSUPPORTED,
          what + " has version " + source.getInt(8) + ", this program reads " + VERSION);
    }
    return new IndexHeader(
        source.getLong(56),
        uuid(source, 16),
        new Origin(uuid(source, 32), source.getLong(48)),
        source.getInt(64));
  }

  private static StorageException damaged(String what, String field, long want, long got) {
    return new StorageException(
        Fault.CORRUPT,
        what + " " + field + ": want=" + Long.toHexString(want) + " got=" + Long.toHexString(got));
  }

  private static void put(ByteBuffer target, UUID id) {
    target.putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits());
  }

  private static UUID uuid(ByteBuffer source, int at) {
    return new UUID(source.getLong(at), source.getLong(at + 8));
  }

  private static int crc(ByteBuffer sector) {
    byte[] bytes = new byte[SECTOR_BYTES];
    sector.get(0, bytes);
    ByteBuffer.wrap(bytes).putInt(CRC_OFFSET, 0);
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    return (int) crc.getValue();
  }
}
