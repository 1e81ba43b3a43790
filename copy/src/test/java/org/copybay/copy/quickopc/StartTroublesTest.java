package org.copybay.copy.quickopc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.copybay.copy.TestJobs.assertFault;
import static org.copybay.volumes.bay.Catalogue.Change.NOTHING;

import java.sql.Statement;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.copybay.copy.TestJobs;
import org.copybay.copy.engine.Changes;
import org.copybay.copy.engine.Job;
import org.copybay.copy.engine.JobRecord;
import org.copybay.copy.quickopc.StartSpec.Mode;
import org.copybay.volumes.Extent;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.KernelView;
import org.copybay.volumes.bay.Volume;
import org.copybay.volumes.bitmap.Grain;
import org.copybay.volumes.bitmap.Run;
import org.copybay.volumes.track.TrackOrigin;
import org.junit.jupiter.api.Test;

/** Starts that fail half-way, that meet the job of another, and that sizes refuse. */
final class StartTroublesTest extends OpcTest {
  private void rename(String from, String to) {
    try {
      test.bay
          .catalogue()
          .change(
              connection -> {
                try (Statement step = connection.createStatement()) {
                  step.execute("alter table " + from + " rename to " + to);
                }
              });
    } catch (StorageException e) {
      throw new AssertionError(e);
    }
  }

  /** From the switch of the next start on, no session can be recorded, until the bay is opened. */
  private void failAfterTheSwitch() {
    test.bay.setKernelView(
        new KernelView<>() {
          private boolean failed;

          @Override
          public CompletableFuture<Void> sizeChanged(Volume file) {
            return CompletableFuture.completedFuture(null);
          }

          @Override
          public CompletableFuture<Void> contentChanged(Volume file, Extent changed) {
            if (!failed) {
              failed = true;
              rename("opc_session", "hidden");
            }
            return CompletableFuture.completedFuture(null);
          }
        });
  }

  private void reopenAfterTheFailure() throws StorageException {
    rename("hidden", "opc_session");
    reopen();
  }

  // ---- half-way

  @Test
  void aRestoreThatFailsAfterItsSwitchCanBeUndone() throws Exception {
    test.track(pair);
    test.write("a", 0, "A0");
    failAfterTheSwitch();
    assertFault(Fault.STORE_FAILED, () -> test.start(pair, Mode.RESTORE), "");
    assertThat(test.read("a")).isEqualTo("a0 a1 a2 a3");

    reopenAfterTheFailure();

    assertThat(test.read("a")).isEqualTo("a0 a1 a2 a3");
    TestJobs.await("the restore", () -> test.opc.findBackward(pair) == null);
    test.start(pair, Mode.UNDO);
    assertThat(test.read("a")).isEqualTo("A0 a1 a2 a3");
  }

  @Test
  void aCopyEndsWhenItsSessionIsSuspended() throws Exception {
    test.start(pair, Mode.FULL);
    Job job = test.commands.job(pair);
    failAfterTheSwitch();
    assertFault(Fault.STORE_FAILED, () -> test.start(pair, Mode.DIFF), "");
    assertThat(test.opc.phase(pair)).isEqualTo(Phase.ERROR_SUSPEND);

    assertThat(job.resume()).isNotNull();
    TestJobs.awaitEnd(job);

    reopenAfterTheFailure();
    assertThat(test.read("b")).isEqualTo("a0 a1 a2 a3");
  }

  @Test
  void whatTheSwitchSurvivedAndABitmapDidNotIsToldAgain() throws Exception {
    test.track(pair);
    Volume target = test.bay.find("b");
    var mine = test.bay.bitmaps().start(target, "mine", Grain.TRACK, NOTHING);
    test.write("a", 1, "A1");
    failAfterTheSwitch();
    assertFault(Fault.STORE_FAILED, () -> test.start(pair, Mode.DIFF), "");
    test.bay.bitmaps().reset(target, "mine", NOTHING); // as power loss might

    reopenAfterTheFailure();

    assertThat(test.bay.bitmaps().bits(test.bay.find("b"), mine).changedRegions(0, 9))
        .containsExactly(new Run(1, 1));
  }

