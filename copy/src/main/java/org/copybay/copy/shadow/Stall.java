package org.copybay.copy.shadow;

import java.util.concurrent.TimeUnit;
import org.copybay.volumes.track.Passages;

/**
 * Holds the writes of one virtual unit back for a while, so that members of several sets can be
 * split at a moment when an application is quiet; reads go on. It ends by itself.
 */
final class Stall {
  // set once
  private final Passages door; // the writes that are not held back are inside

  // volatile: set under this, looked at by every write
  private volatile long untilNanos;
  private volatile boolean stalled;

  /** None yet; the number orders its door among those of other sets. */
  Stall(long number) {
    this.door = new Passages(number);
  }

  /**
   * Begins a write, waiting while writes are held back.
   *
   * @return what {@link #leave} needs
   */
  int enter() {
    while (true) {
      int ticket = door.enter();
      if (!stalled) {
        return ticket;
      }
      door.leave(ticket);
      awaitEnd();
    }
  }

  /** Ends a write. */
  void leave(int ticket) {
    door.leave(ticket);
  }

  private synchronized void awaitEnd() {
    while (stalled) {
      long left = untilNanos - System.nanoTime();
      if (left <= 0) {
        end();
        return;
      }
      try {
        wait(Math.max(1, TimeUnit.NANOSECONDS.toMillis(left)));
      } catch (InterruptedException e) {
        throw new IllegalStateException("a thread of this program is never interrupted", e);
      }
    }
  }

  /** Holds back the writes that begin from here on, for so many seconds at most. */
  synchronized void begin(int seconds) {
    untilNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    stalled = true;
    notifyAll(); // it may be sooner over than the one before
  }

  /** Waits for the writes that began before {@link #begin}. */
  void awaitEarlier() {
    door.awaitEarlier();
  }

  /**
   * Lets writes go on.
   *
   * @return whether they were held back until now
   */
  synchronized boolean end() {
    boolean was = stalled && untilNanos - System.nanoTime() > 0;
    stalled = false;
    notifyAll();
    return was;
  }

  /** Seconds that writes will still be held back, 0 when they are not. */
  int secondsLeft() {
    long left = stalled ? untilNanos - System.nanoTime() : 0;
    return left <= 0 ? 0 : (int) TimeUnit.NANOSECONDS.toSeconds(left) + 1;
  }
}
