package org.copybay.copy.quickopc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.copybay.copy.TestJobs.assertFault;
import static org.copybay.volumes.bay.Catalogue.Change.NOTHING;

import java.util.List;
import org.copybay.copy.TestJobs;
import org.copybay.copy.engine.JobState;
import org.copybay.copy.quickopc.StartSpec.Mode;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.PointInTime;
import org.copybay.volumes.bay.PointVolume;
import org.copybay.volumes.bay.Volume;
import org.copybay.volumes.bitmap.Grain;
import org.copybay.volumes.bitmap.Run;
import org.copybay.volumes.bitmap.WriteBitmap;
import org.junit.jupiter.api.Test;

/** What a session may do in which phase, what it shows, and what it leaves. */
final class SessionsTest extends OpcTest {
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
    test.track(pair);
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
    test.track(pair);
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
    test.track(pair);
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
    test.track(pair);
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

  // ---- verify

  @Test
  void verifyComparesWhatHasToBeTheSame() throws Exception {
    test.track(pair);
    test.write("a", 0, "A0");
    test.write("b", 3, "B3");
    var job = test.commands.verify(pair, null, "verify", 7);
    TestJobs.awaitEnd(job);
    assertThat(job.error()).isNull();
    assertThat(job.row().result()).isEqualTo("same_regions=2 regions=4");
    assertThat(test.bay.points().ofSessions()).isEmpty();
  }
}
