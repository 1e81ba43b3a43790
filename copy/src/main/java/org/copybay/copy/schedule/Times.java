package org.copybay.copy.schedule;

import java.time.Duration;
import java.time.Instant;

/** The instants of a schedule, which have no end. */
interface Times {
  /** Nobody counts further than this. */
  long MAX_COUNT = 10_000;

  /** The first one after that instant. */
  Instant next(Instant after);

  /** The last one at that instant or before it. */
  Instant latest(Instant notAfter);

  /** Whether two can be closer to each other than that. */
  boolean canComeWithin(Duration distance);

  /** How many there are in (after, before); MAX_COUNT where there are as many or more. */
  default long count(Instant after, Instant before) {
    long count = 0;
    Instant at = next(after);
    while (count < MAX_COUNT && at.isBefore(before)) {
      count++;
      at = next(at);
    }
    return count;
  }
}
