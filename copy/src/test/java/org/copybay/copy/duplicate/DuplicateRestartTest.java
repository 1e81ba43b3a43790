package org.copybay.copy.duplicate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.copybay.copy.TestJobs.assertFault;
import static org.copybay.copy.TestJobs.awaitEnd;
import static org.copybay.copy.TestJobs.random;
import static org.copybay.copy.TestJobs.read;
import static org.copybay.copy.TestJobs.spec;
import static org.copybay.copy.TestJobs.write;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.copybay.copy.TestJobs;
import org.copybay.copy.engine.Job;
import org.copybay.copy.engine.JobState;
import org.copybay.copy.engine.Jobs;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Volume;
import org.copybay.volumes.bay.VolumeState;
import org.junit.jupiter.api.Test;
import org.sqlite.Function;

class DuplicateRestartTest extends DuplicateFixture {

  // ---- restarts

  @Test
  void anInterruptedJobGoesOnAtItsCheckpoint() throws Exception {
    Job job = test.duplicates.start(spec("a", "b", 20L * MIB));
    TestJobs.await("checkpoint", () -> job.row().checkpoint() > 0);
    job.pause(); // the figures stand still; the pieces under way are past the checkpoint
    Path crashed = test.copyTo(directory.resolve("crashed"));

    try (TestJobs after = TestJobs.open(crashed)) {
      Job found = Objects.requireNonNull(after.jobs.find(job.id()));
      long checkpoint = found.row().checkpoint();
      assertThat(checkpoint).isBetween(1L, SIZE - 1L);
      found.setRate(0);
      found.resume();
      awaitEnd(found);
      assertThat(found.state()).as("%s", found.error()).isEqualTo(JobState.DONE);
      assertThat(found.progress().bytesCopied()).isEqualTo(SIZE - checkpoint);
      assertThat(read(after.bay.find("b"))).isEqualTo(bytes);
      after.assertNothingLeftBehind();
    }
  }

  @Test
  void anInterruptedJobGoesOnWithWhatWasFrozenWhateverWasWrittenSince() throws Exception {
    Job job = test.duplicates.start(spec("a", "b", 20L * MIB));
    TestJobs.await("checkpoint", () -> job.row().checkpoint() > 0);
    job.pause();
    write(test.bay.find("a"), 0, random(9, SIZE));
    Path crashed = test.copyTo(directory.resolve("crashed"));

    try (TestJobs after = TestJobs.open(crashed)) {
      Job found = Objects.requireNonNull(after.jobs.find(job.id()));
      write(after.bay.find("a"), MIB, random(10, 5 * MIB));
      found.setRate(0);
      found.resume();
      awaitEnd(found);
      assertThat(found.state()).as("%s", found.error()).isEqualTo(JobState.DONE);
      assertThat(read(after.bay.find("b"))).isEqualTo(bytes);
      after.assertNothingLeftBehind();
    }
  }

  @Test
  void aPointWhoseJobIsGoneIsDroppedAtTheStart() throws Exception {
    test.bay.points().freezeFor("x", test.bay.find("a"));
    assertFault(Fault.BUSY, () -> test.bay.remove("a"), "by job x");

    reopen();

    test.assertNothingLeftBehind();
    test.awaitPlain("a");
    test.bay.remove("a");
  }

  @Test
  void aJobWhosePointIsGoneFailsAndLeavesNothing() throws Exception {
    Job job = test.startStanding("a", "b", false);
    test.bay.points().dropFor(job.id());

    reopen();

    assertThat(job(job.id()).state()).isEqualTo(JobState.FAILED);
    assertThat(job(job.id()).error()).hasMessageContaining("the point in time that job");
    test.assertNothingLeftBehind();
  }

  @Test
  void checkpointsNameOnlyWhatWasCopied() throws Exception {
    Job job = test.duplicates.start(spec("a", "b", 100L * MIB));
    awaitEnd(job);
    assertThat(job.log()).anyMatch(line -> line.contains("checkpoint at"));
    assertThat(job.row().checkpoint()).isBetween(1L, (long) SIZE);
  }

  /**
   * Copies the bay inside of every transaction on jobs, volumes and points, before its commit; not
   * of that which ends a point, while files go.
   */
  private List<Path> copyInEveryTransaction() throws StorageException {
    List<Path> crashes = new ArrayList<>();
    test.bay
        .catalogue()
        .change(
            connection -> {
              Function.create(
                  connection,
                  "crash",
                  new Function() {
                    @Override
                    protected void xFunc() throws SQLException {
                      if (crashes.size() < 40) {
                        crashes.add(test.copyTo(directory.resolve("crash" + crashes.size())));
                      }
                      result(0);
                    }
                  });
              try (Statement statement = connection.createStatement()) {
                for (String event :
                    List.of(
                        "insert on job",
                        "update on job",
                        "update on volume",
                        "insert on point",
                        "update on point")) {
                  statement.execute(
                      "create temp trigger \"crash "
                          + event
                          + "\" after "
                          + event
                          + " begin select crash(); end");
                }
              }
            });
    return crashes;
  }

