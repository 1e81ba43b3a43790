package org.copybay.volumes.track;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import org.copybay.volumes.StorageException;
import org.jspecify.annotations.Nullable;

/**
 * Keeps writers of a volume waiting, before they enter its gate, while its journal has as much as a
 * start may have to replay. A checkpoint makes room. Any thread may call.
 */
final class JournalRoom {
  private final Object lock = new Object();
  private final Runnable retry;

  private volatile boolean full; // volatile: changed under lock, read by every write

  @GuardedBy("lock")
  private @Nullable StorageException failure;

  /** With room; retry asks for another checkpoint when one failed. */
  JournalRoom(Runnable retry) {
    this.retry = retry;
  }

  /** Returns when there is room. What kept the checkpoint from being made is thrown. */
  void await() throws StorageException {
    if (full) {
      awaitCheckpoint();
    }
  }

  @SuppressWarnings("WaitNotInLoop")
  private void awaitCheckpoint() throws StorageException {
    retry.run();
    synchronized (lock) {
      while (full) {
        if (failure != null) {
          throw new StorageException(
              failure.fault(),
              "the journal is full, and no checkpoint can be made: " + failure.getMessage(),
              failure.remedy(),
              failure);
        }
        try {
          lock.wait();
        } catch (InterruptedException e) {
          throw new IllegalStateException("a thread of this program is never interrupted", e);
        }
      }
    }
  }

  /** Whether writers wait. */
  boolean full() {
    return full;
  }

  void setFull(boolean nowFull) {
    synchronized (lock) {
      full = nowFull;
      failure = null;
      lock.notifyAll();
    }
  }

  /** A checkpoint failed; those who wait for room hear of it, until another is tried. */
  void failed(StorageException why) {
    synchronized (lock) {
      failure = why;
      lock.notifyAll();
    }
  }
}
