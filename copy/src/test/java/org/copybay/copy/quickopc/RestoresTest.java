package org.copybay.copy.quickopc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.copybay.copy.TestJobs.assertFault;
import static org.copybay.volumes.bay.Catalogue.Change.NOTHING;

import java.util.Arrays;
import java.util.List;
import org.copybay.copy.TestJobs;
import org.copybay.copy.quickopc.StartSpec.Mode;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.PointInTime;
import org.copybay.volumes.bay.Volume;
import org.junit.jupiter.api.Test;

/** Restores, and what takes them back. */
final class RestoresTest extends OpcTest {
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
    test.track(pair);
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

  @Test
  void anUndoThatFailsLetsItsPointGo() throws Exception {
    test.track(pair);
    test.write("a", 0, "A0");
    test.start(pair, Mode.RESTORE);
    PointInTime point = test.bay.points().all().get(0);
    Volume source = test.bay.find("a");
    test.clock.once(() -> test.bay.points().freeze(List.of(source), "late", NOTHING));
    assertFault(Fault.BUSY, () -> test.start(pair, Mode.UNDO), "not whole");

    test.bay.points().drop(point.name(), NOTHING);
  }

  @Test
  void aRestoreToAShorterSourceCopiesWhatItHas() throws Exception {
    test.create("short", 2L * TestOpc.REGION + 100);
    PairRecord longer = test.pair("short", "c");
    test.track(longer);
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

  // ---- undo

  @Test
  void undoTakesAPointOfItsOwnPair() throws Exception {
    test.opc.groups().createGroup("g", GroupType.QUICKOPC, NOTHING);
    PairRecord one = addPair("copy", "b");
    PairRecord two = addPair("copy-2", "c");
    test.track(one);
    test.track(two);
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
    test.track(pair);
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
    test.track(pair);
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
    test.track(pair);
    test.write("b", 0, "B0");
    test.start(pair, Mode.RESTORE);
    test.copy(pair);
    test.write("a", 2, "A2");

    Plan plan = test.commands.plan(List.of(pair), TestOpc.spec(Mode.UNDO)).get(0);

    assertThat(plan.lostBytes()).isEqualTo(2L * TestOpc.REGION);
  }
}
