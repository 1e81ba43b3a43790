package org.copybay.volumes;

import java.nio.ByteBuffer;

/**
 * A layer that holds bytes: [0, size) of one address space. Layers are stacked, each sees only the
 * next one below; the stack of a mounted volume is built in one place.
 *
 * <p>Any number of threads may call at once; requests that overlap are ordered by the caller or not
 * at all. Buffers are direct, belong to the callee until the call returns, and are left at the
 * position after the bytes that were moved. Errors: STORE_FAILED where the layer below failed,
 * NO_SPACE where it is full.
 */
public interface BlockDevice {
  /** Reads target.remaining() bytes from that offset; bytes that were never written are zeros. */
  void read(long offset, ByteBuffer target) throws StorageException;

  /**
   * Writes source.remaining() bytes at that offset. When space or the store ends in the middle, the
   * bytes before that are written and counted, and the error is left to the next call.
   *
   * @return the number of bytes written, at least 1
   */
  int write(long offset, ByteBuffer source) throws StorageException;

  /** Makes [offset, offset + length) read as zeros, releasing its space or keeping it. */
  void zero(long offset, long length, boolean keepSpace) throws StorageException;

  /** Makes every write that returned before this call survive power loss (P2). */
  void flush() throws StorageException;
}
