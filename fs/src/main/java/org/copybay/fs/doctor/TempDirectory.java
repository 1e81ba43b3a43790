package org.copybay.fs.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.copybay.volumes.store.MountTable;

/** The directories for temporary files: that of the launcher, and that of native libraries. */
final class TempDirectory {
  private static final String POINT = "temporary directory";

  private TempDirectory() {}

  static List<Finding> look() throws IOException {
    String launcher = System.getenv().getOrDefault("TMPDIR", "/tmp");
    return List.of(
        launcher(
            launcher, Files.isDirectory(Path.of(launcher)), Files.isWritable(Path.of(launcher))),
        natives(
            System.getProperty("jffi.boot.library.path", ""),
            System.getProperty("org.sqlite.lib.path", ""),
            Path.of(System.getProperty("java.io.tmpdir")),
            MountTable.read()));
  }

  static Finding launcher(String directory, boolean there, boolean writable) {
    return there && writable
        ? Finding.ok(POINT, directory + " can be written")
        : Finding.problem(
            POINT,
            directory + (there ? " cannot be written" : " is no directory"),
            "a directory in which a mount waits for its daemon",
            "export TMPDIR=/var/tmp");
  }

  /**
   * Native libraries lie in the build; where they do not, Java unpacks them and must run them.
   *
   * @param jffi where jffi's is, or empty
   * @param sqlite where SQLite's is, or empty
   */
  static Finding natives(String jffi, String sqlite, Path directory, MountTable mounts) {
    Set<String> options =
        mounts.holding(directory).map(MountTable.Mount::options).orElseGet(Set::of);
    String point = "native libraries";
    if (!jffi.isEmpty() && !sqlite.isEmpty()) {
      return Finding.ok(
          point,
          "in the build"
              + (options.contains("noexec")
                  ? "; noexec of " + directory + " does not matter"
                  : ""));
    }
    if (!options.contains("noexec")) {
      return Finding.ok(point, "unpacked into " + directory);
    }
    return Finding.problem(
        point,
        "unpacked into " + directory + ", which is mounted noexec",
        "a place that programs run from",
        "export COPYBAY_JAVA_OPTS=-Djava.io.tmpdir=/var/tmp");
  }
}
