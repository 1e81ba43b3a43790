package org.copybay.copy.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.copybay.copy.TestJobs.assertFault;
import static org.copybay.copy.TestJobs.await;
import static org.copybay.copy.TestJobs.awaitEnd;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.copybay.copy.TestJobs;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.junit.jupiter.api.Test;

class JobsTest extends JobsFixture {

  /** What a test lets a job do. */
  private class Run implements Work {
    final AtomicInteger released = new AtomicInteger();

    void steps(Job job) throws StorageException {
      job.proceed(0);
    }

    @Override
    public void holdAgain(Job job) {}

    @Override
    public JobRecord run(Job job) throws StorageException {
      steps(job);
      job.conclude();
      JobRecord done = job.row().done(job.now(), "steps=done");
      test.bay.catalogue().change(connection -> JobTable.put(connection, done));
      return done;
    }

    @Override
    public boolean discard() {
      return true;
    }

    @Override
    public void release(Job job) {
      released.incrementAndGet();
    }
  }

  private Job start(String id, Work work) throws StorageException {
    JobRecord row =
        JobRecord.accepted(
            id, "test", "test", "", "", UUID.randomUUID(), "", null, 0, 0, test.jobs.now());
    return test.jobs.accept(row, work);
  }

  @Test
  void twoJobsRunAndTheThirdWaits() throws Exception {
    CountDownLatch mayEnd = new CountDownLatch(1);
    List<Job> jobs = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      jobs.add(
          start(
              "j" + i,
              new Run() {
                @Override
                void steps(Job job) {
                  try {
                    mayEnd.await();
                  } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                  }
                }
              }));
    }
    await("two", () -> jobs.stream().filter(j -> j.state() == JobState.RUNNING).count() == 2);
    assertThat(jobs).filteredOn(j -> j.state() == JobState.QUEUED).hasSize(1);
    mayEnd.countDown();
    jobs.forEach(TestJobs::awaitEnd);
    assertThat(jobs).allMatch(j -> j.state() == JobState.DONE);
  }

  @Test
  void aWorkThatBreaksEndsItsJobAndGivesBackWhatItHeld() throws Exception {
    Run broken =
        new Run() {
          @Override
          void steps(Job job) {
            throw new IllegalStateException("bug");
          }
        };
    Job job = start("1", broken);
    awaitEnd(job);
    assertThat(job.state()).isEqualTo(JobState.FAILED);
    assertThat(job.error()).hasMessageContaining("internal error").hasMessageContaining("bug");
    assertThat(broken.released.get()).isEqualTo(1);
  }

  @Test
  void endedJobsAreForgottenInMemoryAsInTheCatalogue() throws Exception {
    for (int i = 0; i < JobTable.MAX_ENDED_COUNT + 20; i++) {
      awaitEnd(start("x" + i, new Run()));
    }
    start("last", new Run());
    await("trim", () -> test.jobs.all().size() <= JobTable.MAX_ENDED_COUNT + 1);
    assertThat(test.jobs.find("x0")).isNull();
    awaitEnd(test.jobs.find("last"));
    assertThat(test.bay.catalogue().read(JobTable::all).size())
        .isBetween(JobTable.MAX_ENDED_COUNT, JobTable.MAX_ENDED_COUNT + 1);
  }

  @Test
  void itsThreadStandsBehindThoseOfPrograms() throws Exception {
    AtomicInteger nice = new AtomicInteger();
    Job job =
        start(
            "1",
            new Run() {
              @Override
              void steps(Job running) {
                try {
                  String stat = Files.readString(Path.of("/proc/thread-self/stat"));
                  nice.set(
                      Integer.parseInt(stat.substring(stat.lastIndexOf(')')).split(" ", -1)[17]));
                } catch (java.io.IOException e) {
                  throw new java.io.UncheckedIOException(e);
                }
              }
            });
    awaitEnd(job);
    assertThat(nice.get()).isEqualTo(10);
  }

  @Test
  void aJobThatRanLongIsRememberedWhenItEnds() throws Exception {
    Job big = start("big", standing());
    await("running", () -> big.state() == JobState.RUNNING);
    for (int i = 0; i <= JobTable.MAX_ENDED_COUNT; i++) {
      awaitEnd(start("x" + i, new Run()));
    }

    big.cancel();
    awaitEnd(big);

    assertThat(test.jobs.find("big")).isEqualTo(big);
    assertThat(test.jobs.find("x0")).isNull();
    assertThat(test.bay.catalogue().read(JobTable::all))
        .extracting(JobRecord::id)
        .contains("big")
        .doesNotContain("x0");
  }

  /** Work that waits until it is cancelled. */
  private Run standing() {
    return new Run() {
      @Override
      void steps(Job job) throws StorageException {
        job.setRate(1);
        job.proceed(1 << 20);
        job.proceed(1);
      }
    };
  }

  @Test
  void aCancelIsRecordedBeforeItIsAnswered() throws Exception {
    CountDownLatch hang = new CountDownLatch(1);
    Job job = start("1", hanging(hang));
    await("running", () -> job.state() == JobState.RUNNING);

    job.cancel();

    assertThat(test.bay.catalogue().read(JobTable::all))
        .extracting(JobRecord::state)
        .containsExactly(JobState.CANCELLED);
    assertThat(job.state()).as("its thread still hangs").isEqualTo(JobState.RUNNING);
    // no order after a cancel overwrites its row
    assertThat(job.setRate(5)).isEqualTo(JobOrder.TOO_LATE);
    assertThat(job.pause()).isEqualTo(JobOrder.TOO_LATE);
    assertThat(job.cancel()).as("it was ordered").isEqualTo(JobOrder.TAKEN);
    hang.countDown();
    awaitEnd(job);
    assertThat(test.bay.catalogue().read(JobTable::all)).containsExactly(job.row());
  }

  @Test
  void aCancelledJobThatHangsTakesNobodysPlace() throws Exception {
    CountDownLatch hang = new CountDownLatch(1);
    List<Job> hung = new ArrayList<>();
    for (String id : List.of("h1", "h2")) {
      hung.add(start(id, hanging(hang)));
    }
    await("both", () -> hung.stream().allMatch(j -> j.state() == JobState.RUNNING));
    for (Job job : hung) {
      job.cancel();
    }

    awaitEnd(start("next", new Run()));

    hang.countDown();
    for (Job job : hung) {
      awaitEnd(job);
      assertThat(job.state()).isEqualTo(JobState.CANCELLED);
    }
  }

  private Run hanging(CountDownLatch until) {
    return new Run() {
      @Override
      void steps(Job job) throws StorageException {
        try {
          until.await();
        } catch (InterruptedException e) {
          throw new IllegalStateException(e);
        }
        job.proceed(0);
      }
    };
  }

  @Test
  void theStateIsReadWhileAChangeIsBeingRecorded() throws Exception {
    Job job = start("long", standing());
    await("running", () -> job.state() == JobState.RUNNING);
    CountDownLatch recording = new CountDownLatch(1);
    CountDownLatch disk = new CountDownLatch(1);
    Thread slow =
        new Thread(
            () -> {
              try {
                test.bay
                    .catalogue()
                    .change(
                        connection -> {
                          recording.countDown();
                          try {
                            disk.await();
                          } catch (InterruptedException e) {
                            throw new IllegalStateException(e);
                          }
                        });
              } catch (StorageException e) {
                throw new IllegalStateException(e);
              }
            });
    slow.start();
    recording.await();
    Thread order = new Thread(() -> pauseQuietly(job));
    order.start(); // holds the lock of the jobs, and waits for the disk
    await("order", () -> order.getState() == Thread.State.WAITING);

    assertThat(test.jobs.all()).contains(job);
    assertThat(test.jobs.find("long")).isEqualTo(job);
    assertThat(job.bytesPerSecond()).isZero();
    assertThat(job.log()).isNotEmpty();
    assertThat(job.awaitChange(job.version(), 1)).isFalse();

    disk.countDown();
    order.join();
    slow.join();
    assertThat(job.state()).isEqualTo(JobState.PAUSED);
  }

  private static void pauseQuietly(Job job) {
    try {
      job.pause();
    } catch (StorageException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void anOrderAfterTheConclusionComesTooLate() throws Exception {
    CountDownLatch concluded = new CountDownLatch(1);
    CountDownLatch ordered = new CountDownLatch(1);
    Run slow =
        new Run() {
          @Override
          public JobRecord run(Job job) throws StorageException {
            job.conclude();
            JobRecord done = job.row().done(job.now(), "");
            test.bay.catalogue().change(connection -> JobTable.put(connection, done));
            concluded.countDown();
            try {
              ordered.await();
            } catch (InterruptedException e) {
              throw new IllegalStateException(e);
            }
            return done;
          }
        };
    Job job = start("1", slow);
    concluded.await();
    job.pause();
    job.cancel();
    ordered.countDown();
    awaitEnd(job);

    assertThat(job.state()).isEqualTo(JobState.DONE);
    assertThat(test.bay.catalogue().read(JobTable::all))
        .extracting(JobRecord::state)
        .containsExactly(JobState.DONE);
  }

  @Test
  void aJobOfAnUnknownVerbDoesNotStopTheMount() throws Exception {
    awaitEnd(start("old", new Run()));
    start(
        "new",
        new Run() {
          @Override
          void steps(Job job) throws StorageException {
            while (true) {
              job.proceed(0);
            }
          }
        });
    test.close();

    test = TestJobs.open(test.path); // which knows no verb test

    assertThat(test.jobs.find("old").state()).isEqualTo(JobState.DONE);
    assertThat(test.jobs.find("new").state()).isEqualTo(JobState.INTERRUPTED);
  }

  @Test
  void numbersGoOnAfterARestart() throws Exception {
    awaitEnd(start("41", new Run()));
    assertThat(test.jobs.newId()).isEqualTo("1");
    test.close();
    test = TestJobs.open(test.path);
    assertThat(test.jobs.newId()).isEqualTo("42");
    awaitEnd(start("named", new Run()));
    awaitEnd(start("other", new Run()));
    test.bay.catalogue().change(JobsTest::forgetNumbers);
    test.close();
    test = TestJobs.open(test.path);
    assertThat(test.jobs.newId()).as("of three jobs").isEqualTo("4");
    assertFault(Fault.EXISTS, () -> test.jobs.requireFree("named"), "job named exists");
  }

  private static void forgetNumbers(Connection connection) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute("delete from job where id='41'");
    }
  }

  @Test
  void thereIsALimitOfJobsThatHaveNotEnded() throws Exception {
    Run endless =
        new Run() {
          @Override
          void steps(Job job) throws StorageException {
            while (true) {
              job.proceed(0);
              java.util.concurrent.locks.LockSupport.parkNanos(1_000_000);
            }
          }
        };
    List<Job> jobs = new ArrayList<>();
    for (int i = 0; i < 64; i++) {
      jobs.add(start("j" + i, endless));
    }
    assertFault(Fault.AGAIN, () -> start("one more", endless), "64 jobs have not ended yet");
    for (Job job : jobs) {
      job.cancel();
    }
    jobs.forEach(TestJobs::awaitEnd);
    assertThat(jobs).allMatch(j -> j.state() == JobState.CANCELLED);
  }
}
