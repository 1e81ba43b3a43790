package org.copybay.volumes.evidence;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.store.StoreFile;
import org.copybay.volumes.store.TrackStore;
import org.jspecify.annotations.Nullable;

/**
 * Which sheets make the evidence of a volume, and where its chain of roots has come to. The file
 * {@code evidence} holds it twice, each a sector, at 0 and 4096; of those that check, the one with
 * the higher sequence is in force. The first is written and synced, which is the commit, and then
 * the second: so one of them may be damaged and nothing is lost. Little-endian:
 *
 * <pre>
 *    0          8       12    16         24            40       44       48       56     88     96
 *   +----------+-------+-----+----------+-------------+--------+--------+--------+------+------+---
 *   | CPBYEVID |version| crc | sequence | volume uuid | next   | newest | its    | root |sheets|
 *   |          |       |     |          |             | number | point  | instant|      |      |
 *   +----------+-------+-----+----------+-------------+--------+--------+--------+------+------+---
 * </pre>
 *
 * From 96 on slot and number of each sheet, 4 bytes each, oldest first. The CRC32C covers the uuid
 * of the volume, then 512 bytes with the field itself as zero.
 *
 * @param sequence one more than the one before
 * @param volume whose evidence it is
 * @param nextSheet the number of the next sheet: none is given twice
 * @param newest the number of the point that was sealed last, 0 for none
 * @param newestMillis its instant
 * @param root of its sealing
 * @param sheets in force, by rising points
 */
record Inventory(
    long sequence,
    UUID volume,
    int nextSheet,
    int newest,
    long newestMillis,
    Root root,
    List<Named> sheets) {

  static final String FILE = "evidence";

  private static final long MAGIC = 0x4449564559425043L; // "CPBYEVID"
  private static final int VERSION = 1;
  private static final int LENGTH = 512;
  private static final int SPACING = 4096;
  private static final int CRC_OFFSET = 12;
  private static final int SHEETS_OFFSET = 96;

  /** A sheet in the file of a slot. */
  record Named(int slot, int number) {}

  Inventory {
    sheets = List.copyOf(sheets);
  }

  /** That of a volume without evidence. */
  static Inventory empty(UUID volume) {
    return new Inventory(0, volume, 1, 0, 0, Root.NONE, List.of());
  }

  /** The next one, of other sheets; the chain of roots stays where it is. */
  Inventory with(List<Named> newSheets, int newNextSheet) {
    return new Inventory(sequence + 1, volume, newNextSheet, newest, newestMillis, root, newSheets);
  }

  /** The same when a point was sealed. */
  Inventory sealed(SealedPoint point) {
    return new Inventory(
        sequence,
        volume,
        nextSheet,
        point.number(),
        point.point().timeMillis(),
        point.root(),
        sheets);
  }

  /** A slot that none of its sheets has. */
  int freeSlot() {
    for (int slot = 0; slot < EvidenceFiles.SLOTS; slot++) {
      int each = slot;
      if (sheets.stream().noneMatch(sheet -> sheet.slot == each)) {
        return slot;
      }
    }
    throw new IllegalStateException("no free slot: " + sheets);
  }

  // ---- the file

  /** Makes the file of a volume that has none, durable before this returns. */
  void create(TrackStore store) throws StorageException {
    try (StoreFile file = store.create(FILE)) {
      writeBoth(file);
    }
    store.syncNames();
  }

  /** Makes it the one in force, durable before this returns. */
  void write(TrackStore store) throws StorageException {
    try (StoreFile file = store.open(FILE)) {
      writeBoth(file);
    }
  }

  private void writeBoth(StoreFile file) throws StorageException {
    for (long at = 0; at <= SPACING; at += SPACING) {
      file.writeAll(at, encode());
      file.flush();
    }
  }

  /**
   * What the file holds.
   *
   * @param newest the one in force
   * @param isWhole whether both copies say so
   */
  record Found(Inventory newest, boolean isWhole) {}

  /** Reads it; null where there is no evidence. CORRUPT. */
  static @Nullable Found read(TrackStore store, UUID volume) throws StorageException {
    Inventory first = null;
    Inventory second = null;
    boolean isThere = store.exists(FILE);
    if (isThere) {
      try (StoreFile file = store.open(FILE)) {
        first = read(file, 0, volume);
        second = read(file, SPACING, volume);
      }
    }
    if (first == null && second == null) {
      return requireNoSheet(store, isThere);
    }
    boolean isWhole = first != null && first.equals(second);
    if (first == null || (second != null && second.sequence > first.sequence)) {
      first = second;
    }
    return first == null ? null : new Found(first, isWhole);
  }

  /** The file is durable before there is a sheet: where there is none, its making was cut short. */
  private static @Nullable Found requireNoSheet(TrackStore store, boolean isThere)
      throws StorageException {
    String sheet = EvidenceFiles.anySheet(store);
    if (sheet.isEmpty()) {
      return null;
    }
    throw SheetLayout.damaged(
        FILE, isThere ? "no copy of it checks" : "it is not there, but " + sheet + " is");
  }

  private static @Nullable Inventory read(StoreFile file, long at, UUID volume)
      throws StorageException {
    if (file.size() < at + LENGTH) {
      return null;
    }
    ByteBuffer bytes = ByteBuffer.allocateDirect(LENGTH).order(ByteOrder.LITTLE_ENDIAN);
    file.read(at, bytes);
    return decode(bytes.clear(), volume);
  }

  ByteBuffer encode() {
    ByteBuffer target = ByteBuffer.allocateDirect(LENGTH).order(ByteOrder.LITTLE_ENDIAN);
    target.putLong(MAGIC).putInt(VERSION).putInt(0).putLong(sequence);
    target.putLong(volume.getMostSignificantBits()).putLong(volume.getLeastSignificantBits());
    target.putInt(nextSheet).putInt(newest).putLong(newestMillis);
    root.put(target);
    target.putInt(sheets.size()).putInt(0);
    sheets.forEach(sheet -> target.putInt(sheet.slot).putInt(sheet.number));
    return target.clear().putInt(CRC_OFFSET, SheetLayout.crc(target, CRC_OFFSET, volume));
  }

  /** Null where it does not check, or is of another volume. */
  static @Nullable Inventory decode(ByteBuffer source, UUID volume) {
    int count = source.getInt(88);
    if (source.getLong(0) != MAGIC
        || source.getInt(8) != VERSION
        || source.getInt(CRC_OFFSET) != SheetLayout.crc(source, CRC_OFFSET, volume)
        || !new UUID(source.getLong(24), source.getLong(32)).equals(volume)
        || count < 0
        || count > EvidenceFiles.SLOTS) {
      return null;
    }
    List<Named> sheets = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int at = SHEETS_OFFSET + i * 8;
      sheets.add(new Named(source.getInt(at), source.getInt(at + 4)));
    }
    return new Inventory(
        source.getLong(16),
        volume,
        source.getInt(40),
        source.getInt(44),
        source.getLong(48),
        Root.get(source, 56),
        sheets);
  }
}
