package org.copybay.volumes.interchange;

import java.io.OutputStream;
import java.nio.ByteBuffer;
import org.copybay.volumes.StorageException;

/**
 * Writes a SIMH image: odd records padded, no gaps, which not all programs know, and one word at
 * the end. Two filemarks, which programs take for the end of a tape, stand there only where they
 * were told. One thread.
 */
final class SimhWriter implements TapeWriter {
  private final ImageOutput image;
  private long number;

  SimhWriter(OutputStream image) {
    this.image = new ImageOutput(image);
  }

  /** {@link SimhWord#PROMISE}. */
  static SimhWriter promising(OutputStream image) throws StorageException {
    SimhWriter writer = new SimhWriter(image);
    writer.image.word(SimhWord.PROMISE);
    return writer;
  }

  @Override
  public void record(ByteBuffer bytes, boolean damaged) throws StorageException {
    ImageOutput.requireLength(
        bytes, number, "SIMH", TapeFormat.MAX_RECORD_BYTES, "export it as tar");
    SimhWord word = SimhWord.record(bytes.remaining(), damaged);
    image.word(word);
    image.write(bytes);
    if (bytes.remaining() % 2 != 0) {
      image.write((byte) 0);
    }
    image.word(word);
    number++;
  }

  @Override
  public void mark() throws StorageException {
    image.word(SimhWord.MARK);
    number++;
  }

  @Override
  public void finish() throws StorageException {
    image.word(SimhWord.END);
    image.flush();
  }
}
