package org.copybay.nativetest.replay;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The content of one sector of 512 bytes that says what it is: the number of its volume, its place
 * and the version of the write that made it. The rest is drawn from these three, so a sector with a
 * wrong byte anywhere is no stamp. Little-endian.
 *
 * <pre>
 *  0        8         12        16         24                512
 * +--------+---------+---------+----------+-----------------+
 * | magic  | volume  | sector  | version  | drawn           |
 * +--------+---------+---------+----------+-----------------+
 * </pre>
 */
final class Stamp {
  static final int BYTES = 512;

  /** What {@link #at} says of a sector that holds neither zeros nor a stamp of its place. */
  static final long FOREIGN = -1;

  private static final long MAGIC = 0x504d_4154_5359_4243L; // "CBYSTAMP"
  private static final int VOLUME_OFFSET = 8;
  private static final int SECTOR_OFFSET = 12;
  private static final int VERSION_OFFSET = 16;
  private static final int DRAWN_OFFSET = 24;

  private Stamp() {}

  /** Puts the stamps of consecutive sectors into a buffer, from its position on. */
  static void put(ByteBuffer target, int volume, int sector, int count, int version) {
    target.order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < count; i++) {
      target.putLong(MAGIC).putInt(volume).putInt(sector + i).putLong(version);
      long drawn = (long) volume << 56 ^ (long) (sector + i) << 32 ^ version;
      for (int at = DRAWN_OFFSET; at < BYTES; at += Long.BYTES) {
        drawn = drawn * 0x5851_f42d_4c95_7f2dL + 0x1405_7b7e_f767_814fL;
        target.putLong(drawn);
      }
    }
  }

  /**
   * The stamp in a sector of an image, of which {@link #volume} and {@link #version} are known: 0
   * for zeros, {@link #FOREIGN} for what is no stamp of that place.
   */
  static long at(ByteBuffer image, int sector) {
    ByteBuffer got = sectorOf(image, sector);
    int volume = got.getInt(VOLUME_OFFSET);
    int version = (int) got.getLong(VERSION_OFFSET);
    if (version == 0) {
      return got.mismatch(ByteBuffer.allocate(BYTES)) < 0 ? 0 : FOREIGN;
    }
    return isStamp(got, volume, sector, version) ? (long) volume << 32 | version : FOREIGN;
  }

  /** The number of the volume that a stamp was written to. */
  static int volume(long stamp) {
    return (int) (stamp >> 32);
  }

  /** The version of the write that made a stamp; -1 for what is none. */
  static int version(long stamp) {
    return (int) stamp;
  }

  /** For a message: what a sector holds. */
  static String describe(ByteBuffer image, int sector) {
    ByteBuffer got = sectorOf(image, sector);
    if (got.getLong(0) != MAGIC) {
      return "no stamp, first bytes %016x".formatted(Long.reverseBytes(got.getLong(0)));
    }
    int volume = got.getInt(VOLUME_OFFSET);
    int place = got.getInt(SECTOR_OFFSET);
    int version = (int) got.getLong(VERSION_OFFSET);
    return "%s of volume=%d sector=%d version=%d"
        .formatted(
            isStamp(got, volume, place, version) ? "the stamp" : "a damaged stamp",
            volume,
            place,
            version);
  }

  private static boolean isStamp(ByteBuffer got, int volume, int sector, int version) {
    ByteBuffer wanted = ByteBuffer.allocate(BYTES);
    put(wanted, volume, sector, 1, version);
    return got.mismatch(wanted.flip()) < 0;
  }

  private static ByteBuffer sectorOf(ByteBuffer image, int sector) {
    return image.slice(sector * BYTES, BYTES).order(ByteOrder.LITTLE_ENDIAN);
  }
}
