package org.copybay.copy.shadow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.copybay.copy.TestJobs.random;
import static org.copybay.volumes.bay.Catalogue.Change.NOTHING;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.copybay.copy.TestJobs;
import org.copybay.copy.engine.Job;
import org.copybay.copy.engine.JobOrder;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bitmap.WriteBitmap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a look at a set tells. */
class SetStatusTest {
  @TempDir private Path path;

  private static SetStatus look(TestSets test) throws Exception {
    return SetStatus.of(test.sets, test.unit());
  }

  /** Copies and merges that begin from now on move one piece, and then almost nothing. */
  private static void slow(TestSets test) throws Exception {
    SetRecord.Settings usual = test.unit().set().record().settings();
    test.commands()
        .set(new SetRecord.Settings(usual.priority(), usual.memberSeconds(), 1), NOTHING);
  }

  private static void awaitState(TestSets test, SetState state) {
    TestJobs.await(state.word(), () -> stateOf(test) == state);
  }

  private static SetState stateOf(TestSets test) {
    VirtualUnit unit = test.sets.findOrNull("DSA1");
    return unit == null ? SetState.FAILED : SetStatus.of(test.sets, unit).state();
  }

  @Test
  void aSetIsSteadyOrDismounted() throws Exception {
    try (TestSets test = TestSets.create(path)) {
      test.set("a", "b");
      SetStatus steady = look(test);
      assertThat(steady.state()).isEqualTo(SetState.STEADY);
      assertThat(steady.percent()).isNull();
      assertThat(steady.copyLeftBytes()).isZero();
      assertThat(steady.jobs()).isEmpty();
      assertThat(steady.bitmaps())
          .extracting(BitmapStatus::name)
          .containsExactly("rolling", "merge");
      test.commands().dismount(Split.Policy.NONE, NOTHING);
      assertThat(look(test).state()).isEqualTo(SetState.DISMOUNTED);
      test.unit().set().setTrouble("why");
      assertThat(look(test).state()).isEqualTo(SetState.FAILED);
    }
  }

  @Test
  void aCopyIsPendingOrActiveMiniOrFull() throws Exception {
    try (TestSets test = TestSets.create(path)) {
      test.set("a", "b");
      test.volume("c");
      test.split(Split.Policy.MINICOPY, "b");
      test.write(0, random(1, 4096));
      test.write(1 << 20, random(1, 4096));
      assertThat(look(test).of(MemberRole.FORMER).get(0).leftBytes()).isEqualTo(8192);
      test.sets.setMaxCopy(0);
      slow(test);
      test.mount("b");
      assertThat(look(test).state()).isEqualTo(SetState.COPY_PENDING);
      assertThat(look(test).copyLeftBytes()).isEqualTo(8192);

      Job job = test.lastJob();
      test.beginJobs();
      awaitState(test, SetState.MINICOPY_ACTIVE);
      assertThat(look(test).percent()).isBetween(0, 99);
      assertThat(look(test).copyLeftBytes()).isBetween(4096L, 8192L); // also what it has in hand
      assertThat(look(test).jobs()).containsExactly(job.id());
      assertThat(look(test).bitmap("b")).satisfies(b -> assertThat(b.active()).isFalse());
      test.split(Split.Policy.NONE, "b");

      test.mount("c");
      awaitState(test, SetState.COPY_ACTIVE);
      assertThat(look(test).copy().mini()).isFalse();
    }
  }

  @Test
  void aMergeIsActiveEverywhereOrWhereSomethingWasWritten() throws Exception {
    try (TestSets test = TestSets.create(path)) {
      test.set("a", "b");
      slow(test);
      assertThat(test.commands().demandMerge()).isNotNull();
      awaitState(test, SetState.MERGE_ACTIVE);
      assertThat(test.lastJob().cancel()).isEqualTo(JobOrder.TAKEN);
      test.awaitSteady();
      assertThat(look(test).state()).isEqualTo(SetState.MERGE_PENDING);

      WriteBitmap merge = test.unit().set().mounted().bitmaps().merge();
      merge.reset(test.unit().set().gate()::awaitEarlier);
      merge.aboutToChange(0, 4096);
      merge.aboutToChange(1 << 20, 4096);
      assertThat(test.sets.work().startMerge(test.unit().set())).isNotNull();
      awaitState(test, SetState.MINIMERGE_ACTIVE);
      assertThat(look(test).bitmap("merge"))
          .satisfies(b -> assertThat(b.changedBytes()).isBetween(4096L, 8192L));
    }
  }

  @Test
  void aFailingMemberAndALostOneAreTold() throws Exception {
    try (TestSets test = TestSets.create(path)) {
      test.set("a", "b");
      Member member = test.unit().set().mounted().device().members().full().get(1);
      member.failing(Member.Trouble.WRITE);
      assertThat(look(test).state()).isEqualTo(SetState.MOUNT_VERIFICATION);
      assertThat(look(test).members().get(1).state()).isEqualTo("failing");
      test.unit().set().expel(member, new StorageException(Fault.STORE_FAILED, "the disk is gone"));
      assertThat(look(test).state()).isEqualTo(SetState.STEADY);
      assertThat(look(test).lost()).extracting(MemberStatus::name).containsExactly("b");
      assertThat(look(test).members().get(1).state()).isEqualTo("lost");
    }
  }

  @Test
  void aMemberThatWasGivenUpByForceIsNotMissed() throws Exception {
    try (TestSets test = TestSets.create(path)) {
      test.set("a", "b");
      test.commands().expel(test.bay.find("b"));
      assertThat(look(test).lost()).isEmpty();
      assertThat(look(test).members().get(1).state()).isEqualTo("removed");
    }
  }

  @Test
  void aStallThatIsOverBeforeItsWritesIsNone() throws Exception {
    try (TestSets test = TestSets.create(path)) {
      Stall stall = test.set("a").set().stall();
      int ticket = stall.enter();
      Thread writer =
          new Thread(
              () -> {
                TestJobs.await("it began", () -> stall.secondsLeft() > 0);
                TestJobs.await("it is over", () -> stall.secondsLeft() == 0);
                stall.leave(ticket);
              });
      writer.start();
      TestJobs.assertFault(
          Fault.AGAIN, () -> Stalls.begin(List.of(test.unit()), 1), "took all of the 1 s");
      writer.join();
    }
  }

  @Test
  void aStallWaitsForWritesThatBeganBefore() throws Exception {
    Stall stall = new Stall(1);
    int ticket = stall.enter();
    AtomicBoolean quiet = new AtomicBoolean();
    Thread thread =
        new Thread(
            () -> {
              stall.begin(300);
              stall.awaitEarlier();
              quiet.set(true);
            });
    thread.start();
    TestJobs.await(
        "it waits",
        () ->
            thread.getState() == Thread.State.WAITING
                || thread.getState() == Thread.State.TERMINATED);
    assertThat(quiet).isFalse();
    stall.leave(ticket);
    thread.join();
    assertThat(quiet).isTrue();
    assertThat(stall.end()).isTrue();
  }
}
