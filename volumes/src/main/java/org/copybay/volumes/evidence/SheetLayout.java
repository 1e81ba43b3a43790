package org.copybay.volumes.evidence;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;

/**
 * A sheet of evidence: pages of 4096 bytes, little-endian; hashes stand byte by byte. Page 0 is the
 * head:
 *
 * <pre>
 *    0          8       12    16            32       36     40     44    48    52    56
 *   +----------+-------+-----+-------------+--------+------+------+-----+-----+-----+-------+
 *   | CPBYEVSH |version| crc | volume uuid | number |oldest|newest|entry|fence|point|entries|
 *   |          |       |     |             |        | point| point|pages|pages|pages|       |
 *   +----------+-------+-----+-------------+--------+------+------+-----+-----+-----+-------+
 * </pre>
 *
 * After it come the pages of entries, by track and then by point, those of the fence (the first
 * entry of each page of entries), and those of the sealed points, oldest first:
 *
 * <pre>
 *    0     4      6       8      12       16
 *   +-----+------+-------+------+--------+    entry: track (64 bits), point (32), hash (128)
 *   | crc | kind | count | page | sheet  |    fence: track (64), point (32)
 *   +-----+------+-------+------+--------+    point: see {@link #point}
 * </pre>
 *
 * Each CRC32C covers the uuid of the volume, then its page with the field itself as zero; page and
 * sheet number protect from a page that belongs elsewhere.
 */
final class SheetLayout {
  static final int PAGE_BYTES = 4096;
  static final short ENTRIES = 1;
  static final short FENCE = 2;
  static final short POINTS = 3;

  static final int ENTRY_BYTES = 28;
  static final int FENCE_BYTES = 12;
  static final int POINT_BYTES = 44 + 2 * Root.BYTES;

  private static final int PAGE_HEAD = 16;
  static final int ENTRIES_PER_PAGE = (PAGE_BYTES - PAGE_HEAD) / ENTRY_BYTES;

  private static final long MAGIC = 0x4853564559425043L; // "CPBYEVSH"
  private static final int VERSION = 1;
  private static final int HEAD_CRC_OFFSET = 12;

  private SheetLayout() {}

  /**
   * The head.
   *
   * @param volume whose evidence it is
   * @param number of the sheet
   * @param oldest point of which it has entries
   * @param newest point of which it has entries
   * @param entryPages how many
   * @param fencePages how many
   * @param pointPages how many
   * @param entries how many
   */
  record Head(
      UUID volume,
      int number,
      int oldest,
      int newest,
      int entryPages,
      int fencePages,
      int pointPages,
      long entries) {

    /** Length of the file. */
    long bytes() {
      return (1L + entryPages + fencePages + pointPages) * PAGE_BYTES;
    }

    ByteBuffer encode() {
      ByteBuffer page = page();
      page.putLong(MAGIC).putInt(VERSION).putInt(0);
      page.putLong(volume.getMostSignificantBits()).putLong(volume.getLeastSignificantBits());
      page.putInt(number).putInt(oldest).putInt(newest);
      page.putInt(entryPages).putInt(fencePages).putInt(pointPages).putLong(entries);
      return page.clear().putInt(HEAD_CRC_OFFSET, crc(page, HEAD_CRC_OFFSET, volume));
    }

    /** CORRUPT when it is not the head of that sheet of that volume. */
    static Head decode(ByteBuffer page, UUID volume, int number, String file)
        throws StorageException {
      requireCrc(page, HEAD_CRC_OFFSET, volume, file, 0);
      Head head =
          new Head(
              new UUID(page.getLong(16), page.getLong(24)),
              page.getInt(32),
              page.getInt(36),
              page.getInt(40),
              page.getInt(44),
              page.getInt(48),
              page.getInt(52),
              page.getLong(56));
      if (page.getLong(0) != MAGIC || page.getInt(8) != VERSION) {
        throw damaged(file, "it is no sheet of version " + VERSION);
      }
      if (!head.volume.equals(volume) || head.number != number) {
        throw damaged(file, "it is not sheet " + number + " of volume " + volume);
      }
      return head;
    }
  }

  static StorageException damaged(String file, String why) {
    return new StorageException(Fault.CORRUPT, file + " is damaged: " + why);
  }

  static ByteBuffer page() {
    return ByteBuffer.allocateDirect(PAGE_BYTES).order(ByteOrder.LITTLE_ENDIAN);
  }

  // ---- pages

