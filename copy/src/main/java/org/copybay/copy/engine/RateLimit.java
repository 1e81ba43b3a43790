package org.copybay.copy.engine;

/**
 * Bytes a second that a job may move: each piece gets the next free slot of a line in time. Not
 * thread-safe by itself: called under the lock of the jobs.
 */
final class RateLimit {
  private static final double NANOS_PER_SECOND = 1e9;

  private long bytesPerSecond; // 0: no limit
  private long freeAtNanos;
  private int version;

  /** Sets the limit in bytes a second; 0 lifts it. */
  void set(long limit, long nowNanos) {
    bytesPerSecond = Math.max(0, limit);
    freeAtNanos = nowNanos;
    version++;
  }

  /** Changes with every new limit: a slot that was taken before is worth nothing then. */
  int version() {
    return version;
  }

  /**
   * Takes the next slot.
   *
   * @return the nanoseconds to wait before the bytes may move, 0 or more
   */
  long take(long bytes, long nowNanos) {
    if (bytesPerSecond == 0) {
      return 0;
    }
    long start = Math.max(freeAtNanos, nowNanos);
    freeAtNanos = start + (long) (bytes * NANOS_PER_SECOND / bytesPerSecond);
    return start - nowNanos;
  }
}
