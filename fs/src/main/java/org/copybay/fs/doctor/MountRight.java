package org.copybay.fs.doctor;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.copybay.volumes.store.MountTable;
import org.jspecify.annotations.Nullable;

/** Whether this user may mount: with mount(2), or through the set-uid program fusermount3. */
final class MountRight {
  private static final String POINT = "right to mount";
  private static final String PROGRAM = "fusermount3";
  private static final int SET_UID = 04000;

  private MountRight() {}

  /**
   * The program.
   *
   * @param path where it is
   * @param owner its uid
   * @param setUid whether its mode says so
   * @param noSuid whether the mount that it lies on ignores that
   */
  record Fusermount(Path path, int owner, boolean setUid, boolean noSuid) {}

  static List<Finding> look(Rights rights) throws IOException {
    return List.of(find(rights, fusermount()));
  }

  private static @Nullable Fusermount fusermount() throws IOException {
    Optional<Path> found = onPath(PROGRAM);
    if (found.isEmpty()) {
      return null;
    }
    Path real = found.get().toRealPath();
    return new Fusermount(
        found.get(),
        (Integer) Files.getAttribute(real, "unix:uid"),
        ((Integer) Files.getAttribute(real, "unix:mode") & SET_UID) != 0,
        MountTable.read()
            .holding(real)
            .filter(mount -> mount.options().contains("nosuid"))
            .isPresent());
  }

  /** The program of that name that a shell would run. */
  static Optional<Path> onPath(String program) {
    List<Path> places = new ArrayList<>();
    for (String directory : String.valueOf(System.getenv("PATH")).split(File.pathSeparator, -1)) {
      places.add(Path.of(directory, program));
    }
    return places.stream().filter(Files::isExecutable).filter(Files::isRegularFile).findFirst();
  }

  static Finding find(Rights rights, @Nullable Fusermount program) {
    if (rights.admin() && rights.root()) {
      return Finding.ok(POINT, "root with CAP_SYS_ADMIN");
    }
    if (rights.root() || !rights.adminPossible()) {
      return Finding.problem(
          POINT,
          "no CAP_SYS_ADMIN here" + (rights.root() ? ", even for root" : ""),
          "CAP_SYS_ADMIN, which every mount needs",
          Rights.CONTAINER_FIX);
    }
    String wanted = PROGRAM + " with set-uid root";
    if (program == null) {
      return Finding.problem(
          POINT, "no " + PROGRAM + " on PATH", wanted, "apt-get install fuse3 (as root)");
    }
    if (!program.setUid() || program.owner() != 0) {
      return Finding.problem(
          POINT,
          program.path() + " is not set-uid root",
          wanted,
          "chown root %1$s; chmod 4755 %1$s (as root)".formatted(program.path()));
    }
    if (program.noSuid()) {
      return Finding.problem(
          POINT, program.path() + " lies on a mount with nosuid", wanted, "mount without nosuid");
    }
    if (rights.setUidIgnored()) {
      return Finding.problem(
          POINT,
          "no_new_privs is set, so that set-uid has no effect",
          wanted,
          "NoNewPrivileges=no in the unit of systemd, or no --security-opt no-new-privileges");
    }
    return Finding.ok(POINT, "uid " + rights.uid() + " through " + program.path());
  }
}
