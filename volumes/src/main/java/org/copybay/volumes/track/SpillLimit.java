package org.copybay.volumes.track;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.function.LongSupplier;
import org.copybay.volumes.Fault;
import org.copybay.volumes.Requester;
import org.copybay.volumes.StorageException;

/**
 * How much a volume may have in its spill: what its points need beside its home. A write that needs
 * more fails (P9), or waits before it enters the gate until there is room. Any thread may call.
 */
final class SpillLimit {
  /** How long who waits goes without a look: what is freed is not told. */
  private static final long LOOK_MILLIS = 200;

  private final Object lock = new Object();
  private final int blockBytes;

  // volatile: changed under lock, read by every write that takes space
  private volatile long bytes; // 0: none
  private volatile boolean waits;

  @GuardedBy("lock")
  private boolean closed;

  @GuardedBy("lock")
  private int waiting;

  /** Without a limit; what is taken is taken in whole blocks. */
  SpillLimit(int blockBytes) {
    this.blockBytes = blockBytes;
  }

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

  /** Whether writes wait for room. */
  boolean waits() {
    return waits;
  }

  /** Writes that wait for room now. */
  int waiting() {
    synchronized (lock) {
      return waiting;
    }
  }

  /** How many blocks may still be taken. */
  long blocksLeft(long usedBytes) {
    long most = bytes;
    return most == 0 ? Long.MAX_VALUE : Math.max(0, most - usedBytes) / blockBytes;
  }

  /** NO_SPACE where nothing is left. */
  StorageException full() {
    return new StorageException(
        Fault.NO_SPACE,
        "what the points of the volume need has reached its capacity of " + bytes + " bytes",
        "expire backups, or give it more capacity: safeguarded set session=NAME capacity=SIZE");
  }

  /**
   * Returns when there is room, where writes wait for it. CLOSED when the volume is closed,
   * INTERRUPTED when the program that writes gets a signal.
   */
  void await(LongSupplier usedBytes) throws StorageException {
    if (!isReached(usedBytes)) {
      return;
    }
    synchronized (lock) {
      waiting++;
      try {
        while (isReached(usedBytes)) {
          awaitNews();
        }
      } finally {
        waiting--;
      }
    }
  }

  /** Whether a write that needs more waits now. */
  boolean isReached(LongSupplier usedBytes) {
    return waits && blocksLeft(usedBytes.getAsLong()) == 0;
  }

  @SuppressWarnings("WaitNotInLoop") // its caller looks again
  @GuardedBy("lock")
  private void awaitNews() throws StorageException {
    if (closed) {
      throw new StorageException(Fault.CLOSED, "the volume was closed while a write waited");
    }
    if (Requester.gone()) {
      throw new StorageException(
          Fault.INTERRUPTED,
          "the write was broken off by a signal while it waited for room: " + full().getMessage(),
          full().remedy());
    }
    try {
      lock.wait(LOOK_MILLIS);
    } catch (InterruptedException e) {
      throw new IllegalStateException("a thread of this program is never interrupted", e);
    }
  }
}
