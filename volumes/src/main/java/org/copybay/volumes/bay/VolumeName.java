package org.copybay.volumes.bay;

import java.nio.charset.StandardCharsets;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.Words;

/** What a volume may be called: any file name without control characters. */
public final class VolumeName {
  /** Bytes of the UTF-8 form of a name, at most. */
  public static final int MAX_LENGTH_BYTES = 255;

  private VolumeName() {}

  /** Refuses a name that cannot be a file name in the mount. */
  public static void require(String name) throws StorageException {
    if (name.getBytes(StandardCharsets.UTF_8).length > MAX_LENGTH_BYTES) {
      throw new StorageException(
          Fault.NAME_TOO_LONG,
          "a name has at most "
              + MAX_LENGTH_BYTES
              + " bytes, got "
              + name.getBytes(StandardCharsets.UTF_8).length);
    }
    boolean bad =
        name.isEmpty()
            || name.equals(".")
            || name.equals("..")
            || name.indexOf('/') >= 0
            || name.indexOf('\ufffd') >= 0
            || !StandardCharsets.UTF_8.newEncoder().canEncode(name)
            || name.chars().anyMatch(Character::isISOControl);
    if (bad) {
      throw new StorageException(
          Fault.BAD_REQUEST,
          "a name is a file name in UTF-8 without / and control characters, got "
              + Words.quote(name),
          "letters, digits, dots and dashes always work");
    }
  }

  /** A name with that behind it; what would be too long is cut off before it. */
  static String extended(String name, String behind) {
    String kept = name;
    while ((kept + behind).getBytes(StandardCharsets.UTF_8).length > MAX_LENGTH_BYTES) {
      kept = kept.substring(0, kept.offsetByCodePoints(kept.length(), -1));
    }
    return kept + behind;
  }
}
