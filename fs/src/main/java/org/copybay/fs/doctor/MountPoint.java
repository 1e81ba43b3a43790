package org.copybay.fs.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.copybay.fs.mount.Daemons;
import org.copybay.fs.transport.dev.DeadMount;
import org.copybay.volumes.Words;
import org.copybay.volumes.store.MountTable;
import org.jspecify.annotations.Nullable;

/** The place where a bay is to be mounted. */
final class MountPoint {
  private static final String POINT = "mount point";
  private static final Duration PROBE_LIMIT = Duration.ofSeconds(2);

  private MountPoint() {}

  /**
   * Looks.
   *
   * @param place absolute
   * @param bay the bay that is to be mounted there, without symbolic links; null if none is known
   */
  static List<Finding> look(Path place, @Nullable Path bay, Rights rights) throws IOException {
    if (MountTable.read().bayAt(place).isPresent()) {
      return List.of(
          DeadMount.stale(place, PROBE_LIMIT)
              ? Finding.ok(POINT, place + " has a dead mount, which a new one takes away")
              : taken(place, bay, Daemons.ofMountPoint(place)));
    }
    if (!Files.isDirectory(place)) {
      return List.of(missing(place));
    }
    Path real = place.toRealPath();
    if (bay != null && (real.startsWith(bay) || bay.startsWith(real))) {
      return List.of(nested(real, bay));
    }
    boolean empty;
    try (Stream<Path> entries = Files.list(real)) {
      empty = entries.findAny().isEmpty();
    } catch (IOException e) {
      empty = true; // not to be read by this user, who cannot miss what is hidden then
    }
    return List.of(find(real, empty, Files.isWritable(real), rights));
  }

  static Finding taken(Path place, @Nullable Path bay, Optional<Daemons.Running> daemon) {
    if (bay != null && daemon.filter(running -> running.bay().equals(bay)).isPresent()) {
      return Finding.ok(POINT, place + " has this bay mounted");
    }
    return Finding.problem(
        POINT,
        place + " has a bay mounted already" + daemon.map(d -> ": " + d.bay()).orElse(""),
        "a directory with nothing mounted on it",
        "copybay umount " + Words.shell(place));
  }

  static Finding missing(Path place) {
    return Finding.problem(
        POINT, place + " is no directory", "an empty directory", "mkdir " + Words.shell(place));
  }

  static Finding nested(Path place, Path bay) {
    return Finding.problem(
        POINT,
        "the bay " + bay + " and the mount point " + place + " lie one inside the other",
        "a mount point outside the bay",
        "mkdir /mnt/bay");
  }

  static Finding find(Path place, boolean empty, boolean writable, Rights rights) {
    if (!writable && !rights.root()) {
      return Finding.problem(
          POINT,
          place + " cannot be written by uid " + rights.uid() + ", and fusermount3 refuses it",
          "a directory of the user who mounts",
          "chown " + rights.uid() + " " + place + " (as root)");
    }
    return Finding.ok(
        POINT, place + (empty ? " is empty" : " is not empty; a mount hides what it holds"));
  }
}
