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
}
