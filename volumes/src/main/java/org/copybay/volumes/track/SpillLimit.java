package org.copybay.volumes.track;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.function.LongSupplier;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;

/**
 * How much a volume may have in its spill: what its points need beside its home. A write that needs
 * more fails (P9), or waits before it enters the gate until there is room. Any thread may call.
 */
final class SpillLimit {
  /** How long who waits goes without a look: what is freed is not told. */
  private static final long LOOK_MILLIS = 200;

  private final Object lock = new Object();

  // volatile: changed under lock, read by every write that takes space
  private volatile long bytes; // 0: none
  private volatile boolean waits;

  @GuardedBy("lock")
  private boolean closed;

  /**
   * Changes it.
   *
   * @param newBytes the most, 0 for no limit
   * @param newWaits whether writes wait for room; else they fail
   */
  void set(long newBytes, boolean newWaits) {
    synchronized (lock) {
      bytes = newBytes;
      waits = newWaits;
      lock.notifyAll();
    }
  }

  /** Nobody waits any more: the volume is closed. */
  void close() {
    synchronized (lock) {
      closed = true;
      lock.notifyAll();
    }
  }

  /** The most, or 0 for no limit. */
  long bytes() {
    return bytes;
  }

  /** Whether writes wait for room. */
  boolean waits() {
    return waits;
  }

  /** How many bytes may still be taken. */
  long left(long used) {
    long most = bytes;
    return most == 0 ? Long.MAX_VALUE : Math.max(0, most - used);
  }

  /** NO_SPACE where nothing is left. */
  StorageException full() {
    return new StorageException(
        Fault.NO_SPACE,
        "what the points of the volume need has reached its capacity of " + bytes + " bytes",
        "expire backups, or give it more capacity: safeguarded set session=NAME capacity=SIZE");
  }

  /** Returns when there is room, where writes wait for it. CLOSED when the volume is closed. */
  @SuppressWarnings("WaitNotInLoop")
  void await(LongSupplier used) throws StorageException {
    if (!waits || left(used.getAsLong()) > 0) {
      return;
    }
    synchronized (lock) {
      while (waits && left(used.getAsLong()) == 0) {
        if (closed) {
          throw new StorageException(Fault.CLOSED, "the volume was closed while a write waited");
        }
        try {
          lock.wait(LOOK_MILLIS);
        } catch (InterruptedException e) {
          throw new IllegalStateException("a thread of this program is never interrupted", e);
        }
      }
    }
  }
}
