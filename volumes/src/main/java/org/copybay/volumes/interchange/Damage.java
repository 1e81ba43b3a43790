package org.copybay.volumes.interchange;

import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.jspecify.annotations.Nullable;

/** What is wrong with an image that is read. */
final class Damage {
  private Damage() {}

  /**
   * A broken rule of the format.
   *
   * @param offset the byte of the image where it is broken, the first one being 0
   */
  static StorageException at(long offset, String wanted, String got) {
    return at(offset, wanted, got, null);
  }

  static StorageException at(long offset, String wanted, String got, @Nullable Throwable cause) {
    return new StorageException(
        Fault.CORRUPT,
        "the tape image is damaged at byte " + offset + ": wanted " + wanted + ", got " + got,
        null,
        cause);
  }

  /** The image ends at that byte, before what it began is complete. */
  static StorageException cut(long offset, String wanted) {
    return at(offset, wanted, "the end of the image");
  }

  /**
   * A record over the limit: damage where no record can be so long, and else a refusal.
   *
   * @param offset the byte of the image where the record begins
   * @param lengthBytes how long it is or says to be, or the least that is known of it
   */
  static StorageException tooLong(long offset, long lengthBytes, int limitBytes) {
    if (lengthBytes > TapeFormat.MAX_RECORD_BYTES) {
      return at(
          offset,
          "a record of at most " + TapeFormat.MAX_RECORD_BYTES + " bytes",
          lengthBytes + " bytes");
    }
    return new StorageException(
        Fault.BAD_REQUEST,
        "the record at byte "
            + offset
            + " of the tape image is too long: wanted at most "
            + limitBytes
            + " bytes, got "
            + lengthBytes);
  }
}
