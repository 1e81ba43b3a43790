package org.copybay.fs.mount;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import org.copybay.fs.transport.dev.DeadMount;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.Words;
import org.copybay.volumes.store.MountTable;

/**
 * The two directories of a mount, checked: the bay and the mount point, neither inside the other.
 *
 * @param bay the bay directory, absolute without symbolic links
 * @param mountPoint the mount point, likewise
 * @param cleaned whether the mount of a dead daemon was cleaned away there
 */
record MountPlace(Path bay, Path mountPoint, boolean cleaned) {
  private static final Duration PROBE_LIMIT = Duration.ofSeconds(2);

  /** The bay directory without symbolic links. NOT_FOUND. */
  static Path bay(Path bay) throws StorageException {
    return directory(bay, "bay");
  }

  /**
   * Checks both, and first cleans a mount of a dead daemon away. The caller has the lock of the
   * bay: what is found there belongs to no daemon of it that is only just starting or ending.
   * NOT_FOUND, BUSY, BAD_REQUEST.
   *
   * @param bay as {@link #bay(Path)} gave it
   */
  static MountPlace check(Path bay, Path mountPoint) throws StorageException {
    try {
      Path wanted = resolve(mountPoint);
      boolean stale = DeadMount.stale(wanted, PROBE_LIMIT);
      if (stale) {
        DeadMount.detach(wanted);
      }
      if (hasBay(wanted)) { // known without touching it: its daemon may hang
        throw new StorageException(
            Fault.BUSY,
            wanted + " has a bay mounted already",
            "copybay umount " + Words.shell(wanted));
      }
      Path realPoint = directory(wanted, "mount point");
      requireApart(bay, realPoint);
      return new MountPlace(bay, realPoint, stale);
    } catch (IOException e) {
      throw new StorageException(Fault.STORE_FAILED, String.valueOf(e.getMessage()), null, e);
    }
  }

  /** The place without symbolic links; a mount at its end is not touched. */
  static Path resolve(Path mountPoint) throws IOException {
    Path place = mountPoint.toAbsolutePath().normalize();
    Path parent = place.getParent();
    if (parent == null || hasBay(place)) {
      return place;
    }
    try {
      Path real = parent.toRealPath().resolve(place.getFileName());
      return hasBay(real) ? real : real.toRealPath();
    } catch (IOException e) {
      return place; // it is missing, or behind a dead mount
    }
  }

  /** Whether a bay is the uppermost mount there, a dead one too. */
  static boolean hasBay(Path place) throws IOException {
    return MountTable.read().bayAt(place).isPresent();
  }

  private static Path directory(Path path, String what) throws StorageException {
    try {
      if (Files.isDirectory(path)) {
        return path.toRealPath();
      }
    } catch (IOException e) {
      throw new StorageException(Fault.STORE_FAILED, String.valueOf(e.getMessage()), null, e);
    }
    throw new StorageException(
        Fault.NOT_FOUND, "the " + what + " " + path + " is no directory", remedy(path, what));
  }

  private static String remedy(Path path, String what) {
    if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return "another place: a file of that name is there";
    }
    return (what.equals("bay") ? "copybay init " : "mkdir ") + Words.shell(path);
  }

  private static void requireApart(Path bay, Path mountPoint) throws StorageException {
    if (bay.startsWith(mountPoint) || mountPoint.startsWith(bay)) {
      throw new StorageException(
          Fault.BAD_REQUEST,
          "the bay " + bay + " and the mount point " + mountPoint + " lie one inside the other",
          "choose a mount point outside the bay");
    }
  }
}
