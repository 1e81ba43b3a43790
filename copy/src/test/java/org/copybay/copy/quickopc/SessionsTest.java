package org.copybay.copy.quickopc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.copybay.copy.TestJobs.assertFault;
import static org.copybay.volumes.bay.Catalogue.Change.NOTHING;

import java.nio.file.Path;
import java.util.List;
import org.copybay.copy.TestJobs;
import org.copybay.copy.engine.JobState;
import org.copybay.copy.quickopc.StartSpec.Mode;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.OpenFile;
import org.copybay.volumes.bay.PointInTime;
import org.copybay.volumes.bay.PointVolume;
import org.copybay.volumes.bay.Volume;
import org.copybay.volumes.bitmap.Grain;
import org.copybay.volumes.bitmap.Run;
import org.copybay.volumes.bitmap.WriteBitmap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What sessions may do in which phase, and what they leave. */
final class SessionsTest {
  private static final String OLD = "a0 a1 a2 a3";

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

  private void assertRefused(Fault fault, String id, Mode mode) {
    assertFault(fault, () -> test.start(pair, mode), id);
  }

  // ---- phases

  @Test
  void eachModeIsTakenOrRefusedByThePhase() throws Exception {
    assertRefused(Fault.NOT_FOUND, "ccm4012", Mode.DIFF);
    assertThat(test.start(pair, Mode.AUTO).record().full()).isTrue();
    assertThat(test.opc.phase(pair)).isEqualTo(Phase.COPYING_TRACKING);
    assertRefused(Fault.EXISTS, "ccm4013", Mode.FULL);
    assertThat(test.start(pair, Mode.AUTO).record().full()).isFalse();
    test.copy(pair);
    assertThat(test.opc.phase(pair)).isEqualTo(Phase.TRACKING);
    assertRefused(Fault.EXISTS, "ccm4013", Mode.FULL);
    assertThat(test.start(pair, Mode.AUTO).record().full()).isFalse();
    test.write("a", 1, "A1");
    test.start(pair, Mode.DIFF);
    test.commands.stopTracking(pair, NOTHING);
    assertThat(test.opc.phase(pair)).isEqualTo(Phase.COPYING);
    assertRefused(Fault.BUSY, "ccm4014", Mode.DIFF);
    assertRefused(Fault.BUSY, "ccm4014", Mode.FULL);
    assertThat(test.start(pair, Mode.AUTO).record().full()).isTrue();
    assertThat(test.opc.phase(pair)).isEqualTo(Phase.COPYING_TRACKING);
  }

  @Test
  void whatIsStartedAsACopyEndsHasAJobThatTakesItsOrders() throws Exception {
    test.start(pair, Mode.FULL);
    for (int i = 0; i < 100; i++) {
      assertThat(test.commands.job(pair).resume()).isNotNull();
      while (test.opc.phase(pair) != Phase.TRACKING) {
        Thread.onSpinWait(); // its job is still to end
      }
      test.write("a", 1, "A" + i);
      test.start(pair, Mode.DIFF);

      assertThat(test.commands.job(pair).state()).isEqualTo(JobState.PAUSED);
      assertThat(test.sets(pair)).isEqualTo("0100 0000 0000");
    }
  }

  @Test
  void afterAnErrorOnlyAutoAndCancelGoOn() throws Exception {
    test.start(pair, Mode.FULL);
    assertThat(test.opc.suspend(test.session(pair).record().id(), "it broke")).isTrue();
    reopen();

    assertThat(test.opc.phase(pair)).isEqualTo(Phase.ERROR_SUSPEND);
    assertThat(test.read("b")).isEqualTo(OLD);
    assertRefused(Fault.BUSY, "ccm4014", Mode.DIFF);
    assertRefused(Fault.BUSY, "ccm4014", Mode.FULL);
    test.start(pair, Mode.AUTO);
    test.copy(pair);
    assertThat(test.opc.phase(pair)).isEqualTo(Phase.TRACKING);
    assertThat(test.read("b")).isEqualTo(OLD);
  }

