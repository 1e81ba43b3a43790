package org.copybay.copy.library;

import java.nio.file.Path;
import java.util.Properties;
import java.util.UUID;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.store.SealedText;
import org.jspecify.annotations.Nullable;

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
    return equals(read(directory));
  }

  /** Whether there is that of a library that the bay has, or had. */
  static boolean isOfBay(Path directory, UUID bay) {
    LibraryMark found = read(directory);
    return found != null && found.bay.equals(bay);
  }

  private static @Nullable LibraryMark read(Path directory) {
    try {
      Properties values = SealedText.read(directory.resolve(FILE));
      UUID bay = UUID.fromString(values.getProperty("bay", ""));
      return new LibraryMark(directory, bay, values.getProperty("library", ""));
    } catch (StorageException | IllegalArgumentException e) {
      return null;
    }
  }
}
