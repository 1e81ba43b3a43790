package org.copybay.copy.safeguarded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.copybay.copy.TestJobs.assertFault;
import static org.copybay.volumes.bay.Catalogue.Change.NOTHING;

import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Catalogue;
import org.junit.jupiter.api.Test;

/** Volumes that join and leave sessions, and the backups that they bring and keep. */
final class CopySetsTest extends SafeguardedTest {
  private static final Catalogue.Change FAILING =
      connection -> {
        throw new SQLException("the test says no");
      };

  @Test
  void aRefreshFindsTheBackupsOfAVolumeThatLeftAnotherSession() throws Exception {
    long first = backup();
    test.write("b", 0, "B0");
    long second = backup();
    test.remove(PAY, "b");
    assertThat(test.ids(PAY)).containsExactly(first, second);
    test.session("other", "b:rb");
    assertThat(test.session("other").situation(Recovery.R1)).isEqualTo(Situation.DEFINED);

    assertThat(test.safeguarded.backups().refresh("other", NOTHING)).isEqualTo(2);

    kill();
    assertThat(test.session("other").situation(Recovery.R1)).isEqualTo(Situation.PROTECTED);
    test.recover("other", first, false);
    assertThat(test.read("rb")).isEqualTo("b0 b1 b2 b3");
    test.expire(PAY, second, false);
    assertThat(test.ids(PAY)).isEmpty();
    reopen();
    assertThat(test.ids("other")).containsExactly(first, second);
    assertThat(test.image(second, "b")).isEqualTo("B0 b1 b2 b3");
    assertThat(test.read("rb")).isEqualTo("b0 b1 b2 b3");
    test.assertNothingLeftBehind();
  }

  @Test
  void aSessionWhoseVolumesAllLeftHasNoBackups() throws Exception {
    long id = backup();
    test.remove(PAY, "a");
    test.remove(PAY, "b");
    assertThat(test.session(PAY).situation(Recovery.R1)).isEqualTo(Situation.DEFINED);
    test.safeguarded.setup().delete(PAY, NOTHING);
    kill();
    assertFault(Fault.BUSY, () -> test.bay.remove("a"), "safeguarded backup " + id);
    test.bay.remove("ra");
    test.session("new", "a", "b");
    test.safeguarded.backups().refresh("new", NOTHING);
    assertThat(test.ids("new")).containsExactly(id);
    test.terminate("new", false);
    test.assertNothingLeftBehind();
  }

  @Test
  void aVolumeOfASessionIsNotDeletedAndNotProtectedTwice() throws Exception {
    test.create("c", 4, "c");
    test.create("small", 2, "s");
    assertFault(Fault.BUSY, () -> test.bay.remove("a"), "protected by");
    assertFault(Fault.BUSY, () -> test.bay.remove("ra"), "recovery volume");
    test.safeguarded.setup().create("other", NOTHING);
    assertFault(Fault.BUSY, () -> test.add("other", "a", null), "protected by session pay");
    assertFault(Fault.BUSY, () -> test.add("other", "ra", null), "recovery volume");
    assertFault(Fault.BUSY, () -> test.add("other", "c", "ra"), "recovery volume");
    assertFault(Fault.BAD_REQUEST, () -> test.add("other", "c", "b"), "itself a volume");
    assertFault(Fault.BAD_REQUEST, () -> test.add("other", "c", "c"), "itself a volume");
    assertFault(Fault.BAD_REQUEST, () -> test.add("other", "c", "small"), "less than c");
    test.bay.remove("small");
    test.bay.remove("c");
  }

  @Test
  void aRecoveryVolumeCanBeChangedWhileNothingIsRecoveredToIt() throws Exception {
    test.create("rc", 4, "z");
    long id = backup();
    test.recover(PAY, id, false);
    assertFault(Fault.BUSY, () -> test.add(PAY, "a", "rc"), "SGC1009W");
    assertFault(Fault.BUSY, () -> test.remove(PAY, "a"), "SGC1009W");
    test.terminateRecovery(PAY, Recovery.R1, true);
    test.add(PAY, "a", "rc");
    test.bay.remove("ra");
    reopen();
    test.recover(PAY, id, false);
    assertThat(test.read("rc")).isEqualTo("a0 a1 a2 a3");
  }

  @Test
  void whatFailedLeavesNoVolumeInUse() throws Exception {
    test.create("c", 4, "c");
    test.create("rc", 4, "z");
    long id = backup();
    assertFault(
        Fault.STORE_FAILED,
        () -> test.safeguarded.setup().add(PAY, test.find("c"), test.find("rc"), FAILING),
        "the test says no");
    test.bay.remove("c");
    RecoverSpec spec =
        TestSafeguarded.spec(
            "two", Map.of(test.find("a").id(), test.find("rc")), false, false, FAILING);
    assertFault(
        Fault.STORE_FAILED,
        () -> test.safeguarded.recoveries().recover(PAY, id, spec),
        "the test says no");
    assertThat(test.read("rc")).isEqualTo("z0 z1 z2 z3");
    test.bay.remove("rc");
    assertFault(Fault.BUSY, () -> test.bay.remove("ra"), "recovery volume");
  }

  /** As a volume does whose capacity is used up. */
  private void roll(long id, String volume) throws StorageException {
    SafeguardedSession session = test.session(PAY);
    BackupRecord rolled =
        test.safeguarded.backup(session, id).record().rolledOff(test.find(volume).id());
    test.bay
        .backupPoints()
        .drop(
            List.of(id),
            List.of(test.find(volume)),
            connection -> SafeguardedTable.put(connection, PAY, rolled));
    session.setState(session.state().with(rolled));
  }

  @Test
  void aRolledBackupIsRecoverableOnceItsVolumeLeft() throws Exception {
    long id = backup();
    test.write("a", 0, "A0");
    long newer = backup();
    roll(id, "b");
    for (int life = 0; life < 2; life++) {
      assertThat(test.safeguarded.backup(test.session(PAY), id).state()).isEqualTo("rolled");
      assertFault(Fault.BUSY, () -> test.recover(PAY, id, false), "rolled off 1 of 2 volumes");
      assertFault(Fault.BUSY, () -> test.restore(PAY, id), "rolled off 1 of 2 volumes");
      assertThat(test.image(id, "a")).isEqualTo("a0 a1 a2 a3");
      assertThat(test.image(newer, "b")).isEqualTo("b0 b1 b2 b3");
      kill();
    }

    test.remove(PAY, "b");

    assertThat(test.recover(PAY, id, false).items()).hasSize(1);
    assertThat(test.read("ra")).isEqualTo("a0 a1 a2 a3");
    test.add(PAY, "b", "rb");
    assertThat(test.safeguarded.backup(test.session(PAY), id).unrecoverable()).isNotNull();
  }

  @Test
  void aVolumeThatWasAddedLaterIsInNewBackups() throws Exception {
    long first = backup();
    test.create("c", 4, "c");
    test.add(PAY, "c", null);
    long second = backup();
    reopen();
    assertThat(test.safeguarded.backup(test.session(PAY), first).volumes()).hasSize(2);
    assertThat(test.safeguarded.backup(test.session(PAY), second).volumes()).hasSize(3);
  }
}
