package org.copybay.volumes.track;

import java.util.concurrent.atomic.AtomicLongArray;
import org.copybay.volumes.LockRank;
import org.copybay.volumes.RankedLock;

/*
 * INV-1 Who came in has counted itself in a cell of the phase that it saw, and saw that phase again,
 *       and the gate open, after it counted. So when the phase was changed and the cells of the old
 *       one are empty, everybody who came in before the change has left.
 * INV-2 The phase changes only under the turn, and the cells of the other phase are empty then.
 */
/**
 * A door that many go through at once, in nanoseconds, and behind which one can wait for all who
 * are inside: the gate of the writers of a volume, and the epochs of its readers. Nobody who is
 * inside may enter again, or wait for somebody who has to enter.
 */
public final class Passages {
  private static final int CELLS = 16;
  private static final int CELL_SPACING = 16; // two cache lines, so that threads do not share one

  private final RankedLock turn;
  private final AtomicLongArray inside = new AtomicLongArray(2 * CELLS * CELL_SPACING);
  private final Object news = new Object();

  private volatile int phase; // volatile: changed under turn, read by all
  private volatile boolean closed; // volatile: changed under turn, read by all
  private volatile boolean awaited; // volatile: changed under turn, read by all who leave

  /** A door that is open; the number orders it among the doors that one thread closes. */
  public Passages(long number) {
    turn = new RankedLock(LockRank.GATE, number);
  }

  /**
   * Goes in, waiting while the door is closed.
   *
   * @return what {@link #leave} needs
   */
  public int enter() {
    while (true) {
      int seen = phase;
      int cell = cell(seen);
      inside.getAndIncrement(cell);
      if (!closed && phase == seen) {
        return cell;
      }
      leave(cell);
      awaitOpen();
    }
  }

  /** Goes out; the ticket is what {@link #enter} returned. */
  public void leave(int ticket) {
    inside.getAndDecrement(ticket);
    if (awaited) {
      synchronized (news) {
        news.notifyAll();
      }
    }
  }

  /** Waits until all who went in before this call are out; others may come and go meanwhile. */
  public void awaitEarlier() {
    try (var held = turn.enter()) {
      drain();
    }
  }

  /** The door is closed and nobody is inside until this is closed, by the same thread. */
  @FunctionalInterface
  public interface Closed extends AutoCloseable {
    @Override
    void close();
  }

  /** Closes the door and waits until all are out. */
  public Closed close() {
    RankedLock.Held held = turn.enter();
    closed = true;
    drain();
    return () -> {
      closed = false;
      tell();
      held.close();
    };
  }

  private void drain() {
    int old = phase;
    awaited = true;
    phase = 1 - old;
    synchronized (news) {
      while (anyInside(old)) {
        await();
      }
    }
    awaited = false;
  }

  private boolean anyInside(int ofPhase) {
    for (int i = 0; i < CELLS; i++) {
      if (inside.get((ofPhase * CELLS + i) * CELL_SPACING) != 0) {
        return true;
      }
    }
    return false;
  }

  private void awaitOpen() {
    synchronized (news) {
      while (closed) {
        await();
      }
    }
  }

  private void tell() {
    synchronized (news) {
      news.notifyAll();
    }
  }

  @SuppressWarnings("WaitNotInLoop") // the callers loop on what they wait for
  private void await() {
    try {
      news.wait();
    } catch (InterruptedException e) {
      throw new IllegalStateException("a thread of this program is never interrupted", e);
    }
  }

  private static int cell(int ofPhase) {
    int thread = (int) Thread.currentThread().getId() % CELLS;
    return (ofPhase * CELLS + thread) * CELL_SPACING;
  }
}
