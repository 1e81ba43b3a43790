package org.copybay.volumes.bitmap;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.store.StoreFile;
import org.copybay.volumes.store.TrackStore;

/** Buffers that a store takes, and files of our own that are made in one step. */
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

  /**
   * Makes a file with space for that many bytes, which begins with a header and survives power loss
   * with its name. NO_SPACE: nothing is left of it.
   */
  static StoreFile create(TrackStore store, String name, long bytes, ByteBuffer header)
      throws StorageException {
    StoreFile made = store.create(name);
    boolean whole = false;
    try {
      made.setSize(bytes);
      made.reserve(0, bytes);
      made.writeAll(0, header);
      made.flush();
      store.syncNames();
      whole = true;
      return made;
    } finally {
      if (!whole) {
        made.close();
        store.delete(name);
      }
    }
  }
}
