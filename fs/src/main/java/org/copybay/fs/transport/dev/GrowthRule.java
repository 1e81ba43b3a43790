package org.copybay.fs.transport.dev;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/**
 * Decides how many workers a pool has.
 *
 * <ul>
 *   <li>INV-1: while fewer than {@code limit} workers exist, at least one of them waits for a
 *       request or is on its way to do so. A worker that takes the last place starts another worker
 *       before it serves its request, so a request that blocks never holds up the next one.
 *   <li>INV-2: there are never fewer than {@code base} workers, once they have been started.
 *   <li>INV-3: a worker above {@code base} ends only if for {@link #CALM_NANOS} every request left
 *       another worker waiting; then one ends each {@link #STEP_NANOS}. So a steady load changes
 *       nothing, and a pool that grew for blocked requests shrinks with the traffic that follows.
 * </ul>
 *
 * Safe for all threads; the way of an ordinary request takes no lock.
 */
final class GrowthRule {

  static final long CALM_NANOS = 5_000_000_000L;
  static final long STEP_NANOS = 100_000_000L;

  private final int base;
  private final int limit;
  private final LongSupplier nanoClock;

  /** Workers that wait for a request or are about to; below 0 never. */
  private final AtomicInteger waiting = new AtomicInteger();

  private final Object lock = new Object();

  // volatile: read without the lock as a quick check, changed under it
  private volatile int workers;

  // volatile: set without the lock by whoever sees a shortage; a late value only delays an end
  private volatile long lastShortageNanos;

  @GuardedBy("lock")
  private int peak;

  GrowthRule(int base, int limit, LongSupplier nanoClock) {
    this.base = base;
    this.limit = limit;
    this.nanoClock = nanoClock;
  }

  /**
   * A worker has taken a request.
   *
   * @return true if the caller must start a worker now, which is already counted
   */
  boolean taken() {
    if (waiting.decrementAndGet() > 0) {
      return false;
    }
    lastShortageNanos = nanoClock.getAsLong();
    return workers < limit && started();
  }

  /** Counts a worker that is about to start; false if there are as many as there may be. */
  boolean started() {
    synchronized (lock) {
      if (workers >= limit) {
        return false;
      }
      workers++;
      peak = Math.max(peak, workers);
      waiting.incrementAndGet();
      return true;
    }
  }

  /**
   * A worker has answered its request.
   *
   * @return true if the worker must end, which is already counted
   */
  boolean answered() {
    if (workers > base && calmEnough()) {
      return true;
    }
    waiting.incrementAndGet();
    return false;
  }

  private boolean calmEnough() {
    long now = nanoClock.getAsLong();
    if (now - lastShortageNanos < CALM_NANOS) {
      return false;
    }
    synchronized (lock) {
      if (workers <= base || now - lastShortageNanos < CALM_NANOS) {
        return false;
      }
      lastShortageNanos = now - CALM_NANOS + STEP_NANOS;
      workers--;
      return true;
    }
  }

  /**
   * A worker ends while it waits, or could not be started.
   *
   * @return true if it was the last one
   */
  boolean ended() {
    synchronized (lock) {
      waiting.decrementAndGet();
      return --workers == 0;
    }
  }

  int workers() {
    return workers;
  }

  /** The most workers there were at once. */
  int peak() {
    synchronized (lock) {
      return peak;
    }
  }
}
