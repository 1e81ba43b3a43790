package org.copybay.volumes.interchange;

import java.io.IOException;
import java.io.InputStream;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.store.FileFailure;

/** An image as it is read, from its beginning on. Errors are STORE_FAILED. One thread. */
final class ImageInput {
  private static final int BUFFER_BYTES = 1 << 16;

  private final InputStream stream;
  private final byte[] buffer = new byte[BUFFER_BYTES];

  /** The bytes that were read ahead are those from here to {@link #end}. */
  private int at;

  private int end;

  /** The offset in the image of the first byte of the buffer. */
  private long base;

  ImageInput(InputStream stream) {
    this.stream = stream;
  }

  /** The offset of the next byte. */
  long offset() {
    return base + at;
  }

  /**
   * Reads ahead, and says how many of the next bytes are there: fewer than wanted only where the
   * image ends.
   */
  int ahead(int wanted) throws StorageException {
    if (end - at < wanted) {
      System.arraycopy(buffer, at, buffer, 0, end - at);
      base += at;
      end -= at;
      at = 0;
    }
    while (end - at < wanted) {
      int got = fetch(buffer, end, buffer.length - end);
      if (got <= 0) {
        return end - at;
      }
      end += got;
    }
    return wanted;
  }

  /** The header that stands next, which must be there. */
  AwsHeader header() {
    return AwsHeader.decode(buffer, at);
  }

  /** Goes behind bytes that are there. */
  void pass(int count) {
    at += count;
  }

  /** Takes some of the next bytes, at least one; 0 where the image ends. */
  int read(byte[] into, int offset, int most) throws StorageException {
    if (ahead(1) == 0) {
      return 0;
    }
    int count = Math.min(most, end - at);
    System.arraycopy(buffer, at, into, offset, count);
    at += count;
    return count;
  }

  private int fetch(byte[] into, int offset, int most) throws StorageException {
    try {
      return stream.read(into, offset, most);
    } catch (IOException e) {
      throw FileFailure.of("read the tape image", e);
    }
  }
}
