package org.copybay.copy.smartcopy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.copybay.volumes.bay.Catalogue.Change.NOTHING;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Instant;
import org.awaitility.Awaitility;
import org.copybay.copy.TestJobs;
import org.copybay.copy.engine.Job;
import org.copybay.copy.engine.JobState;
import org.copybay.copy.library.LibrarySetup.Wanted;
import org.copybay.copy.library.LibraryType;
import org.copybay.copy.library.Protection;
import org.copybay.copy.library.ShownTape;
import org.copybay.copy.library.TapeCartridge;
import org.copybay.copy.library.TapeCheck;
import org.copybay.copy.library.TapeMedia;
import org.copybay.copy.smartcopy.SmartCopies.RestoreSpec;
import org.copybay.volumes.Findings;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.journal.RecoverMode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Where the files of a cartridge were lie others: those of another cartridge, older ones, fewer.
 */
final class OtherMediumTest {
  private static final long MIB = 1 << 20;
  private static final int ENTRY_BYTES = 48;

  @TempDir Path directory;
  private TestTapes test;
  private Path vault;
  private Path first;

  @BeforeEach
  void openBay() throws Exception {
    test = TestTapes.copied(directory.resolve("home"), 1);
    vault = directory.resolve("home/vault");
    first = directory.resolve("first");
  }

  @AfterEach
  void closeBay() {
    test.close();
  }

  private TapeCartridge tape(String barcode) throws StorageException {
    return test.tapes.cartridge(barcode);
  }

  private void unmount() throws IOException {
    Files.move(vault, first);
    Files.createDirectory(vault);
  }

  /** The disk of another bay, with a cartridge of the same barcode, is mounted there. */
  private byte[] mountOfAnotherBay() throws Exception {
    byte[] image;
    try (TestTapes other = TestTapes.copied(directory.resolve("other"), 7)) {
      image = other.image(other.tapes.cartridge("PH0001"));
    }
    Files.delete(vault);
    Files.move(directory.resolve("other/vault"), vault);
    return image;
  }

  private void loseVault() throws Exception {
    unmount();
    test.tapes.making().destroy(tape("PH0001"), NOTHING);
    test.tapes.setup().delete(test.tapes.library("VAULT"), NOTHING);
  }

  // ---- what is removed

  @Test
  void theDiskOfAnotherBayKeepsWhatItHas() throws Exception {
    loseVault();
    mountOfAnotherBay();
    test = test.reopen();
    assertThat(vault.resolve("PH0001/tape.tap")).exists();
  }

  @Test
  void whatIsAdoptedIsNotWhatWasDestroyed() throws Exception {
    loseVault();
    byte[] theirs = mountOfAnotherBay();
    test.tapes
        .setup()
        .create(
            new Wanted("V2", LibraryType.DESTINATION, 1, 9, 0, TapeMedia.LTO8, vault.toString()),
            NOTHING);
    assertThat(test.image(tape("PH0001"))).isEqualTo(theirs);
    test = test.reopen();
    assertThat(test.image(tape("PH0001"))).isEqualTo(theirs);
  }

  @Test
  void whatIsRestoredToADiskLeavesOthersThere() throws Exception {
    unmount();
    mountOfAnotherBay();
    byte[] label = Files.readAllBytes(vault.resolve("PH0001/label"));
    test.tapes.setup().takeDirectory(test.tapes.library("VAULT"));
    assertThatThrownBy(() -> test.image(tape("PH0001")))
        .isInstanceOf(StorageException.class)
        .hasMessageContaining("holds medium");
    test.tapes.damage().note(tape("PH0001"), null); // writes its label, where it is its own
    test.restore("PH0001", false);
    assertThat(test.same(tape("VT0001"), tape("PH0001"))).isTrue();
    assertThat(vault.resolve("PH0001/label")).hasBinaryContent(label);
    assertThat(vault.resolve("PH0001/tape.tap")).exists();
  }

  @Test
  void whatIsToBeRemovedIsSoWhenItsSuccessorIsDestroyed() throws Exception {
    test.write(test.add("VTL", "VT0002", 20 * MIB), 2, 10);
    Path own = directory.resolve("home/bay/tapes/VT0002");
    Path stuck = Files.createDirectory(own.resolve("stuck"));
    Path inside = Files.createFile(stuck.resolve("kept"));
    test.tapes.making().destroy(tape("VT0002"), NOTHING);
    test.add("VTL", "VT0002", 20 * MIB);
    test.tapes.making().destroy(tape("VT0002"), NOTHING);
    assertThat(own.resolve("label")).exists();
    Files.delete(inside);
    test = test.reopen();
    assertThat(own).doesNotExist();
    assertThat(test.tapes.cartridgeOrNull("VT0002")).isNull();
  }

  // ---- what is read

