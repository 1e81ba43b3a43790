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

  // volatile: put by the thread of a test, seen by all
  private volatile Instant now = START;
  private volatile Duration ahead = Duration.ZERO;

  void pass(Duration duration) {
    now = now.plus(duration);
  }

  /** Somebody sets it forward, or back. */
  void step(Duration by) {
    ahead = ahead.plus(by);
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
    return now.plus(ahead);
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
        return now.toEpochMilli() - Instant.parse("2025-01-01T00:00:00Z").toEpochMilli();
      }
    };
  }
}
