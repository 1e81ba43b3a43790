package org.copybay.copy.quickopc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.copybay.copy.TestJobs.assertFault;
import static org.copybay.volumes.bay.Catalogue.Change.NOTHING;

import java.nio.file.Path;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.copybay.copy.TestJobs;
import org.copybay.copy.engine.Job;
import org.copybay.copy.engine.JobRecord;
import org.copybay.copy.quickopc.StartSpec.Mode;
import org.copybay.volumes.Extent;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.KernelView;
import org.copybay.volumes.bay.PointInTime;
import org.copybay.volumes.bay.Volume;
import org.copybay.volumes.bitmap.Grain;
import org.copybay.volumes.bitmap.Run;
import org.copybay.volumes.track.TrackOrigin;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Starts that fail half-way, that meet others, and that the rules refuse. */
final class StartTroublesTest {
  @TempDir Path directory;

  private TestOpc test;
  private PairRecord pair;

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

  private void reopen() throws StorageException {
    test.close();
    test = TestOpc.open(test.path);
  }

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
    test.start(pair, Mode.FULL);
    test.copy(pair);
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
    test.start(pair, Mode.FULL);
    test.copy(pair);
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
  void anUndoThatFailsLetsItsPointGo() throws Exception {
    test.start(pair, Mode.FULL);
    test.copy(pair);
    test.write("a", 0, "A0");
    test.start(pair, Mode.RESTORE);
    PointInTime point = test.bay.points().all().get(0);
    Volume source = test.bay.find("a");
    test.clock.once(() -> test.bay.points().freeze(List.of(source), "late", NOTHING));
    assertFault(Fault.BUSY, () -> test.start(pair, Mode.UNDO), "not whole");

    test.bay.points().drop(point.name(), NOTHING);
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

  // ---- many pairs

  @Test
  void ofManyPairsWithOneIdEachHasAJob() throws Exception {
    PairRecord other = test.pair("a", "c");
    StartSpec spec =
        new StartSpec(Mode.FULL, false, false, null, true, "mine", "start", 7, NOTHING);
    test.commands.start(List.of(pair), spec);
    test.commands.start(List.of(other), spec);

    assertThat(test.commands.job(pair).id()).isEqualTo("mine");
    assertThat(test.commands.job(other).id()).isNotEqualTo("mine");
  }

  @Test
  void atOneInstantTheRulesCountThePairsOfTheStartItself() throws Exception {
    List<PairRecord> circle = List.of(pair, test.pair("b", "a"));
    assertFault(
        Fault.BUSY, () -> test.commands.start(circle, TestOpc.spec(Mode.FULL)), "a copy of");
    test.opc.groups().setMaxSessions(1, NOTHING);
    List<PairRecord> many = List.of(pair, test.pair("a", "c"));
    assertFault(Fault.BUSY, () -> test.commands.start(many, TestOpc.spec(Mode.FULL)), "QOPC4022E");
    assertThat(test.opc.sessions()).isEmpty();
  }

  @Test
  void atOneInstantAChainIsOfThatInstantInEitherOrder() throws Exception {
    PairRecord second = test.pair("b", "c");
    for (List<PairRecord> order : List.of(List.of(pair, second), List.of(second, pair))) {
      test.commands.start(order, TestOpc.spec(Mode.FULL));
      assertThat(test.read("b")).isEqualTo("a0 a1 a2 a3");
      assertThat(test.read("c")).isEqualTo("b0 b1 b2 b3");
      assertThat(test.sets(second)).isEqualTo("1111 1111 0000");
      test.copy(second);
      test.copy(pair);
      test.start(second, Mode.DIFF);
      assertThat(test.read("c")).isEqualTo("a0 a1 a2 a3");
      test.copy(second);
      test.cancel(second);
      test.cancel(pair);
      for (int r = 0; r < 4; r++) {
        test.write("b", r, "b" + r);
      }
    }
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
  void aRestoreToAShorterSourceCopiesWhatItHas() throws Exception {
    test.create("short", 2L * TestOpc.REGION + 100);
    PairRecord longer = test.pair("short", "c");
    test.start(longer, Mode.FULL);
    test.copy(longer);
    TestJobs.write(test.bay.find("c"), 0, TestOpc.bytes("C"));
    TestJobs.write(test.bay.find("c"), 2L * TestOpc.REGION, TestOpc.bytes("C"));

    test.start(longer, Mode.RESTORE);
    test.copy(longer);

    byte[] all = TestJobs.read(test.bay.find("short"));
    byte[] then = TestJobs.read(test.bay.find("c"));
    assertThat(all).isEqualTo(Arrays.copyOf(then, all.length));
    test.cancel(longer);
    test.bay.resize(test.bay.find("short"), 3L * TestOpc.REGION, false, NOTHING);
    assertThat(TestJobs.read(test.bay.find("short")))
        .isEqualTo(Arrays.copyOf(all, 3 * TestOpc.REGION));
  }

  @Test
  void aSourceThatEndsWithinABlockMakesALongerTargetValid() throws Exception {
    test.create("odd", TestOpc.REGION + 4097);
    PairRecord odd = test.pair("odd", "c");
    test.start(odd, Mode.FULL);
    test.cancel(odd);
    test.start(odd, Mode.FULL);
    test.copy(odd);
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

  // ---- undo

  @Test
  void undoTakesAPointOfItsOwnPair() throws Exception {
    test.opc.groups().createGroup("g", GroupType.QUICKOPC, NOTHING);
    PairRecord one = addPair("copy", "b");
    PairRecord two = addPair("copy-2", "c");
    test.start(one, Mode.FULL);
    test.copy(one);
    test.start(two, Mode.FULL);
    test.copy(two);
    test.write("a", 0, "A0");
    test.start(one, Mode.RESTORE);
    test.copy(one);
    test.write("a", 1, "A1");
    test.start(two, Mode.RESTORE);
    test.copy(two);

    test.start(one, Mode.UNDO);

    assertThat(test.read("a")).isEqualTo("A0 a1 a2 a3");
  }

  @Test
  void undoIsOfTheLastRestoreOrNone() throws Exception {
    test.start(pair, Mode.FULL);
    test.copy(pair);
    for (int i = 0; i < 2; i++) {
      test.write("a", 0, "A" + i);
      test.start(pair, Mode.RESTORE);
      test.copy(pair);
    }
    List<PointInTime> points = test.bay.points().all();
    test.bay.points().drop(points.get(1).name(), NOTHING);
    assertFault(Fault.NOT_FOUND, () -> test.start(pair, Mode.UNDO), "QOPC4012E");
    reopen();
    assertFault(Fault.NOT_FOUND, () -> test.start(pair, Mode.UNDO), "QOPC4012E");
    assertThat(test.read("a")).isEqualTo("a0 a1 a2 a3");
  }

  @Test
  void aSourceThatARestoreLeftInvalidIsRestoredAgainOrGoesBack() throws Exception {
    test.start(pair, Mode.FULL);
    test.copy(pair);
    test.write("a", 0, "A0");
    test.start(pair, Mode.RESTORE);
    assertThat(test.commands.cancel(pair, true, true, NOTHING).invalid()).isTrue();
    test.start(pair, Mode.RESTORE);
    assertThat(test.read("a")).isEqualTo("a0 a1 a2 a3");
    test.copy(pair);
    assertThat(test.invalid("a")).isNull();

    test.start(pair, Mode.UNDO);

    assertThat(test.read("a")).isEqualTo("A0 a1 a2 a3");
  }

  private PairRecord addPair(String name, String target) throws StorageException {
    return test.opc.groups().addPair("g", name, test.bay.find("a"), test.bay.find(target), NOTHING);
  }

  @Test
  void aDryRunOfAnUndoTellsWhatIsLost() throws Exception {
    test.start(pair, Mode.FULL);
    test.copy(pair);
    test.write("b", 0, "B0");
    test.start(pair, Mode.RESTORE);
    test.copy(pair);
    test.write("a", 2, "A2");

    Plan plan = test.commands.plan(List.of(pair), TestOpc.spec(Mode.UNDO)).get(0);

    assertThat(plan.lostBytes()).isEqualTo(2L * TestOpc.REGION);
  }
}
