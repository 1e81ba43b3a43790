package org.copybay.copy.smartcopy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.copybay.copy.TestJobs.assertFault;
import static org.copybay.volumes.bay.Catalogue.Change.NOTHING;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.copybay.copy.TestJobs;
import org.copybay.copy.engine.Job;
import org.copybay.copy.library.MediumFacts.CopyOf;
import org.copybay.copy.library.Protection;
import org.copybay.copy.library.TapeCartridge;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.drive.DriveOpener;
import org.copybay.volumes.journal.RecoverMode;
import org.copybay.volumes.tape.Cartridge;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nothing that holds something else counts as a copy, whatever was done to it or its source. */
final class CopyFactsTest {
  private static final long MIB = 1 << 20;
  private static final int MTEOM = 12;

  @TempDir Path directory;
  private TestTapes test;
  private TapeCartridge source;
  private TapeCartridge first;
  private TapeCartridge second;
  private TapeCartridge third;

  @BeforeEach
  void openBay() throws Exception {
    test = TestTapes.create(directory.resolve("home"));
    source = test.add("VTL", "VT0001", 20 * MIB);
    first = test.add("VAULT", "PH0001", 20 * MIB);
    second = test.add("VAULT", "PH0002", 20 * MIB);
    third = test.add("VAULT", "PH0003", 20 * MIB);
    test.write(source, 1, 12);
  }

  @AfterEach
  void closeBay() {
    test.close();
  }

  private void reopen(Path path) throws StorageException {
    test.close();
    test = TestTapes.open(path, RecoverMode.PROCESS);
    source = test.tapes.cartridge("VT0001");
    first = test.tapes.cartridge("PH0001");
  }

  private List<TapeCartridge> valid(TapeCartridge of) {
    return test.policies.status().validCopies(of);
  }

  private static @Nullable CopyOf copy(TapeCartridge cartridge) {
    return cartridge.row().medium().copy();
  }

  private Job restore(TapeCartridge lost, String from) throws StorageException {
    Job job =
        test.copies.startRestore(
            new SmartCopies.RestoreSpec(lost.barcode(), from, true, null, "line", 0));
    TestJobs.awaitEnd(job);
    return job;
  }

  private void assertSealed(TapeCartridge cartridge) throws StorageException {
    test.tapes.changer().load(cartridge, test.drive(), NOTHING);
    try {
      test.drive().open(new DriveOpener(1, true, false));
      test.drive().operate(MTEOM, 0, true);
      assertFault(
          Fault.DENIED,
          () -> test.drive().write(ByteBuffer.allocateDirect(100)),
          "nothing is appended to it");
    } finally {
      test.drive().close(false);
      test.tapes.changer().unload(test.drive(), 0, NOTHING);
    }
  }

  // ---- copies that are written anew

  @Test
  void aCopyThatIsWrittenAnewIsNoCopyAnyMore() throws Exception {
    test.copy("VT0001", "PH0001");
    byte[] held = test.image(source);
    test.tapes.changer().eject(first, "", NOTHING);
    test.tapes.changer().insert(first, test.tapes.library("VTL"), 0, NOTHING);
    assertThat(valid(source)).containsExactly(first);

    test.write(first, 9, 12);
    assertThat(copy(first)).isNull();
    assertThat(valid(source)).isEmpty();
    assertFault(Fault.NOT_FOUND, () -> test.restore("VT0001", true), "there is no copy");
    assertThat(test.image(source)).isEqualTo(held);
    test = test.reopen();
    assertThat(copy(test.tapes.cartridge("PH0001"))).isNull();
  }

