package org.copybay.fs.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The limits that a daemon inherits from this shell: the size of a file, and how many are open. */
final class Limits {
  private static final String FILE_SIZE = "file size limit";
  private static final String OPEN_FILES = "open file limit";

  /** What Java, the catalogue and the first workers take: with less no daemon starts. */
  private static final long OF_THE_START = 64;

  /** Each worker has one, and there are at most 256. */
  private static final long OF_THE_DAEMON = OF_THE_START + 256;

  private static final long OF_A_VOLUME = 8;

  private Limits() {}

  /**
   * Looks.
   *
   * @param volumes how many the bay has; 0 if none is looked at
   */
  static List<Finding> look(long volumes) throws IOException {
    String limits = Files.readString(Path.of("/proc/self/limits"));
    return List.of(
        fileSize(soft(limits, "Max file size")),
        openFiles(soft(limits, "Max open files"), volumes));
  }

  /** The soft limit: Java raises that of open files to the hard one at its start. */
  static long soft(String limits, String name) throws IOException {
    String line =
        limits
            .lines()
            .filter(candidate -> candidate.startsWith(name + " "))
            .findFirst()
            .orElseThrow(() -> new IOException("/proc/self/limits has no line " + name));
    String value = line.substring(name.length()).strip().split("\\s+", -1)[0];
    return value.equals("unlimited") ? Long.MAX_VALUE : Long.parseLong(value);
  }

  static Finding fileSize(long bytes) {
    if (bytes == Long.MAX_VALUE) {
      return Finding.ok(FILE_SIZE, "unlimited");
    }
    String found = bytes + " bytes, and no volume can be larger";
    String wanted = "unlimited (in a unit of systemd: LimitFSIZE=infinity)";
    String fix = "ulimit -f unlimited";
    return Finding.warning(FILE_SIZE, found, wanted, fix);
  }

  static Finding openFiles(long limit, long volumes) {
    long needed = OF_THE_DAEMON + volumes * OF_A_VOLUME;
    if (limit >= needed) {
      return Finding.ok(
          OPEN_FILES, limit == Long.MAX_VALUE ? "unlimited" : limit + ", wanted " + needed);
    }
    String found = "at most " + limit + " for a daemon and " + volumes + " volumes";
    String wanted = needed + " (in a unit of systemd: LimitNOFILE=" + needed + ")";
    String fix = "ulimit -Hn " + needed + " (as root); ulimit -n " + needed;
    return limit < OF_THE_START + volumes
        ? Finding.problem(OPEN_FILES, found, wanted, fix)
        : Finding.warning(OPEN_FILES, found, wanted, fix);
  }
}
