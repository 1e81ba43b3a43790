package org.copybay.copy.safeguarded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.copybay.copy.TestJobs.assertFault;
import static org.copybay.volumes.bay.Catalogue.Change.NOTHING;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.copybay.copy.TestJobs;
import org.copybay.volumes.Fault;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A backup that is written back over the volumes of its session. */
final class RestoreTest extends SafeguardedTest {
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aRestoreMakesABackupFirstAndCopiesOnlyWhatChanged(boolean dies) throws Exception {
    long first = backup();
    test.write("a", 0, "A0");
    long second = backup();
    test.write("a", 1, "A1");
    test.write("b", 3, "B3");
    test.clock.pass(Duration.ofSeconds(1));

    test.restore(PAY, first);

    long safety = test.ids(PAY).get(2);
    if (dies) {
      kill();
    }
    assertThat(test.read("a")).isEqualTo("a0 a1 a2 a3");
    assertThat(test.read("b")).isEqualTo("b0 b1 b2 b3");
    assertThat(test.find("a").origin().unfilledBytes()).isEqualTo(2L * TestSafeguarded.TRACK);
    assertThat(test.find("b").origin().unfilledBytes()).isEqualTo((long) TestSafeguarded.TRACK);
    test.write("a", 2, "after");
    assertFault(Fault.BUSY, () -> test.restore(PAY, second), "being restored");
    assertFault(Fault.BUSY, () -> test.remove(PAY, "a"), "recovery set restore");
    test.copy();
    TestJobs.await("the restore is whole", () -> test.state(PAY).recoveries().isEmpty());

    assertThat(test.read("a")).isEqualTo("a0 a1 after a3");
    assertThat(test.image(first, "a")).isEqualTo("a0 a1 a2 a3");
    assertThat(test.image(second, "a")).isEqualTo("A0 a1 a2 a3");
    assertThat(test.image(safety, "a")).isEqualTo("A0 A1 a2 a3");
    assertThat(test.image(safety, "b")).isEqualTo("b0 b1 b2 B3");
    test.restore(PAY, safety);
    test.copy();
    kill();
    assertThat(test.read("a")).isEqualTo("A0 A1 a2 a3");
    assertThat(test.ids(PAY)).hasSize(4);
    test.assertNothingLeftBehind();
  }

  @Test
  void aBackupDuringARestoreHoldsWhatTheVolumesShow() throws Exception {
    long first = backup();
    test.write("a", 0, "A0");
    test.restore(PAY, first);
    test.write("a", 3, "A3");
    long during = backup();
    test.copy();
    kill();
    assertThat(test.image(during, "a")).isEqualTo("a0 a1 a2 A3");
    assertThat(test.read("a")).isEqualTo("a0 a1 a2 A3");
  }

  @Test
  void aRestoreThatABackupNeedsIsNotEndedEarly() throws Exception {
    long first = backup();
    test.write("a", 0, "A0");
    test.restore(PAY, first);
    long during = test.backup(PAY, test.bay.vaultMillis() + 60_000);

    String needs = "backup " + during + " was made of volume a since";
    assertFault(Fault.FORBIDDEN, () -> test.terminateRecovery(PAY, Recovery.RESTORE, true), needs);
    test.clock.pass(Duration.ofMinutes(2));
    assertFault(Fault.BUSY, () -> test.terminateRecovery(PAY, Recovery.RESTORE, true), needs);
    assertThat(test.image(during, "a")).isEqualTo("a0 a1 a2 a3");

    test.bay.points().freeze(List.of(test.find("a")), "mine", NOTHING);
    assertFault(Fault.BUSY, () -> test.terminate(PAY, true), "point mine was made of volume a");
    test.bay.points().drop("mine", NOTHING);
    assertThat(test.terminate(PAY, true).all()).contains(first, during);
    assertThat(test.invalid("a")).isNotNull();
  }

  @Test
  void theBackupBeforeARestoreHasTheVolumesThatAreNotInvalid() throws Exception {
    long first = backup();
    test.write("a", 0, "A0");
    test.restore(PAY, first);
    assertThat(test.terminateRecovery(PAY, Recovery.RESTORE, true)).containsExactly("a");
    test.write("b", 0, "B0");

    test.restore(PAY, first);

    long safety = test.ids(PAY).get(2);
    test.copy();
    assertThat(test.invalid("a")).isNull();
    assertThat(test.read("a")).isEqualTo("a0 a1 a2 a3");
    assertThat(test.read("b")).isEqualTo("b0 b1 b2 b3");
    assertThat(test.image(safety, "b")).isEqualTo("B0 b1 b2 b3");
    assertThat(Objects.requireNonNull(test.bay.backupPoints().findOrNull(safety)).findOrNull("a"))
        .isNull();
  }

  @Test
  void whereAllVolumesAreInvalidNoBackupIsMadeBeforeARestore() throws Exception {
    long first = backup();
    test.write("a", 0, "A0");
    test.write("b", 0, "B0");
    test.restore(PAY, first);
    assertThat(test.terminateRecovery(PAY, Recovery.RESTORE, true)).containsExactly("a", "b");
    int count = test.ids(PAY).size();

    test.restore(PAY, first);

    assertThat(test.ids(PAY)).hasSize(count);
    test.copy();
    assertThat(test.read("b")).isEqualTo("b0 b1 b2 b3");
  }

  @Test
  void onlyARestoreWritesOverTheVolumesOfASession() throws Exception {
    long first = backup();
    assertFault(
        Fault.BUSY, () -> test.recoverTo(PAY, first, "evil", "a", "a"), "protected by session");
  }

  @Test
  void theBackupThatIsRestoredIsKeptUntilItIsWhole() throws Exception {
    long first = backup();
    test.write("a", 0, "A0");
    test.restore(PAY, first);
    long safety = test.ids(PAY).get(1);

    assertThat(test.expire(PAY, safety, false).later()).containsExactly(first);

    assertThat(test.read("a")).isEqualTo("a0 a1 a2 a3");
    test.copy();
    TestJobs.await("it went", () -> test.ids(PAY).isEmpty());
    kill();
    assertThat(test.read("a")).isEqualTo("a0 a1 a2 a3");
    assertThat(test.session(PAY).situation(Recovery.R1)).isEqualTo(Situation.DEFINED);
    test.assertNothingLeftBehind();
  }

  @Test
  void recoveryVolumesKeepWhatTheyShowDuringARestore() throws Exception {
    long first = backup();
    test.write("a", 0, "A0");
    long second = backup();
    test.recover(PAY, second, false);
    test.restore(PAY, first);
    test.copy();
    assertThat(test.read("ra")).isEqualTo("A0 a1 a2 a3");
    assertThat(test.terminateRecovery(PAY, Recovery.R1, true)).isEqualTo(List.of("ra", "rb"));
  }
}