  /** As a bay has them in which copies were written anew before that was looked at. */
  @Test
  void whatDoesNotHoldWhatItIsACopyOfIsNotRestoredFrom() throws Exception {
    test.copy("VT0001", "PH0001");
    byte[] held = test.image(source);
    CopyOf of = Objects.requireNonNull(copy(first));
    CopyOf fewer =
        new CopyOf(of.source(), of.barcode(), of.lives(), of.objects() - 1, of.at(), of.job(), "");
    int life = first.contents().lives();
    describe(first, fewer, life);
    assertCorrupt(restore(source, "PH0001"));
    describe(first, of, life + 1);
    assertCorrupt(restore(source, "PH0001"));
    assertThat(test.image(source)).isEqualTo(held);
    describe(first, of, life);
    test.restore("VT0001", false);
  }

  private void describe(TapeCartridge cartridge, CopyOf of, int life) throws StorageException {
    test.tapes
        .copies()
        .describe(cartridge, row -> row.medium().asCopy(of, Protection.NONE, life), NOTHING);
  }

  private static void assertCorrupt(Job job) {
    StorageException error = Objects.requireNonNull(job.error());
    assertThat(error.fault()).isEqualTo(Fault.CORRUPT);
    assertThat(error).hasMessageContaining("was written since it became a copy of VT0001");
  }

  @Test
  void whatBecameNoCopyBeforeItWasHeldIsNotRestoredFrom() throws Exception {
    test.copy("VT0001", "PH0001");
    Cartridge opened = test.tapes.copies().open(first);
    try {
      new RestoredFacts(test.tapes, first, source, opened.end()).require();
      new RestoredFacts(test.tapes, source, first, opened.end()).require();
      test.tapes.copies().describe(first, row -> row.medium().with(null), NOTHING);
      assertFault(
          Fault.NO_PAIR,
          () -> new RestoredFacts(test.tapes, first, source, opened.end()).require(),
          "are no copies any more");
    } finally {
      test.tapes.copies().release(first, opened);
    }
  }

  // ---- initialized

