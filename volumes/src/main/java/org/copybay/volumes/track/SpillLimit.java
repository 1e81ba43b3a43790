package org.copybay.volumes.track;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.copybay.volumes.Fault;
import org.copybay.volumes.Requester;
import org.copybay.volumes.StorageException;

/**
 * How much a volume may have in its spill: what its points need beside its home. A write that needs
 * more fails (P9), or waits outside of the gate until there is room. Any thread may call.
 */
final class SpillLimit {
  /** How long who waits goes without a look: what is freed is not told. */
  private static final long LOOK_MILLIS = 200;

  private final Object lock = new Object();
  private final int blockBytes;

  // volatile: changed under lock, read by every write that takes space
  private volatile long bytes; // 0: none
  private volatile boolean waits;
  private volatile boolean closed;

  // atomic: counted by those who wait, asked by others
  private final AtomicInteger waiting = new AtomicInteger();

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
    return waiting.get();
  }

  /** How many blocks may still be taken. */
  long blocksLeft(long usedBytes) {
    long most = bytes;
    return most == 0 ? Long.MAX_VALUE : Math.max(0, most - usedBytes) / blockBytes;
  }

  /** What a write fails with where no block is left. */
  SpillFullException full() {
    return new SpillFullException(bytes);
  }

  /**
   * Returns when there is room, or writes do not wait for it any more. INTERRUPTED when the program
   * that writes gets a signal, or the volume is closed.
   */
  void await(LongSupplier usedBytes) throws StorageException {
    waiting.incrementAndGet();
    try {
      while (waits && blocksLeft(usedBytes.getAsLong()) == 0) {
        requireWaiting();
        pause();
      }
    } finally {
      waiting.decrementAndGet();
    }
  }

  private void requireWaiting() throws StorageException {
    if (closed) {
      throw new StorageException(
          Fault.INTERRUPTED, "the bay was unmounted while the write waited for room");
    }
    if (Requester.gone()) {
      StorageException full = full();
      throw new StorageException(
          Fault.INTERRUPTED,
          "the write was broken off by a signal while it waited for room: " + full.getMessage(),
          full.remedy());
    }
  }

  /** Until news, or for a while: room that comes between a look and this is found at the next. */
  @SuppressWarnings("WaitNotInLoop") // its caller looks again
  private void pause() {
    synchronized (lock) {
      try {
        lock.wait(LOOK_MILLIS);
      } catch (InterruptedException e) {
        throw new IllegalStateException("a thread of this program is never interrupted", e);
      }
    }
  }
}
