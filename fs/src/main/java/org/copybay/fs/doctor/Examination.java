package org.copybay.fs.doctor;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.copybay.volumes.Aside;
import org.copybay.volumes.StorageException;

/** One run: the looks, one after another, and what they found. One thread. */
final class Examination {
  private static final int LIMIT_SECONDS = 5;

  private final List<Finding> findings = new ArrayList<>();

  /** A look at one family of points. */
  interface Look {
    List<Finding> look() throws IOException, StorageException;
  }

  /**
   * Looks, and waits no longer than five seconds: what hangs is left to itself.
   *
   * @param point what is named when the look itself fails or hangs
   * @return whether the look came to its end
   */
  boolean look(String point, Look look) {
    AtomicReference<List<Finding>> seen = new AtomicReference<>();
    Aside.done("doctor", LIMIT_SECONDS * 1000L, () -> seen.set(tried(point, look)));
    List<Finding> came = seen.get();
    findings.addAll(came != null ? came : List.of(hung(point)));
    return came != null;
  }

  private static List<Finding> tried(String point, Look look) {
    try {
      return look.look();
    } catch (IOException | StorageException e) {
      return List.of(
          Finding.problem(point, String.valueOf(e.getMessage()), "that it can be looked at", null));
    } catch (LinkageError e) { // the native libraries could not be loaded
      return List.of(
          Finding.problem(
              point,
              "the C library cannot be called: " + e.getMessage(),
              "native libraries that load",
              "./copybay version (as the owner of the checkout; it builds what is missing)"));
    }
  }

  private static Finding hung(String point) {
    return Finding.problem(
        point,
        "no answer within " + LIMIT_SECONDS + " s",
        "a disk or a mount that answers",
        "dmesg | tail -n 20");
  }

  List<Finding> findings() {
    return List.copyOf(findings);
  }
}