  @Test
  void aCancelledCopyLeavesATargetThatIsInvalidUntilAWholeCopy() throws Exception {
    test.start(pair, Mode.FULL);
    test.fill("b", 0, 2);
    test.cancel(pair);
    for (int life = 0; life < 2; life++) {
      assertThat(test.invalid("b")).isNotNull();
      assertFault(Fault.CORRUPT, () -> test.read("b"), "INVALID");
      assertFault(Fault.CORRUPT, () -> test.write("b", 0, "x"), "INVALID");
      assertThat(test.bay.find("b").status().size()).isEqualTo(4L * TestOpc.REGION);
      reopen();
    }
    assertFault(Fault.CORRUPT, () -> test.start(test.pair("b", "c"), Mode.FULL), "INVALID");

    assertRefused(Fault.NOT_FOUND, "ccm4012", Mode.DIFF);
    test.start(pair, Mode.FULL);
    assertThat(test.read("b")).isEqualTo(OLD);
    test.copy(pair);
    assertThat(test.invalid("b")).isNull();
  }

  @Test
  void aPartOfACopyCanBeTakenAsItIs() throws Exception {
    test.start(pair, Mode.FULL);
    test.fill("b", 0, 2);
    test.cancel(pair);

    assertThat(test.commands.acceptPartial(test.bay.find("b"))).isEqualTo(2L * TestOpc.REGION);

    assertThat(test.read("b")).isEqualTo("a0 a1 b2 b3");
    reopen();
    assertThat(test.read("b")).isEqualTo("a0 a1 b2 b3");
  }

  @Test
  void aCancelInTrackingLeavesAVolumeOfItsOwn() throws Exception {
    test.start(pair, Mode.FULL);
    test.copy(pair);
    test.write("a", 0, "A0");
    test.cancel(pair);

    assertThat(test.invalid("b")).isNull();
    assertThat(test.read("b")).isEqualTo(OLD);
    assertThat(test.bay.uses().of(test.bay.find("b"))).isEmpty();
    assertThat(test.bay.find("a").bitmaps()).isEmpty();
    assertThat(test.bay.find("b").bitmaps()).isEmpty();
    assertRefused(Fault.NOT_FOUND, "ccm4012", Mode.DIFF);
    test.bay.remove("a");
    assertThat(test.read("b")).isEqualTo(OLD);
  }

  @Test
  void aCopyThatRecordsNothingEndsByItself() throws Exception {
    test.start(pair, Mode.FULL);
    test.commands.stopTracking(pair, NOTHING);
    assertFault(Fault.BUSY, () -> test.cancel(pair), "ccm4014");
    test.copy(pair);

    assertThat(test.opc.phase(pair)).isEqualTo(Phase.NONE);
    assertThat(test.invalid("b")).isNull();
    assertThat(test.read("b")).isEqualTo(OLD);
  }

  @Test
  void forceEndsACopyThatRecordsNothing() throws Exception {
    test.start(pair, Mode.FULL);
    test.commands.stopTracking(pair, NOTHING);

    assertThat(test.commands.cancel(pair, false, true, NOTHING).invalid()).isTrue();

    assertThat(test.invalid("b")).isNotNull();
  }

  @Test
  void aGroupOfTypeOpcTracksNothing() throws Exception {
    PairRecord once = test.pair("once", GroupType.OPC, "a", "c");
    test.start(once, Mode.FULL);
    assertThat(test.opc.phase(once)).isEqualTo(Phase.COPYING);
    test.write("a", 0, "A0");
    test.copy(once);

    assertThat(test.opc.phase(once)).isEqualTo(Phase.NONE);
    assertThat(test.read("c")).isEqualTo(OLD);
  }

  @Test
  void anOrderToEndItsJobSuspendsTheSession() throws Exception {
    test.start(pair, Mode.FULL);
    var job = test.commands.job(pair);
    assertThat(job.cancel()).isNotNull();
    TestJobs.awaitEnd(job);

    assertThat(test.opc.phase(pair)).isEqualTo(Phase.ERROR_SUSPEND);
    assertThat(test.read("b")).isEqualTo(OLD);
  }

