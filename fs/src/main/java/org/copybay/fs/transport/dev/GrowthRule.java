package org.copybay.fs.transport.dev;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Decides how many workers a pool has.
 *
 * <p><b>Blocked</b> is a worker that has a request and sleeps: in a lock, in a system call on the
 * backing store, in a wait for an event. So is one that has computed for long at one request. A
 * worker that merely waits for a processor is not blocked; another one would not help it. (A pool
 * that grew whenever all workers were busy went to 44 under plain load at depth 32 on two
 * processors, and lost 10 to 20 per cent by that.)
 *
 * <ul>
 *   <li>INV-1: when all workers are busy, so many are added that {@code base} of them are not
 *       blocked, up to {@code limit} in all.
 *   <li>INV-2: a worker above {@code base} ends only if for {@link #CALM_NANOS} no blocked worker
 *       made it necessary; then at most one ends each {@link #STEP_NANOS}. So a steady load starts
 *       and ends hardly any thread.
 * </ul>
 *
 * Safe for all threads.
 */
final class GrowthRule {

  static final long CALM_NANOS = 5_000_000_000L;
  static final long STEP_NANOS = 100_000_000L;

  private final int base;
  private final int limit;
  private final LongSupplier nanoClock;

  /** When the workers above the base were last of use, or one of them ended. */
  private final AtomicLong neededNanos;

  GrowthRule(int base, int limit, LongSupplier nanoClock) {
    this.base = base;
    this.limit = limit;
    this.nanoClock = nanoClock;
    neededNanos = new AtomicLong(nanoClock.getAsLong());
  }

  /** The number of workers to start with. */
  int base() {
    return base;
  }

  /** How many workers to add, when none waits for a request and so many are blocked. */
  int missing(int workers, int blocked) {
    if (blocked > 0 && workers - blocked <= base) {
      neededNanos.set(nanoClock.getAsLong());
    }
    return Math.max(0, Math.min(base - (workers - blocked), limit - workers));
  }

  /** True if one worker of so many, which has just answered, is to end. */
  boolean surplus(int workers) {
    if (workers <= base) {
      return false;
    }
    long now = nanoClock.getAsLong();
    long needed = neededNanos.get();
    return now - needed >= CALM_NANOS
        && neededNanos.compareAndSet(needed, now - CALM_NANOS + STEP_NANOS);
  }
}
