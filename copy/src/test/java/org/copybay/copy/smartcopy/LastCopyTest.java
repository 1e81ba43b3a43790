package org.copybay.copy.smartcopy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.copybay.copy.TestJobs.assertFault;
import static org.copybay.volumes.bay.Catalogue.Change.NOTHING;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.copybay.copy.TestJobs;
import org.copybay.copy.engine.Job;
import org.copybay.copy.engine.JobState;
import org.copybay.copy.library.Protection;
import org.copybay.copy.library.TapeCartridge;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A copy, a check or a restore never costs the last good copy, and honours what is said late. */
final class LastCopyTest {
  private static final long MIB = 1 << 20;

  @TempDir Path directory;
  private TestTapes test;
  private TapeCartridge source;
  private TapeCartridge target;

  @BeforeEach
  void openBay() throws Exception {
    test = TestTapes.create(directory.resolve("home"));
    source = test.add("VTL", "VT0001", 20 * MIB);
    target = test.add("VAULT", "PH0001", 20 * MIB);
    test.write(source, 1, 40);
  }

  @AfterEach
  void closeBay() {
    test.close();
  }

  private void protect(TapeCartridge cartridge, Protection protection) throws StorageException {
    test.tapes.copies().describe(cartridge, row -> row.medium().protectedBy(protection), NOTHING);
  }

  private Job check(TapeCartridge cartridge) throws StorageException {
    Job job = test.copies.startCheck(cartridge.barcode(), null, "line", 0);
    TestJobs.awaitEnd(job);
    return job;
  }

  // ---- which target

  @Test
  void theOnlyCopyOfADamagedSourceIsNoTarget() throws Exception {
    test.copy("VT0001", "PH0001");
    byte[] held = test.image(target);
    protect(target, Protection.until(Instant.EPOCH));
    test.tapes.damage().note(source, "a record is bad");
    assertFault(
        Fault.CORRUPT,
        () -> test.copy("VT0001", null),
        "is to be restored from its copy: a record");
    assertFault(Fault.CORRUPT, () -> test.copy("VT0001", "PH0001"), "VT0001 is damaged");
    assertThat(test.image(target)).isEqualTo(held);
  }

  @Test
  void aSecondCopyTakesABlankOneOrNoneAndNeverTheFirst() throws Exception {
    test.copy("VT0001", "PH0001");
    protect(target, Protection.until(Instant.EPOCH));
    assertFault(
        Fault.NO_MEDIUM, () -> test.copy("VT0001", null), "PH0001 is a valid copy of VT0001");
    test.tapes.damage().note(target, "a record is bad");
    test.tapes.damage().note(target, null);
    TapeCartridge second = test.add("VAULT", "PH0002", 20 * MIB);
    assertThat(test.copy("VT0001", null).row().target()).isEqualTo("PH0002");
    assertThat(test.policies.status().validCopies(source)).containsExactly(target, second);

    test.write(source, 2, 5); // then both hold what it does not hold any more
    protect(second, Protection.PERMANENT);
    assertThat(test.copy("VT0001", null).row().target()).isEqualTo("PH0001");
  }

  @Test
  void whatLiesInTheBayIsNoTargetInADestinationLibrary() throws Exception {
    TapeCartridge other = test.add("VTL", "VT0002", 20 * MIB);
    test.tapes.changer().eject(other, "", NOTHING);
    test.tapes.changer().insert(other, test.tapes.library("VAULT"), 0, NOTHING);
    assertFault(Fault.NO_PAIR, () -> test.copy("VT0001", "VT0002"), "its files lie in the bay");
    test.tapes.changer().eject(target, "", NOTHING);
    assertFault(
        Fault.NO_MEDIUM, () -> test.copy("VT0001", null), "was not made in destination library");
    assertThat(other.contents().objects()).isZero();
  }

  // ---- between plan and job

  @Test
  void whatIsSaidBetweenPlanAndCopyIsHonoured() throws Exception {
    SmartCopySpec wanted = TestTapes.spec("VT0001", "PH0001");
    SmartCopies.Plan plan = test.copies.plan(wanted);
    protect(target, Protection.PERMANENT);
    assertFault(Fault.FORBIDDEN, () -> test.copies.start(wanted, plan), "is protected: permanent");
    protect(target, Protection.NONE);
    test.tapes.damage().note(source, "a record is bad");
    assertFault(Fault.CORRUPT, () -> test.copies.start(wanted, plan), "VT0001 is damaged");
    test.tapes.damage().note(source, null);
    assertThat(target.row().medium().job()).isNull();
    test.done(test.copies.start(wanted, plan));
    assertThat(test.same(source, target)).isTrue();
  }

