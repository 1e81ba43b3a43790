package org.copybay.volumes.store;

import org.copybay.volumes.Fault;
import org.jspecify.annotations.Nullable;

/**
 * One operation of a {@link SimulatedStore} that was done.
 *
 * @param file its name, {@link SimulatedStore#HOME} for the home
 * @param length bytes; a short write has the length that was asked for
 */
public record StoreOperation(Kind kind, String file, long offset, long length, Thread thread) {
  /** What an operation is. */
  public enum Kind {
    READ,
    SIZE,
    SEEK,
    EXISTS,
    OPEN,
    WRITE,
    ZERO,
    /** The offset is the new size. */
    SET_SIZE,
    RESERVE,
    FLUSH,
    CREATE,
    DELETE,
    /** Of no file: its name is empty. */
    SYNC_NAMES;

    /** Whether it counts as an operation. */
    public boolean changes() {
      return compareTo(WRITE) >= 0;
    }
  }

  /** Which operations fail; asked before each, without a lock, so it may wait. */
  @FunctionalInterface
  public interface Refusal {
    /** The error, or null to let it be done. */
    @Nullable Fault before(String file, Kind kind, long offset, long length);
  }
}
