package org.copybay.control.command;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;

/**
 * Spans of time as people write them, 90s, 30m, 6h, 7d, 2w or several of these in a row as in
 * 1d12h; and instants in RFC 3339.
 */
public final class Spans {
  private static final Pattern SPAN = Pattern.compile("(?:[0-9]{1,12}[smhdw])+");
  private static final Pattern PART = Pattern.compile("([0-9]+)([smhdw])");

  /** A unit and its length. */
  private record Unit(char letter, long millis) {}

  private static final List<Unit> UNITS =
      List.of(
          new Unit('w', 604_800_000),
          new Unit('d', 86_400_000),
          new Unit('h', 3_600_000),
          new Unit('m', 60_000),
          new Unit('s', 1000));

  private Spans() {}

  /** The number of milliseconds; 0 is written without a unit. BAD_REQUEST, OUT_OF_RANGE. */
  public static long parse(String text) throws StorageException {
    String lower = text.toLowerCase(Locale.ROOT);
    if (lower.equals("0")) {
      return 0;
    }
    if (!SPAN.matcher(lower).matches()) {
      throw new StorageException(
          Fault.BAD_REQUEST,
          "\"" + text + "\" is no span of time; write whole numbers with s m h d or w",
          "for instance 30m, 6h, 7d or 1d12h; 0 for none");
    }
    try {
      long millis = 0;
      Matcher part = PART.matcher(lower);
      while (part.find()) {
        long unit = millisOf(part.group(2).charAt(0));
        millis = Math.addExact(millis, Math.multiplyExact(Long.parseLong(part.group(1)), unit));
      }
      return millis;
    } catch (ArithmeticException e) {
      throw new StorageException(
          Fault.OUT_OF_RANGE, "\"" + text + "\" is more than 292 million years", null, e);
    }
  }

  private static long millisOf(char letter) {
    return UNITS.stream().filter(u -> u.letter == letter).mapToLong(Unit::millis).sum();
  }

  /** The span as {@link #parse} takes it, in days and less: 7d, 1d12h, 90m is 1h30m. */
  public static String word(long millis) {
    StringBuilder text = new StringBuilder();
    long left = millis;
    for (Unit unit : UNITS) {
      long count = unit.letter == 'w' ? 0 : left / unit.millis;
      if (count > 0) {
        text.append(count).append(unit.letter);
        left -= count * unit.millis;
      }
    }
    return text.isEmpty() ? "0" : text.toString();
  }

  /** The instant of a text in RFC 3339, in ms since 1970. BAD_REQUEST. */
  static long instant(String text) throws StorageException {
    try {
      Instant instant = OffsetDateTime.parse(text.toUpperCase(Locale.ROOT)).toInstant();
      return instant.toEpochMilli();
    } catch (DateTimeParseException | ArithmeticException e) {
      throw new StorageException(
          Fault.BAD_REQUEST,
          "\"" + text + "\" is no time; write it as RFC 3339 has it",
          "for instance 2026-12-31T23:59:59Z or 2026-12-31T23:59:59+01:00",
          e);
    }
  }
}
