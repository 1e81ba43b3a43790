package org.copybay.volumes.interchange;

import java.io.OutputStream;
import java.nio.ByteBuffer;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;

/**
 * Writes an AWSTAPE image: one chunk for each record, for some programs count chunks and others
 * read no record that has two. One thread.
 */
final class AwsWriter implements TapeWriter {
  private static final String REMEDY = "export it as SIMH (.tap) or tar";

  private final ImageOutput image;
  private final byte[] header = new byte[AwsHeader.HEADER_BYTES];
  private int last;
  private long number;

  AwsWriter(OutputStream image) {
    this.image = new ImageOutput(image);
  }

  @Override
  public void record(ByteBuffer bytes, boolean damaged) throws StorageException {
    ImageOutput.requireLength(bytes, number, "AWSTAPE", AwsHeader.MAX_CHUNK_BYTES, REMEDY);
    if (damaged) {
      throw new StorageException(
          Fault.UNSUPPORTED,
          "object " + number + " is a damaged record, and AWSTAPE cannot say so",
          REMEDY);
    }
    header(bytes.remaining(), AwsHeader.BEGINS | AwsHeader.ENDS);
    image.write(bytes);
  }

  @Override
  public void mark() throws StorageException {
    header(0, AwsHeader.MARK);
  }

  @Override
  public void finish() throws StorageException {
    image.flush();
  }

  private void header(int length, int flags) throws StorageException {
    new AwsHeader(length, last, flags, 0).encode(header);
    image.write(header);
    last = length;
    number++;
  }
}