  // ---- data

  @Test
  void aStartDuringACopyKeepsWhatWasNotCopied() throws Exception {
    test.start(pair, Mode.FULL);
    test.fill("b", 0, 1);
    test.write("a", 1, "A1");
    test.start(pair, Mode.DIFF);
    assertThat(test.read("b")).isEqualTo("a0 A1 a2 a3");
    test.copy(pair);
    assertThat(test.read("b")).isEqualTo("a0 A1 a2 a3");
    reopen();
    assertThat(test.read("b")).isEqualTo("a0 A1 a2 a3");
  }

  @Test
  void changesOfTheTargetAreLostUnlessThatIsRefused() throws Exception {
    test.start(pair, Mode.FULL);
    test.copy(pair);
    test.write("b", 2, "B2");
    StartSpec keeping =
        new StartSpec(Mode.DIFF, false, true, null, true, null, "start", 7, NOTHING);
    assertFault(Fault.BUSY, () -> test.commands.start(List.of(pair), keeping), "65536 bytes");
    assertThat(test.read("b")).isEqualTo("a0 a1 B2 a3");

    test.start(pair, Mode.DIFF);

    assertThat(test.read("b")).isEqualTo(OLD);
  }

  @Test
  void aDryRunTellsWhatIsCopiedAndLost() throws Exception {
    test.start(pair, Mode.FULL);
    test.copy(pair);
    TestJobs.write(test.bay.find("a"), 0, new byte[4096]);
    TestJobs.write(test.bay.find("b"), TestOpc.REGION, new byte[8192]);

    Plan plan = test.commands.plan(List.of(pair), TestOpc.spec(Mode.DIFF)).get(0);

    assertThat(plan.sendBytes()).isEqualTo(4096 + 8192);
    assertThat(plan.lostBytes()).isEqualTo(8192);
    assertThat(test.opc.phase(pair)).isEqualTo(Phase.TRACKING);
  }

  @Test
  void pointsOfTheTargetStayWhatTheyAre() throws Exception {
    PointVolume before = freeze("before");
    test.start(pair, Mode.FULL);
    test.fill("b", 1, 1);
    PointVolume during = freeze("during");
    test.write("b", 2, "B2");
    test.copy(pair);
    PointVolume after = freeze("after");
    test.write("a", 0, "A0");
    test.start(pair, Mode.DIFF);
    test.copy(pair);

    for (int life = 0; life < 2; life++) {
      assertThat(test.read("b")).isEqualTo("A0 a1 a2 a3");
      assertThat(image("before")).isEqualTo("b0 b1 b2 b3");
      assertThat(image("during")).isEqualTo(OLD);
      assertThat(image("after")).isEqualTo("a0 a1 B2 a3");
      reopen();
    }
    assertThat(List.of(before, during, after)).doesNotHaveDuplicates();
  }

  private PointVolume freeze(String name) throws StorageException {
    PointInTime point = test.bay.points().freeze(List.of(test.bay.find("b")), name, NOTHING);
    return point.volumes().get(0);
  }

  private String image(String name) throws StorageException {
    PointInTime point = test.bay.points().findOrNull(name);
    PointVolume of = point == null ? null : point.findOrNull("b");
    if (of == null) {
      throw new AssertionError("no point " + name);
    }
    return TestOpc.text(of);
  }

  @Test
  void nothingIsStartedOverAPointThatNeedsWhatIsNotCopied() throws Exception {
    test.start(pair, Mode.FULL);
    PointVolume during = freeze("during");
    assertFault(Fault.BUSY, () -> test.start(pair, Mode.DIFF), "QOPC4021E");
    assertFault(Fault.BUSY, () -> test.cancel(pair), "point during");
    assertThat(TestOpc.text(during)).isEqualTo(OLD);
    test.copy(pair);
    test.start(pair, Mode.DIFF);
    assertThat(TestOpc.text(during)).isEqualTo(OLD);
  }

