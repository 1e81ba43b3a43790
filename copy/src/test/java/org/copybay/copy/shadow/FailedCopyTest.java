package org.copybay.copy.shadow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.copybay.copy.TestJobs.random;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.copybay.copy.TestJobs;
import org.copybay.copy.engine.Job;
import org.copybay.copy.engine.JobOrder;
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
  void aTargetThatFailsWhileItsCopyWaitsLeaves() throws Exception {
    try (TestSets test = TestSets.create(path)) {
      test.set("a");
      test.volume("b");
      test.sets.setMaxCopy(0);
      test.mount("b");
      try (HookedDisk b = test.disk("b")) {
        b.fail(Request.WRITE, Fault.STORE_FAILED);
        test.write(0, random(1, 100));
        TestJobs.await("it left", () -> test.names(MemberRole.FORMER).contains("b"));
      }
      TestJobs.await("so did its job", () -> test.lastJob().state() == JobState.CANCELLED);
      assertThat(test.unit().set().record().of(MemberRole.FORMER).get(0).why())
          .contains("its copy failed");
    }
  }

  @Test
  void aTargetThatIsAwayLeavesAtOnce() throws Exception {
    try (TestSets test = TestSets.create(path)) {
      test.set("a");
      test.volume("b");
      test.sets.setMaxCopy(0);
      test.mount("b");
      Path directory = test.bay.find("b").directory();
      Path away = directory.resolveSibling("away");
      Files.move(directory, away);
      TestJobs.await("it left", () -> test.names(MemberRole.FORMER).contains("b"));
      assertThat(test.unit().set().record().of(MemberRole.FORMER).get(0).why())
          .contains("was removed or replaced");
      Files.move(away, directory);
      test.sets.setMaxCopy(4);
      test.mount("b");
      test.awaitSteady();
      assertThat(test.names(MemberRole.FULL)).containsExactly("a", "b");
      assertThat(test.read("b")).isEqualTo(test.read("a"));
    }
  }

  @Test
  void noLabelSaysThatItIsWholeWhileAWriteIsTriedAgain() throws Exception {
    try (TestSets test = TestSets.create(path)) {
      ShadowSet set = test.set("a", "b").set();
      test.volume("c");
      CompletableFuture<Void> write;
      try (HookedDisk b = test.disk("b")) {
        b.fail(Request.WRITE, Fault.STORE_FAILED);
        write = TestSets.begin(() -> test.write(0, random(2, 100)));
        TestJobs.await("it is tried again", () -> set.device().retrying() > 0);
        long generation = set.record().lineage().generation();
        test.mount("c");
        TestJobs.await("its copy waits", FailedCopyTest::waitsForWrites);
        assertThat(set.record().lineage().generation()).isEqualTo(generation);
        assertThat(test.lastJob().pause()).isEqualTo(JobOrder.TAKEN);
        assertThat(test.lastJob().resume()).isEqualTo(JobOrder.TAKEN);
        b.well();
        write.join();
        test.awaitSteady();
      }
      assertThat(test.names(MemberRole.FULL)).containsExactly("a", "b", "c");
      assertThat(test.read("c")).isEqualTo(test.read("a"));
    }
  }

  private static boolean waitsForWrites() {
    return TestJobs.isIn(SetCopyWork.class, "awaitWrites");
  }

  @Test
  void aCopyThatLacksSomethingAgainWhenItHasConcludedGoesOn() throws Exception {
    try (TestSets test = TestSets.create(path)) {
      ShadowSet set = test.set("a", "b").set();
      test.volume("c");
      test.sets.setMaxCopy(0);
      test.mount("c");
      Job copy = test.lastJob();
      CompletableFuture<Void> write;
      try (HookedDisk b = test.disk("b")) {
        try (var held = set.enter()) { // who completes it waits for that
          test.beginJobs();
          TestJobs.await("it concluded", () -> TestJobs.isIn(Membership.class, "complete"));
          assertThat(copy.pause()).isEqualTo(JobOrder.TOO_LATE);
          b.fail(Request.WRITE, Fault.STORE_FAILED);
          write = TestSets.begin(() -> test.write(0, random(2, 100)));
          TestJobs.await("it is tried again", () -> set.device().retrying() > 0);
        }
        TestJobs.await("it goes on", FailedCopyTest::waitsForWrites);
        assertThat(copy.pause()).isEqualTo(JobOrder.TAKEN);
        assertThat(copy.resume()).isEqualTo(JobOrder.TAKEN);
        assertThat(test.names(MemberRole.TARGET)).containsExactly("c");
      }
      write.join();
      test.awaitSteady();
      assertThat(copy.state()).isEqualTo(JobState.DONE);
      assertThat(test.read("c")).isEqualTo(test.read("a")).isEqualTo(test.read("b"));
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