  @Test
  void whatIsSaidBetweenPlanAndRestoreIsHonoured() throws Exception {
    test.copy("VT0001", "PH0001");
    test.write(source, 2, 5);
    byte[] held = test.image(source);
    SmartCopies.RestoreSpec wanted =
        new SmartCopies.RestoreSpec("VT0001", null, true, null, "line", 0);
    TapeCartridge from = test.copies.planRestore(wanted);
    protect(source, Protection.PERMANENT);
    assertFault(Fault.FORBIDDEN, () -> test.copies.startRestore(wanted, from), "was written since");
    assertThat(source.holder()).isNull();
    assertThat(target.holder()).isNull();
    assertThat(test.image(source)).isEqualTo(held);
  }

  @Test
  void nothingIsSaidOfWhatAJobOverwrites() throws Exception {
    Job job = test.copies.start(TestTapes.slow(true));
    assertFault(Fault.BUSY, () -> protect(target, Protection.PERMANENT), "by job " + job.id());
    assertThat(target.row().medium().protection()).isEqualTo(Protection.NONE);
    protect(source, Protection.PERMANENT); // which is read alone
    job.setRate(0);
    test.done(job);
    protect(target, Protection.PERMANENT);
    assertThat(target.row().medium().protection()).isEqualTo(Protection.PERMANENT);
  }

  @Test
  void bothAreLetGoAlsoWhereNothingCanBeRecorded() throws Exception {
    sql(
        "create temp trigger no_job before insert on job begin"
            + " select raise(abort, 'no job'); end",
        "create temp trigger no_tape before update on tape_cartridge when new.job is null begin"
            + " select raise(abort, 'no tape'); end",
        "create temp trigger no_tape_either before insert on tape_cartridge when new.job is null"
            + " begin select raise(abort, 'no tape'); end");
    StorageException error =
        catchThrowableOfType(StorageException.class, () -> test.copy("VT0001", "PH0001"));
    assertThat(error).hasStackTraceContaining("no job");
    assertThat(error.getSuppressed()).hasSize(1);
    assertThat(error.getSuppressed()[0]).hasStackTraceContaining("no tape");
    assertThat(source.holder()).isNull();
    assertThat(target.holder()).isNull();
    sql("drop trigger no_job", "drop trigger no_tape", "drop trigger no_tape_either");
    test.copy("VT0001", "PH0001");
    assertThat(test.same(source, target)).isTrue();
  }

  private void sql(String... statements) throws StorageException {
    test.bay
        .catalogue()
        .change(
            connection -> {
              try (Statement statement = connection.createStatement()) {
                for (String each : statements) {
                  statement.execute(each);
                }
              }
            });
  }

  // ---- checks

  @Test
  void aCheckOfABlankOneFindsNothing() throws Exception {
    Job job = check(target);
    assertThat(job.state()).as("%s", job.error()).isEqualTo(JobState.DONE);
    assertThat(job.row().result()).isEqualTo("checked=0");
    assertThat(target.row().medium().damage()).isNull();
    assertFault(Fault.NO_MEDIUM, () -> test.tapes.copies().open(target), "holds nothing");
  }

  @Test
  void aCheckWhileADiskIsAwayFindsNoDamage() throws Exception {
    test.copy("VT0001", "PH0001");
    Path vault = directory.resolve("home/vault");
    Files.move(vault, directory.resolve("away"));
    Files.createDirectory(vault); // its mount point
    Job job = check(target);
    assertThat(Objects.requireNonNull(job.error()).fault()).isEqualTo(Fault.NOT_FOUND);
    assertThat(target.row().medium().damage()).isNull();

    Files.delete(directory.resolve("home/bay/tapes/VT0001/index"));
    job = check(source);
    assertThat(Objects.requireNonNull(job.error()).fault()).isEqualTo(Fault.CORRUPT);
    assertThat(source.row().medium().damage()).contains("index");
  }

  // ---- what is to go from a disk that is away

  @Test
  void whatIsToGoFromADiskThatIsAwayIsRememberedOverAnEmptyMountPoint() throws Exception {
    test.copy("VT0001", "PH0001");
    test.add("VAULT", "PH0002", 20 * MIB);
    test.copy("VT0001", "PH0002");
    Path vault = directory.resolve("home/vault");
    Path away = directory.resolve("away");
    Files.move(vault, away);
    Files.createDirectory(vault); // its mount point
    test.tapes.making().destroy(test.tapes.cartridge("PH0001"), NOTHING);
    test = test.reopen();
    Files.delete(vault);
    Files.move(away, vault);
    assertThat(names(vault)).containsExactly("PH0001", "PH0002");
    test = test.reopen();
    assertThat(names(vault)).containsExactly("PH0002");
    Files.createDirectory(vault.resolve("PH0001"));
    test = test.reopen(); // the note went with it
    assertThat(names(vault)).containsExactly("PH0001", "PH0002");
  }

  private static List<String> names(Path path) throws Exception {
    try (var entries = Files.list(path)) {
      return entries
          .map(each -> String.valueOf(each.getFileName()))
          .filter(each -> !each.startsWith("."))
          .sorted()
          .toList();
    }
  }
}
