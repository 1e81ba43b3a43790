package org.copybay.volumes;

import java.nio.ByteBuffer;

/** Bytes that can be read, and asked where they are holes. Any thread may call. */
public interface Image {
  /** Reads target.remaining() bytes from that offset, all of which must lie in the image. */
  void read(long offset, ByteBuffer target) throws StorageException;

  /** The first byte of data at or after the offset, or -1 when only a hole follows. */
  long nextData(long offset) throws StorageException;

  /** The first byte of a hole at or after the offset; the end counts as one. -1 past it. */
  long nextHole(long offset) throws StorageException;
}