  @Test
  void afterACrashWhatIsInitializedIsAWholeCopyOrNone() throws Exception {
    test.copy("VT0001", "PH0001");
    byte[] held = test.image(source);
    int life = first.contents().lives();
    List<Path> crashes = test.crashes(directory.resolve("crashes"));
    test.tapes.initializing().initialize(first, "monday", true, NOTHING);
    assertThat(copy(first)).isNull();
    assertThat(first.contents().lives()).isEqualTo(life + 1);
    List<Path> found = new ArrayList<>(crashes);
    assertThat(found).isNotEmpty();
    for (Path crash : found) {
      reopen(crash);
      boolean isCopy = copy(first) != null;
      assertThat(valid(source)).hasSize(isCopy ? 1 : 0);
      String image = text(test.image(first));
      assertThat(isCopy ? image.equals(text(held)) : image.isEmpty() || image.contains("VOL1"))
          .as("%s", crash)
          .isTrue();
      test.tapes.initializing().initialize(first, "again", true, NOTHING);
      assertThat(copy(first)).isNull();
      assertThat(first.contents().lives()).isGreaterThan(life);
      test.copy("VT0001", "PH0002");
      assertThat(test.image(source)).isEqualTo(held);
    }
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  @Test
  void whatProtectsACartridgeOutlastsItsInitialization() throws Exception {
    Protection ended = Protection.until(Instant.EPOCH);
    test.tapes.copies().describe(source, row -> row.medium().protectedBy(ended), NOTHING);
    test.tapes.initializing().initialize(source, "label", true, NOTHING);
    assertThat(source.row().medium().protection()).isEqualTo(ended);
    assertThat(source.row().medium().label()).isEqualTo("label");
  }

  @Test
  void aBlankCartridgeIsInitializedInTheLifeThatItIsIn() throws Exception {
    test.copy("VT0001", "PH0001");
    test.tapes.copies().blank(source);
    int life = source.contents().lives();
    assertThat(life).isEqualTo(1);
    test.tapes.initializing().initialize(source, "label", false, NOTHING);
    assertThat(source.contents().lives()).isEqualTo(life);
    assertThat(valid(source)).isEmpty();
  }

  // ---- restored

  @Test
  void aLifeThatWasLeftNeverComesAgain() throws Exception {
    test.copy("VT0001", "PH0001");
    test.copy("VT0001", "PH0003");
    byte[] old = test.image(source);
    test.write(source, 2, 12);
    test.copy("VT0001", "PH0002");
    assertThat(valid(source)).containsExactly(second);

    assertThat(restore(source, "PH0001").error()).isNull();
    assertThat(test.image(source)).isEqualTo(old);
    assertThat(source.contents().lives()).isEqualTo(2);
    assertThat(valid(source)).containsExactlyInAnyOrder(first, third);
    assertThat(new RestoreChoice(test.tapes).from(source, null)).isEqualTo(third); // not the newest
    SmartCopies.RestoreSpec unforced =
        new SmartCopies.RestoreSpec("VT0001", "PH0003", false, null, "line", 0);
    assertThat(test.copies.planRestore(unforced)).isEqualTo(third); // it holds the same

    test.write(source, 3, 12); // as many as before, in what was the life of the second
    assertThat(valid(source)).isEmpty();
    test = test.reopen();
    assertThat(valid(test.tapes.cartridge("VT0001"))).isEmpty();
    assertThat(Objects.requireNonNull(copy(test.tapes.cartridge("PH0001"))).lives()).isEqualTo(2);
  }

  @Test
  void aCopyThatIsRestoredFromItsSourceHoldsWhatThatHasNow() throws Exception {
    test.copy("VT0001", "PH0001");
    int life = first.contents().lives();
    test.write(source, 2, 7);
    assertThat(valid(source)).isEmpty();
    Job job = restore(first, "VT0001");
    assertThat(job.error()).isNull();

    assertThat(test.same(source, first)).isTrue();
    assertThat(valid(source)).containsExactly(first);
    CopyOf of = Objects.requireNonNull(copy(first));
    assertThat(of.lives()).isEqualTo(source.contents().lives());
    assertThat(of.objects()).isEqualTo(source.contents().objects());
    assertThat(of.at()).isEqualTo(job.row().ended());
    assertThat(first.contents().lives()).as("its own").isGreaterThan(life);
    assertSealed(source);
    test = test.reopen();
    assertThat(valid(test.tapes.cartridge("VT0001"))).hasSize(1);
  }

  // ---- whose source is destroyed

  @Test
  void theOldestCopyOfWhatTheSourceHoldsTakesItsPlace() throws Exception {
    test.copy("VT0001", "PH0001");
    test.write(source, 2, 12);
    test.copy("VT0001", "PH0002");
    test.copy("VT0001", "PH0003");
    byte[] old = test.image(first);
    test.tapes.making().destroy(source, NOTHING);

    assertThat(copy(first)).as("of another life").isNull();
    assertThat(copy(second)).as("it takes the place").isNull();
    assertThat(Objects.requireNonNull(copy(third)).source()).isEqualTo(second.row().id());
    assertThat(valid(second)).containsExactly(third);
    assertThat(valid(first)).isEmpty();
    assertThat(test.image(first)).isEqualTo(old);
  }

  @Test
  void whereNoneHoldsThatItIsAWholeOneOfTheNewestLifeThatNoJobMakes() throws Exception {
    TapeCartridge fourth = test.add("VAULT", "PH0004", 20 * MIB);
    test.copy("VT0001", "PH0001");
    test.write(source, 2, 12);
    for (String each : List.of("PH0004", "PH0002", "PH0003")) {
      test.copy("VT0001", each);
    }
    test.write(source, 3, 12);
    test.tapes.copies().begin(fourth, "a job", () -> {}, NOTHING);
    test.tapes.damage().note(second, "said by a test");
    CopyOf made = copy(fourth);
    test.tapes.making().destroy(source, NOTHING);

    assertThat(copy(third)).as("it takes the place").isNull();
    assertThat(Objects.requireNonNull(copy(second)).source()).isEqualTo(third.row().id());
    assertThat(copy(first)).as("of another life").isNull();
    assertThat(copy(fourth)).as("a job makes it anew").isEqualTo(made);
  }
}
