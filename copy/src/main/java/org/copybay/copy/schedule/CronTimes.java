package org.copybay.copy.schedule;

import com.cronutils.model.CronType;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;

/** The instants of a cron expression of five fields, in UTC. */
final class CronTimes implements Times {
  /** Where the search for neighbouring days begins; the calendar repeats after 28 years. */
  private static final Instant SOME_YEAR = Instant.parse("2023-01-01T00:00:00Z");

  private static final Duration CALENDAR = Duration.ofDays(28 * 366);
  private static final Duration DAY = Duration.ofDays(1);

  private final String fields;
  private final ExecutionTime times;

  private CronTimes(String fields) {
    this.fields = fields;
    var unix = CronDefinitionBuilder.instanceDefinitionFor(CronType.UNIX);
    this.times = ExecutionTime.forCron(new CronParser(unix).parse(fields));
  }

  /** The instants of these fields, one space between them. IllegalArgumentException. */
  static CronTimes parse(String fields) {
    return new CronTimes(fields);
  }

  /** Whether there is no such day, as the 31st of April. */
  boolean isNever() {
    return times.nextExecution(utc(SOME_YEAR)).isEmpty();
  }

  private static ZonedDateTime utc(Instant instant) {
    return instant.atZone(ZoneOffset.UTC);
  }

  @Override
  public Instant next(Instant after) {
    return times
        .nextExecution(utc(after))
        .orElseThrow(() -> new IllegalStateException(fields + " has no end, after " + after))
        .toInstant();
  }

  @Override
  public Instant latest(Instant notAfter) {
    // The library looks for one before; a minute has one at its beginning, or none.
    Instant end = notAfter.truncatedTo(ChronoUnit.MINUTES).plus(1, ChronoUnit.MINUTES);
    return times
        .lastExecution(utc(end))
        .orElseThrow(() -> new IllegalStateException(fields + " has no beginning: " + notAfter))
        .toInstant();
  }

  /**
   * {@inheritDoc}
   *
   * <p>Each day that has instants at all has the same: they are looked at within a day, and across
   * midnight where two such days can follow each other.
   */
  @Override
  public boolean canComeWithin(Duration distance) {
    Instant midnight = SOME_YEAR;
    String[] field = fields.split(" ", -1);
    CronTimes daily = parse(field[0] + " " + field[1] + " * * *");
    Instant first = daily.next(midnight.minusSeconds(1));
    Instant at = first;
    for (Instant next = daily.next(at); next.isBefore(midnight.plus(DAY)); next = daily.next(at)) {
      if (Duration.between(at, next).compareTo(distance) < 0) {
        return true;
      }
      at = next;
    }
    return Duration.between(at, first.plus(DAY)).compareTo(distance) < 0 && hasNeighbouringDays();
  }

  private boolean hasNeighbouringDays() {
    String[] field = fields.split(" ", -1);
    CronTimes days = parse("0 0 " + field[2] + " " + field[3] + " " + field[4]);
    Instant at = days.next(SOME_YEAR);
    while (at.isBefore(SOME_YEAR.plus(CALENDAR))) {
      Instant next = days.next(at);
      if (Duration.between(at, next).equals(DAY)) {
        return true;
      }
      at = next;
    }
    return false;
  }
}
