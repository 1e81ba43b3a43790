package org.copybay.volumes.interchange;

import java.io.IOException;
import java.io.InputStream;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.store.FileFailure;
import org.jspecify.annotations.Nullable;

/** The formats of tape images that are read here. */
public enum TapeFormat {
  /** The format of the SIMH simulators, files named .tap. */
  SIMH("SIMH"),
  /** The format of Hercules and other emulators of mainframes, files named .aws and .het. */
  AWSTAPE("AWSTAPE"),
  /** A tar file with one entry for each object, as {@link TapeWriter#tar} writes it. */
  TAR("tar");

  /** The longest record of any format, in bytes: lengths of SIMH have 24 bits. */
  public static final int MAX_RECORD_BYTES = 0xffffff;

  /**
   * How many bytes of an image tell its format for sure: a chunk of AWSTAPE, which has at most
   * 65,535, with the header behind it.
   */
  public static final int HEAD_BYTES = 65536 + 512;

  private final String shown;

  TapeFormat(String shown) {
    this.shown = shown;
  }

  @Override
  public String toString() {
    return shown;
  }

  /**
   * The format of an image by its first bytes.
   *
   * @param image at its beginning, where it is again afterwards; it must support marks
   * @throws StorageException BAD_REQUEST where it is none of the formats, STORE_FAILED where the
   *     stream fails
   */
  public static TapeFormat detect(InputStream image) throws StorageException {
    if (!image.markSupported()) {
      throw new IllegalArgumentException("the stream must support marks");
    }
    try {
      image.mark(HEAD_BYTES);
      byte[] head = image.readNBytes(HEAD_BYTES);
      image.reset();
      return detect(head);
    } catch (IOException e) {
      throw FileFailure.of("read the tape image", e);
    }
  }

  /**
   * The format of an image by its first bytes.
   *
   * @param head the first {@link #HEAD_BYTES} bytes; fewer where the image has no more
   * @throws StorageException BAD_REQUEST where it is none of the formats
   */
  public static TapeFormat detect(byte[] head) throws StorageException {
    if (head.length == 0) {
      throw refusal("it is empty", null);
    }
    if (TapeHead.gzip(head)) {
      throw refusal("it is compressed by gzip", "unpack it with gunzip first");
    }
    boolean awstape = TapeHead.awstape(head);
    if (TapeHead.tar(head) && !awstape && !TapeHead.simhRecord(head)) {
      return TAR; // bytes of a record may look like a checksum, but no name looks like a record
    }
    if (awstape) {
      return AWSTAPE;
    }
    if (TapeHead.simh(head)) {
      return SIMH;
    }
    throw refusal(
        "wanted the first object of SIMH (.tap), AWSTAPE (.aws, .het) or tar, got "
            + TapeHead.shown(head),
        null);
  }

  private static StorageException refusal(String why, @Nullable String remedy) {
    return new StorageException(Fault.BAD_REQUEST, "no tape image: " + why, remedy);
  }

  /**
   * Reads an image of this format to its end and tells the sink all its objects. Of a damaged image
   * the sink is told what stands before the damage.
   *
   * @param image at its beginning; it is read ahead of what is told, and not closed
   * @param limitBytes the longest record that is taken, 1 to {@link #MAX_RECORD_BYTES}; nothing
   *     larger is ever held in memory, whatever the image says
   * @throws StorageException CORRUPT with the place where the image breaks a rule of its format,
   *     BAD_REQUEST for a record over the limit, STORE_FAILED where the stream fails, and what the
   *     sink throws
   */
  public TapeTally read(InputStream image, int limitBytes, TapeSink sink) throws StorageException {
    if (limitBytes < 1 || limitBytes > MAX_RECORD_BYTES) {
      throw new IllegalArgumentException(
          "limitBytes=" + limitBytes + " must be 1 to " + MAX_RECORD_BYTES);
    }
    Teller teller = new Teller(sink);
    switch (this) {
      case SIMH -> new SimhReader(image, limitBytes, teller).read();
      case AWSTAPE -> new AwsReader(new ImageInput(image), limitBytes, teller).read();
      case TAR -> new TarReader(image, limitBytes, teller).read();
    }
    return teller.tally();
  }
}
