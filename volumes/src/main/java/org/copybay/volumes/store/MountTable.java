package org.copybay.volumes.store;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The mounts of this system, from {@code /proc/self/mountinfo}. Immutable: read it again for what
 * changed since.
 */
public final class MountTable {

  /** The type of every mounted bay, as {@code findmnt} shows it. */
  public static final String BAY_TYPE = "fuse.copybay";

  private static final Path MOUNTINFO = Path.of("/proc/self/mountinfo");

  /**
   * One mount.
   *
   * @param device major:minor, by which {@code /sys/class/bdi} knows it
   * @param mountPoint where it is
   * @param type such as {@code ext4} or {@link #BAY_TYPE}
   * @param source such as a device or {@code copybay#lab}
   */
  public record Mount(String device, Path mountPoint, String type, String source) {}

  private final List<Mount> mounts;

  private MountTable(List<Mount> mounts) {
    this.mounts = mounts;
  }

  /** Reads the table as it is now. */
  public static MountTable read() throws IOException {
    return parse(new String(Files.readAllBytes(MOUNTINFO), StandardCharsets.UTF_8));
  }

  /**
   * Parses the text of mountinfo, see proc_pid_mountinfo(5); lines of another form are left out.
   */
  public static MountTable parse(String mountinfo) {
    List<Mount> mounts = new ArrayList<>();
    for (String line : mountinfo.split("\n", -1)) {
      String[] halves = line.split(" - ", 2);
      if (halves.length < 2) {
        continue;
      }
      String[] left = halves[0].split(" ", -1);
      String[] right = halves[1].split(" ", -1);
      if (left.length >= 6 && right.length >= 2) {
        mounts.add(
            new Mount(left[2], Path.of(unescape(left[4])), unescape(right[0]), unescape(right[1])));
      }
    }
    return new MountTable(List.copyOf(mounts));
  }

  /** All bays that are mounted, dead ones too, in the order in which they were mounted. */
  public List<Mount> bays() {
    return mounts.stream().filter(mount -> mount.type().equals(BAY_TYPE)).toList();
  }

  /**
   * The bay in which a place lies, a dead one too; none where another mount lies nearer to it. The
   * place, an absolute path without symbolic links, is not touched.
   */
  public Optional<Mount> bayAround(Path place) {
    return mounts.stream()
        .filter(mount -> place.startsWith(mount.mountPoint()))
        .reduce((one, later) -> depth(later) >= depth(one) ? later : one)
        .filter(mount -> mount.type().equals(BAY_TYPE));
  }

  private static int depth(Mount mount) {
    return mount.mountPoint().getNameCount();
  }

  /** What is mounted exactly at this place; the uppermost one if there are several. */
  public Optional<Mount> at(Path mountPoint) {
    return mounts.stream()
        .filter(mount -> mount.mountPoint().equals(mountPoint))
        .reduce((below, above) -> above);
  }

  /** The bay of that source at this place, though another may be mounted over it. */
  public Optional<Mount> bayAt(Path mountPoint, String source) {
    return bays().stream()
        .filter(mount -> mount.mountPoint().equals(mountPoint) && mount.source().equals(source))
        .reduce((below, above) -> above);
  }

  /** Turns {@code \040} and the like back into the bytes that they stand for. */
  static String unescape(String field) {
    if (field.indexOf('\\') < 0) {
      return field;
    }
    byte[] bytes = field.getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream plain = new ByteArrayOutputStream(bytes.length);
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] == '\\' && i + 3 < bytes.length) {
        int octal = (bytes[i + 1] - '0') << 6 | (bytes[i + 2] - '0') << 3 | (bytes[i + 3] - '0');
        plain.write(octal);
        i += 3;
      } else {
        plain.write(bytes[i]);
      }
    }
    return plain.toString(StandardCharsets.UTF_8);
  }
}
