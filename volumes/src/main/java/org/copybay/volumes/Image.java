package org.copybay.volumes;

import java.nio.ByteBuffer;

/** Bytes that can be read, and asked where they are holes. Any thread may call. */
public interface Image {
  /** Reads target.remaining() bytes from that offset, all of which must lie in the image. */
  void read(long offset, ByteBuffer target) throws StorageException;

  /** The first byte of data at or after the offset, or -1 when only a hole follows. */
  long nextData(long offset) throws StorageException;

  /** The first byte of a hole at or after the offset, or the end; -1 from the end on. */
  long nextHole(long offset) throws StorageException;

  /**
   * The first byte of data, or of a hole, at or after an offset and before an end, or the end. It
   * does not look behind the end, where {@link #nextHole} may have to look at much.
   */
  default long seek(long offset, long end, boolean data) throws StorageException {
    long found = data ? nextData(offset) : nextHole(offset);
    return found < 0 ? end : Math.min(found, end);
  }
}
