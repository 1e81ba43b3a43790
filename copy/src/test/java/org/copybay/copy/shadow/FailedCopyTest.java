package org.copybay.copy.shadow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.copybay.copy.TestJobs.random;

import java.nio.file.Path;
import org.copybay.copy.TestJobs;
import org.copybay.copy.engine.JobState;
import org.copybay.volumes.Fault;
import org.copybay.volumes.bay.HookedDisk;
import org.copybay.volumes.bay.HookedDisk.Request;
import org.copybay.volumes.bitmap.WriteBitmap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A copy that fails: what it did not make safe on its target is left for the next one. */
class FailedCopyTest {
  @TempDir private Path path;

  /** A set of a, to which nothing was written since it was made, and a copy to b that fails. */
  private TestSets failed(Request which) throws Exception {
    TestSets test = TestSets.create(path);
    TestJobs.write(test.volume("a"), 0, random(1, (int) TestSets.SIZE));
    test.set("a");
    test.volume("b");
    try (HookedDisk b = test.disk("b")) {
      b.fail(which, Fault.STORE_FAILED);
      test.mount("b");
      test.awaitSteady();
    }
    assertThat(test.lastJob().state()).isEqualTo(JobState.FAILED);
    assertThat(test.names(MemberRole.FORMER)).containsExactly("b");
    return test;
  }

  @Test
  void noBitIsClearedBeforeTheTargetIsSynced() throws Exception {
    try (TestSets test = failed(Request.SYNC)) {
      assertThat(test.lastJob().progress().bytesCopied()).isEqualTo(TestSets.SIZE);
      WriteBitmap lacks = test.unit().set().mounted().bitmaps().copy(test.bay.find("b").id());
      assertThat(lacks).isNotNull();
      assertThat(lacks.regionsSet()).isEqualTo(lacks.regions());
    }
  }

  @Test
  void whatItTookAndDidNotCopyIsCopiedByTheNextOne() throws Exception {
    try (TestSets test = failed(Request.WRITE)) {
      test.mount(MountSpec.Policy.MINICOPY, "b");
      test.awaitSteady();
      assertThat(test.read("b")).isEqualTo(test.read("a"));
    }
  }
}
