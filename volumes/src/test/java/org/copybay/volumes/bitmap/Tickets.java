package org.copybay.volumes.bitmap;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Changes in flight, counted in two epochs: who waits begins a new one and lets the old one run
 * dry.
 */
final class Tickets implements ChangesInFlight {
  private final AtomicLong epoch = new AtomicLong();
  private final AtomicLongArray inside = new AtomicLongArray(2);

  /** A change begins; what is returned ends it. */
  int enter() {
    while (true) {
      long now = epoch.get();
      int side = (int) (now & 1);
      inside.incrementAndGet(side);
      if (epoch.get() == now) {
        return side;
      }
      inside.decrementAndGet(side);
    }
  }

  void leave(int side) {
    inside.decrementAndGet(side);
  }

  @Override
  public synchronized void awaitEarlier() {
    int side = (int) (epoch.getAndIncrement() & 1);
    while (inside.get(side) != 0) {
      Thread.onSpinWait();
    }
  }
}
