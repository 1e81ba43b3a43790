package org.copybay.volumes.store;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;

/**
 * The syncs of one file: one runs at a time, and whoever asks while one runs shares the next. Two
 * at once would be wrong, not only slow: the kernel tells a lost write to one caller only, and the
 * other would believe that its bytes are safe.
 *
 * <p>For the same reason a failure stays: every later sync fails too, until {@link #forgive}.
 */
public final class SharedSync {
  /** The sync itself. */
  @FunctionalInterface
  public interface Sync {
    void run() throws StorageException;
  }

  private final Object lock = new Object();

  @GuardedBy("lock")
  private long begun;

  @GuardedBy("lock")
  private long ended;

  @GuardedBy("lock")
  private boolean failed;

  /** Returns after a sync that began after this call; the message names the file. STORE_FAILED. */
  public void await(Sync sync, Object file) throws StorageException {
    if (takeTurn(file)) {
      boolean worked = false;
      try {
        sync.run();
        worked = true;
      } finally {
        end(worked);
      }
    }
  }

  /**
   * Waits until a sync that began after this call has ended, or until it is this thread's turn.
   *
   * @return whether this thread is to sync
   */
  private boolean takeTurn(Object file) throws StorageException {
    synchronized (lock) {
      long wanted = begun + 1;
      while (ended < wanted && begun != ended) {
        awaitEnd();
      }
      if (failed) {
        throw new StorageException(
            Fault.STORE_FAILED, "sync " + file + ": an earlier sync failed and lost writes");
      }
      if (ended >= wanted) {
        return false;
      }
      begun++;
      return true;
    }
  }

  @GuardedBy("lock")
  @SuppressWarnings("WaitNotInLoop") // the caller loops
  private void awaitEnd() {
    try {
      lock.wait();
    } catch (InterruptedException e) {
      throw new IllegalStateException("a thread of this program is never interrupted", e);
    }
  }

  private void end(boolean worked) {
    synchronized (lock) {
      ended = begun;
      failed |= !worked;
      lock.notifyAll();
    }
  }

  /** Lets syncs be tried again. */
  public void forgive() {
    synchronized (lock) {
      failed = false;
    }
  }
}
