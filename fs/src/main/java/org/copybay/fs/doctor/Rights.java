package org.copybay.fs.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What the kernel lets this process do, from {@code /proc/self/status}.
 *
 * @param uid the user that files are opened as
 * @param admin whether it has CAP_SYS_ADMIN, with which mount(2) works
 * @param adminPossible whether a set-uid program gets CAP_SYS_ADMIN; not in most containers
 * @param setUidIgnored whether no_new_privs keeps set-uid programs from their rights
 * @param container whether it runs in a container, as far as that can be seen
 */
record Rights(
    int uid, boolean admin, boolean adminPossible, boolean setUidIgnored, boolean container) {
  private static final int CAP_SYS_ADMIN = 21;

  /** What a container must be started with. */
  static final String CONTAINER_FIX =
      "docker run --device /dev/fuse --cap-add SYS_ADMIN --security-opt apparmor=unconfined …";

  boolean root() {
    return uid == 0;
  }

  /** Those of this process. */
  static Rights read() throws IOException {
    boolean container =
        Files.exists(Path.of("/.dockerenv"))
            || Files.exists(Path.of("/run/.containerenv"))
            || Files.exists(Path.of("/run/systemd/container"))
            || System.getenv("container") != null;
    return parse(Files.readString(Path.of("/proc/self/status")), container);
  }

  static Rights parse(String status, boolean container) throws IOException {
    return new Rights(
        Integer.parseInt(words(status, "Uid")[1]), // real, effective, saved, of the file system
        has(status, "CapEff"),
        has(status, "CapBnd"),
        words(status, "NoNewPrivs")[0].equals("1"),
        container);
  }

  private static boolean has(String status, String set) throws IOException {
    return (Long.parseUnsignedLong(words(status, set)[0], 16) >> CAP_SYS_ADMIN & 1) == 1;
  }

  private static String[] words(String status, String key) throws IOException {
    return status
        .lines()
        .filter(line -> line.startsWith(key + ":"))
        .findFirst()
        .orElseThrow(() -> new IOException("/proc/self/status has no line " + key))
        .substring(key.length() + 1)
        .strip()
        .split("\\s+", -1);
  }
}
