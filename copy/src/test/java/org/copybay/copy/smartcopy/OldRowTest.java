package org.copybay.copy.smartcopy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.copybay.volumes.bay.Catalogue.Change.NOTHING;

import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import org.copybay.copy.TestJobs;
import org.copybay.copy.engine.Job;
import org.copybay.copy.engine.JobState;
import org.copybay.copy.library.Protection;
import org.copybay.copy.library.ShownTape;
import org.copybay.copy.library.TapeCartridge;
import org.copybay.copy.library.TapeRecord.Contents;
import org.copybay.volumes.Sql;
import org.copybay.volumes.StorageException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the files of a cartridge hold counts, where its row says something else. */
final class OldRowTest {
  private static final long MIB = 1 << 20;
  private static final int ENTRY_BYTES = 48;

  @TempDir Path directory;
  private TestTapes test;

  @BeforeEach
  void openBay() throws Exception {
    test = TestTapes.copied(directory.resolve("home"), 1);
  }

  @AfterEach
  void closeBay() {
    test.close();
  }

  private TapeCartridge tape(String barcode) throws StorageException {
    return test.tapes.cartridge(barcode);
  }

  /** As a mount leaves it that could not open what was written in a drive before. */
  private void age(String barcode, Contents old) throws StorageException {
    test.bay
        .catalogue()
        .change(
            connection ->
                Sql.run(
                    connection,
                    "update tape_cartridge set objects=?, marks=?, image=?, lives=? where barcode=?",
                    old.objects(),
                    old.marks(),
                    old.imageBytes(),
                    old.lives(),
                    barcode));
    test = test.reopen();
    assertThat(tape(barcode).row().contents().lives()).isEqualTo(old.lives());
  }

  @Test
  void aRestoreDoesNotOverwriteWhatTheRowDoesNotKnow() throws Exception {
    Contents copied = tape("VT0001").row().contents();
    test.write(tape("VT0001"), 2, 50);
    byte[] written = test.image(tape("VT0001"));
    age("VT0001", copied);
    assertThatThrownBy(() -> test.restore("VT0001", false))
        .isInstanceOf(StorageException.class)
        .hasMessageContaining("was written since");
    assertThat(test.image(tape("VT0001"))).isEqualTo(written);
    assertThat(tape("VT0001").row().contents().lives()).isEqualTo(copied.lives() + 1);
  }

  @Test
  void aCopyIsOfTheLifeThatIsRead() throws Exception {
    Contents copied = tape("VT0001").row().contents();
    test.write(tape("VT0001"), 2, 50);
    age("VT0001", copied);
    test.add("VAULT", "PH0002", 20 * MIB);
    test.copy("VT0001", "PH0002");
    assertThat(tape("VT0001").row().medium().sealedLife()).isEqualTo(copied.lives() + 1);
    assertThat(test.policies.status().validCopies(tape("VT0001"))).containsExactly(tape("PH0002"));
  }

  @Test
  void aCopyWhoseIndexEndsEarlyIsFound() throws Exception {
    Path index = directory.resolve("home/vault/PH0001/index");
    test = test.reopen();
    try (FileChannel file = FileChannel.open(index, StandardOpenOption.WRITE)) {
      file.truncate(file.size() - ENTRY_BYTES);
    }
    Job check = test.copies.startCheck("PH0001", null, "line", 0);
    TestJobs.awaitEnd(check);
    assertThat(check.state()).isEqualTo(JobState.FAILED);
    assertThat(tape("PH0001").row().medium().damage()).contains("its index ends early");
    assertThat(test.policies.status().validCopies(tape("VT0001"))).isEmpty();
  }

  @Test
  void damageOfReplacedFilesIsNotThatOfWhatWasRestored() throws Exception {
    Path tape = directory.resolve("home/bay/tapes/VT0001/tape.tap");
    try (ShownTape old = test.tapes.show(tape("VT0001"))) {
      TestTapes.damage(tape);
      test.restore("VT0001", false);
      assertThatThrownBy(() -> old.read(0, ByteBuffer.allocateDirect(1 << 16)))
          .isInstanceOf(StorageException.class);
    }
    test.tapes.stop(); // notes are made
    assertThat(tape("VT0001").row().medium().damage()).isNull();
  }

  @Test
  void aCopyWhoseSourceWasDestroyedUnderAJobIsNoCopyAnyMore() throws Exception {
    test.tapes
        .copies()
        .describe(
            tape("PH0001"),
            row -> row.medium().protectedBy(Protection.until(Instant.EPOCH)),
            NOTHING);
    test.tapes.copies().hold(tape("PH0001"), "job");
    test.tapes.copies().begin(tape("PH0001"), "job", () -> {}, NOTHING);
    test.tapes.making().destroy(tape("VT0001"), NOTHING);
    assertThat(tape("PH0001").row().medium().copy()).isNotNull();
    test.tapes.copies().discard(tape("PH0001"), "job");
    test.tapes.copies().letGo(tape("PH0001"), "job");
    assertThat(tape("PH0001").row().medium().copy()).isNull();
  }

  @Test
  void whatIsWrittenAnewHasNoChecksumOfWhatItHeld() throws Exception {
    Path checksums = directory.resolve("home/vault/PH0001/checksums");
    test.tapes.making().destroy(tape("VT0001"), NOTHING); // PH0001 takes its place
    test.tapes.changer().eject(tape("PH0001"), "", NOTHING);
    test.tapes.changer().insert(tape("PH0001"), test.tapes.library("VTL"), 0, NOTHING);
    assertThat(checksums).exists();
    test.write(tape("PH0001"), 3, 10);
    assertThat(checksums).doesNotExist();
  }
}