  @Test
  void aDiskThatComesBackShowsNoTapeOfAnotherMedium() throws Exception {
    unmount();
    test.tapes.setup().takeDirectory(test.tapes.library("VAULT"));
    test.tapes.making().destroy(tape("PH0001"), NOTHING);
    test.write(test.add("VTL", "VT0002", 20 * MIB), 2, 40);
    test.add("VAULT", "PH0001", 20 * MIB);
    test.copy("VT0002", "PH0001");
    Files.move(vault, directory.resolve("second"));
    Files.move(first, vault);
    byte[] label = Files.readAllBytes(vault.resolve("PH0001/label"));
    byte[] written = test.image(tape("VT0002"));
    Job job = test.copies.startRestore(new RestoreSpec("VT0002", null, false, null, "line", 0));
    TestJobs.awaitEnd(job);
    assertThat(job.state()).isEqualTo(JobState.FAILED);
    assertThat(job.error()).hasMessageContaining("holds medium");
    assertThat(test.image(tape("VT0002"))).isEqualTo(written);
    assertThat(vault.resolve("PH0001/label")).hasBinaryContent(label);
  }

  @Test
  void theDiskOfAnotherBayIsNoDamage() throws Exception {
    unmount();
    mountOfAnotherBay();
    assertThatThrownBy(() -> test.image(tape("PH0001"))).isInstanceOf(StorageException.class);
    Job job = test.copies.startRestore(new RestoreSpec("PH0001", null, false, null, "line", 0));
    TestJobs.awaitEnd(job);
    assertThat(job.error()).hasMessageContaining("is not there");
    test.tapes.stop(); // notes are made
    assertThat(tape("PH0001").row().medium().damage()).isNull();
  }

  // ---- files of an earlier life

