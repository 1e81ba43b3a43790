package org.copybay.control.tree;

import java.nio.ByteBuffer;
import org.copybay.volumes.StorageException;

/**
 * One open control file. Any thread may call, one call at a time has an effect; nothing is called
 * after {@link #close}. There is nothing to do for truncate, flush and fsync: they succeed.
 */
public interface ControlHandle extends AutoCloseable {
  /** The number of bytes that fstat(2) answers: fixed at open. */
  long size();

  /**
   * Reads at that offset.
   *
   * @return the number of bytes put into the target, 0 at the end
   */
  int read(long offset, ByteBuffer target) throws StorageException;

  /**
   * Takes what one write(2) brought, all of source.remaining().
   *
   * @param offset where the kernel believes to write; it only decides where replies are read
   * @return how many bytes were taken: fewer than offered where a later line was refused, and the
   *     next write gets its error
   */
  int write(long offset, ByteBuffer source) throws StorageException;

  @Override
  void close();
}
