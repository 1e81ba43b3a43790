package org.copybay.volumes.bay;

import java.nio.file.Path;
import org.copybay.volumes.StorageException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** An open bay for each test of a class. */
abstract class BayFixture {
  static final Hold JOB = new Hold("17", "being made");

  @TempDir Path directory;
  TestBay test;
  Bay bay;

  @BeforeEach
  void openBay() throws Exception {
    test = TestBay.create(directory.resolve("bay"));
    bay = test.bay;
  }

  @AfterEach
  void closeBay() {
    test.close();
  }

  void reopen() throws StorageException {
    test.reopen();
    bay = test.bay;
  }
}
