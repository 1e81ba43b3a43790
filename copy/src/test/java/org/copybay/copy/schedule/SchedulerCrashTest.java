package org.copybay.copy.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.copybay.copy.schedule.ScheduledTask.LastRun;
import org.copybay.copy.schedule.ScheduledTask.Outcome;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The death of the process after each step of a run, see {@link Runs}. */
class SchedulerCrashTest {
  private static final String PAY = "test/pay";
  private static final String NINE = PAY + " 2026-03-01T09:00:00Z";

  @TempDir Path directory;

  private TestSchedules create() throws StorageException {
    TestSchedules test = TestSchedules.create(directory.resolve("bay"), "2026-03-01T06:30:00Z");
    test.put(PAY, "every 1h");
    return test;
  }

  private TestSchedules openCopy(String now) throws StorageException {
    return TestSchedules.open(directory.resolve("copy"), now);
  }

  /** Seven and eight were missed, nine is asked for. */
  @Test
  void aCrashBeforeTheFirstStepLeavesAllToTheNextMount() throws Exception {
    try (TestSchedules test = create()) {
      test.copyTo(directory.resolve("copy"));
    }
    try (TestSchedules next = openCopy("2026-03-01T09:10:00Z")) {
      assertThat(next.at("2026-03-01T09:10:00Z")).containsExactly(NINE);
      assertThat(next.task(PAY).missedCount()).isEqualTo(2);
    }
  }

  @Test
  void aCrashAfterTheMissedOnesWereCountedCountsThemOnce() throws Exception {
    try (TestSchedules test = create()) {
      test.action =
          (task, due) -> {
            test.copyTo(directory.resolve("copy"));
            return "well";
          };
      test.at("2026-03-01T09:10:00Z");
    }
    try (TestSchedules next = openCopy("2026-03-01T09:20:00Z")) {
      assertThat(next.task(PAY).missedCount()).isEqualTo(2);
      assertThat(next.task(PAY).last()).isNull();

      assertThat(next.at("2026-03-01T09:20:00Z")).containsExactly(NINE);

      assertThat(next.task(PAY).missedCount()).isEqualTo(2);
      assertThat(next.events()).isEmpty();
    }
  }

  @Test
  void aCrashBetweenTheRunAndItsRecordRunsItAgainForTheSameDueTime() throws Exception {
    try (TestSchedules test = create()) {
      test.action =
          (task, due) -> {
            test.sql("create table made as select '" + due + "' as due");
            test.copyTo(directory.resolve("copy"));
            return "made";
          };
      test.at("2026-03-01T07:00:00Z");
    }
    try (TestSchedules next = openCopy("2026-03-01T07:59:59Z")) {
      next.action =
          (task, due) -> {
            String made =
                next.bay
                    .catalogue()
                    .read(
                        c ->
                            c.prepareStatement("select due from made").executeQuery().getString(1));
            return made.equals(due.toString()) ? "was made already" : "made twice";
          };

      assertThat(next.at("2026-03-01T07:59:59Z")).hasSize(1);

      assertThat(next.task(PAY).last()).extracting(LastRun::result).isEqualTo("was made already");
      assertThat(next.task(PAY).missedCount()).isZero();
    }
  }

  @Test
  void aCrashThereThatLastsBeyondTheNextDueTimeCountsAsMissed() throws Exception {
    try (TestSchedules test = create()) {
      test.action =
          (task, due) -> {
            test.copyTo(directory.resolve("copy"));
            return "well";
          };
      test.at("2026-03-01T07:00:00Z");
    }
    try (TestSchedules next = openCopy("2026-03-01T09:00:00Z")) {
      assertThat(next.at("2026-03-01T09:00:00Z")).containsExactly(NINE);
      assertThat(next.task(PAY).missedCount()).isEqualTo(2); // seven, which was done, and eight
    }
  }

  @Test
  void aCrashAfterTheRecordLeavesNothingToDo() throws Exception {
    try (TestSchedules test = create()) {
      test.at("2026-03-01T09:10:00Z");
      test.copyTo(directory.resolve("copy"));
    }
    try (TestSchedules next = openCopy("2026-03-01T09:20:00Z")) {
      assertThat(next.at("2026-03-01T09:59:59Z")).isEmpty();
      assertThat(next.task(PAY).missedCount()).isEqualTo(2);
      assertThat(next.task(PAY).last()).extracting(LastRun::outcome).isEqualTo(Outcome.DONE);
    }
  }

  @Test
  void aCrashWhileARunIsRefusedTriesItAgain() throws Exception {
    try (TestSchedules test = create()) {
      test.action =
          (task, due) -> {
            throw new StorageException(Fault.AGAIN, "busy");
          };
      test.at("2026-03-01T07:00:00Z");
      test.copyTo(directory.resolve("copy"));
    }
    try (TestSchedules next = openCopy("2026-03-01T07:00:05Z")) {
      assertThat(next.task(PAY).last()).extracting(LastRun::outcome).isEqualTo(Outcome.WAITING);
      assertThat(next.at("2026-03-01T07:00:05Z")).hasSize(1);
      assertThat(next.task(PAY).last()).extracting(LastRun::outcome).isEqualTo(Outcome.DONE);
    }
  }

  @Test
  void whatCannotBeRecordedIsToldAndNotRunTwiceInTheSameMount() throws Exception {
    try (TestSchedules test = create()) {
      test.action =
          (task, due) -> {
            test.bay.catalogue().close();
            throw new StorageException(Fault.STORE_FAILED, "disk gone");
          };

      assertThat(test.at("2026-03-01T07:00:00Z")).hasSize(1);
      assertThat(test.at("2026-03-01T07:30:00Z")).isEmpty();
      assertThat(test.events()).singleElement().asString().contains("schedule_failed", "disk gone");
    }
    try (TestSchedules next =
        TestSchedules.open(directory.resolve("bay"), "2026-03-01T07:40:00Z")) {
      assertThat(next.at("2026-03-01T07:40:00Z")).hasSize(1);
    }
  }
}
