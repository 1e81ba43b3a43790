package org.copybay.copy.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.copybay.copy.TestJobs.assertFault;
import static org.copybay.copy.schedule.TestSchedules.instant;
import static org.copybay.volumes.bay.Catalogue.Change.NOTHING;

import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import org.copybay.copy.schedule.ScheduledTask.LastRun;
import org.copybay.copy.schedule.ScheduledTask.Outcome;
import org.copybay.volumes.Fault;
import org.copybay.volumes.LockRank;
import org.copybay.volumes.RankedLock;
import org.copybay.volumes.StorageException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SchedulerTest {
  private static final String PAY = "test/pay";
  private static final String OTHER = "test/other";

  @TempDir Path directory;
  private TestSchedules test;

  @BeforeEach
  void open() throws Exception {
    test = TestSchedules.create(directory.resolve("bay"), "2026-03-01T07:12:00Z");
  }

  @AfterEach
  void close() {
    test.close();
  }

  private void reopen(String now) throws Exception {
    test.close();
    test = TestSchedules.open(directory.resolve("bay"), now);
  }

  // ---- due

  @Test
  void aTaskRunsOnceWhenItIsDueAndNotBefore() throws Exception {
    test.put(PAY, "every 6h");

    assertThat(test.at("2026-03-01T07:12:00Z")).isEmpty();
    assertThat(test.at("2026-03-01T11:59:59.999Z")).isEmpty();
    assertThat(test.at("2026-03-01T12:00:00Z")).containsExactly(PAY + " 2026-03-01T12:00:00Z");
    assertThat(test.at("2026-03-01T17:59:59Z")).isEmpty();
    assertThat(test.at("2026-03-01T18:00:02Z")).containsExactly(PAY + " 2026-03-01T18:00:00Z");
    assertThat(test.task(PAY).last())
        .isEqualTo(new LastRun(instant("2026-03-01T18:00:00Z"), Outcome.DONE, "well"));
    assertThat(test.task(PAY).missedCount()).isZero();
    assertThat(test.events()).isEmpty();
  }

  @Test
  void aTaskThatIsMadeAtADueTimeRunsAtTheNextOne() throws Exception {
    test.clock.set("2026-03-01T12:00:00Z");
    test.put(PAY, "every 6h");

    assertThat(test.at("2026-03-01T12:00:01Z")).isEmpty();
    assertThat(test.at("2026-03-01T18:00:00Z")).hasSize(1);
  }

  @Test
  void dueTimesThatAJumpOfTheClockPassesAreOneRunAndCounted() throws Exception {
    test.put(PAY, "every 6h");

    assertThat(test.at("2026-03-03T13:00:00Z")).containsExactly(PAY + " 2026-03-03T12:00:00Z");
    assertThat(test.events())
        .containsExactly("schedule_missed test/pay missed=8 due=2026-03-03T12:00:00Z");
    assertThat(test.task(PAY).missedCount()).isEqualTo(8);

    assertThat(test.at("2026-03-03T18:00:00Z")).hasSize(1);
    assertThat(test.events()).hasSize(1);
  }

  @Test
  void whatWasDueWhileTheBayWasAwayIsCaughtUpAndCounted() throws Exception {
    test.put(PAY, "0 */6 * * *");
    test.put(OTHER, "@monthly");
    assertThat(test.at("2026-03-01T12:00:00Z")).hasSize(1);

    reopen("2026-03-02T05:00:00Z");

    assertThat(test.at("2026-03-02T05:00:00Z")).containsExactly(PAY + " 2026-03-02T00:00:00Z");
    assertThat(test.events())
        .containsExactly("schedule_missed test/pay missed=1 due=2026-03-02T00:00:00Z");
    reopen("2026-03-02T05:00:00Z");
    assertThat(test.at("2026-03-02T05:59:59Z")).isEmpty();
    assertThat(test.task(PAY).missedCount()).isEqualTo(1);
    assertThat(test.task(PAY).schedule()).hasToString("0 */6 * * *");
  }

  @Test
  void dueTimesThatPassWhileARunTakesLongAreOneRun() throws Exception {
    test.put(PAY, "every 1h");
    test.action =
        (task, due) -> {
          test.action = (again, next) -> "quick";
          test.clock.set("2026-03-01T11:30:00Z");
          return "slow";
        };

    assertThat(test.at("2026-03-01T08:00:00Z"))
        .containsExactly(PAY + " 2026-03-01T08:00:00Z", PAY + " 2026-03-01T11:00:00Z");
    assertThat(test.events())
        .containsExactly("schedule_missed test/pay missed=2 due=2026-03-01T11:00:00Z");
  }

  @Test
  void aClockThatStandsRunsNothingTwice() throws Exception {
    test.put(PAY, "every 1h");

    assertThat(test.at("2026-03-01T08:00:00Z")).hasSize(1);
    assertThat(test.at("2026-03-01T08:00:00Z")).isEmpty();
    reopen("2026-03-01T08:00:00Z");
    assertThat(test.at("2026-03-01T08:00:00Z")).isEmpty();
  }

  @Test
  void theTaskThatWasDueFirstRunsFirst() throws Exception {
    test.put("test/a", "30 9 * * *");
    test.put("test/b", "0 9 * * *");

    assertThat(test.at("2026-03-01T10:00:00Z"))
        .containsExactly("test/b 2026-03-01T09:00:00Z", "test/a 2026-03-01T09:30:00Z");
  }

  @Test
  void aRowThatIsAheadOfTheClockIsDueByTheClock() throws Exception {
    test.put(PAY, "every 6h");
    test.sql("update schedule set since='2040-01-01T00:00:00Z'");

    reopen("2026-03-01T08:00:00Z");

    assertThat(test.at("2026-03-01T12:00:00Z")).containsExactly(PAY + " 2026-03-01T12:00:00Z");
  }

  @Test
  void theNextRunIsTheOneThatIsDueOrTheOneAfter() throws Exception {
    test.put(PAY, "every 6h");
    assertThat(test.scheduler.nextRun(PAY)).isEqualTo("2026-03-01T12:00:00Z");
    assertThat(test.scheduler.nextRun("test/none")).isNull();

    test.clock.set("2026-03-01T18:30:00Z");
    assertThat(test.scheduler.nextRun(PAY)).isEqualTo("2026-03-01T18:00:00Z");

    test.at("2026-03-01T18:30:00Z");
    assertThat(test.scheduler.nextRun(PAY)).isEqualTo("2026-03-02T00:00:00Z");

    test.scheduler.change(PAY, Schedule.parse("every 6h"), false, NOTHING);
    assertThat(test.scheduler.nextRun(PAY)).isNull();
  }

  // ---- failure

  @Test
  void aRunThatFailsIsToldAndTriedAgainAtTheNextDueTime() throws Exception {
    test.put(PAY, "every 6h");
    test.action =
        (task, due) -> {
          throw new StorageException(Fault.NO_SPACE, "no room\nfor it");
        };

    assertThat(test.at("2026-03-01T12:00:00Z")).hasSize(1);
    assertThat(test.events())
        .containsExactly(
            "schedule_failed test/pay due=2026-03-01T12:00:00Z errno=NO_SPACE error=no room\nfor it");
    LastRun failed = new LastRun(instant("2026-03-01T12:00:00Z"), Outcome.FAILED, "no room for it");
    assertThat(test.task(PAY).last()).isEqualTo(failed);

    reopen("2026-03-01T17:59:00Z");
    assertThat(test.at("2026-03-01T17:59:00Z")).isEmpty();
    assertThat(test.task(PAY).last()).isEqualTo(failed);
    assertThat(test.at("2026-03-01T18:00:00Z")).hasSize(1);
    assertThat(test.events()).isEmpty(); // a failure is no missed run
  }

  @Test
  void aDefectOfAnActionIsAFailureAndEndsNothing() throws Exception {
    test.put(PAY, "every 6h");
    test.action =
        (task, due) -> {
          throw new IllegalStateException("defect");
        };

    assertThat(test.at("2026-03-01T12:00:00Z")).hasSize(1);
    assertThat(test.events()).singleElement().asString().contains("errno=STORE_FAILED", "defect");
    assertThat(test.at("2026-03-01T18:00:00Z")).hasSize(1);
  }

  @Test
  void aRunThatIsRefusedForNowIsTriedAgainAtGrowingDistances() throws Exception {
    test.put(PAY, "every 1h");
    test.action = refusal();

    assertThat(test.at("2026-03-01T08:00:00Z")).hasSize(1);
    assertThat(test.task(PAY).last())
        .isEqualTo(new LastRun(instant("2026-03-01T08:00:00Z"), Outcome.WAITING, "too soon"));
    assertThat(test.scheduler.nextRun(PAY)).isEqualTo("2026-03-01T08:00:00Z");
    assertThat(test.at("2026-03-01T08:00:09Z")).isEmpty();
    assertThat(test.at("2026-03-01T08:00:10Z")).hasSize(1);
    assertThat(test.at("2026-03-01T08:00:29Z")).isEmpty();
    assertThat(test.at("2026-03-01T08:00:30Z")).hasSize(1);
    for (String time : List.of("01:10", "02:30", "05:10", "10:30", "20:30", "30:30", "40:30")) {
      assertThat(test.at("2026-03-01T08:" + time + "Z")).as(time).hasSize(1); // 10 min at most
      assertThat(test.at("2026-03-01T08:" + time + ".5Z")).as(time).isEmpty();
    }

    test.action = (task, due) -> "late";
    assertThat(test.at("2026-03-01T08:50:30Z")).containsExactly(PAY + " 2026-03-01T08:00:00Z");
    assertThat(test.at("2026-03-01T08:59:59Z")).isEmpty();
    assertThat(test.task(PAY).last()).extracting(LastRun::result).isEqualTo("late");
    assertThat(test.task(PAY).missedCount()).isZero();
    assertThat(test.events()).isEmpty();
  }

  private static Action refusal() {
    return (task, due) -> {
      throw new StorageException(Fault.AGAIN, "too soon");
    };
  }

  @Test
  void whatWasRefusedUntilTheNextDueTimeIsMissed() throws Exception {
    test.put(PAY, "every 1h");
    test.action = refusal();
    test.at("2026-03-01T08:00:00Z");
    test.at("2026-03-01T08:55:00Z"); // the next try would be after nine

    test.action = (task, due) -> "well";

    assertThat(test.at("2026-03-01T09:00:00Z")).containsExactly(PAY + " 2026-03-01T09:00:00Z");
    assertThat(test.events())
        .containsExactly("schedule_missed test/pay missed=1 due=2026-03-01T09:00:00Z why=too soon");
    assertThat(test.task(PAY).missedCount()).isEqualTo(1);
  }

  @Test
  void aTaskThatIsRefusedKeepsNoOtherFromRunning() throws Exception {
    test.put(PAY, "every 1h");
    test.put(OTHER, "1 * * * *");
    test.action = (task, due) -> task.key().equals(PAY) ? refusal().run(task, due) : "well";

    test.at("2026-03-01T08:00:00Z");

    assertThat(test.at("2026-03-01T08:01:00Z"))
        .containsExactly(PAY + " 2026-03-01T08:00:00Z", OTHER + " 2026-03-01T08:01:00Z");
    assertThat(test.scheduler.waitMillis()).isEqualTo(10_000); // 20 s to the next try
  }

  @Test
  void nobodyWaitsLongerThanTenSecondsForAClockThatMayJump() throws Exception {
    assertThat(test.scheduler.waitMillis()).isEqualTo(10_000);

    test.put(PAY, "every 6h");
    assertThat(test.scheduler.waitMillis()).isEqualTo(10_000);

    test.clock.set("2026-03-01T11:59:59.500Z");
    assertThat(test.scheduler.waitMillis()).isEqualTo(501);
  }

  // ---- changes

  @Test
  void anotherScheduleCountsFromTheChangeOn() throws Exception {
    test.put(PAY, "@monthly");
    test.clock.set("2026-03-20T07:12:00Z");
    test.put(PAY, "every 30m");

    assertThat(test.at("2026-03-20T07:30:00Z")).containsExactly(PAY + " 2026-03-20T07:30:00Z");
    assertThat(test.events()).isEmpty();
    assertThat(test.task(PAY).created()).isEqualTo("2026-03-20T07:12:00Z");
  }

  @Test
  void whatWasDueBeforeTheLastDueTimeIsLate() throws Exception {
    test.put(PAY, "every 1h"); // at 07:12

    assertThat(test.task(PAY).lastButOne(Instant.parse("2026-03-01T08:59:59Z"))).isNull();
    assertThat(test.task(PAY).lastButOne(Instant.parse("2026-03-01T09:00:00Z")))
        .isEqualTo("2026-03-01T08:00:00Z");
    assertThat(test.task(PAY).lastButOne(Instant.parse("2026-03-01T12:30:00Z")))
        .isEqualTo("2026-03-01T11:00:00Z");
    test.put(PAY, "0 0 * * *");
    assertThat(test.task(PAY).lastButOne(Instant.parse("2026-03-02T00:00:00Z"))).isNull();
  }

  @Test
  void aDisabledTaskDoesNotRunAndMissesNothing() throws Exception {
    test.put(PAY, "every 1h");
    test.scheduler.change(PAY, Schedule.parse("every 1h"), false, NOTHING);
    assertThat(test.at("2026-03-05T00:00:00Z")).isEmpty();

    reopen("2026-03-06T00:10:00Z");
    assertThat(test.task(PAY).enabled()).isFalse();
    test.put(PAY, "every 1h");

    assertThat(test.at("2026-03-06T01:00:00Z")).hasSize(1);
    assertThat(test.events()).isEmpty();
  }

  @Test
  void theSameScheduleAgainForgetsNothingThatIsDue() throws Exception {
    test.put(PAY, "every 1h");
    test.clock.set("2026-03-01T09:30:00Z");
    test.put(PAY, "every  1H");

    assertThat(test.at("2026-03-01T09:30:00Z")).containsExactly(PAY + " 2026-03-01T09:00:00Z");
    assertThat(test.task(PAY).missedCount()).isEqualTo(1);
  }

  @Test
  void aChangeAndWhatBelongsToItAreOneTransaction() throws Exception {
    test.put(PAY, "every 1h");
    test.sql("create table beside (x integer)");
    Schedule daily = Schedule.parse("@daily");

    test.scheduler.change(PAY, daily, true, c -> c.prepareStatement(INSERT).execute());
    test.scheduler.remove("test/none", c -> c.prepareStatement(INSERT).execute());
    assertFault(
        Fault.STORE_FAILED,
        () -> test.scheduler.change(PAY, Schedule.parse("every 2h"), true, SchedulerTest::fail),
        "beside");
    assertFault(
        Fault.STORE_FAILED,
        () -> test.scheduler.change(OTHER, daily, true, SchedulerTest::fail),
        "beside");
    assertFault(
        Fault.STORE_FAILED, () -> test.scheduler.remove(PAY, SchedulerTest::fail), "beside");

    assertThat(test.scheduler.all()).extracting(ScheduledTask::key).containsExactly(PAY);
    assertThat(test.task(PAY).schedule()).isEqualTo(daily);
    int count =
        test.bay
            .catalogue()
            .read(c -> c.prepareStatement("select count(*) from beside").executeQuery().getInt(1));
    assertThat(count).isEqualTo(2);
    reopen("2026-03-01T07:12:00Z");
    assertThat(test.task(PAY).schedule()).isEqualTo(daily);
    assertThat(test.scheduler.find(OTHER)).isNull();
  }

  private static final String INSERT = "insert into beside values (1)";

  private static void fail(java.sql.Connection connection) throws SQLException {
    throw new SQLException("beside");
  }

  @Test
  void aTaskThatIsChangedWhileItRunsKeepsTheChange() throws Exception {
    test.put(PAY, "every 1h");
    test.action =
        (task, due) -> {
          test.clock.set("2026-03-01T08:40:00Z");
          test.put(PAY, "every 30m");
          return "well";
        };

    assertThat(test.at("2026-03-01T08:00:00Z")).containsExactly(PAY + " 2026-03-01T08:00:00Z");
    assertThat(test.task(PAY).schedule()).hasToString("every 30m");
    assertThat(test.scheduler.nextRun(PAY)).isEqualTo("2026-03-01T09:00:00Z");
    assertThat(test.task(PAY).last()).extracting(LastRun::due).isNotNull();
  }

  @Test
  void aTaskThatIsRemovedOrMadeAnewWhileItRunsGetsNoResult() throws Exception {
    test.put(PAY, "every 1h");
    test.put(OTHER, "every 1h");
    test.action =
        (task, due) -> {
          test.scheduler.remove(task.key(), NOTHING);
          if (task.key().equals(OTHER)) {
            test.put(OTHER, "every 1h");
          }
          throw new StorageException(Fault.NOT_FOUND, "gone");
        };

    assertThat(test.at("2026-03-01T08:00:00Z")).hasSize(2);

    assertThat(test.scheduler.find(PAY)).isNull();
    assertThat(test.task(OTHER).last()).isNull();
    assertThat(test.events()).isEmpty();
    reopen("2026-03-01T08:00:00Z");
    assertThat(test.scheduler.all()).extracting(ScheduledTask::key).containsExactly(OTHER);
    assertThat(test.task(OTHER).last()).isNull();
  }

  @Test
  void aRunHoldsNoLock() throws Exception {
    RankedLock command = new RankedLock(LockRank.CONTROL);
    test.put(PAY, "every 1h");
    test.action =
        (task, due) -> {
          try (var held = command.enter()) { // fails where a lock further down is held
            return "well";
          }
        };

    test.at("2026-03-01T08:00:00Z");

    assertThat(test.events()).isEmpty();
    assertThat(test.task(PAY).last()).extracting(LastRun::outcome).isEqualTo(Outcome.DONE);
  }

  @Test
  void aReadOnlyBayShowsItsTasksAndRunsNothing() throws Exception {
    test.put(PAY, "every 1h");
    test.close();

    try (TestSchedules still =
        TestSchedules.openReadOnly(directory.resolve("bay"), "2026-03-01T08:00:00Z")) {
      still.scheduler.start();
      assertThat(still.task(PAY).schedule()).hasToString("every 1h");
      assertThat(still.scheduler.hasThread()).isFalse();
      assertFault(Fault.READ_ONLY, () -> still.put(PAY, "every 2h"), "read-only");
      assertFault(Fault.READ_ONLY, () -> still.scheduler.remove(PAY, NOTHING), "read-only");
    }
    reopen("2026-03-01T08:00:00Z");
  }

  @Test
  void aTaskOfWhichNobodyKnowsWhatItDoesIsKeptAndShown() throws Exception {
    test.put(PAY, "every 1h");
    test.sql("update schedule set key='tape/pay'");

    reopen("2026-03-01T08:00:00Z");

    assertThat(test.at("2026-03-01T12:00:00Z")).isEmpty();
    assertThat(test.task("tape/pay").broken()).isNull();
    assertThatThrownBy(() -> test.put("tape/pay", "every 1h"))
        .isInstanceOf(IllegalArgumentException.class);
    test.scheduler.remove("tape/pay", NOTHING);
    assertThat(test.scheduler.all()).isEmpty();
  }
}
