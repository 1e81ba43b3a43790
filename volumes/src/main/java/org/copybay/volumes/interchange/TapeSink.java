package org.copybay.volumes.interchange;

import java.nio.ByteBuffer;
import org.copybay.volumes.StorageException;

/**
 * Takes the objects of a tape in their order. A reader of an image tells them, a {@link TapeWriter}
 * writes them. Whatever a sink throws ends the reading of an image and reaches whoever began it.
 */
public interface TapeSink {

  /**
   * What an image says of its cartridge, before its first object; only tar has that. It comes from
   * the image and may hold any text.
   */
  default void manifest(String text) throws StorageException {}

  /**
   * A record.
   *
   * @param bytes one byte or more, from position to limit; the buffer is the caller's, and holds
   *     them during the call only
   * @param damaged whether the image says that the record could not be read without an error
   */
  void record(ByteBuffer bytes, boolean damaged) throws StorageException;

  /** A filemark. */
  void mark() throws StorageException;
}
