package org.copybay.fs.transport.dev;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * The requests whose programs got a signal lately. The kernel tells of each once, perhaps before
 * the worker that has taken the request has looked at it, so the numbers are kept for whoever asks
 * later; a connection has no number twice. Any thread may call.
 */
final class Interrupts {
  /** More than there can be requests under way: a wait that lasts looks more often than that. */
  private static final int KEPT = 4 * WorkerPool.LIMIT;

  private final AtomicLongArray latest = new AtomicLongArray(KEPT);
  private final AtomicInteger count = new AtomicInteger();

  /** The kernel told that the program that waits for that request got a signal. */
  void add(long unique) {
    latest.set(Math.floorMod(count.getAndIncrement(), KEPT), unique);
  }

  /** Whether it told so of that request, as far as one remembers. */
  boolean has(long unique) {
    for (int i = 0; i < KEPT; i++) {
      if (latest.get(i) == unique) {
        return true;
      }
    }
    return false;
  }
}
