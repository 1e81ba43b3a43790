package org.copybay.copy.safeguarded;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.copybay.copy.TestJobs.assertFault;
import static org.copybay.volumes.bay.Catalogue.Change.NOTHING;

import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import org.copybay.copy.TestJobs;
import org.copybay.copy.engine.Job;
import org.copybay.copy.engine.JobState;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.PointVolume;
import org.junit.jupiter.api.Test;

/** What a verification finds, remembers and prevents. */
final class VerifyTest extends SafeguardedTest {
  private void seal(long id) throws StorageException {
    for (PointVolume of :
        Objects.requireNonNull(test.bay.backupPoints().findOrNull(id)).volumes()) {
      assertThat(of.seal((done, total) -> {}, () -> false)).isNotNull();
    }
  }

  private List<Job> start(long backup) throws StorageException {
    return test.safeguarded.verifications().start(PAY, backup, 0, null, "verify", 7);
  }

  private Job verify(long backup, String volume) throws StorageException {
    List<Job> jobs = start(backup);
    for (Job job : jobs) {
      TestJobs.await("end of job " + job.id(), () -> job.state().ended());
    }
    return jobs.stream().filter(job -> job.row().source().equals(volume)).findFirst().orElseThrow();
  }

  private Instant now() {
    return test.clock.instant().truncatedTo(ChronoUnit.SECONDS);
  }

  private Backup find(long id) throws StorageException {
    return test.safeguarded.backup(test.session(PAY), id);
  }

