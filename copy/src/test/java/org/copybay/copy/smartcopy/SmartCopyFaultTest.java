package org.copybay.copy.smartcopy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.copybay.volumes.bay.Catalogue.Change.NOTHING;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.copybay.copy.TestJobs;
import org.copybay.copy.engine.Job;
import org.copybay.copy.engine.JobState;
import org.copybay.copy.library.Protection;
import org.copybay.copy.library.ShownTape;
import org.copybay.copy.library.TapeCartridge;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.drive.DriveOpener;
import org.copybay.volumes.event.Event;
import org.copybay.volumes.journal.RecoverMode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What smart copies meet: disks that go away, ejected targets, damage, and others who read. */
final class SmartCopyFaultTest {
  private static final long MIB = 1 << 20;

  @TempDir Path directory;
  private TestTapes test;
  private TapeCartridge source;
  private TapeCartridge target;
  private Path vault;

  @BeforeEach
  void openBay() throws Exception {
    vault = directory.resolve("home/vault");
    test = TestTapes.create(directory.resolve("home"));
    source = test.add("VTL", "VT0001", 20 * MIB);
    target = test.add("VAULT", "PH0001", 20 * MIB);
    test.write(source, 1, 40);
  }

  @AfterEach
  void closeBay() {
    test.close();
  }

  private void reopen() throws StorageException {
    test = test.reopen();
    source = test.tapes.cartridge("VT0001");
    target = test.tapes.cartridge("PH0001");
  }

  /** A copy that has written something, and goes on when its rate is lifted. */
  private Job halfWay() throws Exception {
    return halfWay(true);
  }

  private Job halfWay(boolean verify) throws Exception {
    Job job = test.copies.start(TestTapes.slow(verify));
    while (job.progress().bytesCopied() == 0) {
      job.awaitChange(job.version(), 10);
    }
    return job;
  }

  private static void assertFailed(Job job, Fault fault, String words) {
    TestJobs.awaitEnd(job);
    assertThat(job.state()).isEqualTo(JobState.FAILED);
    StorageException error = Objects.requireNonNull(job.error());
    assertThat(error.fault()).isEqualTo(fault);
    assertThat(error).hasMessageContaining(words);
  }

  private void assertBlank() {
    assertThat(target.contents().objects()).isZero();
    assertThat(target.row().medium().job()).isNull();
    assertThat(target.row().medium().copy()).isNull();
    assertThat(target.holder()).isNull();
  }

  @Test
  void aTargetIsEjectedByForceOnly() throws Exception {
    Job job = halfWay();
    assertThatThrownBy(() -> test.tapes.changer().eject(target, "", NOTHING))
        .hasMessageContaining("is in use by job " + job.id());

    test.copies.ejectByForce(target, "bag", NOTHING);

    assertThat(target.row().place().library()).isNull();
    assertFailed(job, Fault.NO_MEDIUM, "PH0001 was ejected by command while it was in use");
    assertBlank();
    assertThat(Files.exists(vault.resolve("PH0001"))).isFalse();
    reopen();
    assertThat(Objects.requireNonNull(test.jobs.find(job.id())).state()).isEqualTo(JobState.FAILED);
    assertBlank();
    assertThat(target.row().place().location()).isEqualTo("bag");
  }

  @Test
  void aDiskThatGoesAwayFailsTheCopyAndTheNextOneIsKept() throws Exception {
    Job job = halfWay();
    Path away = directory.resolve("away");
    Files.move(vault, away);
    job.setRate(0);
    assertFailed(job, Fault.NOT_FOUND, "PH0001");
    assertBlank();
    assertRefused();

    Files.move(away, vault);
    test.copy("VT0001", "PH0001");
    reopen(); // what was given up is not what lies there now
    assertThat(test.same(source, target)).isTrue();
  }