  @Test
  void aBitmapOfTheTargetLearnsOfAStart() throws Exception {
    test.start(pair, Mode.FULL);
    test.copy(pair);
    Volume target = test.bay.find("b");
    var bitmap = test.bay.bitmaps().start(target, "mine", Grain.TRACK, NOTHING);
    test.write("a", 1, "A1");
    test.write("b", 2, "B2");
    test.bay.bitmaps().reset(target, "mine", NOTHING);

    test.start(pair, Mode.DIFF);

    WriteBitmap bits = test.bay.bitmaps().bits(target, bitmap);
    assertThat(bits.changedRegions(0, 9)).containsExactly(new Run(1, 2));
    test.bay.bitmaps().reset(target, "mine", NOTHING);
    test.copy(pair);
    assertThat(bits.regionsSet()).isZero(); // a fill changes nothing
    test.cancel(pair);
    test.start(pair, Mode.FULL);
    assertThat(bits.regionsSet()).isEqualTo(4);
  }

  @Test
  void aStartThatCannotSwitchNeverWas() throws Exception {
    PairRecord other = test.pair("a", "c");
    test.start(pair, Mode.FULL);
    test.start(other, Mode.FULL);
    test.write("a", 0, "A0");
    test.write("b", 1, "B1");
    String sets = test.sets(pair);
    test.clock.once(() -> freeze("between")); // after the rules were looked at

    assertFault(
        Fault.BUSY,
        () -> test.commands.start(List.of(other, pair), TestOpc.spec(Mode.DIFF)),
        "not whole");

    for (int life = 0; life < 2; life++) {
      assertThat(test.sets(pair)).isEqualTo(sets);
      assertThat(test.read("b")).isEqualTo("a0 B1 a2 a3");
      assertThat(test.read("c")).isEqualTo(OLD);
      assertThat(test.bay.points().ofSessions()).hasSize(2);
      assertThat(test.bay.find("a").bitmaps()).hasSize(2);
      reopen();
    }
    test.bay.points().drop("between", NOTHING);
    test.commands.start(List.of(other, pair), TestOpc.spec(Mode.DIFF));
    assertThat(test.read("b")).isEqualTo("A0 a1 a2 a3");
    assertThat(test.read("c")).isEqualTo("A0 a1 a2 a3");
  }

  // ---- cascade

  @Test
  void aCopyOfACopyIsRightWhileTheFirstIsCopied() throws Exception {
    test.start(pair, Mode.FULL);
    PairRecord second = test.pair("b", "c");
    test.start(second, Mode.FULL);
    test.write("a", 0, "A0");
    test.write("b", 1, "B1");

    assertThat(test.read("c")).isEqualTo(OLD);
    assertFault(Fault.BUSY, () -> test.cancel(pair), "dependent session");
    assertFault(Fault.BUSY, () -> test.start(pair, Mode.DIFF), "dependent session");
    reopen();
    assertThat(test.read("c")).isEqualTo(OLD);
    test.copy(second);
    assertThat(test.read("c")).isEqualTo(OLD);
    assertThat(test.read("b")).isEqualTo("a0 B1 a2 a3");
    assertThat(test.sets(second)).isEqualTo("0000 0100 0000");
  }

  @Test
  void aRestartOfTheFirstIsAChangeForTheSecond() throws Exception {
    test.start(pair, Mode.FULL);
    test.copy(pair);
    PairRecord second = test.pair("b", "c");
    test.start(second, Mode.FULL);
    test.write("a", 0, "A0");
    test.write("b", 3, "B3");
    test.start(pair, Mode.DIFF);

    assertThat(test.read("b")).isEqualTo("A0 a1 a2 a3");
    assertThat(test.read("c")).isEqualTo(OLD);
    assertThat(test.sets(second)).isEqualTo("1111 1001 0000");
    test.copy(second);
    test.copy(pair);
    test.start(second, Mode.DIFF);
    assertThat(test.read("c")).isEqualTo("A0 a1 a2 a3");
    test.copy(second);
    assertThat(test.read("c")).isEqualTo("A0 a1 a2 a3");
  }

