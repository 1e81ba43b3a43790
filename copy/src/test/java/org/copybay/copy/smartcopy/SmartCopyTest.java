package org.copybay.copy.smartcopy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.copybay.volumes.bay.Catalogue.Change.NOTHING;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.copybay.copy.TestJobs;
import org.copybay.copy.engine.Job;
import org.copybay.copy.engine.JobState;
import org.copybay.copy.library.MediumFacts.CopyOf;
import org.copybay.copy.library.Protection;
import org.copybay.copy.library.TapeCartridge;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.drive.DriveOpener;
import org.copybay.volumes.journal.RecoverMode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Smart copies: what they make, what they refuse, and what a crash leaves of them. */
final class SmartCopyTest {
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

  private void reopen(Path path, RecoverMode mode) throws StorageException {
    test.close();
    test = TestTapes.open(path, mode);
    source = test.tapes.cartridge("VT0001");
    target = test.tapes.cartridge("PH0001");
  }

  @Test
  void aCopyOfAnInitializedCartridgeHasLabelsOfItsOwnAndTheSameRecords() throws Exception {
    TapeCartridge labelled = test.add("VTL", "VT0002", 20 * MIB);
    test.tapes.initializing().initialize(labelled, "monday", false, NOTHING);
    byte[] header = test.image(labelled);
    test.tapes.changer().load(labelled, test.drive(), NOTHING);
    test.drive().open(new DriveOpener(1, true, false));
    test.drive().operate(12, 0, true); // MTEOM
    write("some data");
    test.drive().close(false);
    test.tapes.changer().unload(test.drive(), 0, NOTHING);
    test.copy("VT0002", "PH0001");

    byte[] from = test.image(labelled);
    byte[] to = test.image(target);
    assertThat(to).hasSameSizeAs(from).isNotEqualTo(from);
    assertThat(Arrays.copyOfRange(to, header.length, to.length))
        .isEqualTo(Arrays.copyOfRange(from, header.length, from.length));
    assertThat(new String(to, StandardCharsets.US_ASCII))
        .contains("UVL2PH0001 ", target.row().id().toString());
    test.restore("VT0002", false);
    assertThat(test.image(labelled)).isEqualTo(from);
    assertFault(
        Fault.FORBIDDEN,
        "holds",
        () -> test.tapes.initializing().initialize(labelled, "x", false, NOTHING));
  }

  private static void assertFault(Fault fault, String words, Throwing call) {
    assertThatThrownBy(call::run)
        .isInstanceOfSatisfying(StorageException.class, e -> assertThat(e.fault()).isEqualTo(fault))
        .hasMessageContaining(words);
  }

  @FunctionalInterface
  private interface Throwing {
    void run() throws Exception;
  }

  @Test
  void theCopyHoldsTheSameWithABarcodeAndAMediumIdOfItsOwn() throws Exception {
    Job job = test.copy("VT0001", null);

    assertThat(test.same(source, target)).isTrue();
    CopyOf copy = Objects.requireNonNull(target.row().medium().copy());
    assertThat(copy.source()).isEqualTo(source.row().id()).isNotEqualTo(target.row().id());
    assertThat(copy.job()).isEqualTo(job.id());
    assertThat(job.row().result()).contains("verified=yes target=PH0001");
    assertThat(target.holder()).isNull();
    assertThat(source.holder()).isNull();
  }

