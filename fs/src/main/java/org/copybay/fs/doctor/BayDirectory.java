package org.copybay.fs.doctor;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.copybay.fs.mount.Daemons;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.Words;
import org.copybay.volumes.bay.BayOpener;
import org.copybay.volumes.store.FileLock;

/** The directory of a bay: is it one, may this user serve it, does somebody serve it already. */
final class BayDirectory {
  private static final String POINT = "bay";
  private static final String DAEMON = "daemon";
  private static final String CATALOGUE = "catalogue";

  private BayDirectory() {}

  /**
   * Looks.
   *
   * @param bay absolute, without symbolic links
   */
  static List<Finding> look(Path bay, Rights rights) throws IOException, StorageException {
    List<Finding> findings = new ArrayList<>();
    try {
      BayOpener.requireBay(bay);
    } catch (StorageException e) {
      String remedy = e.remedy();
      return List.of(
          Finding.problem(
              POINT,
              e.getMessage(),
              "a bay of a format that this version reads",
              remedy == null ? "copybay check " + Words.shell(bay) : remedy));
    }
    Path lock = bay.resolve("lock");
    Path catalogue = bay.resolve("catalogue.db");
    boolean writable =
        Files.isWritable(bay) && (!Files.exists(catalogue) || Files.isWritable(catalogue));
    int owner = (Integer) Files.getAttribute(bay, "unix:uid");
    findings.add(access(bay, writable, owner, rights));
    boolean askable = Files.isWritable(lock);
    boolean locked = askable && locked(bay);
    // A process may serve the same path of another mount namespace: the lock tells.
    Optional<Daemons.Running> daemon = askable && !locked ? Optional.empty() : Daemons.ofBay(bay);
    findings.add(daemon(bay, daemon, locked));
    return findings;
  }

  /** Looks at the catalogue of a bay that nobody serves; a mount waits meanwhile. */
  static List<Finding> catalogue(Path bay) throws StorageException {
    try {
      BayOpener.requireBay(bay);
    } catch (StorageException e) {
      return List.of(); // said already
    }
    Path catalogue = bay.resolve("catalogue.db");
    if (Files.exists(catalogue) && !Files.isReadable(catalogue)) {
      return List.of(); // another user's
    }
    if (!Files.isWritable(bay.resolve("lock"))) {
      return Daemons.ofBay(bay).isPresent() ? List.of() : List.of(readable(bay));
    }
    try (FileLock taken = BayOpener.tryLock(bay)) {
      return taken == null ? List.of() : List.of(readable(bay));
    }
  }

  private static Finding readable(Path bay) {
    try {
      BayOpener.requireCatalogue(bay);
      return Finding.ok(CATALOGUE, "it can be read");
    } catch (StorageException e) {
      return Finding.problem(CATALOGUE, e.getMessage(), "one that a mount takes", e.remedy());
    }
  }

  /** Takes the lock for a moment, which a mount would wait for. */
  private static boolean locked(Path bay) throws StorageException {
    try (FileLock taken = BayOpener.tryLock(bay)) {
      return taken == null;
    }
  }

  static Finding access(Path bay, boolean writable, int owner, Rights rights) {
    if (writable) {
      return Finding.ok(POINT, bay + " can be written by uid " + rights.uid());
    }
    return Finding.problem(
        POINT,
        bay
            + " cannot be written by uid "
            + rights.uid()
            + ": its disk is read-only, or it belongs to uid "
            + owner,
        "that the user who mounts it may write it",
        rights.uid() == owner || rights.root()
            ? "copybay mount " + Words.shell(bay) + " MNT -o ro"
            : "chown -R " + rights.uid() + " " + Words.shell(bay) + " (as root)");
  }

  static Finding daemon(Path bay, Optional<Daemons.Running> daemon, boolean locked) {
    if (daemon.isPresent()) {
      return Finding.ok(
          DAEMON, "pid " + daemon.get().pid() + " serves it at " + daemon.get().mountPoint());
    }
    if (locked) {
      return Finding.problem(
          DAEMON,
          "a process that cannot be seen from here has the lock of the bay",
          "one daemon for a bay, also across containers",
          "fuser -v " + Words.shell(bay.resolve("lock")) + " (as root, outside of the container)");
    }
    return Finding.ok(DAEMON, "none serves it now");
  }

  /** Its number of volumes, about; 0 where this user may not see them. */
  static long volumes(Path bay) throws IOException {
    try (Stream<Path> entries = Files.list(bay.resolve("volumes"))) {
      return entries.count();
    } catch (AccessDeniedException e) {
      return 0;
    }
  }

  /** Said of a place that is no directory, and so no bay. */
  static Finding missing(Path bay) {
    return Finding.problem(
        POINT,
        bay + " is no directory",
        "a directory that init made",
        "copybay init " + Words.shell(bay));
  }
}