  @Test
  void whatAGivenUpCopyLeftOnADiskThatWasAwayGoesAtTheNextMount() throws Exception {
    Job job = halfWay();
    Path away = directory.resolve("away");
    Files.move(vault, away);
    job.setRate(0);
    TestJobs.awaitEnd(job);
    Files.move(away, vault);
    assertThat(Files.exists(vault.resolve("PH0001"))).isTrue();
    reopen();
    assertThat(Files.exists(vault.resolve("PH0001"))).isFalse();
    assertBlank();
  }

  @Test
  void aTargetThatCannotBeBlankedIsKeptAndWrittenLater() throws Exception {
    test.copy("VT0001", "PH0001");
    test.tapes
        .copies()
        .describe(target, it -> it.medium().protectedBy(Protection.until(Instant.EPOCH)), NOTHING);
    Path away = directory.resolve("away");
    Files.move(vault, away);
    assertRefused();
    Files.move(away, vault);
    assertThat(test.same(source, target)).isTrue();
    test.copy("VT0001", "PH0001");
    reopen();
    assertThat(test.same(source, target)).isTrue();
  }

  private void assertRefused() {
    assertThatThrownBy(() -> test.copies.start(TestTapes.spec("VT0001", "PH0001")))
        .isInstanceOfSatisfying(
            StorageException.class, e -> assertThat(e.fault()).isEqualTo(Fault.NO_MEDIUM))
        .hasMessageContaining("which is not there");
  }

  @Test
  void labelsOfACartridgeWhoseCopyFailedAreKept() throws Exception {
    Job job = halfWay();
    Path away = directory.resolve("away");
    Files.move(vault, away);
    job.setRate(0);
    TestJobs.awaitEnd(job);
    Files.move(away, vault);

    test.tapes.initializing().initialize(target, "later", false, NOTHING);
    byte[] labelled = test.image(target);
    reopen(); // what the copy left there is gone, and not the labels
    assertThat(test.image(target)).isEqualTo(labelled).isNotEmpty();
  }

  @Test
  void aCopyOfWhichTheDiskIsGoneIsNotCommitted() throws Exception {
    Job job = halfWay(false);
    Files.move(vault, directory.resolve("away"));
    job.setRate(0);
    assertFailed(job, Fault.STORE_FAILED, "is not there any more");
    assertBlank();
  }

  @Test
  void aCopyWithAnotherDiskInItsPlaceIsNotCommitted() throws Exception {
    test.tapes.initializing().initialize(target, "older", false, NOTHING);
    test.tapes
        .copies()
        .describe(
            target, row -> row.medium().protectedBy(Protection.until(Instant.EPOCH)), NOTHING);
    Path second = directory.resolve("second");
    Files.createDirectories(second.resolve("PH0001"));
    for (String each :
        List.of(".copybay-library", "PH0001/tape.tap", "PH0001/index", "PH0001/label")) {
      Files.copy(vault.resolve(each), second.resolve(each));
    }
    Job job = halfWay(false);
    Files.move(vault, directory.resolve("away"));
    Files.move(second, vault);
    job.setRate(0);
    assertFailed(job, Fault.STORE_FAILED, "another disk is in its place");
    assertBlank();
  }

  // ---- damage

  private void flip(Path file) throws Exception {
    test.close();
    byte[] bytes = Files.readAllBytes(file);
    bytes[10_000] ^= 1;
    Files.write(file, bytes);
    test = TestTapes.open(test.path, RecoverMode.AUTO);
    source = test.tapes.cartridge("VT0001");
    target = test.tapes.cartridge("PH0001");
  }

  private static void awaitDamage(TapeCartridge cartridge) throws Exception {
    TestJobs.await("damage", () -> cartridge.row().medium().damage() != null);
    assertThat(cartridge.row().medium().damage()).contains("is damaged: checksum");
  }

  private List<String> kinds() {
    return test.bay.events().all().stream().map(Event::kind).toList();
  }

