package org.copybay.nativetest.transport;

import static org.copybay.nativetest.transport.SystemCalls.LIBC;
import static org.copybay.nativetest.transport.SystemCalls.c;
import static org.copybay.nativetest.transport.SystemCalls.list;
import static org.copybay.nativetest.transport.SystemCalls.said;
import static org.copybay.nativetest.transport.SystemCalls.stat;

import java.util.List;

/** Operations on names, those that are refused too. */
final class NameOperations {
  private static final long UTIME_NOW = (1 << 30) - 1;
  private static final long UTIME_OMIT = (1 << 30) - 2;

  private static final List<String> DIRECTORIES =
      List.of("", "volumes", ".control", ".control/volumes", ".control/commands", "points");

  /** What is there, what is not, and what is no name at all. */
  private static final List<String> PLACES =
      List.of(
          "",
          "volumes",
          "points",
          ".control",
          ".control/ctl",
          ".control/volumes",
          ".control/volumes/a/size",
          ".control/jobs/latest",
          ".control/nothing",
          "volumes/a",
          "volumes/b/c",
          "volumes/new",
          "points/p",
          "points/p/a",
          "points/p/new",
          "elsewhere",
          "volumes/" + "n".repeat(255),
          "volumes/" + "ü".repeat(128),
          "volumes/" + "n".repeat(1500));

  private final Script.Draws draws;
  private final OpenFiles files;

  NameOperations(Script.Draws draws, OpenFiles files) {
    this.draws = draws;
    this.files = files;
  }

  void addTo(Script script) {
    script.add(8, "stat", () -> volume(path -> stat(path, false)));
    script.add(5, "stat of a place", () -> place(path -> stat(path, false)));
    script.add(5, "rename", this::rename);
    script.add(3, "rename to a place", this::renameToAPlace);
    script.add(4, "unlink", this::unlink);
    script.add(3, "truncate", this::truncate);
    script.add(3, "chmod", () -> volume(path -> said(LIBC.chmod(path, draws.below(01000)))));
    script.add(2, "chown", () -> volume(path -> said(LIBC.chown(path, draws.below(3) - 1, 7))));
    script.add(1, "chown of a set-user-id file", this::chownOfASetUserIdFile);
    script.add(4, "utimens", this::utimens);
    script.add(2, "unlink of a place", this::unlinkOfAPlace);
    script.add(2, "mkdir", () -> place(path -> said(LIBC.mkdir(path, 0755))));
    script.add(2, "rmdir", () -> place(path -> said(LIBC.rmdir(path))));
    script.add(2, "mkfifo", () -> place(path -> said(LIBC.mkfifo(path, 0644))));
    script.add(2, "symlink", () -> place(path -> said(LIBC.symlink(c("target"), path))));
    script.add(2, "link", this::link);
    script.add(2, "chmod of a place", () -> place(path -> said(LIBC.chmod(path, 0644))));
    script.add(2, "open of a place", this::openOfAPlace);
    script.add(2, "readlink", this::readlink);
    script.add(2, "access", () -> place(path -> said(LIBC.access(path, draws.below(8)))));
    script.add(1, "getxattr", this::getxattr);
    script.add(1, "setxattr", this::setxattr);
    script.add(3, "list", this::list0);
    script.add(2, "statvfs", () -> place(SystemCalls::statvfs));
    script.add(1, "name that is no UTF-8", this::noUtf8);
  }

  @FunctionalInterface
  private interface OnPath {
    String run(byte[] path);
  }

  private String volume(OnPath operation) {
    String name = draws.volume();
    return name + " " + operation.run(draws.volumePath(name));
  }

  private String place(OnPath operation) {
    String place = draws.pick(PLACES);
    String shown = place.length() > 40 ? place.substring(0, 40) + "..." : place;
    return "<" + shown + "> " + operation.run(draws.path(place));
  }

