package org.copybay.copy.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.copybay.copy.TestJobs.await;

import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import org.copybay.copy.TestJobs;
import org.copybay.copy.schedule.ScheduledTask.LastRun;
import org.copybay.volumes.Fault;
import org.copybay.volumes.RankedLock;
import org.copybay.volumes.StorageException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class SchedulerThreadTest {
  private static final String PAY = "test/pay";

  @TempDir Path directory;
  private TestSchedules test;
  private final CountDownLatch atWork = new CountDownLatch(1);
  private final CountDownLatch goOn = new CountDownLatch(1);

  @BeforeEach
  void open() throws Exception {
    // Nobody looks at the clock by himself once the next due time is far away.
    test = TestSchedules.create(directory.resolve("bay"), "2026-03-01T07:59:59.995Z", 3_600_000);
    test.put(PAY, "every 1h");
  }

  @AfterEach
  void close() {
    goOn.countDown();
    test.close();
  }

  private void blockThen(Action action) {
    test.action =
        (task, due) -> {
          atWork.countDown();
          try {
            goOn.await();
          } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted", e);
          }
          return action.run(task, due);
        };
  }

  @Test
  void theThreadSleepsUntilTheNextDueTimeAndHearsOfChanges() throws Exception {
    test.scheduler.start();
    test.clock.set("2026-03-01T08:00:00Z");
    await("run", () -> test.runs.contains(PAY + " 2026-03-01T08:00:00Z"));
    await("record", () -> test.task(PAY).last() != null);
    await("pause", () -> TestJobs.isIn(RankedLock.class, "await"));

    test.clock.set("2026-03-01T12:10:00Z");
    test.put("test/other", "every 2h"); // wakes it

    await("run after a jump", () -> test.runs.contains(PAY + " 2026-03-01T12:00:00Z"));
  }

  @Test
  void aJumpOfTheClockIsSeenWithoutAnyChange() throws Exception {
    test.close();
    test = TestSchedules.create(directory.resolve("other"), "2026-03-01T08:00:00Z", 5);
    test.put(PAY, "@monthly");
    test.scheduler.start();
    await("pause", () -> TestJobs.isIn(RankedLock.class, "await"));

    test.clock.set("2026-05-01T00:00:01Z");

    await("run", () -> test.runs.contains(PAY + " 2026-05-01T00:00:00Z"));
  }

  @Test
  void whoLooksAndWhoChangesDoesNotWaitForARun() throws Exception {
    blockThen((task, due) -> "late");
    test.clock.set("2026-03-01T08:00:00Z");
    test.scheduler.start();
    atWork.await();

    test.put(PAY, "every 2h");
    test.put("test/other", "every 2h");

    assertThat(test.scheduler.all()).hasSize(2);
    assertThat(test.scheduler.nextRun(PAY)).isEqualTo("2026-03-01T10:00:00Z");
    goOn.countDown();
    await("end", () -> test.task(PAY).last() != null);
    assertThat(test.task(PAY).schedule()).hasToString("every 2h");
  }

  @Test
  void closeWaitsForARunAndItsRecord() throws Exception {
    blockThen((task, due) -> "whole");
    test.clock.set("2026-03-01T08:00:00Z");
    test.scheduler.start();
    atWork.await();
    Thread closing = new Thread(test.scheduler::close);
    closing.start();
    await("close waits", () -> TestJobs.isIn(RankedLock.class, "awaitRunning"));

    goOn.countDown();
    closing.join();

    assertThat(test.scheduler.hasThread()).isFalse();
    assertThat(test.task(PAY).last()).extracting(LastRun::result).isEqualTo("whole");
  }

  @Test
  void aRunThatTheEndOfTheMountMadeFailIsDueAgain() throws Exception {
    blockThen(
        (task, due) -> {
          throw new StorageException(Fault.CLOSED, "the bay is closed");
        });
    test.clock.set("2026-03-01T08:00:00Z");
    test.scheduler.start();
    atWork.await();
    Thread closing = new Thread(test.scheduler::close);
    closing.start();
    await("close waits", () -> TestJobs.isIn(RankedLock.class, "awaitRunning"));
    goOn.countDown();
    closing.join();

    assertThat(test.events()).isEmpty();
    test.close();
    test = TestSchedules.open(directory.resolve("bay"), "2026-03-01T08:30:00Z");
    assertThat(test.at("2026-03-01T08:30:00Z")).containsExactly(PAY + " 2026-03-01T08:00:00Z");
  }

  @Test
  @Timeout(60)
  void closeDoesNotWaitForeverForARun() throws Exception {
    blockThen((task, due) -> "too late");
    test.clock.set("2026-03-01T08:00:00Z");
    test.scheduler.start();
    atWork.await();

    test.close();

    assertThat(test.scheduler.hasThread()).isTrue();
    goOn.countDown();
    await("end", () -> !test.scheduler.hasThread());
    test = TestSchedules.open(directory.resolve("bay"), "2026-03-01T08:30:00Z");
    assertThat(test.at("2026-03-01T08:30:00Z")).containsExactly(PAY + " 2026-03-01T08:00:00Z");
  }
}