  @Test
  void afterACrashAtAnyCommitTheCopyIsMadeOrWasNeverAccepted() throws Exception {
    List<Path> crashes = copyInEveryTransaction();
    Job job = test.duplicates.start(spec("a", "b", 0));
    awaitEnd(job);
    assertThat(job.state()).as("%s", job.error()).isEqualTo(JobState.DONE);
    assertThat(crashes).hasSizeGreaterThan(4);

    int done = 0;
    for (Path crash : crashes) {
      try (TestJobs after = TestJobs.open(crash)) {
        Job found = after.jobs.find(job.id());
        if (found == null) {
          assertThat(after.names()).containsExactly("a");
        } else {
          awaitEnd(found);
          assertThat(found.state()).as("%s %s", crash, found.error()).isEqualTo(JobState.DONE);
          assertThat(read(after.bay.find("b"))).as(crash.toString()).isEqualTo(bytes);
          done++;
        }
        after.assertNothingLeftBehind();
      }
    }
    assertThat(done).isPositive();
  }

  @Test
  void doneAndReadyAppearTogether() throws Exception {
    List<Path> crashes = copyInEveryTransaction();
    Job job = test.duplicates.start(spec("a", "b", 0));
    awaitEnd(job);

    for (Path crash : crashes) {
      try (TestJobs after = TestJobs.openReadOnly(crash)) {
        Job found = after.jobs.find(job.id());
        boolean done = found != null && found.state() == JobState.DONE;
        Volume copy = after.bay.findOrNull("b");
        assertThat(copy != null && copy.state() == VolumeState.READY).isEqualTo(done);
      }
    }
  }

  @Test
  void aCancelledJobIsNotTakenUpAfterACrashAtAnyCommit() throws Exception {
    Job job = test.startStanding("a", "b", false);
    List<Path> crashes = copyInEveryTransaction();
    job.cancel();
    awaitEnd(job);
    test.awaitPlain("a"); // no file goes while they are copied
    crashes.add(test.copyTo(directory.resolve("end")));

    assertThat(crashes).hasSizeGreaterThan(2);
    boolean cancelled = false;
    for (Path crash : crashes) { // the first may be of a checkpoint, the next of the record itself
      try (TestJobs after = TestJobs.open(crash)) {
        Job found = Objects.requireNonNull(after.jobs.find(job.id()));
        if (found.state() == JobState.CANCELLED) {
          cancelled = true;
          after.assertNothingLeftBehind();
        } else {
          assertThat(cancelled).as(crash.toString()).isFalse();
          assertThat(found.state()).as("%s", found.error()).isNotEqualTo(JobState.FAILED);
        }
      }
    }
    assertThat(cancelled).isTrue();
  }

  @Test
  void aCancelIsNotForgottenWhenTheBayIsUnmountedAtOnce() throws Exception {
    for (int round = 0; round < 10; round++) {
      Job job = test.startStanding("a", "b", false);
      job.pause();
      job.cancel();
      reopen();
      assertThat(job(job.id()).state()).as("round %d", round).isEqualTo(JobState.CANCELLED);
      test.assertNothingLeftBehind();
    }
  }

  @Test
  void theProgressOfAJobGoesOnWhereItWasInterrupted() throws Exception {
    Job job = test.startStanding("a", "b", false);
    test.bay.reservedVolumes().get(0).flush();
    TestJobs.await("its own checkpoint is over", () -> TestJobs.isIn(Jobs.class, "requireRunning"));
    job.checkpoint(4 * MIB); // whatever was copied: only the figures are looked at
    job.pause();
    reopen();
    Job found = job(job.id());

    found.resume();

    TestJobs.await("copying", () -> found.phase().equals("copying"));
    assertThat(found.progress().bytesTotal()).isEqualTo(SIZE);
    assertThat(found.progress().bytesDone()).isGreaterThanOrEqualTo(4 * MIB);
    found.cancel();
    awaitEnd(found);
  }

  @Test
  void aJobWhoseSourceIsGoneFailsAndLeavesNothing() throws Exception {
    Job job = test.startStanding("a", "b", false);
    Path home = test.bay.find("a").home();
    test.close();
    Files.move(home, directory.resolve("away"));

    test = TestJobs.open(test.path);
    awaitEnd(job(job.id()));

    assertThat(job(job.id()).state()).isEqualTo(JobState.FAILED);
    assertThat(job(job.id()).error().fault()).isEqualTo(Fault.CORRUPT);
    test.assertNothingLeftBehind();
  }

  @Test
  void aReadOnlyBayShowsAnInterruptedJobAndTakesNoOrders() throws Exception {
    Job job = test.startStanding("a", "b", false);
    Path crashed = test.copyTo(directory.resolve("crashed"));
    try (TestJobs after = TestJobs.openReadOnly(crashed)) {
      Job found = Objects.requireNonNull(after.jobs.find(job.id()));
      assertThat(found.state()).isEqualTo(JobState.INTERRUPTED);
      assertFault(Fault.READ_ONLY, found::cancel, "read-only");
      assertFault(Fault.READ_ONLY, found::pause, "read-only");
      assertFault(Fault.READ_ONLY, () -> after.duplicates.start(spec("a", "c", 0)), "read-only");
      assertFault(Fault.READ_ONLY, () -> after.checks.start("a", null, "check", 0), "read-only");
      assertThat(after.names()).containsExactly("a");
    }
  }
}
