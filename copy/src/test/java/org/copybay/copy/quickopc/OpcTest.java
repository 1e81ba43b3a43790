package org.copybay.copy.quickopc;

import static org.copybay.copy.TestJobs.assertFault;
import static org.copybay.volumes.bay.Catalogue.Change.NOTHING;

import java.nio.file.Path;
import java.util.List;
import org.copybay.copy.quickopc.StartSpec.Mode;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.PointInTime;
import org.copybay.volumes.bay.PointVolume;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A bay with three volumes of four regions, and a pair of the first two. */
abstract class OpcTest {
  static final String OLD = "a0 a1 a2 a3";

  @TempDir Path directory;

  TestOpc test;
  PairRecord pair;

  @BeforeEach
  void makeBay() throws Exception {
    test = TestOpc.create(directory.resolve("bay"));
    test.create("a", 4, 'a');
    test.create("b", 4, 'b');
    test.create("c", 4, 'c');
    pair = test.pair("a", "b");
  }

  @AfterEach
  void closeBay() {
    test.close();
  }

  void reopen() throws StorageException {
    test.close();
    test = TestOpc.open(test.path);
  }

  void assertRefused(Fault fault, String id, Mode mode) {
    assertFault(fault, () -> test.start(pair, mode), id);
  }

  PointVolume freeze(String name) throws StorageException {
    PointInTime point = test.bay.points().freeze(List.of(test.bay.find("b")), name, NOTHING);
    return point.volumes().get(0);
  }
}
