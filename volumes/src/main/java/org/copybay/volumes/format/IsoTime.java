package org.copybay.volumes.format;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The date and time of a volume descriptor of ISO 9660 (ECMA-119, 8.4.26.1: Date and Time Format):
 *
 * <pre>
 *     0      4    6    8     10      12      14           16                17
 *    +------+----+----+------+-------+-------+------------+-----------------+
 *    | YYYY | MM | DD | hour | minute| second| hundredths | quarters of an  |
 *    |      |    |    |      |       |       | of a second| hour from UTC   |
 *    +------+----+----+------+-------+-------+------------+-----------------+
 * </pre>
 *
 * Digits, and one signed byte from -48 to 52. All digits '0' stand for a time that is not set.
 */
final class IsoTime {
  static final int BYTES = 17;

  private static final int ZONE_OFFSET = 16;
  private static final int ZONE_SECONDS = 15 * 60;
  private static final int NANOS_PER_HUNDREDTH = 10_000_000;

  private IsoTime() {}

  /** The time, or null where it is not set or not one. */
  static @Nullable Instant decode(byte[] field) {
    String digits = new String(field, 0, ZONE_OFFSET, StandardCharsets.ISO_8859_1);
    if (!digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return null;
    }
    try {
      LocalDateTime time =
          LocalDateTime.of(
              number(digits, 0, 4),
              number(digits, 4, 6),
              number(digits, 6, 8),
              number(digits, 8, 10),
              number(digits, 10, 12),
              number(digits, 12, 14),
              number(digits, 14, 16) * NANOS_PER_HUNDREDTH);
      ZoneOffset zone = ZoneOffset.ofTotalSeconds(field[ZONE_OFFSET] * ZONE_SECONDS);
      return number(digits, 0, 4) == 0 ? null : time.toInstant(zone);
    } catch (DateTimeException e) {
      return null;
    }
  }

  /** The field for a time of the years 1 to 9999, in UTC; what is below a hundredth is dropped. */
  static byte[] encode(Instant instant) {
    LocalDateTime time = LocalDateTime.ofInstant(instant, ZoneOffset.UTC);
    String digits =
        String.format(
            Locale.ROOT,
            "%04d%02d%02d%02d%02d%02d%02d",
            time.getYear(),
            time.getMonthValue(),
            time.getDayOfMonth(),
            time.getHour(),
            time.getMinute(),
            time.getSecond(),
            time.getNano() / NANOS_PER_HUNDREDTH);
    return (digits + "\0").getBytes(StandardCharsets.ISO_8859_1);
  }

  private static int number(String digits, int from, int to) {
    return Integer.parseInt(digits, from, to, 10);
  }
}
