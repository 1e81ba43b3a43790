package org.copybay.copy.schedule;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** A clock that stands until a test turns it. */
final class SteppedClock extends Clock {
  private volatile Instant now; // volatile: turned by a test, read by any thread

  SteppedClock(String now) {
    this.now = Instant.parse(now);
  }

  void set(String then) {
    now = Instant.parse(then);
  }

  @Override
  public Instant instant() {
    return now;
  }

  @Override
  public ZoneId getZone() {
    return ZoneOffset.UTC;
  }

  @Override
  public Clock withZone(ZoneId zone) {
    throw new UnsupportedOperationException();
  }
}
