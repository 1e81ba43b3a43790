package org.copybay.copy.library;

import java.nio.file.Path;
import java.util.Properties;
import java.util.UUID;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.store.SealedText;

/**
 * The file by which the directory of a destination library is known. A mount point whose disk is
 * away is a directory, too, and another disk may be mounted there: neither has it.
 *
 * @param directory of the library
 * @param bay that the library belongs to
 * @param library its name
 */
record LibraryMark(Path directory, UUID bay, String library) {
  /** The file. */
  static final String FILE = ".copybay-library";

  /**
   * Makes it, in place of that of another bay, whose library it was. It survives power loss (P7).
   */
  void write() throws StorageException {
    SealedText.replace(
        directory.resolve(FILE), new SealedText().line("bay", bay).line("library", library).text());
  }

  /** Whether it is there, and is that of this library. */
  boolean isThere() {
    try {
      Properties values = SealedText.read(directory.resolve(FILE));
      return bay.toString().equals(values.getProperty("bay"))
          && library.equals(values.getProperty("library"));
    } catch (StorageException e) {
      return false;
    }
  }
}