  @Test
  void manyTargetsOfOneSourceAreEachOfTheirOwnInstant() throws Exception {
    PairRecord other = test.pair("a", "c");
    test.start(pair, Mode.FULL);
    test.write("a", 0, "A0");
    test.start(other, Mode.FULL);
    test.write("a", 0, "A0'");

    assertThat(test.read("b")).isEqualTo(OLD);
    assertThat(test.read("c")).isEqualTo("A0 a1 a2 a3");
    test.copy(pair);
    test.copy(other);
    assertThat(test.read("b")).isEqualTo(OLD);
    assertThat(test.read("c")).isEqualTo("A0 a1 a2 a3");
  }

  @Test
  void aSourceHasAsManySessionsAsWasSaid() throws Exception {
    test.opc.groups().setMaxSessions(8, NOTHING);
    for (int i = 1; i <= 8; i++) {
      test.create("t" + i, 4, 't');
      test.start(test.pair("a", "t" + i), Mode.FULL);
    }
    assertRefused(Fault.BUSY, "QOPC4022E", Mode.FULL);
  }

  @Test
  void whatCannotBeATargetIsRefused() throws Exception {
    test.create("small", 3, 's');
    assertFault(
        Fault.BAD_REQUEST, () -> test.start(test.pair("a", "small"), Mode.FULL), "less than");
    assertFault(Fault.BAD_REQUEST, () -> test.pair("a", "a"), "itself");
    test.opc.groups().inhibit(test.bay.find("c"), true, NOTHING);
    PairRecord other = test.pair("a", "c");
    assertFault(Fault.BUSY, () -> test.start(other, Mode.FULL), "copy-inhibited");
    test.opc.groups().inhibit(test.bay.find("c"), false, NOTHING);
    test.start(pair, Mode.FULL);
    assertFault(Fault.BUSY, () -> test.start(test.pair("c", "b"), Mode.FULL), "already the target");
    test.start(test.pair("b", "c"), Mode.FULL);
    assertFault(Fault.BUSY, () -> test.start(test.pair("c", "a"), Mode.FULL), "itself a copy");
    try (OpenFile open = test.bay.find("b").open(TestJobs.WRITER, false)) {
      assertThat(open).isNotNull();
      assertRefused(Fault.BUSY, "open for writing", Mode.DIFF);
    }
  }

  @Test
  void volumesOfASessionStay() throws Exception {
    test.start(pair, Mode.FULL);
    Volume source = test.bay.find("a");
    assertFault(Fault.BUSY, () -> test.bay.remove("b"), "the target of QuickOPC session");
    assertFault(Fault.BUSY, () -> test.bay.remove("a"), "the source of");
    assertFault(Fault.BUSY, () -> test.bay.rename("c", "b", false), "the target of");
    assertFault(
        Fault.BUSY, () -> test.bay.resize(source, source.size() * 2, false, NOTHING), "resize");
    test.bay.rename("a", "other", false);
    assertThat(test.read("b")).isEqualTo(OLD);
  }

  // ---- many at one instant

  @Test
  void pairsStartAtOneInstantAllOrNone() throws Exception {
    test.create("d", 4, 'd');
    PairRecord one = test.pair("many", GroupType.QUICKOPC, "a", "b");
    PairRecord other = test.pair("many", GroupType.QUICKOPC, "c", "d");
    test.opc.groups().inhibit(test.bay.find("d"), true, NOTHING);
    assertFault(
        Fault.BUSY,
        () -> test.commands.start(List.of(one, other), TestOpc.spec(Mode.FULL)),
        "inhibited");
    assertThat(test.opc.sessions()).isEmpty();
    test.opc.groups().inhibit(test.bay.find("d"), false, NOTHING);

    assertThat(test.commands.start(List.of(one, other), TestOpc.spec(Mode.FULL))).hasSize(2);

    test.write("a", 0, "A0");
    test.write("c", 0, "C0");
    reopen();
    assertThat(test.read("b")).isEqualTo(OLD);
    assertThat(test.read("d")).isEqualTo("c0 c1 c2 c3");
    test.copy(one);
    assertThat(test.read("d")).isEqualTo("c0 c1 c2 c3");
    test.commands.start(List.of(one, other), TestOpc.spec(Mode.AUTO));
    assertThat(test.read("b")).isEqualTo("A0 a1 a2 a3");
    assertThat(test.session(other).record().full()).isFalse();
    test.cancel(one);
    test.commands.start(List.of(one, other), TestOpc.spec(Mode.AUTO));
    assertThat(test.session(one).record().full()).isTrue();
    assertThat(test.session(other).record().full()).isTrue();
  }

