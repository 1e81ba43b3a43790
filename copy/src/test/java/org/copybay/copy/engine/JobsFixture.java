package org.copybay.copy.engine;

import java.nio.file.Path;
import org.copybay.copy.TestJobs;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** An open bay with its jobs for each test of a class. */
abstract class JobsFixture {
  @TempDir Path directory;
  TestJobs test;

  @BeforeEach
  void openBay() throws Exception {
    test = TestJobs.create(directory.resolve("bay"));
  }

  @AfterEach
  void closeBay() {
    test.close();
  }
}
