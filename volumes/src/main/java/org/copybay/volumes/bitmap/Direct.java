package org.copybay.volumes.bitmap;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.store.StoreFile;

/** Buffers that a store takes, and whole writes. */
final class Direct {
  private Direct() {}

  /** A buffer of zeros, little-endian. */
  static ByteBuffer allocate(int length) {
    return ByteBuffer.allocateDirect(length).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Reads that many bytes, little-endian, ready to be read. */
  static ByteBuffer read(StoreFile file, long offset, int length) throws StorageException {
    ByteBuffer buffer = allocate(length);
    file.read(offset, buffer);
    return buffer.flip();
  }

  /** Writes all of the buffer; after an error any of its bytes may have been written. */
  static void write(StoreFile file, long offset, ByteBuffer source) throws StorageException {
    file.writeAll(offset, source);
  }
}