  // ---- restore

  @Test
  void aRestoreDuringTheCopyMovesWhatDiffers() throws Exception {
    test.start(pair, Mode.FULL);
    test.write("a", 0, "A0");
    test.write("b", 1, "B1");
    Plan plan = test.commands.plan(List.of(pair), TestOpc.spec(Mode.RESTORE)).get(0);
    assertThat(plan.sendBytes()).isEqualTo(2L * TestOpc.REGION);

    test.start(pair, Mode.RESTORE);

    assertThat(test.read("a")).isEqualTo("a0 B1 a2 a3");
    assertThat(test.read("b")).isEqualTo("a0 B1 a2 a3");
    assertThat(test.bay.find("a").origin().unfilledBytes()).isEqualTo(2L * TestOpc.REGION);
    assertRefused(Fault.BUSY, "restore of the pair", Mode.DIFF);
    reopen();
    assertThat(test.read("a")).isEqualTo("a0 B1 a2 a3");
    test.copy(pair); // the restore goes first
    assertThat(test.opc.findBackward(pair)).isNull();
    assertThat(test.opc.phase(pair)).isEqualTo(Phase.COPYING_TRACKING);
    test.copy(pair);
    test.start(pair, Mode.DIFF);
    test.copy(pair);
    assertThat(test.read("b")).isEqualTo("a0 B1 a2 a3");
  }

  @Test
  void aRestoreCanBeUndone() throws Exception {
    test.start(pair, Mode.FULL);
    test.copy(pair);
    test.write("a", 0, "A0");
    test.write("b", 1, "B1");
    test.start(pair, Mode.RESTORE);
    test.fill("a", 0, 1);
    test.write("a", 3, "A3");
    assertThat(test.read("a")).isEqualTo("a0 B1 a2 A3");

    test.start(pair, Mode.UNDO);

    assertThat(test.read("a")).isEqualTo("A0 a1 a2 a3");
    String point = test.bay.points().all().get(0).name();
    assertFault(Fault.BUSY, () -> test.bay.points().drop(point, NOTHING), "copied back");
    reopen();
    assertThat(test.read("a")).isEqualTo("A0 a1 a2 a3");
    test.copy(pair);
    test.bay.points().drop(point, NOTHING);
    assertThat(test.read("a")).isEqualTo("A0 a1 a2 a3");
    assertThat(test.read("b")).isEqualTo("a0 B1 a2 a3");
    test.start(pair, Mode.DIFF);
    assertThat(test.read("b")).isEqualTo("A0 a1 a2 a3");
  }

  @Test
  void aRestoreWithoutASessionCopiesEverything() throws Exception {
    test.start(pair, Mode.RESTORE);
    assertThat(test.read("a")).isEqualTo("b0 b1 b2 b3");
    test.copy(pair);
    assertThat(test.read("a")).isEqualTo("b0 b1 b2 b3");
    assertThat(test.opc.sessions()).isEmpty();
  }

  // ---- verify

  @Test
  void verifyComparesWhatHasToBeTheSame() throws Exception {
    test.start(pair, Mode.FULL);
    test.copy(pair);
    test.write("a", 0, "A0");
    test.write("b", 3, "B3");
    var job = test.commands.verify(pair, null, "verify", 7);
    TestJobs.awaitEnd(job);
    assertThat(job.error()).isNull();
    assertThat(job.row().result()).isEqualTo("same_regions=2 regions=4");
    assertThat(test.bay.points().ofSessions()).isEmpty();
  }
}
