package org.copybay.volumes.store;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The mounts that a process sees, from {@code /proc/PID/mountinfo}. Immutable: read it again for
 * what changed since.
 */
public final class MountTable {

  /** The type of every mounted bay, as {@code findmnt} shows it. */
  public static final String BAY_TYPE = "fuse.copybay";

  /**
   * One mount.
   *
   * @param device major:minor, by which {@code /sys/class/bdi} knows it
   * @param mountPoint where it is
   * @param type such as {@code ext4} or {@link #BAY_TYPE}
   * @param source such as a device or {@code copybay#lab}
   * @param options of the mount and of its file system, such as {@code noexec}
   */
  public record Mount(
      String device, Path mountPoint, String type, String source, Set<String> options) {}

  /** A line: the mount, its number, and the number of the mount that it lies on. */
  private record Row(String number, String below, Mount mount) {}

  private final List<Row> rows;

  private MountTable(List<Row> rows) {
    this.rows = rows;
  }

  /** Reads that of this process as it is now. */
  public static MountTable read() throws IOException {
    return of(Path.of("/proc/self"));
  }

  /** Reads that of another process, whose mount namespace may be another one. */
  public static MountTable of(Path process) throws IOException {
    byte[] mountinfo = Files.readAllBytes(process.resolve("mountinfo"));
    return parse(new String(mountinfo, StandardCharsets.UTF_8));
  }

  /**
   * Parses the text of mountinfo, see proc_pid_mountinfo(5); lines of another form are left out.
   */
  public static MountTable parse(String mountinfo) {
    List<Row> rows = new ArrayList<>();
    for (String line : mountinfo.split("\n", -1)) {
      String[] halves = line.split(" - ", 2);
      if (halves.length < 2) {
        continue;
      }
      String[] left = halves[0].split(" ", -1);
      String[] right = halves[1].split(" ", -1);
      if (left.length >= 6 && right.length >= 2) {
        Set<String> options = new TreeSet<>(List.of(left[5].split(",", -1)));
        if (right.length > 2) {
          options.addAll(List.of(right[2].split(",", -1)));
        }
        Path place = Path.of(unescape(left[4]));
        Mount mount = new Mount(left[2], place, unescape(right[0]), unescape(right[1]), options);
        rows.add(new Row(left[0], left[1], mount));
      }
    }
    return new MountTable(List.copyOf(rows));
  }

  private Stream<Mount> mounts() {
    return rows.stream().map(Row::mount);
  }

  /** All bays that are mounted, dead ones too, in the order in which they were mounted. */
  public List<Mount> bays() {
    return mounts().filter(mount -> mount.type().equals(BAY_TYPE)).toList();
  }

  /**
   * The bay in which a place lies, a dead one too; none where another mount lies nearer to it. The
   * place, an absolute path without symbolic links, is not touched.
   */
  public Optional<Mount> bayAround(Path place) {
    return holding(place).filter(mount -> mount.type().equals(BAY_TYPE));
  }

  /** What is mounted exactly at this place; the uppermost one if there are several. */
  public Optional<Mount> at(Path mountPoint) {
    return mounts()
        .filter(mount -> mount.mountPoint().equals(mountPoint))
        .reduce((below, above) -> above);
  }

  /** The bay that is the uppermost mount exactly at this place, a dead one too. */
  public Optional<Mount> bayAt(Path mountPoint) {
    return at(mountPoint).filter(mount -> mount.type().equals(BAY_TYPE));
  }

  /** The bay of that source at this place, though another may be mounted over it. */
  public Optional<Mount> bayAt(Path mountPoint, String source) {
    return bays().stream()
        .filter(mount -> mount.mountPoint().equals(mountPoint) && mount.source().equals(source))
        .reduce((below, above) -> above);
  }

  /**
   * The mount that a place lies on. The order of the lines does not tell it, so the way of a path
   * is gone: from the root, always to what is mounted next on it.
   *
   * @param place absolute, without symbolic links; it is not touched
   */
  public Optional<Mount> holding(Path place) {
    Optional<Row> found =
        rows.stream()
            .filter(this::isRoot)
            .filter(row -> place.startsWith(row.mount().mountPoint()))
            .findFirst();
    for (Optional<Row> next = found; next.isPresent(); ) {
      found = next;
      String number = next.get().number();
      next =
          rows.stream()
              .filter(row -> row.below().equals(number) && !row.number().equals(number))
              .filter(row -> place.startsWith(row.mount().mountPoint()))
              .min(Comparator.comparingInt(row -> row.mount().mountPoint().getNameCount()));
    }
    return found.map(Row::mount);
  }

  /** The root lies on itself, or on what this process cannot see. */
  private boolean isRoot(Row row) {
    return row.below().equals(row.number())
        || rows.stream().noneMatch(other -> other.number().equals(row.below()));
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
