package org.copybay.copy.quickopc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.copybay.copy.TestJobs.assertFault;
import static org.copybay.volumes.bay.Catalogue.Change.NOTHING;

import java.util.List;
import org.copybay.copy.TestJobs;
import org.copybay.copy.quickopc.StartSpec.Mode;
import org.copybay.volumes.Fault;
import org.copybay.volumes.bay.OpenFile;
import org.copybay.volumes.bay.Volume;
import org.junit.jupiter.api.Test;

/** Copies of copies, many targets of one source, and starts of many pairs at one instant. */
final class ManyPairsTest extends OpcTest {
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
    test.track(pair);
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
}
