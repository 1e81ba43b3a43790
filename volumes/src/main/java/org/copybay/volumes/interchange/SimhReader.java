package org.copybay.volumes.interchange;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.store.FileFailure;

/** Reads a SIMH image from a stream: all that it knows of the format is {@link SimhParser}. */
final class SimhReader {
  private static final int BUFFER_BYTES = 1 << 16;

  private final InputStream image;
  private final SimhParser parser;

  SimhReader(InputStream image, int limitBytes, Teller teller) {
    this.image = image;
    this.parser = new SimhParser(limitBytes, teller);
  }

  void read() throws StorageException {
    byte[] buffer = new byte[BUFFER_BYTES];
    while (!parser.ended()) {
      int got = fetch(buffer);
      if (got <= 0) {
        parser.end();
        return;
      }
      parser.put(ByteBuffer.wrap(buffer, 0, got));
    }
  }

  private int fetch(byte[] buffer) throws StorageException {
    try {
      return image.read(buffer);
    } catch (IOException e) {
      throw FileFailure.of("read the tape image", e);
    }
  }
}
