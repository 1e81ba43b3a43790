package org.copybay.volumes.format;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/**
 * A time of UDF (ECMA-167, 1/7.3: Timestamp), little-endian:
 *
 * <pre>
 *     0               2      4       5     6      7        8        9    10      11      12
 *    +---------------+------+-------+-----+------+--------+--------+----+-------+-------+
 *    | type and zone | year | month | day | hour | minute | second | cs | 100us |   us  |
 *    +---------------+------+-------+-----+------+--------+--------+----+-------+-------+
 * </pre>
 *
 * The type is in the upper 4 bits: 0 for UTC, 1 for local time. The zone is in the lower 12,
 * signed, in minutes from UTC, -2047 where it is not known, which is taken as UTC here.
 */
final class UdfTime {
  static final int BYTES = 12;

  private static final int LOCAL_TIME = 1;
  private static final int UNKNOWN_ZONE = -2047;
  private static final int NANOS_PER_MICRO = 1000;

  private UdfTime() {}

  /** The time, or null where it is not set or not one. */
  static @Nullable Instant decode(byte[] field) {
    ByteBuffer source = ByteBuffer.wrap(field).order(ByteOrder.LITTLE_ENDIAN);
    int typeAndZone = source.getShort() & 0xffff;
    int minutes = typeAndZone << 20 >> 20;
    boolean local = typeAndZone >> 12 == LOCAL_TIME && minutes != UNKNOWN_ZONE;
    int year = source.getShort();
    try {
      LocalDateTime time =
          LocalDateTime.of(
              year, source.get(), source.get(), source.get(), source.get(), source.get());
      int micros = source.get() * 10_000 + source.get() * 100 + source.get();
      ZoneOffset zone = ZoneOffset.ofTotalSeconds(local ? minutes * 60 : 0);
      return year < 1 ? null : time.withNano(micros * NANOS_PER_MICRO).toInstant(zone);
    } catch (DateTimeException e) {
      return null;
    }
  }

  /**
   * The field for a time of the years 1 to 9999, in UTC; what is below a microsecond is dropped.
   */
  static byte[] encode(Instant instant) {
    LocalDateTime time = LocalDateTime.ofInstant(instant, ZoneOffset.UTC);
    int micros = time.getNano() / NANOS_PER_MICRO;
    return ByteBuffer.allocate(BYTES)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putShort((short) (LOCAL_TIME << 12))
        .putShort((short) time.getYear())
        .put((byte) time.getMonthValue())
        .put((byte) time.getDayOfMonth())
        .put((byte) time.getHour())
        .put((byte) time.getMinute())
        .put((byte) time.getSecond())
        .put((byte) (micros / 10_000))
        .put((byte) (micros / 100 % 100))
        .put((byte) (micros % 100))
        .array();
  }
}
