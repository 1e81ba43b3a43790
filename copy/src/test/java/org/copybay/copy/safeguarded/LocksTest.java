package org.copybay.copy.safeguarded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.copybay.copy.TestJobs.assertFault;
import static org.copybay.volumes.bay.Catalogue.Change.NOTHING;

import java.time.Duration;
import java.util.List;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.junit.jupiter.api.Test;

/** Locks, holds, intervals and numbers: what is refused, and until when. */
final class LocksTest extends SafeguardedTest {
  private static final Duration HOUR = Duration.ofHours(1);

  private long after(Duration duration) {
    return test.bay.vaultMillis() + duration.toMillis();
  }

  private void set(SessionProperties properties) throws StorageException {
    SessionProperties is = test.safeguarded.find(PAY).state().properties();
    test.safeguarded.setup().setProperties(PAY, is, properties, NOTHING);
  }

  private void lock(long id, Duration duration) throws StorageException {
    assertThat(test.safeguarded.backups().lock(PAY, id, after(duration), NOTHING)).isNotNull();
  }

  private void hold(long id, String name) throws StorageException {
    Hold hold = new Hold(name, 7, test.clock.instant());
    assertThat(test.safeguarded.backups().hold(PAY, id, hold, NOTHING)).isNotNull();
  }

  private void assertNothingRemoves(long id, String sentence) {
    assertFault(Fault.FORBIDDEN, () -> test.expire(PAY, id, true), sentence);
    assertFault(Fault.FORBIDDEN, () -> test.expiring().expire(PAY, id, true, 1, NOTHING), sentence);
    assertFault(Fault.FORBIDDEN, () -> test.terminate(PAY, true), sentence);
    assertFault(Fault.FORBIDDEN, () -> test.remove(PAY, "a"), sentence);
    assertFault(Fault.FORBIDDEN, () -> test.safeguarded.setup().delete(PAY, NOTHING), sentence);
  }

  @Test
  void nothingRemovesALockedBackupBeforeItsTime() throws Exception {
    long first = backup();
    long id = test.backup(PAY, after(HOUR));
    for (int life = 0; life < 3; life++) {
      assertNothingRemoves(id, "locked until");
      assertFault(
          Fault.FORBIDDEN,
          () -> test.bay.backupPoints().drop(List.of(id), test.bay.volumes(), NOTHING),
          "locked until");
      assertFault(Fault.FORBIDDEN, () -> test.bay.remove("a"), "locked until");
      if (life == 0) {
        reopen();
      } else {
        kill();
      }
    }
    assertThat(test.expire(PAY, first, false).now()).containsExactly(first);
    long later = backup();
    assertFault(
        Fault.FORBIDDEN, () -> test.expire(PAY, later, false), "would go with backup " + later);
    assertFault(Fault.FORBIDDEN, () -> test.expire(PAY, id, false), "backup " + id + " is locked");
    test.clock.pass(HOUR.plusSeconds(1));
    assertThat(test.expire(PAY, later, false).now()).containsExactly(id, later);
    test.assertNothingLeftBehind();
  }

  @Test
  void aLockOnlyGrows() throws Exception {
    long id = backup();
    lock(id, HOUR);
    assertFault(Fault.FORBIDDEN, () -> lock(id, Duration.ofMinutes(1)), "only grows");
    assertFault(Fault.BAD_REQUEST, () -> lock(id, Duration.ZERO), "is over");
    lock(id, HOUR.multipliedBy(2));
    kill();
    test.clock.pass(HOUR.plusMinutes(1));
    assertNothingRemoves(id, "locked until");
    test.clock.pass(HOUR);
    test.expire(PAY, id, true);
  }

  /** The record of a point has whole seconds: until they are over nothing gives it up. */
  @Test
  void aLockWithinASecondEndsWithIt() throws Exception {
    long id = test.backup(PAY, test.bay.vaultMillis() + 1);
    test.clock.pass(Duration.ofMillis(2));
    assertNothingRemoves(id, "locked until");
    test.clock.pass(Duration.ofSeconds(1));
    test.expire(PAY, id, true);
    test.assertNothingLeftBehind();
  }

  @Test
  void aLockThatNoRecordCanHaveIsRefused() throws Exception {
    long id = backup();
    assertFault(Fault.OUT_OF_RANGE, () -> lock(id, Duration.ofDays(40_000)), "at the latest");
    assertFault(
        Fault.OUT_OF_RANGE,
        () -> test.backup(PAY, after(Duration.ofDays(40_000))),
        "at the latest");
    assertThat(test.ids(PAY)).containsExactly(id);
    assertThat(test.safeguarded.backup(test.session(PAY), id).lockedUntilMillis()).isZero();
  }

  @Test
  void noLockIsLongerThanTheSessionTakes() throws Exception {
    long day = Duration.ofDays(1).toMillis();
    set(
        new SessionProperties(
            0, 0, false, 0, FullPolicy.AUTO_ROLL, false, HOUR.toMillis(), day, DualControl.OFF));
    long id = backup();
    assertNothingRemoves(id, "locked until"); // the session locks every new one
    assertFault(Fault.BAD_REQUEST, () -> lock(id, Duration.ofDays(2)), "no lock of more than");
    assertFault(
        Fault.BAD_REQUEST,
        () -> test.backup(PAY, after(Duration.ofDays(2))),
        "no lock of more than");
    assertThat(test.ids(PAY)).containsExactly(id);
    lock(id, Duration.ofDays(1));
    reopen();
    assertThat(test.state(PAY).properties().maxLockMillis()).isEqualTo(day);
    assertThat(test.backup(PAY, 0)).isGreaterThan(id);
  }

