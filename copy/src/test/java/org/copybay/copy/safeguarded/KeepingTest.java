package org.copybay.copy.safeguarded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.copybay.copy.TestJobs.assertFault;
import static org.copybay.volumes.bay.Catalogue.Change.NOTHING;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.PointVolume;
import org.junit.jupiter.api.Test;

/** Retention and capacity: what goes by itself, and what never does. */
final class KeepingTest extends SafeguardedTest {
  private static final Duration HOUR = Duration.ofHours(1);
  private static final long TRACK = TestSafeguarded.TRACK;

  private void set(Duration retention, int tracks, FullPolicy onFull, boolean everywhere)
      throws StorageException {
    SessionProperties properties =
        new SessionProperties(
            0,
            retention.toMillis(),
            everywhere,
            tracks * TRACK,
            onFull,
            false,
            0,
            0,
            DualControl.OFF);
    test.safeguarded.setup().setProperties(PAY, test.state(PAY).properties(), properties, NOTHING);
  }

  private long backupAfter(Duration time) throws StorageException {
    test.clock.pass(time);
    return test.backup(PAY);
  }

  /** What the bay does by itself once a second. */
  private void look() throws StorageException {
    try (var held = test.safeguarded.enter()) {
      new Keeping(test.safeguarded).retain(test.session(PAY));
      new Keeping(test.safeguarded).limit(test.session(PAY));
    }
  }

  private String told(String kind) {
    return test.bay.events().all().stream()
        .filter(event -> event.kind().equals(kind))
        .map(event -> event.facts().toString())
        .reduce("", String::concat);
  }

  private List<String> noted(String verb) {
    return test.bay.audit().commands().stream()
        .filter(entry -> entry.verb().equals(verb))
        .map(entry -> entry.place() + " " + entry.command())
        .toList();
  }

  // ---- retention

  @Test
  void retentionCountsFromTheLastRecoverableBackup() throws Exception {
    long first = backupAfter(HOUR);
    long second = backupAfter(HOUR);
    set(HOUR, 0, FullPolicy.AUTO_ROLL, false);
    test.clock.pass(Duration.ofDays(400));
    look();
    assertThat(test.ids(PAY)).as("no more are made: none goes").containsExactly(first, second);

    long third = backupAfter(Duration.ZERO);
    look();

    assertThat(test.ids(PAY)).containsExactly(third);
    assertThat(noted("expire"))
        .containsExactly("safeguarded/pay retention: backups [" + first + ", " + second + "]");
    reopen();
    assertThat(test.ids(PAY)).containsExactly(third);
  }

  @Test
  void whereNoneCanBeRecoveredNoneGoes() throws Exception {
    long first = backupAfter(HOUR);
    long second = backupAfter(HOUR);
    set(HOUR, 0, FullPolicy.AUTO_ROLL, false);
    test.clock.pass(Duration.ofDays(9));
    for (long id : new long[] {first, second}) {
      PointVolume of =
          Objects.requireNonNull(
              Objects.requireNonNull(test.bay.backupPoints().findOrNull(id)).findOrNull("a"));
      test.safeguarded.verifications().record(test.session(PAY), id, of, "a track");
    }
    look();
    assertThat(test.ids(PAY)).containsExactly(first, second);
  }

  @Test
  void whatIsAsOldAsTheRetentionStays() throws Exception {
    long first = backupAfter(HOUR);
    long second = backupAfter(HOUR);
    set(HOUR, 0, FullPolicy.AUTO_ROLL, false);
    look();
    assertThat(test.ids(PAY)).containsExactly(first, second);
    long third = backupAfter(Duration.ofMillis(1));
    look();
    assertThat(test.ids(PAY)).containsExactly(second, third);
  }

  @Test
  void whatIsLockedHeldOrNeededIsNotExpired() throws Exception {
    long locked = test.backup(PAY, test.bay.vaultMillis() + Duration.ofDays(3).toMillis());
    long held = backupAfter(HOUR);
    test.safeguarded.backups().hold(PAY, held, new Hold("h", 7, test.clock.instant()), NOTHING);
    long needed = backupAfter(HOUR);
    test.recover(PAY, needed, false);
    long free = backupAfter(HOUR);
    long last = backupAfter(Duration.ofDays(1));
    set(HOUR, 0, FullPolicy.AUTO_ROLL, false);

    look();
    assertThat(test.ids(PAY)).containsExactly(locked, held, needed, last);
    assertThat(free).isLessThan(last);

    long later = backupAfter(Duration.ofDays(3));
    look();
    assertThat(test.ids(PAY)).as("its lock has ended").containsExactly(held, needed, later);
  }

  // ---- capacity

