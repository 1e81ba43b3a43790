package org.copybay.copy.duplicate;

import static org.copybay.copy.TestJobs.random;
import static org.copybay.copy.TestJobs.write;

import java.nio.file.Path;
import java.util.Objects;
import org.copybay.copy.TestJobs;
import org.copybay.copy.engine.Job;
import org.copybay.volumes.StorageException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** An open bay with a volume a, which is to be duplicated, for each test of a class. */
abstract class DuplicateFixture {
  static final int MIB = 1 << 20;
  static final int SIZE = 8 * MIB + 1234;

  @TempDir Path directory;
  TestJobs test;
  byte[] bytes;

  @BeforeEach
  void openBay() throws Exception {
    test = TestJobs.create(directory.resolve("bay"));
    bytes = random(1, SIZE);
    write(test.create("a", SIZE), 0, bytes);
  }

  @AfterEach
  void closeBay() {
    test.close();
  }

  void reopen() throws StorageException {
    test.close();
    test = TestJobs.open(test.path);
  }

  Job job(String id) {
    return Objects.requireNonNull(test.jobs.find(id));
  }
}