  private static void flip(Path path, long offset) throws Exception {
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
      file.seek(offset);
      int was = file.read();
      file.seek(offset);
      file.write(was ^ 1);
    }
  }

  @Test
  void whatIsAsItWasIsRemembered() throws Exception {
    long id = backup();
    seal(id);
    assertThat(find(id).verified()).isNull();

    assertThat(verify(id, "a").row().result()).isEqualTo("verified=1");
    assertThat(find(id).verified()).isEqualTo(now());
    assertThat(find(id).unrecoverable()).isNull();
    kill();
    assertThat(find(id).verified()).isEqualTo(now());

    test.expire(PAY, id, false);
    assertThat(
            test.bay
                .catalogue()
                .<Integer>read(
                    connection -> {
                      try (Statement statement = connection.createStatement();
                          ResultSet row =
                              statement.executeQuery("select count(*) from sg_verified")) {
                        return row.getInt(1);
                      }
                    }))
        .isZero();
  }

  @Test
  void aFlippedByteIsNamedAndItsBackupNotRecoveredUntilItIsBack() throws Exception {
    long id = backup();
    seal(id);
    Path home = test.find("a").home();
    flip(home, 2 * TestSafeguarded.TRACK + 77);
    long later = backup(); // nothing of the flipped track is hashed again
    seal(later);

    Job job = verify(id, "a");
    assertThat(job.state()).isEqualTo(JobState.FAILED);
    StorageException error = Objects.requireNonNull(job.error());
    assertThat(error.fault()).isEqualTo(Fault.CORRUPT);
    assertThat(error)
        .hasMessageStartingWith("SGC1005E: verification failed: backup " + id + ": volume a, ")
        .hasMessageContaining("track 2 (bytes 131072-196607)")
        .hasMessageEndingWith(", in " + home);
    assertThat(job.log()).anyMatch(line -> line.contains("backup " + id + ": volume a, "));
    assertFault(Fault.CORRUPT, () -> test.image(id, "a"), "track 2 ");
    kill();
    assertThat(find(id).state()).isEqualTo("damaged");
    assertThat(test.safeguarded.proofs().of(find(id)))
        .isNotNull()
        .extracting(VolumeEvidence::kind)
        .isEqualTo(VolumeEvidence.Kind.DAMAGED);
    assertThat(test.safeguarded.proofs().trouble(test.session(PAY)))
        .singleElement()
        .asString()
        .startsWith("backup " + id + ": verification failed: volume a, ");
    assertFault(
        Fault.BUSY,
        () -> test.recover(PAY, id, false),
        "SGC1005E: backup " + id + " is not recoverable: verification failed: volume a, ");
    assertThat(find(later).unrecoverable()).isNull(); // nobody looked

    flip(test.find("a").home(), 2 * TestSafeguarded.TRACK + 77);
    assertThat(verify(0, "a").row().result()).isEqualTo("verified=2");
    assertThat(test.safeguarded.proofs().trouble(test.session(PAY))).isEmpty();
    assertThat(test.recover(PAY, id, false).items()).hasSize(2);
  }

  @Test
  void whatLiesBesideTheHomeIsNamedToo() throws Exception {
    backup();
    test.write("a", 0, "A0");
    long id = backup();
    test.write("a", 0, "AA0");
    seal(test.ids(PAY).get(0));
    seal(id);
    Path spill = test.find("a").directory().resolve("spill");
    int at = new String(Files.readAllBytes(spill), US_ASCII).indexOf("A0\nA0\n");
    flip(spill, at);

    assertThat(verify(0, "a").error())
        .hasMessageStartingWith("SGC1005E: verification failed of 1 of 2 backups: backup " + id)
        .hasMessageContaining("track 0 ")
        .hasMessageContaining(spill.toString());
    flip(spill, at);
  }

  @Test
  void aBackupThatIsNotHashedIsWaitedForAndAMountGoesOnBehindWhatIsDone() throws Exception {
    long first = backup();
    test.write("a", 1, "A1");
    long second = backup();
    seal(first);
    String job = start(0).get(0).id();
    TestJobs.await("verdict of " + first, () -> find(first).verified() != null);
    TestJobs.await("checkpoint", () -> test.jobs.all().get(0).row().checkpoint() == first);
    assertFault(Fault.BUSY, () -> start(0), "job " + job);
    var before = find(first).verified();
    test.clock.pass(Duration.ofHours(1));

    reopen();
    assertThat(find(second).verified()).isNull();
    seal(second);
    for (Job each : test.jobs.all()) {
      TestJobs.await("end of job " + each.id(), () -> each.state() == JobState.DONE);
    }
    assertThat(find(first).verified()).isEqualTo(before);
    assertThat(find(second).verified()).isEqualTo(now());
  }

  @Test
  void aJobEndsWithWhatItReads() throws Exception {
    long id = backup();
    List<Job> jobs = start(id); // waits: nobody hashes it
    test.expire(PAY, id, false);
    for (Job job : jobs) {
      TestJobs.await("end of job " + job.id(), () -> job.state() == JobState.FAILED);
      assertThat(Objects.requireNonNull(job.error()).fault()).isEqualTo(Fault.NOT_FOUND);
    }
    assertFault(Fault.NOT_FOUND, () -> start(0), "no backup");
    test.safeguarded.setup().remove(PAY, List.of(test.find("b")), NOTHING);
    long other = backup();
    List<Job> more = start(0);
    assertThat(more).hasSize(1);
    test.expire(PAY, other, false);
    TestJobs.await("end of job", () -> more.get(0).state() == JobState.DONE);
  }

  @Test
  void whereOneJobIsRefusedNoneGoesOn() throws Exception {
    long id = backup();
    sql(
        "create trigger no_b before insert on job when new.source='b' begin select raise(abort,''); end");
    sql(
        "create trigger no_a before insert on job when new.source='a' begin select raise(abort,''); end");
    assertFault(Fault.STORE_FAILED, () -> start(id), "");
    assertThat(test.jobs.all()).isEmpty();
    sql("drop trigger no_b");
    assertFault(Fault.STORE_FAILED, () -> startNamed(id), "");
    Job first = test.jobs.all().get(0);
    assertThat(first.id())
        .as("a command that is sent again must not find its id")
        .isNotEqualTo("x");
    TestJobs.await("end of job " + first.id(), () -> first.state() == JobState.CANCELLED);
    sql("drop trigger no_a");
    assertThat(startNamed(id)).extracting(Job::id).startsWith("x").hasSize(2);
  }

  private List<Job> startNamed(long backup) throws StorageException {
    return test.safeguarded.verifications().start(PAY, backup, 0, "x", "verify", 7);
  }

  private void sql(String text) throws StorageException {
    test.bay
        .catalogue()
        .change(
            connection -> {
              try (Statement statement = connection.createStatement()) {
                statement.execute(text);
              }
            });
  }
}
