package org.copybay.fs.mount;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.copybay.fs.transport.MountSpec;
import org.copybay.fs.transport.dev.MountTable;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;

/**
 * The two directories of a mount, checked: the bay and the mount point, neither inside the other.
 *
 * @param bay the bay directory, absolute without symbolic links
 * @param mountPoint the mount point, likewise
 * @param cleaned whether the mount of a dead daemon was cleaned away there
 */
record MountPlace(Path bay, Path mountPoint, boolean cleaned) {
  private static final Duration PROBE_LIMIT = Duration.ofSeconds(2);

  /** Checks both; cleans a mount of a dead daemon away first. NOT_FOUND, BUSY, BAD_REQUEST. */
  static MountPlace check(Path bay, Path mountPoint) throws StorageException {
    try {
      Path wanted = mountPoint.toAbsolutePath().normalize();
      boolean stale = MountTable.stale(wanted, PROBE_LIMIT);
      if (stale) {
        MountTable.detach(wanted);
      }
      Path realBay = directory(bay, "bay");
      Path realPoint = directory(wanted, "mount point");
      requireApart(realBay, realPoint);
      if (MountTable.read()
          .at(realPoint)
          .filter(m -> m.type().equals(MountSpec.TYPE))
          .isPresent()) {
        throw new StorageException(
            Fault.BUSY, realPoint + " has a bay mounted already", "copybay umount " + realPoint);
      }
      return new MountPlace(realBay, realPoint, stale);
    } catch (IOException e) {
      throw new StorageException(Fault.STORE_FAILED, String.valueOf(e.getMessage()), null, e);
    }
  }

  private static Path directory(Path path, String what) throws IOException, StorageException {
    if (!Files.isDirectory(path)) {
      throw new StorageException(
          Fault.NOT_FOUND,
          "the " + what + " " + path + " is no directory",
          what.equals("bay") ? "copybay init " + path : "mkdir " + path);
    }
    return path.toRealPath();
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
