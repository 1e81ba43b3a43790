package org.copybay.copy.duplicate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.copybay.copy.TestJobs.assertFault;
import static org.copybay.copy.TestJobs.awaitEnd;
import static org.copybay.copy.TestJobs.random;
import static org.copybay.copy.TestJobs.read;
import static org.copybay.copy.TestJobs.write;

import java.sql.Connection;
import java.util.concurrent.atomic.AtomicReference;
import org.copybay.copy.TestJobs;
import org.copybay.copy.engine.Job;
import org.copybay.copy.engine.JobState;
import org.copybay.volumes.Fault;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A job whose end cannot be recorded, because a commit failed, goes on at the next mount. */
class DuplicateDoubtTest extends DuplicateFixture {

  /** From now on an update of that kind is refused by SQLite at its commit. */
  private void failCommits(String update, String event) throws Exception {
    AtomicReference<Connection> found = new AtomicReference<>();
    test.bay
        .catalogue()
        .change(
            connection -> {
              found.set(connection);
              try (var statement = connection.createStatement()) {
                statement.execute("create table parent (id integer primary key)");
                statement.execute(
                    "create table child (parent integer references parent(id)"
                        + " deferrable initially deferred)");
                statement.execute(
                    "create temp trigger doubt after "
                        + event
                        + " on "
                        + update
                        + " begin insert into child values (1); end");
              }
            });
    try (var statement = found.get().createStatement()) {
      statement.execute("pragma foreign_keys=on"); // ignored inside a transaction
    }
  }

  @Test
  void aJobWhoseAcceptanceIsInDoubtKeepsWhatTheNextMountMayNeed() throws Exception {
    write(test.create("old", SIZE), 0, random(2, SIZE));
    failCommits("main.job when new.state='queued'", "insert");

    assertFault(
        Fault.STORE_FAILED,
        () ->
            test.duplicates.start(
                new DuplicateSpec("a", "old", true, false, false, 0, "x", "line", 7, 8)),
        "change");

    assertFault(
        Fault.BUSY, () -> write(test.bay.find("old"), 0, new byte[1]), "by job x: cannot open");
    assertFault(Fault.BUSY, () -> test.bay.remove("a"), "by job x as it was");
    reopen();
    write(test.bay.find("old"), 0, new byte[1]);
    write(test.bay.find("a"), 0, new byte[1]);
    test.assertNothingLeftBehind();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "main.job when new.checkpoint > 4000000",
        "main.volume when new.state='ready'",
        "main.volume when new.state='dropping'",
      })
  void whatItCopiesStaysWhateverIsWrittenMeanwhile(String update) throws Exception {
    write(test.create("old", SIZE), 0, random(2, SIZE));
    failCommits(update, "update");
    DuplicateSpec unverified =
        new DuplicateSpec("a", "old", true, false, false, 0, null, "duplicate a old", 7, 8);

    Job job = test.duplicates.start(unverified);
    TestJobs.await("end", () -> job.state() == JobState.INTERRUPTED);

    assertFault(
        Fault.BUSY,
        () -> write(test.bay.find("old"), 0, new byte[1]),
        "by job " + job.id() + ": cannot open for writing");
    write(test.bay.find("a"), 0, random(3, SIZE));
    assertThat(read(test.bay.find("old"))).isEqualTo(random(2, SIZE));
    reopen();
    Job again = job(job.id());
    awaitEnd(again);
    assertThat(again.state()).as("%s", again.error()).isEqualTo(JobState.DONE);
    assertThat(read(test.bay.find("old"))).isEqualTo(bytes);
    test.assertNothingLeftBehind();
  }
}
