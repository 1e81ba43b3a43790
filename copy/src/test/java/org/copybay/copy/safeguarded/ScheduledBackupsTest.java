package org.copybay.copy.safeguarded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.copybay.copy.TestJobs.assertFault;
import static org.copybay.volumes.bay.Catalogue.Change.NOTHING;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.copybay.copy.TestJobs;
import org.copybay.copy.schedule.Schedule;
import org.copybay.copy.schedule.ScheduledTask;
import org.copybay.copy.schedule.Scheduler;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Catalogue;
import org.junit.jupiter.api.Test;

/** Backups that are made by themselves. The clock says 10:00. */
final class ScheduledBackupsTest extends SafeguardedTest {
  private void set(String schedule, Catalogue.Change also) throws StorageException {
    Schedule when = schedule.equals("none") ? null : Schedule.parse(schedule);
    test.safeguarded.setup().setScheduled(PAY, now(), now(), when, also);
  }

  private SessionProperties now() throws StorageException {
    return test.state(PAY).properties();
  }

  private ScheduledTask task() throws StorageException {
    return Objects.requireNonNull(test.safeguarded.scheduled().find(test.session(PAY)));
  }

  private List<String> labels() throws StorageException {
    return test.state(PAY).backups().values().stream().map(BackupRecord::label).toList();
  }

  private Scheduler begin() throws StorageException {
    Scheduler scheduler = test.safeguarded.scheduler();
    scheduler.load();
    scheduler.start();
    return scheduler;
  }

  @Test
  void backupsAreMadeByThemselvesAndOneForAllThatWereMissed() throws Exception {
    try (Scheduler running = begin()) {
      set("every 1h", NOTHING);
      test.clock.pass(Duration.ofHours(1));
      set("every 1h", NOTHING); // it looks at the clock
      TestJobs.await("a backup", () -> labels().size() == 1);
      assertThat(running.all()).hasSize(1);
    }
    assertThat(labels()).containsExactly("scheduled 2026-07-01T11:00:00Z");
    test.clock.pass(Duration.ofHours(3));
    reopen();
    try (Scheduler running = begin()) {
      TestJobs.await("a backup", () -> labels().size() == 2);
      TestJobs.await("its record", () -> task().missedCount() == 2);
      assertThat(running.all()).hasSize(1);
    }
    assertThat(labels().get(1)).isEqualTo("scheduled 2026-07-01T14:00:00Z");
    assertThat(test.bay.events().all())
        .anyMatch(e -> e.kind().equals("schedule_missed") && e.subject().equals("safeguarded/pay"));
    assertThat(test.safeguarded.scheduled().trouble(test.session(PAY))).isNull();
  }

  @Test
  void aBackupThatFailsIsTold() throws Exception {
    test.remove(PAY, "a");
    test.remove(PAY, "b");
    try (Scheduler running = begin()) {
      set("every 1h", NOTHING);
      test.clock.pass(Duration.ofHours(1));
      set("every 1h", NOTHING);
      TestJobs.await("a failure", () -> task().last() != null);
      assertThat(running.all()).hasSize(1);
      assertThat(test.safeguarded.scheduled().trouble(test.session(PAY)))
          .startsWith("the last scheduled backup failed: session pay has no volumes");
      set("none", NOTHING);
      assertThat(test.safeguarded.scheduled().trouble(test.session(PAY))).isNull();
    }
  }

  @Test
  void aBackupThatShouldBeThereForLongIsTold() throws Exception {
    set("every 1h", NOTHING); // nothing runs
    test.clock.pass(Duration.ofMinutes(90));
    assertThat(test.safeguarded.scheduled().trouble(test.session(PAY))).isNull();
    test.clock.pass(Duration.ofMinutes(30));
    assertThat(test.safeguarded.scheduled().trouble(test.session(PAY)))
        .isEqualTo(
            "no backup can be recovered, and more than one was due by its schedule every 1h");
    long id = backup();
    assertThat(test.safeguarded.scheduled().trouble(test.session(PAY))).isNull();
    test.clock.pass(Duration.ofHours(2));
    assertThat(test.safeguarded.scheduled().trouble(test.session(PAY)))
        .startsWith("no backup after " + id + " can be recovered, ");
  }

  @Test
  void scheduleAndPropertiesAreSetTogetherOrNot() throws Exception {
    SessionProperties other =
        new SessionProperties(0, 1, false, 0, FullPolicy.AUTO_ROLL, false, 0, 0, DualControl.OFF);
    Catalogue.Change fails =
        connection -> {
          throw new SQLException("simulated");
        };
    assertFault(
        Fault.STORE_FAILED,
        () ->
            test.safeguarded
                .setup()
                .setScheduled(PAY, now(), other, Schedule.parse("every 1h"), fails),
        "simulated");
    assertThat(test.safeguarded.scheduled().find(test.session(PAY))).isNull();
    assertThat(test.state(PAY).properties()).isEqualTo(SessionProperties.USUAL);
    reopen();
    test.safeguarded.setup().setScheduled(PAY, now(), other, Schedule.parse("every 1h"), NOTHING);
    assertThat(test.state(PAY).properties()).isEqualTo(other);
    assertThat(test.safeguarded.scheduled().next(test.session(PAY)))
        .isEqualTo("2026-07-01T11:00:00Z");
    test.safeguarded.setup().remove(PAY, List.of(test.find("a")), NOTHING);
    test.safeguarded.setup().delete(PAY, NOTHING);
    assertThat(test.safeguarded.scheduler().all()).isEmpty();
  }
}
