package org.copybay.volumes.journal;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.copybay.volumes.store.Origin;
import org.jspecify.annotations.Nullable;

/**
 * The head of a journal segment, little-endian, one sector:
 *
 * <pre>
 *     0          8       12    16         24       32            40           56      64
 *    +----------+-------+-----+----------+--------+-------------+------------+-------+
 *    | CPBYJRNL |version| crc | segment  |  salt  | firstRecord |    boot    | mount |
 *    +----------+-------+-----+----------+--------+-------------+------------+-------+
 *    64             80            88     90                                       512
 *    +--------------+-------------+------+-----------------------------------------+
 *    | volume uuid  |    size     |length| name of the volume, UTF-8, then zeros   |
 *    +--------------+-------------+------+-----------------------------------------+
 * </pre>
 *
 * The CRC32C covers all 512 bytes with the field itself as zero. Uuid, size and name are there for
 * whoever finds the segment without its catalogue.
 *
 * @param segment number of the segment, one more than the one before
 * @param salt random; records of another life of the file do not check with it
 * @param firstRecord number of the first record; the one before it ends the segment before
 * @param origin where it was written
 * @param volume whose journal it is, as it was then
 */
record SegmentHeader(
    long segment, long salt, long firstRecord, Origin origin, VolumeIdentity volume) {
  static final int LENGTH = 512;

  private static final long MAGIC = 0x4c4e524a59425043L; // "CPBYJRNL"
  private static final int VERSION = 1;
  private static final int CRC_OFFSET = 12;
  private static final int NAME_LENGTH_OFFSET = 88;
  private static final int NAME_OFFSET = 90;

  ByteBuffer encode() {
    ByteBuffer target = ByteBuffer.allocateDirect(LENGTH).order(ByteOrder.LITTLE_ENDIAN);
    target.putLong(MAGIC).putInt(VERSION).putInt(0);
    target.putLong(segment).putLong(salt).putLong(firstRecord);
    put(target, origin.boot()).putLong(origin.mount());
    put(target, volume.id()).putLong(volume.sizeBytes());
    byte[] name = volume.name().getBytes(StandardCharsets.UTF_8);
    int length = Math.min(name.length, LENGTH - NAME_OFFSET);
    target.putShort((short) length).put(name, 0, length);
    return target.clear().putInt(CRC_OFFSET, crc(target));
  }

  /** What stands at the beginning of a file, or null when that is no head. */
  static @Nullable SegmentHeader decode(ByteBuffer bytes) {
    ByteBuffer source = bytes.order(ByteOrder.LITTLE_ENDIAN);
    if (source.getLong(0) != MAGIC
        || source.getInt(8) != VERSION
        || source.getInt(CRC_OFFSET) != crc(source)) {
      return null;
    }
    byte[] name = new byte[source.getShort(NAME_LENGTH_OFFSET)];
    source.get(NAME_OFFSET, name);
    return new SegmentHeader(
        source.getLong(16),
        source.getLong(24),
        source.getLong(32),
        new Origin(uuid(source, 40), source.getLong(56)),
        new VolumeIdentity(
            uuid(source, 64), new String(name, StandardCharsets.UTF_8), source.getLong(80)));
  }

  /** What is wrong with the checksum of a head, or null. */
  static @Nullable String fault(ByteBuffer bytes) {
    int want = crc(bytes);
    int got = bytes.order(ByteOrder.LITTLE_ENDIAN).getInt(CRC_OFFSET);
    return want == got ? null : String.format("checksum: want=%08x got=%08x", want, got);
  }

  private static ByteBuffer put(ByteBuffer target, UUID id) {
    return target.putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits());
  }

  private static UUID uuid(ByteBuffer source, int at) {
    return new UUID(source.getLong(at), source.getLong(at + 8));
  }

  private static int crc(ByteBuffer buffer) {
    ByteBuffer whole = buffer.duplicate().order(ByteOrder.LITTLE_ENDIAN).limit(LENGTH).position(0);
    byte[] bytes = new byte[LENGTH];
    whole.get(bytes);
    ByteBuffer.wrap(bytes).putInt(CRC_OFFSET, 0);
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    return (int) crc.getValue();
  }
}
