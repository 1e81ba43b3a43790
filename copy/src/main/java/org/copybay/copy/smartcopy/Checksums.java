package org.copybay.copy.smartcopy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.copybay.copy.library.TapeFiles;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.store.FileFailure;
import org.copybay.volumes.store.NativeFile;

/** The SHA-256 of a tape file, in a file beside it as sha256sum(1) checks it. */
final class Checksums {
  private Checksums() {}

  /**
   * Puts it beside the files, so that anybody can check them without Copybay; it survives power
   * loss before the copy that it is of is one (P6).
   */
  static void write(TapeFiles files, String sha256) throws StorageException {
    Path file = files.directory().resolve(TapeFiles.CHECKSUMS);
    try {
      Files.writeString(file, sha256 + "  tape.tap\n", StandardCharsets.US_ASCII);
      try (NativeFile written = NativeFile.open(file)) {
        written.sync();
      }
      NativeFile.syncEntry(file);
    } catch (IOException e) {
      throw FileFailure.of("write " + file, e);
    }
  }
}