  @Test
  void theCopyIsReadWithoutCopybay() throws Exception {
    test.copy("VT0001", "PH0001");

    Path files = directory.resolve("home/vault/PH0001");
    byte[] tape = Files.readAllBytes(files.resolve("tape.tap"));
    assertThat(tape).isEqualTo(test.image(source));
    String sum = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(tape));
    assertThat(Files.readString(files.resolve("checksums"), StandardCharsets.US_ASCII))
        .isEqualTo(sum + "  tape.tap\n");
    assertThat(Objects.requireNonNull(target.row().medium().copy()).sha256()).isEqualTo(sum);
  }

  @Test
  void nothingIsAppendedToEitherUntilItIsWrittenAnew() throws Exception {
    test.copy("VT0001", "PH0001");
    test.tapes.changer().load(source, test.drive(), NOTHING);
    test.drive().open(new DriveOpener(1, true, false));
    test.drive().operate(12, 0, true); // MTEOM
    assertFault(Fault.DENIED, "nothing is appended to it", () -> write("more"));
    test.drive().operate(6, 0, true); // MTREW
    write("anew");
    write("and more");
    test.drive().close(false);
    assertThat(test.drive().tape()).isNotNull();
    test.tapes.changer().unload(test.drive(), 0, NOTHING);
    assertThat(source.contents().lives()).isEqualTo(1);
    assertThat(test.same(source, target)).isFalse();
  }

  private void write(String text) throws StorageException {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    test.drive().write(ByteBuffer.allocateDirect(bytes.length).put(bytes).flip());
  }

  @Test
  void whatIsProtectedIsNoTargetAndBlankOnesComeFirst() throws Exception {
    test.copy("VT0001", "PH0001");
    test.add("VAULT", "PH0002", 20 * MIB);
    test.copy("VT0001", null);
    TapeCartridge second = test.tapes.cartridge("PH0002");
    assertThat(test.same(source, second)).isTrue();

    SmartCopySpec forever =
        new SmartCopySpec(
            "VT0001",
            "PH0001",
            null,
            CopyPolicy.SlotRange.ALL,
            null,
            true,
            Protection.PERMANENT,
            true,
            false,
            0,
            null,
            "",
            0);
    test.done(test.copies.start(forever));
    assertFault(Fault.FORBIDDEN, "is protected: permanent", () -> test.copy("VT0001", "PH0001"));
  }

  @Test
  void aValidCopyIsNoTargetUnlessItIsCleared() throws Exception {
    test.copy("VT0001", "PH0001");
    assertFault(Fault.NO_MEDIUM, "no protection of it has ended", () -> test.copy("VT0001", null));
    assertFault(Fault.FORBIDDEN, "holds", () -> test.copy("VT0001", "PH0001"));
    test.tapes
        .copies()
        .describe(
            target, row -> row.medium().protectedBy(Protection.until(Instant.EPOCH)), NOTHING);
    assertFault(Fault.NO_MEDIUM, "is a valid copy of VT0001", () -> test.copy("VT0001", null));
    test.copy("VT0001", "PH0001");
    assertThat(test.same(source, target)).isTrue();
  }

  @Test
  void whatIsProtectedOrHasItsTabSetIsNotRestoredOver() throws Exception {
    test.copy("VT0001", "PH0001");
    test.write(source, 2, 5);
    byte[] written = test.image(source);
    test.tapes
        .copies()
        .describe(source, row -> row.medium().protectedBy(Protection.PERMANENT), NOTHING);
    assertFault(Fault.FORBIDDEN, "was written since", () -> test.restore("VT0001", true));
    test.tapes.copies().describe(source, row -> row.medium().protectedBy(Protection.NONE), NOTHING);
    test.tapes.making().setTab(source, true, NOTHING);
    assertFault(Fault.READ_ONLY, "its tab is set", () -> test.restore("VT0001", true));
    assertThat(test.image(source)).isEqualTo(written);
  }

  @Test
  void theOldestCopyTakesThePlaceOfASourceThatIsDestroyed() throws Exception {
    TapeCartridge second = test.add("VAULT", "PH0002", 20 * MIB);
    test.copy("VT0001", "PH0001");
    test.copy("VT0001", "PH0002");
    byte[] held = test.image(source);
    test.tapes.making().destroy(source, NOTHING);
    assertThat(target.row().medium().copy()).isNull();
    CopyOf copy = Objects.requireNonNull(second.row().medium().copy());
    assertThat(copy.source()).isEqualTo(target.row().id());
    assertThat(test.image(target)).isEqualTo(held);
    assertThat(test.policies.status().validCopies(target)).containsExactly(second);
  }

  @Test
  void whatCannotBeCopiedIsRefused() throws Exception {
    TapeCartridge blank = test.add("VTL", "VT0002", 20 * MIB);
    test.add("VAULT", "SMALL", 64 << 10);
    assertFault(Fault.BAD_REQUEST, "is blank", () -> test.copy(blank.barcode(), "PH0001"));
    assertFault(Fault.NO_PAIR, "is in library VTL", () -> test.copy("VT0001", "VT0002"));
    assertFault(
        Fault.NO_PAIR, "library VTL is virtual", () -> test.copies.start(TestTapes.into("VTL")));
    assertFault(Fault.WRONG_MEDIUM, "needs", () -> test.copy("VT0001", "SMALL"));
    test.copy("VT0001", "PH0001");
    assertFault(Fault.FORBIDDEN, "no copies of copies", () -> test.copy("PH0001", "SMALL"));
    test.tapes.changer().load(source, test.drive(), NOTHING);
    test.add("VAULT", "PH0002", 20 * MIB);
    assertFault(Fault.BUSY, "is in drive nst0", () -> test.copy("VT0001", "PH0002"));
  }

  @Test
  void aDamagedSourceEndsTheCopyAndIsRestoredFromItsCopy() throws Exception {
    test.copy("VT0001", "PH0001");
    byte[] before = test.image(source);
    flip(directory.resolve("home/bay/tapes/VT0001/tape.tap"), 10_000);
    test.close();
    reopen(directory.resolve("home"), RecoverMode.AUTO);

    Job check = test.copies.startCheck("VT0001", null, "", 0);
    TestJobs.awaitEnd(check);
    assertThat(check.state()).isEqualTo(JobState.FAILED);
    assertThat(source.row().medium().damage()).contains("is damaged: checksum");

    test.restore("VT0001", false);
    assertThat(test.image(source)).isEqualTo(before);
    assertThat(source.row().medium().damage()).isNull();
    assertThat(test.copies.planRestore(restore("VT0001")).barcode()).isEqualTo("PH0001");
  }

  private static SmartCopies.RestoreSpec restore(String barcode) {
    return new SmartCopies.RestoreSpec(barcode, null, false, null, "", 0);
  }

  private static void flip(Path file, int at) throws Exception {
    byte[] bytes = Files.readAllBytes(file);
    bytes[at] ^= 1;
    Files.write(file, bytes);
  }

  @Test
  void aDamagedCopyIsRestoredFromItsSource() throws Exception {
    test.copy("VT0001", "PH0001");
    flip(directory.resolve("home/vault/PH0001/tape.tap"), 10_000);
    test.restore("PH0001", false);
    assertThat(test.same(source, target)).isTrue();
    assertThat(target.row().medium().copy()).isNotNull();
  }

  @Test
  void whatWasWrittenSinceItWasCopiedIsNotOverwritten() throws Exception {
    test.copy("VT0001", "PH0001");
    test.write(source, 2, 5);
    assertFault(
        Fault.FORBIDDEN, "was written since", () -> test.copies.planRestore(restore("VT0001")));
    test.restore("VT0001", true);
    assertThat(test.same(source, target)).isTrue();
  }

  @ParameterizedTest
  @EnumSource(
      value = RecoverMode.class,
      names = {"PROCESS", "POWER"})
  void afterACrashTheTargetIsBlankOrWhole(RecoverMode mode) throws Exception {
    byte[] wanted = test.image(source);
    List<Path> crashes = test.crashes(directory.resolve("crashes"));
    test.copy("VT0001", "PH0001");
    List<Path> found = new ArrayList<>(crashes);
    assertThat(found).hasSizeGreaterThan(4);
    for (Path crash : found) {
      reopen(crash, mode);
      test.jobs.all().forEach(TestJobs::awaitEnd);
      assertThat(test.image(source)).isEqualTo(wanted);
      boolean blank = target.contents().objects() == 0;
      assertThat(blank || test.same(source, target)).as("%s", crash).isTrue();
      assertThat(target.row().medium().copy() == null).isEqualTo(blank);
      assertThat(target.row().medium().job()).isNull();
      assertThat(target.holder()).isNull();
      boolean done = test.jobs.all().stream().anyMatch(job -> job.state() == JobState.DONE);
      assertThat(done).isEqualTo(!blank);
    }
  }

  @Test
  void aFailedCopyLeavesTheTargetBlankAndItIsOfferedAgain() throws Exception {
    TestTapes.damage(directory.resolve("home/bay/tapes/VT0001/tape.tap"));
    Job job = test.copies.start(TestTapes.spec("VT0001", "PH0001"));
    TestJobs.awaitEnd(job);
    assertThat(job.state()).isEqualTo(JobState.FAILED);
    assertThat(target.row().medium().job()).isNull();
    assertThat(target.contents().objects()).isEqualTo(0);
    assertThat(Files.exists(directory.resolve("home/vault/PH0001"))).isFalse();
    TapeCartridge other = test.add("VTL", "VT0002", 20 * MIB);
    test.write(other, 5, 4);
    test.copy("VT0002", "PH0001");
    assertThat(test.same(other, target)).isTrue();
    assertThat(Objects.requireNonNull(target.row().contents().written()))
        .isBeforeOrEqualTo(Instant.now());
  }
}