  @Test
  void damageThatADriveReadsIsNoted() throws Exception {
    flip(test.path.resolve("bay/tapes/VT0001/tape.tap"));
    test.tapes.changer().load(source, test.drive(), NOTHING);
    test.drive().open(new DriveOpener(1, false, false));
    assertThatThrownBy(
            () -> {
              for (int i = 0; i < 60; i++) {
                test.drive().read(ByteBuffer.allocateDirect(10_000));
              }
            })
        .hasMessageContaining("is damaged");
    awaitDamage(source);
    assertThat(kinds()).containsOnlyOnce("tape_damaged");
    test.drive().close(false);
    test.tapes.changer().unload(test.drive(), 0, NOTHING);
    reopen();
    assertThat(source.row().medium().damage()).contains("is damaged: checksum");
  }

  @Test
  void damageThatAnImageOrACopyReadsIsNoted() throws Exception {
    test.copy("VT0001", "PH0001");
    flip(vault.resolve("PH0001/tape.tap"));
    assertThatThrownBy(() -> test.image(target)).hasMessageContaining("is damaged");
    awaitDamage(target);
    assertThat(test.policies.status().validCopies(source)).isEmpty();

    test.add("VAULT", "PH0002", 20 * MIB);
    flip(test.path.resolve("bay/tapes/VT0001/tape.tap"));
    Job job = test.copies.start(TestTapes.spec("VT0001", "PH0002"));
    assertFailed(job, Fault.CORRUPT, "is damaged");
    awaitDamage(source);
    assertThat(test.tapes.cartridge("PH0002").row().medium().damage()).isNull();
  }

  @Test
  void aReadOfADamagedTapeDoesNotWaitForTheCatalogue() throws Exception {
    flip(test.path.resolve("bay/tapes/VT0001/tape.tap"));
    try (ShownTape shown = test.tapes.show(source)) {
      Thread reader =
          new Thread(
              () ->
                  assertThatThrownBy(() -> shown.read(9_000, ByteBuffer.allocateDirect(5_000)))
                      .hasMessageContaining("is damaged"));
      // this thread has the catalogue: a read that waits for it would not return
      test.bay.catalogue().change(connection -> awaitEnd(reader));
    }
    awaitDamage(source);
  }

  private static void awaitEnd(Thread thread) {
    thread.start();
    try {
      thread.join(20_000);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    assertThat(thread.isAlive()).isFalse();
  }

  @Test
  void aRestoreAndACheckEndIt() throws Exception {
    test.copy("VT0001", "PH0001");
    flip(test.path.resolve("bay/tapes/VT0001/tape.tap"));
    assertThatThrownBy(() -> test.image(source)).hasMessageContaining("is damaged");
    awaitDamage(source);
    assertThat(kinds()).doesNotContain("tape_repaired");
    test.restore("VT0001", false);
    assertThat(source.row().medium().damage()).isNull();
    assertThat(kinds()).containsOnlyOnce("tape_damaged", "tape_repaired");

    test.tapes.damage().note(source, "said by a test");
    Job check = test.copies.startCheck("VT0001", null, "line", 0);
    TestJobs.awaitEnd(check);
    assertThat(source.row().medium().damage()).isNull();
    assertThat(kinds().stream().filter("tape_repaired"::equals)).hasSize(2);
  }

  // ---- others who read

  @Test
  void whoReadsKeepsWhatItHasAndDrivesWriteToTheNewFiles() throws Exception {
    test.copy("VT0001", "PH0001");
    byte[] copied = test.image(source);
    test.write(source, 2, 5);
    byte[] second = test.image(source);
    try (ShownTape shown = test.tapes.show(source)) {
      test.restore("VT0001", true);
      assertThat(test.image(source)).isEqualTo(copied);
      test.write(source, 3, 7);
      ByteBuffer buffer = ByteBuffer.allocateDirect(second.length);
      while (buffer.hasRemaining() && shown.read(buffer.position(), buffer) > 0) {}
      byte[] got = new byte[buffer.flip().remaining()];
      buffer.get(got);
      assertThat(got).isEqualTo(second);
    }
    byte[] third = test.image(source);
    assertThat(third).isNotEqualTo(copied).isNotEqualTo(second);
    reopen();
    assertThat(test.image(source)).isEqualTo(third);
  }
}
