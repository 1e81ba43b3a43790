package org.copybay.volumes.track;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;

/**
 * A checkpoint of a map: pages of 4096 bytes, little-endian. Page 0 is the head:
 *
 * <pre>
 *    0          8       12    16       24           40       44       48       52       56
 *   +----------+-------+-----+--------+------------+--------+--------+--------+--------+
 *   | CPBYTMAP |version| crc | map    | volume uuid| block  | last   | entry  | point  |
 *   |          |       |     | number |            | bytes  | point  | pages  | pages  |
 *   +----------+-------+-----+--------+------------+--------+--------+--------+--------+
 * </pre>
 *
 * From 56 on: how many pages of what is unfilled, the mark of the last switch, 4 bytes each, and
 * its stamp, 8 bytes. Where all are 0 the version is 1, else 2; where a point is locked it is 3.
 *
 * <p>Pages 1 and on hold entries, 24 bytes each, ordered by track, live ones first, then by owner;
 * after them come the pages of the points, oldest first, and those of what is unfilled, by track,
 * what is only prepared last:
 *
 * <pre>
 *    0     4      6       8       12      16
 *   +-----+------+-------+-------+-------+   entry: track (48 bits) and mask (16), owner or birth
 *   | crc | kind | count | page  | map   |          (32), 1 for a live one (32), base (64)
 *   +-----+------+-------+-------+-------+   point: number (32) and locked until (32, in s since
 *                                            1970), size in bytes (64), time (64)
 *                                            unfilled: first track (48) and mask of each (16),
 *                                            tracks (64), 1 for what is only prepared (64)
 * </pre>
 *
 * Each CRC32C covers its page with the field itself as zero; page and map number protect from a
 * page that belongs elsewhere or to an earlier checkpoint.
 */
final class MapLayout {
  static final int PAGE_BYTES = 4096;

  /** Longs of an entry, and of a point. */
  static final int ENTRY_LONGS = 3;

  static final int PER_PAGE = (PAGE_BYTES - MapLayout.PAGE_HEAD) / (ENTRY_LONGS * Long.BYTES);
  static final short ENTRIES = 1;
  static final short POINTS = 2;
  static final short UNFILLED = 3;

  private static final int PAGE_HEAD = 16;
  private static final long MAGIC = 0x50414d5459425043L; // "CPBYTMAP"
  private static final int PLAIN = 1;
  private static final int WITH_ORIGIN = 2;
  private static final int WITH_LOCKS = 3;
  private static final long MILLIS = 1000;

  /** The last time, in ms since 1970, until which a point can be locked. */
  static final long LAST_LOCK_MILLIS = 0xffff_ffffL * MILLIS;

  static final int HEAD_CRC_OFFSET = 12;
  private static final int TRACK_SHIFT = 16;
  private static final long MASK = 0xffff;

  private MapLayout() {}

  /**
   * The head.
   *
   * @param number of the checkpoint
   * @param volume whose map it is
   * @param blockBytes the unit of its places
   * @param lastPoint the number of the last point that was ever made
   * @param entryPages how many
   * @param pointPages how many
   * @param unfilledPages how many
   * @param mark the number of the last point before the last switch
   * @param stamp of the last switch, 0 for none
   * @param locked whether a point is locked
   */
  record Head(
      long number,
      UUID volume,
      int blockBytes,
      int lastPoint,
      int entryPages,
      int pointPages,
      int unfilledPages,
      int mark,
      long stamp,
      boolean locked) {
    /** All pages. */
    long bytes() {
      return (1L + entryPages + pointPages + unfilledPages) * PAGE_BYTES;
    }

    private int version() {
      if (locked) {
        return WITH_LOCKS;
      }
      return unfilledPages == 0 && mark == 0 && stamp == 0 ? PLAIN : WITH_ORIGIN;
    }

    ByteBuffer encode() {
      ByteBuffer page = page();
      page.putLong(MAGIC).putInt(version()).putInt(0).putLong(number);
      page.putLong(volume.getMostSignificantBits()).putLong(volume.getLeastSignificantBits());
      page.putInt(blockBytes).putInt(lastPoint).putInt(entryPages).putInt(pointPages);
      page.putInt(unfilledPages).putInt(mark).putLong(stamp);
      return page.clear().putInt(HEAD_CRC_OFFSET, crc(page, HEAD_CRC_OFFSET));
    }

    static Head decode(ByteBuffer page, String file) throws StorageException {
      requireCrc(page, HEAD_CRC_OFFSET, file, 0);
      int version = page.getInt(8);
      if (page.getLong(0) != MAGIC || version < PLAIN || version > WITH_LOCKS) {
        throw damaged(file, "it is no map of version " + PLAIN + " to " + WITH_LOCKS);
      }
      return new Head(
          page.getLong(16),
          new UUID(page.getLong(24), page.getLong(32)),
          page.getInt(40),
          page.getInt(44),
          page.getInt(48),
          page.getInt(52),
          page.getInt(56),
          page.getInt(60),
          page.getLong(64),
          version == WITH_LOCKS);
    }
  }

