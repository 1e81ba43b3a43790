package org.copybay.fs.doctor;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * What {@code mount -t fuse.copybay} and a line in fstab need: a helper, and the installed link.
 */
final class FstabMount {
  private static final String POINT = "mount(8) and fstab";

  private FstabMount() {}

  static List<Finding> look() {
    return List.of(find(anywhere("mount.fuse"), anywhere("copybay")));
  }

  /** The path of the helper is that of a boot, not that of this shell. */
  private static boolean anywhere(String program) {
    return Stream.of("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin")
        .anyMatch(directory -> Files.isExecutable(Path.of(directory, program)));
  }

  static Finding find(boolean helper, boolean command) {
    if (!helper) {
      return Finding.warning(
          POINT,
          "there is no mount.fuse",
          "the helper, for mount -t fuse.copybay and fstab",
          "apt-get install fuse3 (as root)");
    }
    if (!command) {
      return Finding.warning(
          POINT,
          "there is no /usr/local/bin/copybay",
          "the link, for mount -t fuse.copybay and fstab",
          "./copybay install (as root)");
    }
    return Finding.ok(POINT, "mount.fuse and copybay are there");
  }
}
