package org.copybay.volumes.interchange;

import java.io.IOException;
import java.io.InputStream;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.store.FileFailure;
import org.jspecify.annotations.Nullable;

/**
 * The stream of a tar file with a bound on what stands before the bytes of an entry: the library
 * keeps all of it in memory, and takes headers of headers in calls of calls. One thread.
 */
final class HeaderInput extends InputStream {
  /** An entry has three blocks of headers as a rule, and some more with long names. */
  private static final long MOST_HEADER_BYTES = 1 << 16;

  private final InputStream stream;
  private long offset;
  private long left = MOST_HEADER_BYTES;
  private boolean headers = true;
  private @Nullable StorageException failure;

  HeaderInput(InputStream stream) {
    this.stream = stream;
  }

  /** How many bytes were read. */
  long offset() {
    return offset;
  }

  /** How the stream below failed, or null while it did not. */
  @Nullable StorageException failure() {
    return failure;
  }

  /** What is read from now on are headers. */
  void beginHeaders() {
    headers = true;
    left = MOST_HEADER_BYTES;
  }

  /** What is read from now on are the bytes of an entry. */
  void endHeaders() {
    headers = false;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] into, int at, int most) throws IOException {
    if (headers && most > left) {
      throw new IOException("more than " + MOST_HEADER_BYTES + " bytes of headers");
    }
    try {
      int got = stream.read(into, at, most);
      if (got > 0) {
        offset += got;
        left -= headers ? got : 0;
      }
      return got;
    } catch (IOException e) {
      failure = FileFailure.of("read the tape image", e);
      throw e;
    }
  }
}
