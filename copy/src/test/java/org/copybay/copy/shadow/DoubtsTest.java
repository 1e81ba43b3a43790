package org.copybay.copy.shadow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.copybay.copy.TestJobs.random;
import static org.copybay.volumes.bay.Catalogue.Change.NOTHING;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.copybay.copy.TestJobs;
import org.copybay.copy.engine.Job;
import org.copybay.copy.engine.JobState;
import org.copybay.volumes.bay.HookedDisk;
import org.copybay.volumes.bay.HookedDisk.Request;
import org.copybay.volumes.bitmap.Taken;
import org.copybay.volumes.bitmap.WriteBitmap;
import org.copybay.volumes.journal.RecoverMode;
import org.copybay.volumes.track.Passages;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What members may differ in is forgotten neither when one leaves, nor when bitmaps are lost. */
class DoubtsTest {
  private static final long OFFSET = 1_000_000;
  private static final int LENGTH = 1000;

  @TempDir private Path path;

  /** A set without jobs, of which nothing was written lately. */
  private static TestSets make(Path path) throws Exception {
    TestSets test = TestSets.create(path);
    test.set("a", "b");
    test.write(0, random(1, (int) TestSets.SIZE));
    test.commands().set(TestSets.NO_JOBS, NOTHING);
    SetUpkeep.rotate(test.unit().set());
    assertThat(bitmaps(test).recentRegions()).isZero();
    return test;
  }

  private static SetBitmaps bitmaps(TestSets test) throws Exception {
    return test.unit().set().mounted().bitmaps();
  }

  private static void assertLacks(TestSets test) throws Exception {
    WriteBitmap lacks = bitmaps(test).copy(test.bay.find("b").id());
    assertThat(lacks).isNotNull();
    assertThat(lacks.touches(OFFSET, LENGTH)).isTrue();
  }

  @Test
  void whatAMergeMakesEqualWithoutOneThatIsGivenUpIsInItsBitmap() throws Exception {
    try (TestSets test = make(path)) {
      WriteBitmap merge = bitmaps(test).merge();
      merge.setWhole(OFFSET, LENGTH);
      Passages gate = test.unit().set().gate();
      int write = gate.enter();
      CompletableFuture<Void> expelled =
          TestSets.begin(() -> test.commands().expel(test.bay.find("b")));
      TestJobs.await("it waits for the write", () -> TestJobs.isIn(Passages.class, "drain"));
      Taken taken = merge.take(0, (int) merge.regions());
      merge.clear(taken); // as a merge does that has synced the others
      gate.leave(write);
      expelled.join();
      assertLacks(test);
    }
  }

  @Test
  void whatAWriteThatFailedLeftOnSomeMembersIsInTheBitmapOfOneThatIsLeaving() throws Exception {
    for (Split.Policy policy : new Split.Policy[] {Split.Policy.MINICOPY, Split.Policy.OPTIONAL}) {
      try (TestSets test = make(path.resolve(policy.name()));
          HookedDisk b = test.disk("b")) {
        SetBitmaps bitmaps = bitmaps(test);
        b.hook( // after the look whether members may differ, before it leaves
            request -> {
              if (request == Request.SYNC) {
                bitmaps.merge().setWhole(OFFSET, LENGTH);
                bitmaps.rolling().setWhole(OFFSET, LENGTH);
              }
            });
        test.split(policy, "b");
        assertLacks(test);
      }
    }
  }

  /** A set of which members may differ, with a clean end. */
  private TestSets endedWhileAMergeIsPending(boolean lost) throws Exception {
    Path bay = path.resolve("lost" + lost);
    TestSets test = make(bay);
    Path directory = test.bay.shadowDirectory(test.unit().set().record().id());
    bitmaps(test).merge().setWhole(OFFSET, LENGTH);
    ByteBuffer other = ByteBuffer.allocateDirect(LENGTH);
    test.bay.find("b").memberBytes().write(OFFSET, other);
    test.close();
    if (lost) {
      Files.delete(directory.resolve("rolling-0"));
    }
    return TestSets.open(bay);
  }

  @Test
  void aCleanEndDoesNotMakeMembersEqual() throws Exception {
    for (boolean lost : new boolean[] {false, true}) {
      try (TestSets test = endedWhileAMergeIsPending(lost)) {
        assertThat(bitmaps(test).merge().touches(OFFSET, LENGTH)).as("lost %s", lost).isTrue();
        test.commands().set(SetRecord.Settings.USUAL, NOTHING);
        test.awaitSteady();
        assertThat(test.read("b")).isEqualTo(test.read("a"));
      }
    }
  }

