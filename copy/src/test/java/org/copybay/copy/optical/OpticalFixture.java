package org.copybay.copy.optical;

import java.nio.file.Path;
import org.copybay.volumes.StorageException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** An open bay with an optical library LIB of two drives for each test of a class. */
abstract class OpticalFixture {
  static final int S = TestOptical.S;

  @TempDir Path directory;
  TestOptical test;
  Optical optical;

  @BeforeEach
  void openBay() throws Exception {
    test = TestOptical.create(directory.resolve("bay"));
    optical = test.optical;
    test.library("LIB", 2);
  }

  @AfterEach
  void closeBay() {
    test.close();
  }

  void reopen() throws StorageException {
    test = test.reopen();
    optical = test.optical;
  }
}
