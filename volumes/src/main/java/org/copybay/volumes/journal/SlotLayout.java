package org.copybay.volumes.journal;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * One record in a segment, little-endian:
 *
 * <pre>
 *    0      4     5       8      12      16          24          32
 *   +------+-----+-------+------+-------+-----------+-----------+
 *   | crc  |kind | zeros |count | point |   start   |   base    |
 *   +------+-----+-------+------+-------+-----------+-----------+
 * </pre>
 *
 * The CRC32C covers the salt of the segment, the number of the record, and bytes 4 to 31: a record
 * of an earlier life of the file, or of another place in it, is none.
 */
final class SlotLayout {
  static final int LENGTH = 32;

  private static final int CRC_OFFSET = 0;
  private static final int KIND_OFFSET = 4;
  private static final int COUNT_OFFSET = 8;
  private static final int POINT_OFFSET = 12;
  private static final int START_OFFSET = 16;
  private static final int BASE_OFFSET = 24;
  private static final int SEED_LENGTH = 16;

  private final long salt;
  // one of each for every thread that uses the object: it belongs to one at a time
  private final CRC32C crc = new CRC32C();
  private final ByteBuffer seed = ByteBuffer.allocate(SEED_LENGTH).order(ByteOrder.LITTLE_ENDIAN);

  /** For the records of a segment with that salt; used by one thread at a time. */
  SlotLayout(long salt) {
    this.salt = salt;
  }

  /** Puts the record with that number at the offset of the buffer. */
  void encode(JournalRecord record, long number, ByteBuffer target, int at) {
    target.putInt(at + KIND_OFFSET, record.kind().code());
    target.putInt(at + COUNT_OFFSET, record.count());
    target.putInt(at + POINT_OFFSET, record.point());
    target.putLong(at + START_OFFSET, record.start());
    target.putLong(at + BASE_OFFSET, record.base());
    target.putInt(at + CRC_OFFSET, crc(number, target, at));
  }

  /** The record with that number, or null when there is none at the offset. */
  @Nullable JournalRecord decode(long number, ByteBuffer source, int at) {
    int kind = source.getInt(at + KIND_OFFSET);
    if (kind == 0 || source.getInt(at + CRC_OFFSET) != crc(number, source, at)) {
      return null; // zeros are none, although of so many some have the right checksum
    }
    return new JournalRecord(
        JournalRecord.Kind.of(kind),
        source.getInt(at + COUNT_OFFSET),
        source.getInt(at + POINT_OFFSET),
        source.getLong(at + START_OFFSET),
        source.getLong(at + BASE_OFFSET));
  }

  /** What is wrong with the record of that number at the offset, or null. */
  @Nullable String fault(long number, ByteBuffer source, int at) {
    int want = crc(number, source, at);
    int got = source.getInt(at + CRC_OFFSET);
    return want == got ? null : String.format("checksum: want=%08x got=%08x", want, got);
  }

  private int crc(long number, ByteBuffer buffer, int at) {
    crc.reset();
    crc.update(seed.clear().putLong(salt).putLong(number).flip());
    crc.update(buffer.duplicate().limit(at + LENGTH).position(at + KIND_OFFSET));
    return (int) crc.getValue();
  }
}
