package org.copybay.control.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.store.FileFailure;

/** Standard output with true errors: System.out would hide that of a full disk. */
public final class Output {
  private static final OutputStream OUT = new FileOutputStream(FileDescriptor.out);

  private Output() {}

  /**
   * Prints all of a text. STORE_FAILED, NO_SPACE.
   *
   * @return DONE, or NO_READER when nobody reads any more
   */
  public static int print(String text) throws StorageException {
    try {
      OUT.write(text.getBytes(StandardCharsets.UTF_8));
      return ExitStatus.DONE;
    } catch (IOException e) {
      if (closed(e)) {
        return ExitStatus.NO_READER;
      }
      throw FileFailure.of("write to standard output", e);
    }
  }

  /** Standard output for bytes. */
  static OutputStream stream() {
    return OUT;
  }

  /** Whether the reader of a pipe went away. */
  static boolean closed(IOException e) {
    return "Broken pipe".equals(e.getMessage());
  }

  /** Whether a descriptor of this process is a terminal. */
  static boolean isTerminal(int descriptor) {
    try {
      String device = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor)).toString();
      return device.startsWith("/dev/pts/")
          || device.startsWith("/dev/tty")
          || device.equals("/dev/console");
    } catch (IOException e) {
      return false; // it is closed, or there is no /proc
    }
  }
}
