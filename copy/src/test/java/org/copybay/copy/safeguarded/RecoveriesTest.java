package org.copybay.copy.safeguarded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.copybay.copy.TestJobs.assertFault;
import static org.copybay.volumes.bay.Catalogue.Change.NOTHING;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.copybay.copy.TestJobs;
import org.copybay.copy.engine.Job;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What recovery volumes show, and what they depend on. */
final class RecoveriesTest extends SafeguardedTest {
  private static final String OLD = "a0 a1 a2 a3";

  private Recovery recovery(String set) throws StorageException {
    return Objects.requireNonNull(test.state(PAY).recoveries().get(set));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void recoveryVolumesShowABackupAtOnceAndTakeWritesOfTheirOwn(boolean background)
      throws Exception {
    long id = backup();
    test.write("a", 0, "A0");
    test.recover(PAY, id, background);
    assertThat(test.read("ra")).isEqualTo(OLD);
    assertThat(test.read("rb")).isEqualTo("b0 b1 b2 b3");

    test.write("ra", 1, "R1");
    test.write("a", 2, "A2");
    for (int life = 0; life < 3; life++) {
      assertThat(test.read("ra")).isEqualTo("a0 R1 a2 a3");
      assertThat(test.read("a")).isEqualTo("A0 a1 A2 a3");
      assertThat(test.image(id, "a")).isEqualTo(OLD);
      if (life == 0) {
        reopen();
      } else {
        kill();
      }
    }
    test.copy();
    assertThat(test.session(PAY).situation(Recovery.R1))
        .isEqualTo(background ? Situation.COPIED : Situation.NOCOPY);
    assertThat(test.read("ra")).isEqualTo("a0 R1 a2 a3");
  }

  @Test
  void whatWasCopiedDependsOnNothing() throws Exception {
    long id = backup();
    test.recover(PAY, id, false);
    test.write("ra", 1, "R1");
    test.fill("ra", 2, 1);
    assertThat(test.initiate(PAY, Recovery.R1)).hasSize(2);
    test.copy();
    assertThat(test.session(PAY).situation(Recovery.R1)).isEqualTo(Situation.COPIED);
    assertThat(test.initiate(PAY, Recovery.R1)).isEmpty();

    test.expire(PAY, id, false);
    for (int t = 0; t < 4; t++) {
      test.write("a", t, "A" + t);
    }
    assertThat(test.ids(PAY)).isEmpty();
    assertThat(test.read("ra")).isEqualTo("a0 R1 a2 a3");
    assertThat(test.terminateRecovery(PAY, Recovery.R1, false)).isEmpty();
    assertThat(test.session(PAY).situation(Recovery.R1)).isEqualTo(Situation.DEFINED);
    kill();
    assertThat(test.invalid("ra")).isNull();
    assertThat(test.read("ra")).isEqualTo("a0 R1 a2 a3");
    test.assertNothingLeftBehind();
  }

  @Test
  void anExpiredBackupStaysUntilItsRecoveryIsTerminated() throws Exception {
    long first = backup();
    long id = backup();
    test.recover(PAY, id, false);

    Expiring.Plan plan = test.expire(PAY, id, false);

    assertThat(plan.now()).containsExactly(first);
    assertThat(plan.later()).containsExactly(id);
    reopen();
    assertThat(test.safeguarded.backup(test.session(PAY), id).state())
        .isEqualTo("dependent_deleting");
    assertFault(Fault.BUSY, () -> test.recoverTo(PAY, id, "other", "a", "rb"), "SGC1005E");
    test.write("a", 0, "A0");
    assertThat(test.read("ra")).isEqualTo(OLD);
    assertThat(test.terminateRecovery(PAY, Recovery.R1, true)).containsExactly("ra", "rb");
    assertThat(test.ids(PAY)).isEmpty();
    assertThat(test.session(PAY).situation(Recovery.R1)).isEqualTo(Situation.DEFINED);
    test.assertNothingLeftBehind();
  }

  @Test
  void anExpiredBackupGoesWhenItsRecoveryIsWhole() throws Exception {
    long id = backup();
    test.recover(PAY, id, false);
    test.expire(PAY, id, false);
    test.initiate(PAY, Recovery.R1);
    kill();
    test.copy();

    TestJobs.await("expired", () -> test.ids(PAY).isEmpty());
    assertThat(test.read("ra")).isEqualTo(OLD);
    test.assertNothingLeftBehind();
  }

  @Test
  void aRecoveryThatIsEndedEarlyNeedsForceAndLeavesItsVolumesInvalid() throws Exception {
    long id = backup();
    test.recover(PAY, id, false);
    assertFault(
        Fault.BUSY, () -> test.terminateRecovery(PAY, Recovery.R1, false), "volume ra, rb does");

    assertThat(test.terminateRecovery(PAY, Recovery.R1, true)).containsExactly("ra", "rb");

    for (int life = 0; life < 2; life++) {
      assertThat(test.invalid("ra")).isNotNull();
      assertFault(Fault.CORRUPT, () -> test.read("ra"), "INVALID");
      kill();
    }
    test.recover(PAY, id, true);
    assertThat(test.invalid("ra")).isNull();
    assertThat(test.read("ra")).isEqualTo(OLD);
    test.copy();
    assertThat(test.terminateRecovery(PAY, Recovery.R1, false)).isEmpty();
  }

  /** Terminate drops the backups first: a program may read in between. */
  @Test
  void whoReadsWhileTheBackupIsDroppedHearsThatTheVolumeIsNoCopy() throws Exception {
    long id = backup();
    test.recover(PAY, id, false);
    test.bay.backupPoints().drop(List.of(id), List.of(test.find("a"), test.find("b")), NOTHING);
    assertFault(Fault.CORRUPT, () -> test.read("ra"), "what volume ra shows was removed");
    test.terminate(PAY, true);
    assertFault(Fault.CORRUPT, () -> test.read("ra"), "INVALID");
  }

  @Test
  void volumesThatWereFilledByWritesNeedNoForce() throws Exception {
    test.recover(PAY, backup(), false);
    for (int t = 0; t < 4; t++) {
      test.write("ra", t, "R" + t);
      test.write("rb", t, "R" + t);
    }
    assertThat(test.terminateRecovery(PAY, Recovery.R1, false)).isEmpty();
    kill();
    assertThat(test.read("ra")).isEqualTo("R0 R1 R2 R3");
  }

  @Test
  void severalSetsShowBackupsSideBySide() throws Exception {
    long first = backup();
    test.write("a", 0, "A0");
    long second = backup();
    test.create("s", 4, "s");
    test.recover(PAY, first, false);
    assertFault(Fault.BUSY, () -> test.recoverTo(PAY, second, "two", "a", "ra"), "SGC1010E");
    assertFault(Fault.BUSY, () -> test.recoverTo(PAY, second, "two", "a", "b"), "protected by");
    test.recoverTo(PAY, second, "two", "a", "s");
    reopen();

    assertThat(test.read("ra")).isEqualTo(OLD);
    assertThat(test.read("s")).isEqualTo("A0 a1 a2 a3");
    assertFault(Fault.BUSY, () -> test.bay.remove("s"), "recovery volume");
    test.terminateRecovery(PAY, "two", true);
    test.bay.remove("s");
    assertThat(test.read("ra")).isEqualTo(OLD);
  }

  @Test
  void aRecoveryVolumeMayBeLarger() throws Exception {
    test.create("large", 6, "l");
    long id = backup();
    test.recoverTo(PAY, id, "large", "a", "large");
    assertThat(test.read("large")).isEqualTo(OLD + " 0 0");
    test.initiate(PAY, "large");
    test.copy();
    kill();
    byte[] all = TestJobs.read(test.find("large"));
    for (int at = 4 * TestSafeguarded.TRACK; at < all.length; at++) {
      assertThat(all[at]).isZero();
    }
    test.create("small", 2, "s");
    assertFault(
        Fault.BAD_REQUEST, () -> test.recoverTo(PAY, id, "small", "a", "small"), "SGC1010E");
  }

  @Test
  void aCopyThatFailsIsSuspendedAndCanBeInitiatedAgain() throws Exception {
    long id = backup();
    test.recover(PAY, id, true);
    Job job = Objects.requireNonNull(test.safeguarded.recoveries().findJob(test.find("ra").id()));
    assertThat(job.cancel()).isNotNull();
    TestJobs.awaitEnd(job);
    for (int life = 0; life < 2; life++) {
      assertThat(
              Objects.requireNonNull(recovery(Recovery.R1).findTarget(test.find("ra").id()))
                  .error())
          .contains("its job ended");
      assertThat(test.read("ra")).isEqualTo(OLD);
      assertThat(test.safeguarded.recoveries().findJob(test.find("ra").id())).isNull();
      reopen();
    }
    assertThat(test.initiate(PAY, Recovery.R1)).hasSize(2);
    test.copy();
    assertThat(recovery(Recovery.R1).whole()).isTrue();
    assertThat(test.read("ra")).isEqualTo(OLD);
  }

  @Test
  void aCopyThatIsBeingCancelledIsNotBegunAnew() throws Exception {
    test.recover(PAY, backup(), true);
    Job job = Objects.requireNonNull(test.safeguarded.recoveries().findJob(test.find("ra").id()));
    int jobs = test.jobs.all().size();
    try (var held = test.safeguarded.enter()) { // so it cannot be suspended yet
      assertThat(job.cancel()).isNotNull();
      test.safeguarded.startMissing();
      assertThat(test.jobs.all()).hasSize(jobs);
    }
    TestJobs.awaitEnd(job);
    assertThat(
            Objects.requireNonNull(recovery(Recovery.R1).findTarget(test.find("ra").id())).error())
        .contains("its job ended");
  }

  @Test
  void aWholeRecoveryGivesPlaceToAnotherThatReplacesIt() throws Exception {
    long first = backup();
    test.write("a", 0, "A0");
    long second = backup();
    test.create("s", 4, "s");
    RecoverSpec toOther =
        TestSafeguarded.spec(
            "two", Map.of(test.find("a").id(), test.find("s")), true, true, NOTHING);
    test.safeguarded.recoveries().recover(PAY, first, toOther);
    assertFault(
        Fault.BUSY, () -> test.safeguarded.recoveries().recover(PAY, second, toOther), "SGC1011E");
    test.copy();
    test.write("s", 1, "S1");

    test.safeguarded.recoveries().recover(PAY, second, toOther);
    assertThat(test.read("s")).isEqualTo("A0 a1 a2 a3");
    test.copy();

    RecoverSpec elsewhere =
        TestSafeguarded.spec(
            "two", Map.of(test.find("a").id(), test.find("ra")), true, true, NOTHING);
    test.safeguarded.recoveries().recover(PAY, first, elsewhere);
    assertThat(test.read("ra")).isEqualTo(OLD);
    assertThat(test.read("s")).isEqualTo("A0 a1 a2 a3");
    test.bay.remove("s");
  }

  @Test
  void theNameOfTheRestoreIsNoNameOfASet() throws Exception {
    long id = backup();
    for (String name : List.of(Recovery.RESTORE, "", "a set", "a/b")) {
      assertFault(Fault.BAD_REQUEST, () -> test.recoverTo(PAY, id, name, "a", "ra"), "set");
    }
    assertThat(test.state(PAY).recoveries()).isEmpty();
  }

  @Test
  void volumesThatTheBackupHasNotAreSkipped() throws Exception {
    long id = backup();
    test.create("c", 4, "c");
    test.create("rc", 4, "z");
    test.add(PAY, "c", "rc");

    assertThat(test.recover(PAY, id, false).skipped()).containsExactly("c");

    assertThat(test.read("rc")).isEqualTo("z0 z1 z2 z3");
  }
}
