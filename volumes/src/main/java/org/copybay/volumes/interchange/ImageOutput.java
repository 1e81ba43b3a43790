package org.copybay.volumes.interchange;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.store.FileFailure;

/** An image as it is written, through a buffer. One thread. */
final class ImageOutput {
  private static final int BUFFER_BYTES = 1 << 16;

  private final OutputStream stream;

  ImageOutput(OutputStream image) {
    stream = new BufferedOutputStream(image, BUFFER_BYTES);
  }

  void word(SimhWord word) throws StorageException {
    int value = word.value();
    write((byte) value, (byte) (value >> 8), (byte) (value >> 16), (byte) (value >> 24));
  }

  void write(byte... bytes) throws StorageException {
    try {
      stream.write(bytes);
    } catch (IOException e) {
      throw failure(e);
    }
  }

  /** Writes what is between position and limit, and leaves both. */
  void write(ByteBuffer bytes) throws StorageException {
    try {
      copy(bytes, stream);
    } catch (IOException e) {
      throw failure(e);
    }
  }

  void flush() throws StorageException {
    try {
      stream.flush();
    } catch (IOException e) {
      throw failure(e);
    }
  }

  /** Writes what is between position and limit, and leaves both. */
  static void copy(ByteBuffer bytes, OutputStream stream) throws IOException {
    if (bytes.hasArray()) {
      stream.write(bytes.array(), bytes.arrayOffset() + bytes.position(), bytes.remaining());
      return;
    }
    ByteBuffer rest = bytes.duplicate();
    byte[] piece = new byte[Math.min(rest.remaining(), BUFFER_BYTES)];
    while (rest.hasRemaining()) {
      int count = Math.min(piece.length, rest.remaining());
      rest.get(piece, 0, count);
      stream.write(piece, 0, count);
    }
  }

  static StorageException failure(IOException e) {
    return FileFailure.of("write the tape image", e);
  }

  /**
   * Refuses a record that a format cannot hold.
   *
   * @param number of the record in the image, the first object of which has number 0
   * @param mostBytes the longest record of the format
   * @param remedy what to do instead
   */
  static void requireLength(
      ByteBuffer bytes, long number, String format, int mostBytes, String remedy)
      throws StorageException {
    if (!bytes.hasRemaining()) {
      throw new IllegalArgumentException("object " + number + " is a record without a byte");
    }
    if (bytes.remaining() > mostBytes) {
      throw new StorageException(
          Fault.UNSUPPORTED,
          String.format(
              "object %d is a record of %d bytes, %s holds at most %d",
              number, bytes.remaining(), format, mostBytes),
          remedy);
    }
  }
}
