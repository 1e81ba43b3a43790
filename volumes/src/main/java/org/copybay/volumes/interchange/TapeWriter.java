package org.copybay.volumes.interchange;

import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.time.Instant;
import org.copybay.volumes.StorageException;

/**
 * Writes an image, object by object. Every method throws UNSUPPORTED where the format cannot hold
 * the object, NO_SPACE and STORE_FAILED where the stream fails; the image is of no use then. The
 * stream stays the caller's, who closes it. One thread.
 */
public interface TapeWriter extends TapeSink {

  /**
   * Writes a record.
   *
   * @param bytes one byte or more; its position stays as it is
   */
  @Override
  void record(ByteBuffer bytes, boolean damaged) throws StorageException;

  /** Writes what ends the image and empties all buffers into the stream. Once, and last. */
  void finish() throws StorageException;

  /** Writes a SIMH image, which holds records of up to 16,777,215 bytes. */
  static TapeWriter simh(OutputStream image) {
    return new SimhWriter(image);
  }

  /**
   * Writes a SIMH image that begins with a private marker, by which {@link SimhParser} knows that
   * it is cut where it has no end: for what is read by this program and at once.
   */
  static TapeWriter simhThatEnds(OutputStream image) throws StorageException {
    return SimhWriter.promising(image);
  }

  /**
   * Writes an AWSTAPE image, which holds records of up to 65,535 bytes, and none that is damaged.
   */
  static TapeWriter awstape(OutputStream image) {
    return new AwsWriter(image);
  }

  /**
   * Writes a tar file with one entry for each object, which holds all that a reader tells.
   *
   * @param manifest what is to be said of the cartridge, at most 1 MiB in UTF-8; the first entry
   * @param modified the time that all entries carry, cut to seconds; from 1970 on
   */
  static TapeWriter tar(OutputStream image, String manifest, Instant modified)
      throws StorageException {
    return new TarWriter(image, manifest, modified);
  }
}
