package org.copybay.volumes.media;

import java.util.Locale;
import java.util.stream.Stream;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;

/**
 * What a volume is initialised for. It is a label: Copybay writes no directory of any format; a
 * program does, such as mkudffs. Source: IBM, System i: Storage solutions, Optical storage,
 * "Optical media formats".
 */
public enum MediaFormat {
  /** High Performance Optical File System. */
  HPOFS("*HPOFS", 32),
  /** Universal Disk Format. */
  UDF("*UDF", 30),
  /** What a program wrote itself, or nothing. */
  UNKNOWN("*UNKNOWN", 32);

  private final String word;
  private final int maxName;

  MediaFormat(String word, int maxName) {
    this.word = word;
    this.maxName = maxName;
  }

  /** The format of a word in any case, with or without its asterisk. BAD_REQUEST. */
  public static MediaFormat of(String word) throws StorageException {
    String wanted = word.toUpperCase(Locale.ROOT);
    return Stream.of(values())
        .filter(each -> each.word.equals(wanted) || each.word.substring(1).equals(wanted))
        .findFirst()
        .orElseThrow(
            () ->
                new StorageException(
                    Fault.BAD_REQUEST, "a format is one of *HPOFS and *UDF, got " + word));
  }

  /** Its name, as in *HPOFS. */
  public String word() {
    return word;
  }

  /** The most characters of the identifier of a volume. */
  public int maxName() {
    return maxName;
  }
}