  private int putBackOlderFiles(boolean inDrive) throws Exception {
    Path own = directory.resolve("home/bay/tapes/VT0001");
    Path older = directory.resolve("older");
    copy(own, older);
    test.write(tape("VT0001"), 2, 50);
    if (inDrive) {
      test.tapes.changer().load(tape("VT0001"), test.drive(), NOTHING);
    }
    int life = tape("VT0001").row().contents().lives();
    test.close();
    copy(older, own);
    return life;
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void filesOfAnEarlierLifeAreDamage(boolean inDrive) throws Exception {
    int life = putBackOlderFiles(inDrive);
    Findings found = new Findings();
    TapeCheck.run(directory.resolve("home/bay"), RecoverMode.AUTO, false, found);
    assertThat(found.damages()).isEqualTo(1);
    test = TestTapes.open(directory.resolve("home"), RecoverMode.AUTO);
    test.image(tape("VT0001"));
    test.tapes.stop(); // notes are made
    assertThat(tape("VT0001").row().medium().damage()).contains("older files");
    assertThat(tape("VT0001").row().contents().lives()).isEqualTo(life);
    assertThat(tape("VT0001").row().place().isInDrive()).isFalse();
  }

  @Test
  void anEarlierLifeIsNotGoneOnWith() throws Exception {
    int life = putBackOlderFiles(false);
    test = TestTapes.open(directory.resolve("home"), RecoverMode.AUTO);
    try (ShownTape reader = test.tapes.show(tape("VT0001"))) {
      assertThat(reader.size()).isPositive();
      assertThat(tape("VT0001").shown().imageBytes()).isEqualTo(reader.size());
      assertThat(tape("VT0001").contents().lives()).isEqualTo(life);
    }
    assertThatThrownBy(() -> test.tapes.changer().load(tape("VT0001"), test.drive(), NOTHING))
        .isInstanceOf(StorageException.class)
        .hasMessageContaining("older files");
    test.tapes.initializing().initialize(tape("VT0001"), "NEW", true, NOTHING);
    assertThat(tape("VT0001").contents().lives()).isGreaterThan(life);
    test.tapes.changer().load(tape("VT0001"), test.drive(), NOTHING);
  }

  @Test
  void anEarlierLifeIsNotBlankWhereItsRowIs() throws Exception {
    test.bay
        .catalogue()
        .change(
            connection -> {
              try (Statement statement = connection.createStatement()) {
                statement.execute(
                    "update tape_cartridge set objects=0, marks=0, bytes=0, image=0,"
                        + " lives=lives+1 where barcode='VT0001'");
              }
            });
    test = test.reopen();
    assertThatThrownBy(
            () -> test.tapes.initializing().initialize(tape("VT0001"), "NEW", false, NOTHING))
        .isInstanceOf(StorageException.class)
        .hasMessageContaining("holds");
    assertThat(test.image(tape("VT0001"))).isNotEmpty();
  }

  @Test
  void aDiskWithoutTheMarkOfItsLibrarySaysNothing() throws Exception {
    test = test.reopen();
    shorten(vault.resolve("PH0001/index"));
    Path mark = vault.resolve(".copybay-library");
    byte[] marked = Files.readAllBytes(mark);
    Files.delete(mark);
    Instant before = lastWrite();
    test.image(tape("PH0001"));
    assertThat(checked("PH0001")).isEqualTo(JobState.FAILED);
    test.tapes.stop(); // notes are made
    assertThat(tape("PH0001").row().medium().damage()).isNull();
    assertThat(lastWrite()).isEqualTo(before);
    Files.write(mark, marked);
    test = test.reopen();
    test.image(tape("PH0001"));
    test.tapes.stop();
    assertThat(tape("PH0001").row().medium().damage()).contains("its index ends early");
  }

  @Test
  void aDiskWithoutTheMarkOfItsLibraryIsNotCheckedForIt() throws Exception {
    test.tapes.damage().note(tape("PH0001"), "found once");
    Path mark = vault.resolve(".copybay-library");
    byte[] marked = Files.readAllBytes(mark);
    Files.delete(mark);
    test = test.reopen();
    assertThat(checked("PH0001")).isEqualTo(JobState.FAILED);
    assertThat(tape("PH0001").row().medium().damage()).isEqualTo("found once");
    Files.write(mark, marked);
    test = test.reopen();
    assertThat(checked("PH0001")).isEqualTo(JobState.DONE);
    assertThat(tape("PH0001").row().medium().damage()).isNull();
  }

  private JobState checked(String barcode) throws Exception {
    Job check = test.copies.startCheck(barcode, null, "line", 0);
    TestJobs.awaitEnd(check);
    return check.state();
  }

  private Instant lastWrite() throws IOException {
    return Files.getLastModifiedTime(vault.resolve("PH0001/label")).toInstant();
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.createDirectories(to);
    for (String name : new String[] {"tape.tap", "index", "label"}) {
      Files.deleteIfExists(to.resolve(name));
      Files.copy(from.resolve(name), to.resolve(name));
    }
  }

  // ---- a label that is lost

  private void expire(String barcode) throws StorageException {
    test.tapes
        .copies()
        .describe(
            tape(barcode),
            row -> row.medium().protectedBy(Protection.until(Instant.EPOCH)),
            NOTHING);
  }

  @Test
  void aCartridgeWithoutItsLabelIsWrittenAgain() throws Exception {
    test.write(test.add("VTL", "VT0002", 20 * MIB), 2, 40);
    expire("PH0001");
    Files.delete(vault.resolve("PH0001/label"));
    test.copy("VT0002", "PH0001");
    assertThat(test.same(tape("VT0002"), tape("PH0001"))).isTrue();
    assertThat(vault.resolve("PH0001/label")).exists();
  }

  // ---- what holds less than was written to it

  private void cutIndex() throws Exception {
    test = test.reopen();
    shorten(directory.resolve("home/bay/tapes/VT0001/index"));
  }

  private static void shorten(Path index) throws IOException {
    try (FileChannel file = FileChannel.open(index, StandardOpenOption.WRITE)) {
      file.truncate(file.size() - 5 * ENTRY_BYTES);
    }
  }

  @Test
  void aCopyIsNotRestoredFromLess() throws Exception {
    cutIndex();
    Path tape = vault.resolve("PH0001/tape.tap");
    TestTapes.damage(tape);
    Job job = test.copies.startRestore(new RestoreSpec("PH0001", null, false, null, "line", 0));
    TestJobs.awaitEnd(job);
    assertThat(job.error()).hasMessageContaining("its index ends early");
    assertThat(tape).exists();
  }

  @Test
  void nothingIsGivenUpForACopyOfLess() throws Exception {
    test.write(test.add("VTL", "VT0002", 20 * MIB), 2, 40);
    test.add("VAULT", "PH0002", 20 * MIB);
    test.copy("VT0002", "PH0002");
    expire("PH0002");
    cutIndex();
    assertThatThrownBy(() -> test.copies.start(TestTapes.spec("VT0001", "PH0002")))
        .isInstanceOf(StorageException.class)
        .hasMessageContaining("its index ends early");
    assertThat(test.same(tape("VT0002"), tape("PH0002"))).isTrue();
  }

  // ---- a commit that nobody knows of

  @Test
  void whatMayHaveBeenCommittedIsNotDiscarded() throws Exception {
    Connection[] connection = new Connection[1];
    test.bay
        .catalogue()
        .change(
            found -> {
              connection[0] = found;
              try (Statement statement = found.createStatement()) {
                statement.execute("create table parent (id integer primary key)");
                statement.execute(
                    "create table child (parent integer references parent(id)"
                        + " deferrable initially deferred)");
                statement.execute(
                    "create temp trigger doubt after insert on main.tape_cartridge when"
                        + " new.version=1 begin insert into child values (1); end");
              }
            });
    try (Statement statement = connection[0].createStatement()) {
      statement.execute("pragma foreign_keys=on");
    }
    test.copies.startRestore(new RestoreSpec("VT0001", null, true, null, "line", 0));
    Awaitility.await().until(() -> test.bay.catalogue().failure() != null);
    test.close();
    assertThat(directory.resolve("home/bay/tapes/VT0001/tape.tap")).exists();
    assertThat(directory.resolve("home/bay/tapes/VT0001~1/tape.tap")).exists();
  }
}
