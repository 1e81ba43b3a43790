package org.copybay.volumes.interchange;

import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import org.copybay.volumes.StorageException;

/**
 * One entry for each reader, for a program that tries any bytes: whatever they are, an entry
 * returns or throws a {@link StorageException}, soon, and in memory for one record.
 */
public final class FuzzEntries {

  /** So small that short inputs reach it. */
  private static final int LIMIT_BYTES = 1 << 16;

  private FuzzEntries() {}

  /** Takes the bytes for the first ones of an image of any format. */
  public static void detect(byte[] head) throws StorageException {
    TapeFormat.detect(head);
  }

  /** Takes the bytes for a SIMH image. */
  public static void simh(byte[] image) throws StorageException {
    read(TapeFormat.SIMH, image);
  }

  /** Takes the bytes for an AWSTAPE or HET image. */
  public static void awstape(byte[] image) throws StorageException {
    read(TapeFormat.AWSTAPE, image);
  }

  /** Takes the bytes for a tar file of a cartridge. */
  public static void tar(byte[] image) throws StorageException {
    read(TapeFormat.TAR, image);
  }

  private static void read(TapeFormat format, byte[] image) throws StorageException {
    format.read(new ByteArrayInputStream(image), LIMIT_BYTES, new Measure());
  }

  /** Holds readers to what they promise of records. */
  private static final class Measure implements TapeSink {
    @Override
    public void record(ByteBuffer bytes, boolean damaged) {
      if (!bytes.hasRemaining() || bytes.remaining() > LIMIT_BYTES) {
        throw new IllegalStateException("a record of " + bytes.remaining() + " bytes");
      }
    }

    @Override
    public void mark() {}
  }
}