  @Test
  void aBitmapThatIsResetDuringAStartLetsItBeTriedAgain() throws Exception {
    Volume target = test.bay.find("b");
    test.bay.bitmaps().start(target, "mine", Grain.TRACK, NOTHING);
    Changes changes = new Changes(test.bay, target, List.of(), target.size());
    changes.announceAll();
    TrackOrigin.Late late = changes.late(List.of());
    test.bay.bitmaps().reset(target, "mine", NOTHING);

    assertFault(Fault.AGAIN, () -> late.prepare(null), "reset meanwhile");
  }

  @Test
  void theVolumesOfAStartAreInUseBeforeItsFirstStep() throws Exception {
    test.clock.onceAfter(1, () -> assertFault(Fault.BUSY, () -> test.bay.remove("b"), "target of"));
    test.start(pair, Mode.FULL);
    assertThat(test.read("b")).isEqualTo("a0 a1 a2 a3");
  }

  @Test
  void thePointOfAVerificationThatNeverBeganGoesAtTheMount() throws Exception {
    test.start(pair, Mode.FULL);
    SessionRecord record = test.session(pair).record();
    JobRecord row =
        JobRecord.accepted(
            "7",
            VerifyWork.VERB,
            "verify",
            VerifyWork.options(record),
            "a",
            record.source(),
            "b",
            record.target(),
            7,
            0,
            test.clock.instant());
    new VerifyWork(test.opc, row).freeze();
    assertThat(test.bay.points().ofSessions()).hasSize(2);

    reopen();

    assertThat(test.bay.points().ofSessions()).hasSize(1);
    test.start(pair, Mode.DIFF);
  }

  // ---- jobs

  @Test
  void aStartGivesItsCopyTheNameThatWasWanted() throws Exception {
    test.start(pair, Mode.FULL);
    Job first = test.commands.job(pair);
    StartSpec spec =
        new StartSpec(Mode.DIFF, false, false, null, true, "mine", "start", 7, NOTHING);
    test.commands.start(List.of(pair), spec);

    TestJobs.awaitEnd(first);
    assertThat(first.row().result()).isEqualTo("copied=0 continued=yes");
    assertThat(test.commands.job(pair).id()).isEqualTo("mine");
    test.copy(pair);
    assertThat(test.opc.phase(pair)).isEqualTo(Phase.TRACKING);
    assertThat(test.read("b")).isEqualTo("a0 a1 a2 a3");
  }

  @Test
  void aStartLetsAPausedCopyGoOn() throws Exception {
    test.start(pair, Mode.FULL);
    StartSpec spec = new StartSpec(Mode.DIFF, false, false, null, false, null, "start", 7, NOTHING);
    test.commands.start(List.of(pair), spec);
    TestJobs.await("the copy", () -> test.opc.phase(pair) == Phase.TRACKING);
  }

  @Test
  void whatIsSuspendedCanBeResumed() throws Exception {
    test.start(pair, Mode.FULL);
    test.fill("b", 0, 1);
    for (int life = 0; life < 2; life++) {
      Job job = test.commands.job(pair);
      assertThat(job.cancel()).isNotNull();
      TestJobs.awaitEnd(job);
      assertThat(test.opc.phase(pair)).isEqualTo(Phase.ERROR_SUSPEND);
      test.write("a", 1, "A1");
      reopen();
      assertThat(test.commands.resume(pair).state().ended()).isFalse();
      TestJobs.await("the copy", () -> test.opc.phase(pair) == Phase.TRACKING);
      assertThat(test.read("b")).isEqualTo(life == 0 ? "a0 a1 a2 a3" : "A0 A1 a2 a3");
      test.write("a", 0, "A0");
      test.start(pair, Mode.DIFF);
    }
  }

  // ---- sizes

  @Test
  void aSourceThatEndsWithinABlockMakesALongerTargetValid() throws Exception {
    test.create("odd", TestOpc.REGION + 4097);
    PairRecord odd = test.pair("odd", "c");
    test.start(odd, Mode.FULL);
    test.cancel(odd);
    test.track(odd);
    assertThat(test.invalid("c")).isNull();
  }

  @Test
  void aCopyOfLessThanAnInvalidVolumeLacksIsRefused() throws Exception {
    test.start(pair, Mode.FULL);
    test.cancel(pair);
    test.create("short", 2, 's');

    assertFault(
        Fault.BAD_REQUEST, () -> test.start(test.pair("short", "b"), Mode.FULL), "INVALID also");

    assertThat(test.invalid("b")).isNotNull();
  }
}