  @Test
  void aCrashWhileLostBitmapsAreMadeAnewForgetsNoDoubt() throws Exception {
    TestSets died = TestSets.create(path);
    died.set("a", "b");
    Path directory = died.bay.shadowDirectory(died.unit().set().record().id());
    ByteBuffer other = ByteBuffer.allocateDirect(LENGTH).put(random(2, LENGTH)).flip();
    died.bay.find("b").memberBytes().write(OFFSET, other);
    died.die();
    NewBitmaps.createAfterLoss(directory, "about", TestSets.SIZE, new Passages(1), () -> {})
        .close();
    try (TestSets test = TestSets.open(path, RecoverMode.PROCESS)) {
      test.awaitSteady();
      assertThat(test.lastJob().progress().bytesCopied()).isEqualTo(TestSets.SIZE);
      assertThat(test.read("b")).isEqualTo(test.read("a"));
    }
  }

  @Test
  void aMemberThatIsAloneIsNotReadToBeCompared() throws Exception {
    try (TestSets test = TestSets.create(path)) {
      test.set("a", "b");
      test.sets.setMaxCopy(0);
      Job merge = test.commands().demandMerge();
      test.commands().expel(test.bay.find("b"));
      test.beginJobs();
      test.awaitSteady();
      assertThat(merge.row().result()).isEqualTo("compared=0");
      assertThat(bitmaps(test).merge().regionsSet()).isZero();
      assertLacks(test);
    }
  }

  @Test
  void aMergeThatIsWantedWhileOneEndsFollowsIt() throws Exception {
    try (TestSets test = TestSets.create(path)) {
      test.set("a", "b");
      try (HookedDisk b = test.disk("b")) {
        b.hang(Request.READ);
        Job first = test.commands().demandMerge();
        TestJobs.await("it compares", () -> b.hanging() > 0);
        WriteBitmap merge = bitmaps(test).merge();
        Held catalogue = Held.of(test); // its end cannot be recorded
        b.well();
        TestJobs.await("all is equal", () -> merge.regionsSet() == 0);
        merge.setWhole(OFFSET, LENGTH); // as a write that fails on some members
        assertThat(test.sets.work().startMerge(test.unit().set())).isSameAs(first);
        catalogue.close();
        TestJobs.await("it is merged again", () -> merge.regionsSet() == 0);
        TestJobs.awaitEnd(first);
        assertThat(first.state()).isEqualTo(JobState.DONE);
      }
    }
  }

  /** The catalogue, which nobody changes until it is closed. */
  private record Held(CompletableFuture<Void> end, CompletableFuture<Void> holder)
      implements AutoCloseable {
    static Held of(TestSets test) {
      CompletableFuture<Void> begun = new CompletableFuture<>();
      CompletableFuture<Void> end = new CompletableFuture<>();
      CompletableFuture<Void> holder =
          TestSets.begin(
              () ->
                  test.bay
                      .catalogue()
                      .change(
                          connection -> {
                            begun.complete(null);
                            end.join();
                          }));
      begun.join();
      return new Held(end, holder);
    }

    @Override
    public void close() {
      end.complete(null);
      holder.join();
    }
  }

  @Test
  void aMergeThatCouldNotBeginIsTriedAgain() throws Exception {
    try (TestSets test = TestSets.create(path)) {
      test.set("a", "b");
      WriteBitmap merge = bitmaps(test).merge();
      merge.setWhole(OFFSET, LENGTH);
      test.refuseJobs();
      assertThat(test.sets.work().startMerge(test.unit().set())).isNull();
      test.letRecord();
      TestJobs.await("it is merged", () -> merge.regionsSet() == 0);
    }
  }

  @Test
  void aMergeThatIsCancelledDoesNotBeginByItself() throws Exception {
    try (TestSets test = TestSets.create(path);
        HookedDisk b = hooked(test)) {
      b.hang(Request.READ);
      Job merge = test.commands().demandMerge();
      TestJobs.await("it compares", () -> b.hanging() > 0);
      assertThat(test.commands().demandMerge()).isSameAs(merge);
      assertThat(merge.cancel()).isNotNull();
      b.well();
      TestJobs.awaitEnd(merge);
      assertThat(merge.state()).isEqualTo(JobState.CANCELLED);
      assertThat(test.unit().set().takeMergeWanted()).isFalse();
      assertThat(test.lastJob()).isSameAs(merge);
    }
  }

  private static HookedDisk hooked(TestSets test) throws Exception {
    test.set("a", "b");
    return test.disk("b");
  }
}
