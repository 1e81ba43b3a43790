package org.copybay.volumes.interchange;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.copybay.volumes.StorageException;

/**
 * The bytes of one record, in an array that grows with the bytes that arrive and never with what
 * somebody says will arrive. One thread.
 */
final class RecordBytes {
  private static final int PIECE_BYTES = 1 << 16;

  private byte[] bytes = new byte[PIECE_BYTES];
  private int length;

  void clear() {
    length = 0;
  }

  int length() {
    return length;
  }

  /** The array with the bytes at its beginning; another one after the next call of a method. */
  byte[] array() {
    return bytes;
  }

  /** The bytes, as long as no other method is called. */
  ByteBuffer buffer() {
    return ByteBuffer.wrap(bytes, 0, length);
  }

  /** Makes room behind the bytes, for 1 to 64 KiB, and says for how many. */
  int room() {
    if (length == bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.multiplyExact(length, 2));
    }
    return Math.min(PIECE_BYTES, bytes.length - length);
  }

  /** So many bytes were put behind the others, at most what there was room for. */
  void added(int count) {
    length += count;
  }

  /** Adds the next bytes of an image; false where it ends before. */
  boolean add(ImageInput image, int count) throws StorageException {
    int wanted = length + count;
    while (length < wanted) {
      int most = Math.min(room(), wanted - length);
      int got = image.read(bytes, length, most);
      if (got == 0) {
        return false;
      }
      length += got;
    }
    return true;
  }
}
