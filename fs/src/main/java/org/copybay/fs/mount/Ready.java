package org.copybay.fs.mount;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** The line that the launcher waits for. */
final class Ready {
  private static final long WAIT_MILLIS = 1_000;

  private Ready() {}

  /**
   * Writes the line into that FIFO. A launcher may have been killed, and the FIFO then blocks for
   * ever who opens it: that is a thread of its own, which is waited for a second.
   */
  static void say(@Nullable Path fifo, String line) {
    if (fifo == null) {
      return;
    }
    Thread thread = new Thread(() -> write(fifo, line.replace('\n', ' ') + "\n"), "ready");
    thread.setDaemon(true);
    thread.start();
    try {
      thread.join(WAIT_MILLIS);
    } catch (InterruptedException e) {
      throw new IllegalStateException("a thread of this program is never interrupted", e);
    }
  }

  private static void write(Path fifo, String line) {
    try {
      Files.writeString(fifo, line, StandardOpenOption.WRITE);
    } catch (IOException e) {
      System.err.print("copybay: nobody waits for: " + line);
    }
  }
}
