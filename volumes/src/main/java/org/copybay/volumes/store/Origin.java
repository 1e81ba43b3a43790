package org.copybay.volumes.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/**
 * Under which run of the machine, and through which mount of its file system, bytes were written.
 * Who finds bytes of the same origin knows that the page cache outlived their writer: a process
 * died. Of another origin, the power may have been lost, and what was never synced with it.
 *
 * @param boot the kernel's id of the run of the machine
 * @param mount the kernel's id of the mount: unique since the boot on Linux 6.8, before that one
 *     that a later mount may get again
 */
public record Origin(UUID boot, long mount) {
  private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");

  /** Of no run: never equal to that of one. */
  public static final Origin UNKNOWN = new Origin(new UUID(0, 0), 0);

  /** Of this run, for a file that is open. */
  static Origin of(long mount) {
    try {
      return new Origin(UUID.fromString(Files.readString(BOOT_ID).strip()), mount);
    } catch (IOException | IllegalArgumentException e) {
      return UNKNOWN; // power loss is the safe assumption
    }
  }

  /** Whether the page cache of the other origin is still there. */
  public boolean outlived(Origin other) {
    return !equals(UNKNOWN) && equals(other);
  }
}
