package org.copybay.volumes.bay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.copybay.volumes.bay.Catalogue.Change.NOTHING;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.copybay.volumes.Bytes;
import org.copybay.volumes.Fault;
import org.copybay.volumes.Finding;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.check.BayCheck;
import org.copybay.volumes.check.CheckOptions;
import org.copybay.volumes.evidence.Evidence;
import org.copybay.volumes.evidence.EvidenceFiles;
import org.copybay.volumes.journal.RecoverMode;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Evidence that somebody takes away, or puts an older one in the place of, is missed. */
final class EvidenceTakenTest {
  private static final int SIZE = 300_000;

  @TempDir Path directory;

  private TestBay test;
  private Volume a;

  @BeforeEach
  void make() throws Exception {
    test = TestBay.create(directory.resolve("bay"));
    a = test.createFilled("a", SIZE, 1);
  }

  @AfterEach
  void close() {
    test.close();
  }

  /** Seals a backup of the volume, and notes that. */
  private void seal(boolean noted) throws StorageException {
    PointInTime point = test.bay.backupPoints().freeze(List.of(a), 0, 0, id -> NOTHING);
    PointVolume of = Objects.requireNonNull(point.findOrNull("a"));
    assertThat(of.seal((done, all) -> {}, () -> false)).isNotNull();
    if (noted) {
      test.bay.backupPoints().noteRoot(a);
    }
  }

  private Path files() {
    return test.path.resolve("volumes").resolve(a.id().toString());
  }

  /** What the check finds while nobody has the bay, and what the next mount does. */
  private void assertMissed(String words) throws StorageException {
    assertThat(found()).anySatisfy(line -> assertThat(line).contains("evidence", words));
    reopen();
    assertThat(compare()).contains(words);
  }

  private void assertNothingMissed() throws StorageException {
    assertThat(found()).isEmpty();
    reopen();
    assertThat(compare()).isNull();
  }

  private List<String> found() {
    test.bay.close();
    return BayCheck.run(test.path, new CheckOptions(RecoverMode.PROCESS, false)).all().stream()
        .map(Finding::line)
        .toList();
  }

  private void reopen() throws StorageException {
    test.reopen();
    a = test.bay.find("a");
  }

  /** What is wrong with the evidence; nothing of the backup is served then, and nothing sealed. */
  private @Nullable String compare() throws StorageException {
    test.bay.backupPoints().noteRoot(a);
    PointVolume of = backup();
    if (of.evidence() instanceof Evidence.Damaged damaged) {
      TestBay.assertFault(Fault.CORRUPT, () -> of.readUpTo(0, ByteBuffer.allocateDirect(4096)));
      TestBay.assertFault(Fault.CORRUPT, () -> of.seal((done, all) -> {}, () -> false));
      return damaged.why();
    }
    return null;
  }

  private PointVolume backup() {
    PointInTime point = test.bay.backupPoints().all().get(0);
    return Objects.requireNonNull(point.findOrNull("a"));
  }

  private void removeEvidence() throws IOException {
    for (String name : EvidenceFiles.NAMES) {
      Files.deleteIfExists(files().resolve(name));
    }
  }

  @Test
  void allOfItTakenAwayIsMissed() throws Exception {
    seal(true);
    assertNothingMissed();
    removeEvidence();
    assertMissed("root");
    assertMissed("root"); // and no mount forgets it
    test.bay.backupPoints().discardEvidence(a, NOTHING);
    assertNothingMissed();
  }

  @Test
  void anOlderOneIsMissed() throws Exception {
    seal(true);
    Path older = TestBay.copy(files(), directory.resolve("older"));
    TestBay.write(a, 0, Bytes.random(2, 100_000));
    seal(true);
    assertNothingMissed();
    removeEvidence();
    for (String name : EvidenceFiles.NAMES) {
      if (Files.exists(older.resolve(name))) {
        Files.copy(older.resolve(name), files().resolve(name));
      }
    }
    assertMissed("root");
  }

  @Test
  void whatACrashKeptFromBeingNotedIsNotedThen() throws Exception {
    seal(true);
    TestBay.write(a, 0, Bytes.random(2, 100_000));
    seal(false);
    assertNothingMissed();
    removeEvidence();
    assertMissed("root");
  }

  @Test
  void whatWasDiscardedIsNotMissed() throws Exception {
    seal(true);
    test.bay.backupPoints().discardEvidence(a, NOTHING);
    assertThat(backup().evidence()).isInstanceOf(Evidence.Unsealed.class);
    assertNothingMissed();
    seal(true);
    assertNothingMissed();
  }

  @Test
  void aFlippedBitIsFound() throws Exception {
    seal(true);
    test.bay.close();
    Path sheet = files().resolve("evidence.0");
    byte[] bytes = Files.readAllBytes(sheet);
    bytes[5000] ^= 1;
    Files.write(sheet, bytes);
    assertThat(found()).anySatisfy(l -> assertThat(l).contains("evidence", "discard-evidence"));
    reopen();
  }
}
