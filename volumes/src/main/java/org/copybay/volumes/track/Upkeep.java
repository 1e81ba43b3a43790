package org.copybay.volumes.track;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.store.Background;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread of one volume for work that nobody waits for: there while there is some. Requests of
 * programs go before it.
 */
final class Upkeep {
  private static final Logger LOG = LoggerFactory.getLogger(Upkeep.class);

  /** A turn of the work. */
  @FunctionalInterface
  interface Work {
    void run() throws StorageException;
  }

  private final String name;
  private final Work work;
  private final Object lock = new Object();

  @GuardedBy("lock")
  private boolean running;

  @GuardedBy("lock")
  private boolean again;

  @GuardedBy("lock")
  private long begun; // turns

  @GuardedBy("lock")
  private long ended;

  private volatile boolean stopped; // volatile: set under lock, read by the work

  Upkeep(String name, Work work) {
    this.name = name;
    this.work = work;
  }

  /** Has the work done once more, after what runs now. */
  void wake() {
    synchronized (lock) {
      again = true;
      if (running || stopped) {
        return;
      }
      running = true;
    }
    Thread thread = new Thread(this::run, "upkeep-" + name);
    thread.setDaemon(true);
    thread.start();
  }

  private void run() {
    Background.enter();
    while (goOn()) {
      try {
        work.run();
      } catch (StorageException e) {
        LOG.warn("upkeep: volume={} {}", name, e.getMessage());
      } catch (RuntimeException | Error e) {
        LOG.error("upkeep: volume={}", name, e);
      }
    }
  }

  private boolean goOn() {
    synchronized (lock) {
      ended = begun;
      running = again && !stopped;
      again = false;
      begun += running ? 1 : 0;
      lock.notifyAll();
      return running;
    }
  }

  /** Has the work done, and waits until a turn that began after this call has ended. */
  void awaitTurn() {
    synchronized (lock) {
      long wanted = begun + 1;
      wake();
      while (ended < wanted && running) {
        awaitNews();
      }
    }
  }

  /** Does other work in this thread, while no turn runs; those that come wait for its end. */
  void between(Work other) throws StorageException {
    synchronized (lock) {
      while (running) {
        awaitNews();
      }
      if (stopped) {
        throw new StorageException(Fault.CLOSED, "volume " + name + " was closed");
      }
      running = true;
    }
    try {
      other.run();
    } finally {
      synchronized (lock) {
        running = false;
        if (again) {
          wake();
        }
        lock.notifyAll();
      }
    }
  }

  /** Whether it is to end soon. */
  boolean stopped() {
    return stopped;
  }

  /** Ends it, waiting for the turn that runs. */
  void stop() {
    synchronized (lock) {
      stopped = true;
      while (running) {
        awaitNews();
      }
    }
  }

  @GuardedBy("lock")
  @SuppressWarnings("WaitNotInLoop") // the callers loop
  private void awaitNews() {
    try {
      lock.wait();
    } catch (InterruptedException e) {
      throw new IllegalStateException("a thread of this program is never interrupted", e);
    }
  }
}