  static StorageException damaged(String file, String why) {
    return new StorageException(Fault.CORRUPT, file + " is damaged: " + why);
  }

  static ByteBuffer page() {
    return ByteBuffer.allocateDirect(PAGE_BYTES).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Fills the page with the first longs of the array. */
  static void encode(ByteBuffer page, short kind, int pageIndex, long map, long[] longs, int used) {
    page.clear().putInt(0).putShort(kind).putShort((short) (used / ENTRY_LONGS));
    page.putInt(pageIndex).putInt((int) map);
    for (int i = 0; i < used; i++) {
      page.putLong(longs[i]);
    }
    while (page.hasRemaining()) {
      page.put((byte) 0);
    }
    page.clear().putInt(0, crc(page, 0));
  }

  /** The longs of a page. CORRUPT when it is not the one that is wanted. */
  static long[] decode(ByteBuffer page, short kind, int pageIndex, long map, String file)
      throws StorageException {
    requireCrc(page, 0, file, pageIndex);
    int count = page.getShort(6);
    if (page.getShort(4) != kind
        || page.getInt(8) != pageIndex
        || page.getInt(12) != (int) map
        || count < 0
        || count > PER_PAGE) {
      throw damaged(file, "page " + pageIndex + " belongs elsewhere");
    }
    long[] longs = new long[count * ENTRY_LONGS];
    for (int i = 0; i < longs.length; i++) {
      longs[i] = page.getLong(PAGE_HEAD + i * Long.BYTES);
    }
    return longs;
  }

  private static void requireCrc(ByteBuffer page, int at, String file, int pageIndex)
      throws StorageException {
    int got = page.getInt(at);
    int want = crc(page, at);
    if (got != want) {
      throw damaged(
          file, String.format("checksum of page %d: want=%08x got=%08x", pageIndex, want, got));
    }
  }

  static int crc(ByteBuffer page, int at) {
    CRC32C crc = new CRC32C();
    crc.update(page.duplicate().limit(at).position(0));
    crc.update(0);
    crc.update(0);
    crc.update(0);
    crc.update(0);
    crc.update(page.duplicate().limit(PAGE_BYTES).position(at + Integer.BYTES));
    return (int) crc.getValue();
  }

  // ---- points as three longs

  /** The first long of a point; the others are its size and its time. */
  static long pointKey(PointSet.Point point) {
    long seconds = (point.lockedUntilMillis() + MILLIS - 1) / MILLIS;
    return seconds << 32 | Integer.toUnsignedLong(point.number());
  }

  /** The point that begins at that long. */
  static PointSet.Point point(long[] page, int at) {
    long lockedUntil = (page[at] >>> 32) * MILLIS;
    return new PointSet.Point((int) page[at], page[at + 1], page[at + 2], lockedUntil);
  }

  // ---- entries as three longs

  static long key(long track, int mask) {
    return track << TRACK_SHIFT | mask;
  }

  static long track(long key) {
    return key >>> TRACK_SHIFT;
  }

  static int mask(long key) {
    return (int) (key & MASK);
  }

  static long owner(int number) {
    return Integer.toUnsignedLong(number);
  }

  static long liveBorn(int number) {
    return 1L << 32 | Integer.toUnsignedLong(number);
  }

  static boolean live(long ownerOrBorn) {
    return ownerOrBorn >>> 32 == 1;
  }

  static int number(long ownerOrBorn) {
    return (int) ownerOrBorn;
  }
}
