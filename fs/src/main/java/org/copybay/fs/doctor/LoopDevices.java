package org.copybay.fs.doctor;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.copybay.volumes.store.MountTable;

/** Whether {@code mount -o loop} of a volume would find a device. */
final class LoopDevices {
  private static final Path DEV = Path.of("/dev");
  private static final Path CONTROL = DEV.resolve("loop-control");
  private static final String POINT = "loop devices";

  private LoopDevices() {}

  /**
   * What is there.
   *
   * @param devices the names in /dev
   * @param used the names that have a file
   * @param control whether the kernel is asked for another one at /dev/loop-control
   * @param shown whether what the kernel makes shows in /dev by itself (devtmpfs)
   */
  record Facts(Set<String> devices, Set<String> used, boolean control, boolean shown) {}

  static List<Finding> look(Rights rights) throws IOException {
    Set<String> used = new TreeSet<>();
    for (String name : names(Path.of("/sys/block"), "loop[0-9]*")) {
      if (Files.exists(Path.of("/sys/block", name, "loop/backing_file"))) {
        used.add(name);
      }
    }
    boolean shown =
        MountTable.read()
            .holding(CONTROL)
            .filter(mount -> mount.type().equals("devtmpfs"))
            .isPresent();
    Facts facts = new Facts(names(DEV, "loop[0-9]*"), used, Files.exists(CONTROL), shown);
    return List.of(find(facts, rights));
  }

  private static Set<String> names(Path directory, String pattern) throws IOException {
    Set<String> names = new TreeSet<>();
    if (Files.isDirectory(directory)) {
      try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory, pattern)) {
        for (Path entry : entries) {
          String name = String.valueOf(entry.getFileName());
          if (name.matches("loop\\d+")) { // no partition of one
            names.add(name);
          }
        }
      }
    }
    return names;
  }

  static Finding find(Facts facts, Rights rights) {
    long free = facts.devices().stream().filter(name -> !facts.used().contains(name)).count();
    String found = facts.devices().size() + " in /dev, " + free + " free";
    if (free > 0 || (facts.control() && facts.shown())) {
      String more = free > 0 ? "" : ", and the kernel makes more";
      return Finding.ok(POINT, found + more + (rights.root() ? "" : "; only root may use them"));
    }
    String wanted = "a free one, for mount -o loop of a volume";
    if (facts.devices().isEmpty() && !facts.control() && !rights.container()) {
      return Finding.warning(POINT, found, wanted, "modprobe loop (as root)");
    }
    int next = 0;
    while (facts.devices().contains("loop" + next) || facts.used().contains("loop" + next)) {
      next++;
    }
    return Finding.warning(
        POINT, found, wanted, "mknod -m 660 /dev/loop%1$d b 7 %1$d (as root)".formatted(next));
  }
}
