package org.copybay.fs.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.store.NativeFile;
import org.jspecify.annotations.Nullable;

/** The device that a daemon speaks to the kernel through: there, the right one, and open to us. */
final class FuseDevice {
  private static final Path DEVICE = Path.of("/dev/fuse");
  private static final long NUMBER = 10 << 8 | 229;
  private static final String POINT = "fuse device";

  private FuseDevice() {}

  /**
   * What is there.
   *
   * @param number of the device, major times 256 plus minor; 0 for another file, -1 for none
   * @param refusal why it could not be opened, or null
   * @param module whether the kernel knows file systems of type fuse
   */
  record Facts(long number, @Nullable String refusal, boolean module) {}

  static List<Finding> look(Rights rights) throws IOException {
    long number = Files.exists(DEVICE) ? (Long) Files.getAttribute(DEVICE, "unix:rdev") : -1;
    String refusal = number == NUMBER ? refusal() : null;
    boolean module =
        Files.readString(Path.of("/proc/filesystems")).lines().anyMatch("nodev\tfuse"::equals);
    return List.of(find(new Facts(number, refusal, module), rights));
  }

  private static @Nullable String refusal() {
    try {
      NativeFile.open(DEVICE).close();
      return null;
    } catch (StorageException e) {
      return e.getMessage();
    }
  }

  static Finding find(Facts facts, Rights rights) {
    String refusal = facts.refusal();
    if (facts.number() == NUMBER && refusal == null) {
      return Finding.ok(POINT, DEVICE + " opens");
    }
    String wanted = "the character device 10:229, open to this user";
    if (rights.container() && refusal == null && !rights.admin()) {
      return Finding.problem(POINT, what(facts), wanted, Rights.CONTAINER_FIX);
    }
    if (!facts.module()) {
      return Finding.problem(
          POINT, "the kernel has no module fuse loaded", wanted, "modprobe fuse (as root)");
    }
    if (refusal == null) {
      String remove = facts.number() < 0 ? "" : "umount /dev/fuse; rm -f /dev/fuse; ";
      return Finding.problem(
          POINT, what(facts), wanted, remove + "mknod -m 666 /dev/fuse c 10 229 (as root)");
    }
    return Finding.problem(
        POINT,
        refusal,
        wanted,
        rights.container() && rights.root()
            ? Rights.CONTAINER_FIX // the container may not use the device, whatever its mode
            : "chmod 666 /dev/fuse (as root)");
  }

  private static String what(Facts facts) {
    return facts.number() < 0 ? "there is no " + DEVICE : DEVICE + " is something else";
  }
}
