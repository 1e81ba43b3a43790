package org.copybay.fs.doctor;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The Java that runs this, and the one that a mount from fstab would find. */
final class JavaRuntime {
  private static final String JAVA = "java";
  private static final int OLDEST = 17;

  /** From this one on the launcher gives flags for native calls. */
  private static final int WITH_FLAGS = 24;

  private static final Pattern RELEASE = Pattern.compile("(?s).*JAVA_VERSION=\"(\\d+).*");

  private JavaRuntime() {}

  /**
   * A Java.
   *
   * @param binary without symbolic links
   * @param feature its release, 17 for example; 0 if it does not say
   */
  record Home(Path binary, int feature) {}

  static List<Finding> look() throws IOException {
    List<Finding> findings = new ArrayList<>();
    String arch = System.getProperty("os.arch");
    boolean little = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;
    findings.add(machine(System.getProperty("os.name"), arch, little));
    List<String> arguments =
        List.of(ProcessHandle.current().info().arguments().orElseGet(() -> new String[0]));
    findings.add(flags(Runtime.version().feature(), System.getProperty("java.home"), arguments));
    String chosen = System.getenv("JAVA_HOME");
    if (chosen != null && !chosen.isEmpty()) {
      Optional<Path> path = MountRight.onPath(JAVA);
      findings.add(
          homes(home(Path.of(chosen, "bin", JAVA)), path.isEmpty() ? null : home(path.get())));
    }
    return findings;
  }

  private static Home home(Path binary) throws IOException {
    Path real = binary.toRealPath();
    Path release = real.resolveSibling("../release").normalize();
    Matcher matcher = RELEASE.matcher(Files.exists(release) ? Files.readString(release) : "");
    return new Home(real, matcher.matches() ? Integer.parseInt(matcher.group(1)) : 0);
  }

  static Finding machine(String system, String arch, boolean littleEndian) {
    boolean known = arch.equals("amd64") || arch.equals("aarch64");
    String found = system + " " + arch;
    return system.equals("Linux") && known && littleEndian
        ? Finding.ok("machine", found)
        : Finding.problem(
            "machine", found, "Linux on x86_64 or aarch64 with a JDK of 64 bits", null);
  }

  /**
   * Whether Java runs as the launcher starts it.
   *
   * @param arguments of its command line
   */
  static Finding flags(int feature, String home, List<String> arguments) {
    String found = feature + " from " + home;
    boolean all =
        arguments.stream().anyMatch(word -> word.startsWith("--enable-native-access="))
            && arguments.contains("-Djffi.unsafe.disabled=true");
    if (feature < WITH_FLAGS || all) {
      return Finding.ok(JAVA, found);
    }
    return Finding.warning(
        JAVA,
        found + " without its flags",
        "--enable-native-access=ALL-UNNAMED -Djffi.unsafe.disabled=true",
        "./copybay doctor (the launcher gives them)");
  }

  /** JAVA_HOME goes first here; mount(8) and systemd know PATH only. */
  static Finding homes(Home chosen, @Nullable Home onPath) {
    String point = "java from fstab";
    String wanted = "Java " + OLDEST + " or later on PATH: fstab and systemd know no JAVA_HOME";
    String fix = "apt-get install default-jdk-headless (as root)";
    if (onPath == null) {
      return Finding.warning(point, "no java on PATH, JAVA_HOME only", wanted, fix);
    }
    if (onPath.feature() < OLDEST) {
      return Finding.warning(point, onPath.binary() + " is Java " + onPath.feature(), wanted, fix);
    }
    return Finding.ok(
        point,
        onPath.binary().equals(chosen.binary())
            ? "JAVA_HOME and PATH lead to the same"
            : onPath.binary() + ", not JAVA_HOME's " + chosen.binary());
  }
}
