package org.copybay.volumes.store;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A time of a file as the kernel keeps it.
 *
 * @param seconds whole seconds since 1970-01-01T00:00:00Z
 * @param nanos nanoseconds, 0 to 999,999,999, or {@link #NOW} or {@link #OMIT}
 */
public record FileTime(long seconds, int nanos) {
  /** The nanos that mean the time of the call. */
  public static final int UTIME_NOW = (1 << 30) - 1;

  /** The nanos that mean no change. */
  public static final int UTIME_OMIT = (1 << 30) - 2;

  /** The time of the call. */
  public static final FileTime NOW = new FileTime(0, UTIME_NOW);

  /** No change. */
  public static final FileTime OMIT = new FileTime(0, UTIME_OMIT);

  private static final ThreadLocal<ByteBuffer> BUFFER =
      ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(32).order(ByteOrder.nativeOrder()));

  /** Two timespec structures, access time first, in a buffer of the calling thread. */
  static ByteBuffer encode(FileTime access, FileTime modification) {
    return BUFFER
        .get()
        .clear()
        .putLong(access.seconds)
        .putLong(access.nanos)
        .putLong(modification.seconds)
        .putLong(modification.nanos)
        .flip();
  }
}
