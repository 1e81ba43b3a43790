package org.copybay.volumes.bitmap;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.store.Origin;
import org.copybay.volumes.store.StoreFile;

/**
 * The file of an intent log, little-endian: three sectors, each in a block of its own, each old or
 * new as a whole after power loss (P4).
 *
 * <pre>
 *      0  +------------------+------------------+
 *         | magic "CPBYINT1" | version          |   8, 4
 *         | clean            | run              |   4, 8   1 after a clean stop; number of the run
 *     24  | boot                                |   16     of the origin of the run
 *     40  | mount            | zeros            |   8
 *    508  | CRC32C of bytes 0 to 507            |   4
 *         +-------------------------------------+
 *   4096  | zoneBytes        | zones            |   8, 496  zone z in byte z / 8, bit z % 8
 *         | zeros            | CRC32C           |   4, 4    all zeros: no generation
 *   8192  | the other generation                |   512
 *   8704  +-------------------------------------+
 * </pre>
 */
final class IntentLayout {
  static final long MAGIC = 0x31544e4959425043L; // "CPBYINT1"
  static final int VERSION = 1;
  static final int VERSION_OFFSET = 8;
  static final int CLEAN_OFFSET = 12;
  static final int RUN_OFFSET = 16;
  static final int BOOT_OFFSET = 24;
  static final int MOUNT_OFFSET = 40;

  static final int SLOTS = 2;
  static final int ZONE_BYTES_OFFSET = 0;
  static final int ZONES_OFFSET = 8;
  static final int ZONE_WORDS = 62;
  static final int MAX_ZONES = ZONE_WORDS * Long.SIZE;
  static final int FILE_BYTES = 8704;

  private IntentLayout() {}

  /**
   * The header.
   *
   * @param clean whether the run stopped cleanly
   * @param run its number
   * @param origin where it ran
   */
  record Header(boolean clean, long run, Origin origin) {
    ByteBuffer encode() {
      ByteBuffer sector = Direct.allocate(Sealed.SECTOR_BYTES);
      sector.putLong(0, MAGIC);
      sector.putInt(VERSION_OFFSET, VERSION);
      sector.putInt(CLEAN_OFFSET, clean ? 1 : 0);
      sector.putLong(RUN_OFFSET, run);
      sector.putLong(BOOT_OFFSET, origin.boot().getMostSignificantBits());
      sector.putLong(BOOT_OFFSET + Long.BYTES, origin.boot().getLeastSignificantBits());
      sector.putLong(MOUNT_OFFSET, origin.mount());
      return Sealed.seal(sector);
    }

    /** CORRUPT, UNSUPPORTED. */
    static Header decode(ByteBuffer sector, String name) throws StorageException {
      Sealed.require(sector, "intent log " + name, MAGIC, VERSION);
      UUID boot = new UUID(sector.getLong(BOOT_OFFSET), sector.getLong(BOOT_OFFSET + Long.BYTES));
      return new Header(
          sector.getInt(CLEAN_OFFSET) != 0,
          sector.getLong(RUN_OFFSET),
          new Origin(boot, sector.getLong(MOUNT_OFFSET)));
    }
  }

  /** What a file says. */
  record Found(Header header, List<ZoneSet> generations) {}

  /** Reads all of a file, with at most so many zones. CORRUPT, UNSUPPORTED. */
  @CanIgnoreReturnValue
  static Found read(StoreFile file, String name, int maxZones) throws StorageException {
    if (file.size() < FILE_BYTES) {
      throw new StorageException(
          Fault.CORRUPT,
          "intent log "
              + name
              + " is too short: want "
              + FILE_BYTES
              + " bytes, got "
              + file.size());
    }
    Header header = Header.decode(Direct.read(file, 0, Sealed.SECTOR_BYTES), name);
    List<ZoneSet> generations = new ArrayList<>();
    for (int slot = 0; slot < SLOTS; slot++) {
      ByteBuffer sector = Direct.read(file, slotOffset(slot), Sealed.SECTOR_BYTES);
      generations.add(decode(sector, "intent log " + name + " generation " + slot, maxZones));
    }
    return new Found(header, List.copyOf(generations));
  }

  /** Where the sector of a generation lies. */
  static long slotOffset(int slot) {
    return 4096L * (slot + 1);
  }

  /** Puts a generation into a sector, ready to be written. */
  static void encode(ByteBuffer sector, long zoneBytes, long[] zones) {
    sector.clear();
    sector.putLong(ZONE_BYTES_OFFSET, zoneBytes);
    for (int w = 0; w < ZONE_WORDS; w++) {
      sector.putLong(ZONES_OFFSET + w * Long.BYTES, w < zones.length ? zones[w] : 0);
    }
    Sealed.seal(sector);
  }

  /** Reads a generation of at most so many zones, an empty one when there is none. CORRUPT. */
  static ZoneSet decode(ByteBuffer sector, String what, int maxZones) throws StorageException {
    if (sector.mismatch(ByteBuffer.allocate(Sealed.SECTOR_BYTES)) < 0) {
      return new ZoneSet(1, maxZones);
    }
    Sealed.requireSealed(sector, what);
    long zoneBytes = sector.getLong(ZONE_BYTES_OFFSET);
    if (zoneBytes < 1) {
      throw new StorageException(Fault.CORRUPT, what + " says zoneBytes=" + zoneBytes);
    }
    long[] zones = new long[ZONE_WORDS];
    for (int w = 0; w < ZONE_WORDS; w++) {
      zones[w] = sector.getLong(ZONES_OFFSET + w * Long.BYTES);
    }
    ZoneSet found = new ZoneSet(zoneBytes, maxZones);
    found.add(zones);
    return found;
  }
}
