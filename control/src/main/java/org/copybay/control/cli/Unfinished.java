package org.copybay.control.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A file that is only half made: it is removed, also when the program is interrupted, unless it is
 * {@link #done}. A program that is killed leaves it under its name, which says that it is no whole
 * one (P6).
 */
final class Unfinished implements AutoCloseable {
  private final Path path;
  private final AtInterrupt atInterrupt;

  // volatile: the thread at the end of the program looks at it too
  private volatile boolean done;

  /** A file that this program has made. */
  Unfinished(Path path) {
    this.path = path;
    this.atInterrupt = new AtInterrupt(this::remove); // last: it may run at once
  }

  /** It has its own name now; what has this one from now on is somebody else's. */
  void done() {
    done = true;
  }

  @Override
  public void close() {
    atInterrupt.close();
    remove();
  }

  private void remove() {
    if (done) {
      return;
    }
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      System.err.println("copybay: " + path + " is left, half made, and cannot be removed: " + e);
    }
  }
}