  /** Makes room for the records of a page; {@link #end} follows. */
  static ByteBuffer begin(ByteBuffer page) {
    return page.clear().position(PAGE_HEAD);
  }

  /** Ends a page that has so many records. */
  static void end(ByteBuffer page, short kind, int count, int index, int sheet, UUID volume) {
    while (page.hasRemaining()) {
      page.put((byte) 0);
    }
    page.putInt(0, 0).putShort(4, kind).putShort(6, (short) count);
    page.putInt(8, index).putInt(12, sheet);
    page.clear().putInt(0, crc(page, 0, volume));
  }

  /** How many records a page has. CORRUPT when it is not the one that is wanted. */
  static int requirePage(ByteBuffer page, short kind, int index, Head head, String file)
      throws StorageException {
    requireCrc(page, 0, head.volume, file, index);
    int count = page.getShort(6);
    if (page.getShort(4) != kind
        || page.getInt(8) != index
        || page.getInt(12) != head.number
        || count < 1
        || count > perPage(kind)) {
      throw damaged(file, "page " + index + " belongs elsewhere");
    }
    return count;
  }

  static int perPage(short kind) {
    int bytes =
        switch (kind) {
          case ENTRIES -> ENTRY_BYTES;
          case FENCE -> FENCE_BYTES;
          default -> POINT_BYTES;
        };
    return (PAGE_BYTES - PAGE_HEAD) / bytes;
  }

  private static void requireCrc(ByteBuffer page, int at, UUID volume, String file, int index)
      throws StorageException {
    int got = page.getInt(at);
    int want = crc(page, at, volume);
    if (got != want) {
      throw damaged(
          file, String.format("checksum of page %d: want=%08x got=%08x", index, want, got));
    }
  }

  /** Of the volume, and of all bytes of the buffer but the four at an offset, which are zeros. */
  static int crc(ByteBuffer buffer, int at, UUID volume) {
    CRC32C crc = new CRC32C();
    ByteBuffer salt = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
    salt.putLong(volume.getMostSignificantBits()).putLong(volume.getLeastSignificantBits());
    crc.update(salt.flip());
    crc.update(buffer.duplicate().limit(at).position(0));
    crc.update(new byte[Integer.BYTES]);
    crc.update(buffer.duplicate().clear().position(at + Integer.BYTES));
    return (int) crc.getValue();
  }

  // ---- records, by their place in a page

  private static int entry(int index) {
    return PAGE_HEAD + index * ENTRY_BYTES;
  }

  static void putEntry(ByteBuffer page, long track, int point, TrackHash hash) {
    page.putLong(track).putInt(point);
    page.order(ByteOrder.BIG_ENDIAN).putLong(hash.high()).putLong(hash.low());
    page.order(ByteOrder.LITTLE_ENDIAN);
  }

  static long entryTrack(ByteBuffer page, int index) {
    return page.getLong(entry(index));
  }

  static int entryPoint(ByteBuffer page, int index) {
    return page.getInt(entry(index) + 8);
  }

  static TrackHash entryHash(ByteBuffer page, int index) {
    int at = entry(index) + 12;
    return new TrackHash(
        Long.reverseBytes(page.getLong(at)), Long.reverseBytes(page.getLong(at + 8)));
  }

  static long fenceTrack(ByteBuffer page, int index) {
    return page.getLong(PAGE_HEAD + index * FENCE_BYTES);
  }

  static int fencePoint(ByteBuffer page, int index) {
    return page.getInt(PAGE_HEAD + index * FENCE_BYTES + 8);
  }

  /**
   * Number (32 bits), instant, size, hashed tracks, hashed bytes, entries, root, the one before.
   */
  static void putPoint(ByteBuffer page, SealedPoint sealed) {
    FrozenPoint point = sealed.point();
    page.putInt(point.number()).putLong(point.timeMillis()).putLong(point.sizeBytes());
    page.putLong(sealed.hashedTracks()).putLong(sealed.hashedBytes()).putLong(sealed.entries());
    sealed.root().put(page);
    sealed.previous().put(page);
  }

  static SealedPoint point(ByteBuffer page, int index) {
    int at = PAGE_HEAD + index * POINT_BYTES;
    return new SealedPoint(
        new FrozenPoint(page.getInt(at), page.getLong(at + 12), page.getLong(at + 4)),
        page.getLong(at + 20),
        page.getLong(at + 28),
        page.getLong(at + 36),
        Root.get(page, at + 44),
        Root.get(page, at + 44 + Root.BYTES));
  }
}
