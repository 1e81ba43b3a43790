package org.copybay.control.tree;

import java.nio.ByteBuffer;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;

/** An open file that can only be read, and holds nothing. */
interface ReadHandle extends ControlHandle {
  @Override
  default int write(long offset, ByteBuffer source) throws StorageException {
    throw new StorageException(Fault.CLOSED, "the file is open for reading only");
  }

  @Override
  default void close() {}
}
