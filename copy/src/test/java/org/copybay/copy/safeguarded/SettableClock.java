package org.copybay.copy.safeguarded;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.copybay.volumes.vault.Uptime;

/** A clock that stands until a test puts it forward. */
final class SettableClock extends Clock {
  static final Instant START = Instant.parse("2026-07-01T10:00:00.250Z");

  private volatile Instant now = START; // volatile: put by the thread of a test, seen by all

  void pass(Duration duration) {
    now = now.plus(duration);
  }

  @Override
  public ZoneId getZone() {
    return ZoneOffset.UTC;
  }

  @Override
  public Clock withZone(ZoneId zone) {
    return this;
  }

  @Override
  public Instant instant() {
    return now;
  }

  /** The uptime of a machine whose clock is right. */
  Uptime uptime() {
    return new Uptime() {
      @Override
      public String bootId() {
        return "test";
      }

      @Override
      public long millis() {
        return SettableClock.this.millis() - Instant.parse("2025-01-01T00:00:00Z").toEpochMilli();
      }
    };
  }
}
