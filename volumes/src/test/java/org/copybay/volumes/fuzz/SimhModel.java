package org.copybay.volumes.fuzz;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.interchange.TapeFormat;
import org.jspecify.annotations.Nullable;

/**
 * A SIMH image as its description has it, read from an array without a thought for memory or
 * messages: what a reader of streams must tell too.
 */
final class SimhModel {
  private static final int WORD_BYTES = 4;

  /** As the first word: the word for the end follows, or the image is cut. */
  private static final int PROMISE = 0x70434245;

  private final ByteBuffer image;
  private final Told told = new Told();

  private SimhModel(byte[] image) {
    this.image = ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Reads an image, and requires of the reader what the model says. */
  static void compare(byte[] image) throws StorageException {
    SimhModel model = new SimhModel(image);
    boolean whole = model.readWithinMemory();
    Told told = new Told();
    @Nullable StorageException refusal = null;
    try {
      Image.read(TapeFormat.SIMH, image, told);
    } catch (StorageException e) {
      refusal = e;
    }
    FuzzTarget.require(
        told.items.equals(model.told.items), model.told.items.toString(), told.items);
    FuzzTarget.require(whole == (refusal == null), "whole=" + whole, refusal);
    Image.read(TapeFormat.SIMH, image);
  }

  private boolean readWithinMemory() {
    try {
      return read();
    } catch (StorageException e) {
      return false; // more than is kept
    }
  }

  /** Whether the image is whole. */
  private boolean read() throws StorageException {
    boolean promised = image.remaining() >= WORD_BYTES && image.getInt(0) == PROMISE;
    while (image.hasRemaining()) {
      if (image.remaining() < WORD_BYTES) {
        return false;
      }
      int word = image.getInt();
      int kind = word >>> 28;
      boolean halfGap = (word & 0xffff7f00) == 0xffff0000;
      if (word == -1) {
        return true;
      } else if (word == 0) {
        told.mark();
      } else if (word == 0xfffeffff) {
        image.position(image.position() - WORD_BYTES / 2);
      } else if (!halfGap && kind != 7 && kind != 15 && !record(word)) {
        return false;
      }
    }
    return !promised;
  }

  /** Goes behind a record and tells it; false where it is damaged, or none of a tape's length. */
  private boolean record(int word) throws StorageException {
    boolean ofTape = (word & 0x70000000) == 0;
    int length = word & 0x0fffffff;
    if (length > (ofTape ? Told.LIMIT_BYTES : image.remaining()) || length > image.remaining()) {
      return false;
    }
    ByteBuffer bytes = image.slice(image.position(), length);
    int end = image.position() + length;
    int padded = end + length % 2;
    if (endsWith(word, padded)) {
      image.position(padded + WORD_BYTES);
    } else if (endsWith(word, end)) {
      image.position(end + WORD_BYTES);
    } else {
      return false;
    }
    if (ofTape && length > 0) {
      told.record(bytes, word < 0);
    }
    return true;
  }

  private boolean endsWith(int word, int at) {
    return image.limit() - at >= WORD_BYTES && image.getInt(at) == word;
  }
}
