package org.copybay.volumes;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A lock that knows its place in {@link LockRank}. Under -ea every acquisition asserts that the
 * thread holds no lock of a later rank, and none of the same rank with the same or a larger number
 * (the same lock may be taken again).
 *
 * <p>Use: {@code try (var held = lock.enter()) { … }}.
 */
public final class RankedLock {
  private static final long SLICE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private static final ThreadLocal<Deque<RankedLock>> HELD =
      ThreadLocal.withInitial(ArrayDeque::new);

  private final LockRank rank;
  private final long number;
  private final ReentrantLock lock = new ReentrantLock();
  private final Held held = this::exit;

  /** A lock of that rank, of which a thread holds one at a time. */
  public RankedLock(LockRank rank) {
    this(rank, 0);
  }

  /** One of many locks of a rank: a thread may take another one that has a larger number. */
  public RankedLock(LockRank rank, long number) {
    this.rank = rank;
    this.number = number;
  }

  /** A lock that is held until it is closed, by the thread that took it. */
  @FunctionalInterface
  public interface Held extends AutoCloseable {
    @Override
    void close();
  }

  /** Takes the lock, waiting for it. */
  public Held enter() {
    assert inOrder() : "lock order: want " + rank + " while holding " + HELD.get().peek();
    lock.lock();
    assert push();
    return held;
  }

  /** Whether the calling thread holds the lock. */
  public boolean isHeld() {
    return lock.isHeldByCurrentThread();
  }

  /** A condition of this lock; {@link #await} waits for it. */
  public Condition condition() {
    return lock.newCondition();
  }

  /**
   * Waits for a condition of this lock, at most so long; the lock must be held.
   *
   * @return the nanoseconds left, 0 or less when the time is over
   */
  @SuppressWarnings("WaitNotInLoop") // the callers loop on what they wait for
  public static long await(Condition condition, long nanos) {
    try {
      return condition.awaitNanos(nanos);
    } catch (InterruptedException e) {
      // Threads of this program are never interrupted: an interrupt would close files under others.
      throw new IllegalStateException("thread interrupted while waiting " + nanos + " ns", e);
    }
  }

  /**
   * {@link #await} for somebody who is about to finish: of a time in which the whole program stood
   * still, as a stopped process or a machine without a processor does, at most 100 ms are counted.
   * Else the waiter's time would be over before the other one got a chance. Returns early, to be
   * called again.
   *
   * @return the nanoseconds left, 0 or less when the time is over
   */
  public static long awaitRunning(Condition condition, long nanos) {
    long slice = Math.min(nanos, SLICE_NANOS);
    long unused = Math.max(0, await(condition, slice));
    return nanos - slice + unused;
  }

  /** Waits for a condition of this lock, at most so many milliseconds. */
  public static long awaitMillis(Condition condition, long millis) {
    return await(condition, TimeUnit.MILLISECONDS.toNanos(millis));
  }

  /** Opens it, for a caller that cannot close what {@link #enter} returned. */
  public void exit() {
    assert pop();
    lock.unlock();
  }

  private boolean inOrder() {
    RankedLock inner = HELD.get().peek();
    return inner == null
        || inner == this
        || lock.isHeldByCurrentThread()
        || inner.rank.compareTo(rank) < 0
        || (inner.rank == rank && inner.number < number);
  }

  private boolean push() {
    HELD.get().push(this);
    return true;
  }

  private boolean pop() {
    return HELD.get().removeFirstOccurrence(this);
  }

  @Override
  public String toString() {
    return rank.name();
  }
}
