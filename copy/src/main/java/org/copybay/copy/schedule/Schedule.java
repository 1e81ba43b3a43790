package org.copybay.copy.schedule;

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.Words;
import org.jspecify.annotations.Nullable;

/**
 * Instants at which something is due, for ever: multiples of a period since the beginning of 1970,
 * or those of a cron expression of five fields. All in UTC, so that no hour is missing or comes
 * twice. docs/SCHEDULES.md has the grammar.
 */
public final class Schedule {
  /** Runs that are closer to each other than this are worth a warning. */
  public static final Duration TOO_OFTEN = Duration.ofMinutes(30);

  private static final int MAX_TEXT_LENGTH = 200;
  private static final Duration MAX_PERIOD = Duration.ofDays(366);
  private static final Pattern EVERY = Pattern.compile("every ([0-9]{1,6}) ?(m|min|h|d)");

  private static final Map<String, String> NAMED =
      Map.of(
          "@hourly", "0 * * * *",
          "@daily", "0 0 * * *",
          "@weekly", "0 0 * * 0",
          "@monthly", "0 0 1 * *");

  private final String text;
  private final Times times;

  private Schedule(String text, Times times) {
    this.text = text;
    this.times = times;
  }

  /** The schedule that a text asks for. BAD_REQUEST. */
  public static Schedule parse(String asked) throws StorageException {
    if (asked.length() > MAX_TEXT_LENGTH) {
      throw refused(
          asked.substring(0, 20) + "...",
          "want at most " + MAX_TEXT_LENGTH + " characters, got " + asked.length());
    }
    String text = asked.strip().toLowerCase(Locale.ROOT).replaceAll("[ \t]+", " ");
    Matcher every = EVERY.matcher(text);
    if (every.matches()) {
      long count = Long.parseLong(every.group(1));
      String unit = every.group(2).substring(0, 1);
      return new Schedule("every " + count + unit, new PeriodTimes(period(asked, count, unit)));
    }
    if (text.startsWith("@") || (text.split(" ", -1).length == 5 && !text.startsWith("every"))) {
      return new Schedule(text, cron(asked, text));
    }
    throw refused(
        asked,
        "want a period as in every 30m, every 6h, every 1d; or minute, hour, day of the month,"
            + " month and day of the week as in cron, in UTC; or @hourly, @daily, @weekly,"
            + " @monthly");
  }

  private static Duration period(String asked, long count, String unit) throws StorageException {
    Duration period =
        switch (unit) {
          case "m" -> Duration.ofMinutes(count);
          case "h" -> Duration.ofHours(count);
          default -> Duration.ofDays(count);
        };
    if (period.isZero() || period.compareTo(MAX_PERIOD) > 0) {
      throw refused(
          asked, "want a period of 1m to " + MAX_PERIOD.toDays() + "d, got " + count + unit);
    }
    return period;
  }

  private static CronTimes cron(String asked, String text) throws StorageException {
    String fields = text.startsWith("@") ? NAMED.get(text) : text;
    if (fields == null) {
      throw refused(asked, "want @hourly, @daily, @weekly or @monthly, got " + Words.word(text));
    }
    try {
      CronTimes times = CronTimes.parse(fields);
      if (times.isNever()) {
        throw refused(asked, "want a day that some year has, got one that never comes");
      }
      return times;
    } catch (IllegalArgumentException e) {
      String why = String.valueOf(e.getMessage()).replace("Failed to parse cron expression. ", "");
      throw refused(
          asked,
          "want minute, hour, day of the month, month and day of the week as in cron: "
              + Words.oneLine(why));
    }
  }

  private static StorageException refused(String asked, String why) {
    return new StorageException(
        Fault.BAD_REQUEST,
        "schedule " + Words.quote(asked) + ": " + why,
        "schedule=\"every 6h\" or schedule=\"0 */6 * * *\"");
  }

  // ---- facts

  /** The first instant after that one at which it is due. */
  public Instant next(Instant after) {
    return times.next(after);
  }

  /** The last instant, not after that one, at which it is due. */
  Instant latest(Instant notAfter) {
    return times.latest(notAfter);
  }

  /** How many due instants there are in (after, before); {@link Times#MAX_COUNT} at most. */
  long count(Instant after, Instant before) {
    return times.count(after, before);
  }

  /** Whether it can be due twice within less than {@link #TOO_OFTEN}. */
  public boolean tooOften() {
    return times.canComeWithin(TOO_OFTEN);
  }

  /** The text that {@link #parse} makes an equal one of. */
  @Override
  public String toString() {
    return text;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Schedule schedule && schedule.text.equals(text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }
}
