package org.copybay.fs.doctor;

import java.io.File;
import java.nio.file.Path;
import java.util.List;

/** How much room the disk of a bay has left for this user. */
final class DiskSpace {
  private static final String POINT = "space";
  private static final long SCARCE_BYTES = 1L << 30;
  private static final int SCARCE_PERCENT = 5;

  /** The journal of a volume with a point in time, and the reserve of the catalogue. */
  private static final long LEAST_BYTES = 80L << 20;

  private DiskSpace() {}

  static List<Finding> look(Path bay) {
    File file = bay.toFile(); // statfs(2) alone; a FileStore would walk the mounts
    return List.of(find(bay, file.getTotalSpace(), file.getUsableSpace()));
  }

  static Finding find(Path bay, long total, long available) {
    String found = (available >> 20) + " MiB of " + (total >> 20) + " MiB available";
    boolean scarce =
        available < LEAST_BYTES
            || (available < SCARCE_BYTES && available < total / 100 * SCARCE_PERCENT);
    return scarce
        ? Finding.warning(
            POINT,
            found,
            "room for what is written: a full disk is ENOSPC for every writer",
            "du -sh " + bay + "/volumes/* (then drop points, delete volumes, or add space)")
        : Finding.ok(POINT, found);
  }
}
