package org.copybay.nativetest;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/**
 * What a test needs from the machine. What is missing skips the test and says so on standard error;
 * with {@code COPYBAY_REQUIRE_NATIVE=1} in the environment it fails the test.
 */
public final class Needs {
  private static final boolean REQUIRED = "1".equals(System.getenv("COPYBAY_REQUIRE_NATIVE"));

  private Needs() {}

  public static void fuse() {
    check(Files.isReadable(Path.of("/dev/fuse")), "a /dev/fuse that can be opened");
  }

  public static void root() {
    check("root".equals(System.getProperty("user.name")), "root");
  }

  public static void program(String... names) {
    for (String name : names) {
      check(
          Shell.run("command -v " + name).status() == 0,
          name + " (see libexec/packages, row test)");
    }
  }

  public static void libfuse2() {
    check(
        Shell.run("compgen -G '/lib/*/libfuse.so.2'").status() == 0,
        "libfuse 2 (see libexec/packages, row test)");
  }

  public static void postgres() {
    check(
        Shell.run("compgen -G '/usr/lib/postgresql/*/bin/pgbench'").status() == 0,
        "PostgreSQL (see libexec/packages, row test)");
  }

  public static void loopDevice() {
    check(Shell.run("losetup -f").status() == 0, "a free loop device");
  }

  /** A file system that the kernel mounts: which ones it has is nobody's to install. */
  public static void mountable(String type) {
    if (!Shell.run("cat /proc/filesystems").ok().contains(type)) {
      String message = "missing: a kernel that mounts " + type;
      System.err.println("SKIPPED: " + message);
      Assumptions.abort(message);
    }
  }

  private static void check(boolean present, String what) {
    if (present) {
      return;
    }
    String message = "missing: " + what;
    if (REQUIRED) {
      Assertions.fail(message);
    }
    System.err.println("SKIPPED: " + message);
    Assumptions.abort(message);
  }
}
