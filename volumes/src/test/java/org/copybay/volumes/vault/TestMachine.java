package org.copybay.volumes.vault;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicLong;

/** A machine whose uptime goes on, whose clock anybody sets, and that can be started again. */
final class TestMachine {
  static final Instant START = Instant.parse("2026-03-01T12:00:00Z");

  private int run = 1;
  private final AtomicLong uptimeMillis = new AtomicLong(Duration.ofDays(3).toMillis());
  private volatile Instant wall = START;

  final Uptime uptime =
      new Uptime() {
        @Override
        public String bootId() {
          return "run " + run;
        }

        @Override
        public long millis() {
          return uptimeMillis.get();
        }
      };

  final Clock clock =
      new Clock() {
        @Override
        public Instant instant() {
          return wall;
        }

        @Override
        public ZoneId getZone() {
          return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
          throw new UnsupportedOperationException();
        }
      };

  /** Lets time pass. */
  void pass(Duration time) {
    uptimeMillis.addAndGet(time.toMillis());
    wall = wall.plus(time);
  }

  /** Somebody sets the clock forward, or back. */
  void step(Duration by) {
    wall = wall.plus(by);
  }

  /** Somebody sets the clock. */
  void set(Instant time) {
    wall = time;
  }

  /** It is off for so long, and has been running for so long when it is looked at again. */
  void restart(Duration off, Duration running) {
    run++;
    restartInside(off, running);
  }

  /** The same for a container that has the boot id of its host and an uptime of its own. */
  void restartInside(Duration off, Duration running) {
    uptimeMillis.set(running.toMillis());
    wall = wall.plus(off).plus(running);
  }
}
