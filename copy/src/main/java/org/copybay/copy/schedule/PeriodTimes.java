package org.copybay.copy.schedule;

import java.time.Duration;
import java.time.Instant;

/**
 * The multiples of a period since the beginning of 1970: where they lie depends on nothing else, so
 * no restart and no late run shifts them.
 *
 * @param period whole seconds, one or more
 */
record PeriodTimes(Duration period) implements Times {
  @Override
  public Instant next(Instant after) {
    return latest(after).plus(period);
  }

  @Override
  public Instant latest(Instant notAfter) {
    long second = notAfter.getEpochSecond(); // rounded down, also before 1970
    return Instant.ofEpochSecond(second - Math.floorMod(second, period.toSeconds()));
  }

  @Override
  public boolean canComeWithin(Duration distance) {
    return period.compareTo(distance) < 0;
  }
}
