package org.copybay.copy.safeguarded;

import java.nio.file.Path;
import java.time.Duration;
import org.copybay.volumes.StorageException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A bay with a session of two volumes of four tracks, each with a recovery volume. */
abstract class SafeguardedTest {
  static final String PAY = "pay";

  @TempDir Path directory;

  TestSafeguarded test;
  private int deaths;

  @BeforeEach
  void makeBay() throws Exception {
    test = TestSafeguarded.create(directory.resolve("bay"));
    test.create("a", 4, "a");
    test.create("b", 4, "b");
    test.create("ra", 4, "x");
    test.create("rb", 4, "y");
    test.session(PAY, "a:ra", "b:rb");
  }

  @AfterEach
  void closeBay() {
    test.close();
    TestSafeguarded.assertClean(test.path);
  }

  void reopen() throws StorageException {
    test = test.reopened();
  }

  void kill() throws StorageException {
    test = test.killed(directory.resolve("killed" + ++deaths));
  }

  /** A backup in a second of its own. */
  long backup() throws StorageException {
    test.clock.pass(Duration.ofSeconds(1));
    return test.backup(PAY);
  }
}
