package org.copybay.nativetest.control;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.stream.Stream;
import org.copybay.nativetest.Shell;
import org.copybay.nativetest.TestBay;

/** The shells that people have, each with the same script. */
final class Shells {
  private Shells() {}

  static Stream<String> all() {
    return Stream.of("bash", "dash", "busybox sh");
  }

  /** Runs the script as a file; {@code $N} in it is a name that no other shell uses. */
  static Shell.Result run(TestBay bay, String shell, String script) {
    try {
      Files.writeString(bay.scratch().resolve("script"), script);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bay.run("export N=" + shell.replace(" ", "") + "\n" + shell + " $T/script");
  }
}
