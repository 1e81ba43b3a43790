package org.copybay.control;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.copybay.volumes.vault.Uptime;

/** A clock that a test turns. */
public final class SettableClock extends Clock {
  private volatile Instant now = Instant.parse("2025-11-21T09:31:07.250Z");
  private volatile Duration ahead = Duration.ZERO;

  /** Lets time pass. */
  public void pass(Duration time) {
    now = now.plus(time);
  }

  /** Somebody sets it forward, or back. */
  public void step(Duration by) {
    ahead = ahead.plus(by);
  }

  @Override
  public Instant instant() {
    return now.plus(ahead);
  }

  @Override
  public ZoneId getZone() {
    return ZoneOffset.UTC;
  }

  @Override
  public Clock withZone(ZoneId zone) {
    throw new UnsupportedOperationException();
  }

  /** The uptime of a machine whose clock is right. */
  public Uptime uptime() {
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
