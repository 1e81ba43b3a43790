package org.copybay.copy.quickopc;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.util.concurrent.atomic.AtomicInteger;
import org.copybay.volumes.StorageException;
import org.jspecify.annotations.Nullable;

/** The time of the machine; who looks at it next does something else first. */
final class HookedClock extends Clock {
  private volatile @Nullable Hook hook; // volatile: set by a test, run by whoever looks

  private final AtomicInteger left = new AtomicInteger(); // looks until then

  /** What is done. */
  interface Hook {
    void run() throws StorageException;
  }

  void once(Hook next) {
    onceAfter(0, next);
  }

  /** After so many more looks. */
  void onceAfter(int looks, Hook next) {
    left.set(looks);
    hook = next;
  }

  @Override
  public Instant instant() {
    Hook now = hook;
    if (now != null && left.getAndDecrement() == 0) {
      hook = null;
      try {
        now.run();
      } catch (StorageException e) {
        throw new IllegalStateException(e);
      }
    }
    return Clock.systemUTC().instant();
  }

  @Override
  public long millis() {
    return Clock.systemUTC().millis();
  }

  @Override
  public ZoneId getZone() {
    return Clock.systemUTC().getZone();
  }

  @Override
  public Clock withZone(ZoneId zone) {
    return this;
  }
}