  private String rename() {
    String from = draws.volume();
    String to = draws.volume();
    int result = LIBC.rename(draws.volumePath(from), draws.volumePath(to));
    String said = "%s to %s %s".formatted(from, to, said(result));
    if (result == 0) {
      files.renamed(from, to);
    }
    return said;
  }

  private String renameToAPlace() {
    String place = draws.pick(PLACES.subList(0, PLACES.indexOf("volumes/a")));
    boolean away = draws.oneOf(2);
    byte[] volume = draws.volumePath(draws.volume());
    byte[] other = draws.path(place);
    int result = away ? LIBC.rename(volume, other) : LIBC.rename(other, volume);
    return "<%s> %s %s".formatted(place, away, said(result));
  }

  private String unlink() {
    String name = draws.volume();
    int result = LIBC.unlink(draws.volumePath(name));
    String said = name + " " + said(result);
    if (result == 0) {
      files.lost(name);
    }
    return said;
  }

  private String unlinkOfAPlace() {
    files.lost("a"); // which is one of the places
    return place(path -> said(LIBC.unlink(path)));
  }

  private String truncate() {
    long size = draws.offset();
    return volume(path -> size + " " + said(LIBC.truncate(path, size)));
  }

  private String chownOfASetUserIdFile() {
    int group = draws.below(5);
    return volume(
        path ->
            said(LIBC.chmod(path, 06755))
                + " "
                + said(LIBC.chown(path, -1, group))
                + " "
                + stat(path, false));
  }

  private String utimens() {
    long[] times = {1_700_000_000 + draws.below(1000), draws.below(1_000_000_000), 7, 8};
    int kind = draws.below(4);
    if (kind == 1) {
      times[1] = UTIME_OMIT;
    } else if (kind == 2) {
      times[3] = UTIME_OMIT;
    } else if (kind == 3) {
      times[3] = UTIME_NOW;
    }
    return volume(
        path -> {
          String said = said(SystemCalls.utimens(path, times));
          return said + (kind == 0 ? " " + stat(path, true) : "");
        });
  }

  private String link() {
    byte[] from = draws.volumePath(draws.volume());
    return place(path -> said(LIBC.link(from, path)));
  }

  private String openOfAPlace() {
    int flags = SystemCalls.O_CLOEXEC | draws.below(3) | (draws.oneOf(3) ? 0x40 : 0);
    boolean truncating = draws.oneOf(4);
    String place = draws.pick(PLACES.subList(0, PLACES.indexOf("volumes/" + "n".repeat(255))));
    boolean makes = place.equals("volumes/new");
    int fd = LIBC.open(draws.path(place), flags | (truncating ? 0x200 : 0), 0600);
    String said = "<%s> flags %x %s".formatted(place, flags, fd < 0 ? said(fd) : "open");
    if (fd >= 0) {
      said += " close " + said(LIBC.close(fd));
    }
    return makes ? said + " unlink " + said(LIBC.unlink(draws.path(place))) : said;
  }

  private String readlink() {
    byte[] text = new byte[100];
    return place(path -> said(LIBC.readlink(path, text, text.length), text));
  }

  private String getxattr() {
    byte[] value = new byte[100];
    return place(path -> said(LIBC.getxattr(path, c("user.x"), value, value.length)));
  }

  private String setxattr() {
    byte[] value = {1, 2, 3};
    return place(path -> said(LIBC.setxattr(path, c("user.x"), value, value.length, 0)));
  }

  private String list0() {
    String directory = draws.pick(DIRECTORIES);
    int piece = draws.pick(List.of(300, 1000, 32_768));
    return "<%s> %s".formatted(directory, list(draws.path(directory), piece));
  }

  private String noUtf8() {
    byte[] path = draws.path("volumes/xx");
    path[path.length - 2] = (byte) 0xff;
    return switch (draws.below(3)) {
      case 0 -> "stat " + stat(path, false);
      case 1 -> "mkdir " + said(LIBC.mkdir(path, 0755));
      default -> "rename " + said(LIBC.rename(draws.volumePath(draws.volume()), path));
    };
  }
}
