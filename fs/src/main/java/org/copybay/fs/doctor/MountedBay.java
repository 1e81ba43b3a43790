package org.copybay.fs.doctor;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.copybay.fs.mount.Daemons;
import org.copybay.fs.transport.dev.DeadMount;
import org.copybay.volumes.Words;
import org.copybay.volumes.store.MountTable;
import org.jspecify.annotations.Nullable;

/** A bay that is mounted now: does its daemon live, and what does it say of itself. */
final class MountedBay {
  private static final Duration PROBE_LIMIT = Duration.ofSeconds(2);

  private MountedBay() {}

  static List<Finding> look(Path mountPoint, Rights rights) throws IOException {
    Optional<Daemons.Running> stopped = Daemons.ofMountPoint(mountPoint).filter(Daemons::stopped);
    if (stopped.isPresent()) { // it would not answer
      return List.of(stopped(mountPoint, stopped.get().pid()));
    }
    if (DeadMount.stale(mountPoint, PROBE_LIMIT)) {
      return List.of(dead(mountPoint, rights));
    }
    Path health = mountPoint.resolve(".control/health");
    try {
      return List.of(healthy(mountPoint, Files.readString(health).strip()));
    } catch (AccessDeniedException e) {
      return List.of(Finding.ok(point(mountPoint), "lets only the one in who mounted it"));
    } catch (NoSuchFileException e) {
      if (MountTable.read().bayAt(mountPoint).isPresent()) {
        throw e;
      }
      return List.of(); // unmounted meanwhile
    }
  }

  /** Whether that mount is one of the bay, alive or dead. */
  static boolean serves(MountTable.Mount mount, @Nullable Path bay) {
    return bay != null
        && (mount.source().equals("copybay#" + bay)
            || Daemons.ofMountPoint(mount.mountPoint())
                .filter(daemon -> daemon.bay().equals(bay))
                .isPresent());
  }

  /** What the look at that mount is called. */
  static String point(Path mountPoint) {
    return "mount " + mountPoint;
  }

  static Finding stopped(Path mountPoint, long pid) {
    return Finding.problem(
        point(mountPoint),
        "its daemon, pid " + pid + ", is stopped, and answers nothing",
        "one that runs",
        "kill -CONT " + pid);
  }

  static Finding dead(Path mountPoint, Rights rights) {
    return Finding.warning(
        point(mountPoint),
        "its daemon has died: Transport endpoint is not connected",
        "no dead mount (mounting the bay there again takes it away too)",
        (rights.root() ? "umount -l " : "fusermount3 -u -z ") + Words.shell(mountPoint));
  }

  /** The line in {@code health}: ok, degraded or failed, and why. */
  static Finding healthy(Path mountPoint, String health) {
    if (health.equals("ok")) {
      return Finding.ok(point(mountPoint), "health: ok");
    }
    String fix = "cat " + Words.shell(mountPoint.resolve(".control/health"));
    return health.startsWith("failed")
        ? Finding.problem(point(mountPoint), "health: " + health, "health: ok", fix)
        : Finding.warning(point(mountPoint), "health: " + health, "health: ok", fix);
  }
}