  @Test
  void aHoldKeepsABackupUntilItIsReleased() throws Exception {
    long id =
        test.safeguarded
            .backups()
            .make(PAY, new BackupSpec("end of year", "audit", null, 7, NOTHING))
            .id();
    hold(id, "court");
    assertFault(Fault.EXISTS, () -> hold(id, "court"), "has the hold");
    for (int life = 0; life < 2; life++) {
      assertNothingRemoves(id, "held by audit,court");
      assertThat(test.safeguarded.backup(test.session(PAY), id).record().label())
          .isEqualTo("end of year");
      kill();
    }
    assertFault(
        Fault.NOT_FOUND,
        () -> test.safeguarded.backups().release(PAY, id, "no", NOTHING),
        "no hold");
    test.safeguarded.backups().release(PAY, id, "audit", NOTHING);
    assertNothingRemoves(id, "held by court");
    test.safeguarded.backups().release(PAY, id, "court", NOTHING);
    test.expire(PAY, id, true);
  }

  @Test
  void whatWasExpiredTakesNoLockAndNoHold() throws Exception {
    long id = backup();
    test.recover(PAY, id, false);
    test.expire(PAY, id, true);
    assertFault(Fault.BUSY, () -> lock(id, HOUR), "SGC1009W");
    assertFault(Fault.BUSY, () -> hold(id, "h"), "SGC1009W");
    test.terminateRecovery(PAY, Recovery.R1, true);
    assertThat(test.ids(PAY)).isEmpty();
  }

  /** Another session may lock what this one has expired already: the mount and all else go on. */
  @Test
  void anExpiredBackupThatAnotherSessionLockedStaysUntilThatIsOver() throws Exception {
    long id = backup();
    test.remove(PAY, "b");
    test.session("other", "b");
    test.safeguarded.backups().refresh("other", NOTHING);
    test.recover(PAY, id, false);
    test.expire(PAY, id, true);
    test.safeguarded.backups().lock("other", id, after(HOUR), NOTHING);

    test.terminateRecovery(PAY, Recovery.R1, true);

    for (int life = 0; life < 2; life++) {
      assertThat(test.ids(PAY)).containsExactly(id);
      reopen();
    }
    test.clock.pass(HOUR.plusSeconds(1));
    reopen();
    assertThat(test.ids(PAY)).isEmpty();
    assertThat(test.ids("other")).containsExactly(id);
    assertThat(test.image(id, "b")).isEqualTo("b0 b1 b2 b3");
    test.assertNothingLeftBehind();
  }

  @Test
  void aBackupBeforeTheMinimumIntervalSaysHowLongToWait() throws Exception {
    set(
        new SessionProperties(
            Duration.ofMinutes(30).toMillis(),
            0,
            false,
            0,
            FullPolicy.AUTO_ROLL,
            false,
            0,
            0,
            DualControl.OFF));
    long first = backup();
    test.clock.pass(Duration.ofMinutes(10));
    assertFault(
        Fault.AGAIN,
        () -> test.backup(PAY),
        "SGC1004E: minimum interval 30 min not elapsed (1200 s left)");
    reopen();
    test.clock.pass(Duration.ofMinutes(20).minusMillis(1));
    assertFault(Fault.AGAIN, () -> test.backup(PAY), "(1 s left)");
    test.restore(PAY, first); // its backup waits for nothing
    assertThat(test.ids(PAY)).hasSize(2);
    test.clock.pass(Duration.ofMinutes(30));
    assertThat(test.backup(PAY)).isGreaterThan(first);
  }

  @Test
  void whoDestroysManySaysHowMany() throws Exception {
    long first = backup();
    long second = backup();
    for (long wrong : new long[] {0, 1, 3}) {
      assertFault(
          Fault.FORBIDDEN,
          () -> test.expiring().expire(PAY, second, false, wrong, NOTHING),
          "SGC1007I: Expire Backup " + second + " will remove 2 backups");
      assertFault(
          Fault.FORBIDDEN,
          () -> test.expiring().terminate(PAY, true, wrong, NOTHING),
          "will remove 2 backups");
    }
    assertFault(
        Fault.FORBIDDEN,
        () -> test.expiring().expire(PAY, first, false, 2, NOTHING),
        "will remove 1 backup:");
    assertThat(test.ids(PAY)).containsExactly(first, second);
    test.expiring().expire(PAY, first, false, 0, NOTHING);
    assertThat(test.ids(PAY)).containsExactly(second);
  }

  @Test
  void noNumberIsGivenTwice() throws Exception {
    long first = test.backup(PAY);
    long second = test.backup(PAY);
    assertThat(second).isEqualTo(first + 1);
    test.expire(PAY, second, false);
    test.safeguarded.setup().delete(PAY, NOTHING);
    kill();
    test.session("again", "a");
    assertThat(test.backup("again")).isEqualTo(second + 1);
  }
}