  @Test
  void theOldestIsRolledOffTheVolumeThatIsFull() throws Exception {
    long first = backup();
    test.write("a", 0, "A0");
    test.write("a", 1, "A1");
    long second = backup();
    test.write("a", 0, "AA");
    set(Duration.ZERO, 2, FullPolicy.AUTO_ROLL, false);

    look();

    assertThat(test.ids(PAY)).containsExactly(first, second);
    Backup rolled = test.safeguarded.backup(test.session(PAY), first);
    assertThat(rolled.unrecoverable()).contains("a");
    assertFault(Fault.BUSY, () -> test.recover(PAY, first, false), "SGC1005E");
    assertThat(test.image(first, "b")).isEqualTo("b0 b1 b2 b3");
    assertThat(test.image(second, "a")).isEqualTo("A0 A1 a2 a3");
    assertThat(noted("roll"))
        .containsExactly("safeguarded/pay backup " + first + " rolled off volume a");
    reopen();
    test.remove(PAY, "a");
    assertThat(test.safeguarded.backup(test.session(PAY), first).unrecoverable()).isNull();
  }

  @Test
  void whatIsRolledOffOneVolumeExpiresOnAllWhereThatIsWanted() throws Exception {
    long first = backup();
    test.write("a", 0, "A0");
    long second = backup();
    test.write("a", 0, "AA");
    set(Duration.ZERO, 1, FullPolicy.AUTO_ROLL, true);

    look();

    assertThat(first).isLessThan(second);
    assertThat(test.ids(PAY)).containsExactly(second);
    assertThat(noted("expire"))
        .containsExactly("safeguarded/pay auto-roll on volume a: backups [" + first + "]");
  }

  /** What a younger one keeps, the older one needs as a rule: nothing would come free. */
  @Test
  void noBackupIsRolledOffBehindOneThatIsLocked() throws Exception {
    long first = test.backup(PAY, test.bay.vaultMillis() + Duration.ofHours(1).toMillis());
    test.write("a", 0, "A0");
    long second = backup();
    test.write("a", 1, "A1");
    long third = backup();
    set(Duration.ZERO, 1, FullPolicy.AUTO_ROLL, true);
    look();
    assertThat(test.ids(PAY)).containsExactly(first, second, third);
    assertFault(Fault.NO_SPACE, () -> test.write("a", 2, "A2"), "");
    set(Duration.ofDays(9), 1, FullPolicy.AUTO_ROLL, true);
    assertFault(Fault.NO_SPACE, () -> test.write("a", 2, "A2"), ""); // no command lets some through
    test.clock.pass(Duration.ofHours(2));
    look();
    assertThat(test.ids(PAY)).containsExactly(second, third);
  }

  @Test
  void aLockedBackupIsNeverRolledOffAndWritesFailInstead() throws Exception {
    long id = test.backup(PAY, test.bay.vaultMillis() + HOUR.toMillis());
    set(Duration.ZERO, 1, FullPolicy.AUTO_ROLL, false);
    test.write("a", 0, "A0");
    test.write("a", 1, "A1");
    look();
    assertThat(test.ids(PAY)).containsExactly(id);
    assertFault(Fault.NO_SPACE, () -> test.write("a", 2, "A2"), "");
    assertThat(test.image(id, "a")).isEqualTo("a0 a1 a2 a3");

    test.clock.pass(HOUR.plusSeconds(1)); // a lock ends with a whole second
    look();
    test.write("a", 2, "A2");
    assertThat(test.read("a")).isEqualTo("A0 A1 A2 a3");
  }

  @Test
  void writesThatNeedMoreThanTheCapacityFailWhereThatIsWanted() throws Exception {
    long id = backup();
    set(Duration.ZERO, 2, FullPolicy.FAIL_WRITES, false);
    look();
    test.write("a", 0, "A0");
    test.write("a", 1, "A1");
    assertFault(Fault.NO_SPACE, () -> test.write("a", 2, "A2"), "");
    test.write("a", 1, "AA");
    test.write("b", 0, "B0");
    look();
    assertThat(test.ids(PAY)).containsExactly(id);

    set(Duration.ZERO, 0, FullPolicy.FAIL_WRITES, false);
    look();
    test.write("a", 2, "A2");
    assertThat(test.image(id, "a")).isEqualTo("a0 a1 a2 a3");
  }

  @Test
  void aCapacityThatFillsIsToldOfWithEachLevel() throws Exception {
    backup();
    set(Duration.ZERO, 4, FullPolicy.SPILL_TO_POOL, false);
    Capacity capacity = test.safeguarded.capacity();
    int[] levels = {0, 0, 70, 100};
    for (int t = 0; t < 4; t++) {
      test.write("a", t, "A" + t);
      look();
      look();
      assertThat(capacity.level(test.session(PAY), test.find("a"))).isEqualTo(levels[t]);
    }
    assertThat(told("safeguarded_filling").split("percent, value=", -1)).hasSize(3);
    assertThat(told("safeguarded_filling")).contains("percent, value=70", "percent, value=100");
    assertThat(capacity.rolls(test.session(PAY), test.find("a"))).isFalse();
    set(Duration.ZERO, 4, FullPolicy.AUTO_ROLL, false);
    assertThat(capacity.rolls(test.session(PAY), test.find("a"))).isTrue();
  }
}
