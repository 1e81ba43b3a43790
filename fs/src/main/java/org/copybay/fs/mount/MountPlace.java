package org.copybay.fs.mount;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.copybay.fs.transport.dev.MountTable;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The two directories of a mount, checked: the bay and the mount point, neither inside the other.
 *
 * @param bay the bay directory, absolute without symbolic links
 * @param mountPoint the mount point, likewise
 */
record MountPlace(Path bay, Path mountPoint) {
  private static final Logger LOG = LoggerFactory.getLogger(MountPlace.class);
  private static final Duration PROBE_LIMIT = Duration.ofSeconds(2);

  /** Checks both; cleans a mount of a dead daemon away first. NOT_FOUND, BUSY, BAD_REQUEST. */
  static MountPlace check(Path bay, Path mountPoint) throws StorageException {
    try {
      Path wanted = mountPoint.toAbsolutePath().normalize();
      if (MountTable.stale(wanted, PROBE_LIMIT)) {
        MountTable.detach(wanted);
        LOG.warn("cleaned the mount of a dead daemon away: {}", wanted);
      }
      Path realBay = directory(bay, "bay");
      Path realPoint = directory(wanted, "mount point");
      requireApart(realBay, realPoint);
      if (MountTable.read()
          .at(realPoint)
          .filter(m -> m.type().equals("fuse.copybay"))
          .isPresent()) {
        throw new StorageException(
            Fault.BUSY, realPoint + " has a bay mounted already", "copybay umount " + realPoint);
      }
      return new MountPlace(realBay, realPoint);
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
