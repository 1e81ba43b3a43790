package org.copybay.fs.doctor;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The version of Linux, what follows from it, and which transport would start. */
final class Kernel {
  private static final String TRANSPORT = "transport";
  private static final Pattern VERSION = Pattern.compile("(\\d+)\\.(\\d+).*");

  private Kernel() {}

  static List<Finding> look() throws IOException {
    return find(System.getProperty("os.version"), hasLibfuse2());
  }

  /** Where the dynamic linker of a common system looks. */
  private static boolean hasLibfuse2() throws IOException {
    List<Path> places = new ArrayList<>();
    for (String top : List.of("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib")) {
      if (Files.isDirectory(Path.of(top))) {
        places.add(Path.of(top));
        try (DirectoryStream<Path> inside = Files.newDirectoryStream(Path.of(top), "*-linux-*")) {
          inside.forEach(places::add);
        }
      }
    }
    return places.stream().anyMatch(place -> Files.exists(place.resolve("libfuse.so.2")));
  }

  static List<Finding> find(String release, boolean libfuse2) {
    Matcher matcher = VERSION.matcher(release);
    int version =
        matcher.matches()
            ? Integer.parseInt(matcher.group(1)) * 1000 + Integer.parseInt(matcher.group(2))
            : 0;
    return List.of(transport(release, version, libfuse2), recovery(release, version));
  }

  private static Finding transport(String release, int version, boolean libfuse2) {
    String fallback = libfuse2 ? "libfuse.so.2 is there" : "there is no libfuse.so.2";
    if (version >= 5004) {
      return Finding.ok(TRANSPORT, "dev, on Linux " + release + "; for jnr " + fallback);
    }
    String found = "Linux " + release + " speaks an older FUSE protocol; " + fallback;
    String wanted = "Linux 5.4 or later (protocol 7.31)";
    return libfuse2
        ? Finding.warning(TRANSPORT, found, wanted, "copybay mount BAY MNT -o transport=jnr")
        : Finding.problem(TRANSPORT, found, wanted, "apt-get install libfuse2 (as root)");
  }

  /** How the end of the mount before is told from a loss of power (Origin). */
  private static Finding recovery(String release, int version) {
    return Finding.ok(
        "recovery",
        version >= 6008
            ? "this kernel numbers every mount once, so a loss of the disk below is found out"
            : "Linux "
                + release
                + " (before 6.8) uses numbers of mounts again: after the disk below was lost and"
                + " mounted again without a restart, mount with -o recover=power");
  }
}
