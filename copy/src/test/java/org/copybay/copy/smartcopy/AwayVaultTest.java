package org.copybay.copy.smartcopy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.copybay.volumes.bay.Catalogue.Change.NOTHING;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.UUID;
import org.copybay.copy.TestJobs;
import org.copybay.copy.engine.Job;
import org.copybay.copy.library.LibrarySetup.Wanted;
import org.copybay.copy.library.LibraryType;
import org.copybay.copy.library.Protection;
import org.copybay.copy.library.TapeCartridge;
import org.copybay.copy.library.TapeMedia;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.store.SealedText;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A destination library whose disk is away, or has another one in its place. */
final class AwayVaultTest {
  private static final long MIB = 1 << 20;

  @TempDir Path directory;
  private TestTapes test;
  private Path vault;
  private Path away;
  private TapeCartridge target;

  @BeforeEach
  void openBay() throws Exception {
    test = TestTapes.create(directory.resolve("home"));
    test.write(test.add("VTL", "VT0001", 20 * MIB), 1, 40);
    target = test.add("VAULT", "PH0001", 20 * MIB);
    vault = directory.resolve("home/vault");
    away = directory.resolve("away");
  }

  @AfterEach
  void closeBay() {
    test.close();
  }

  private void unmount() throws Exception {
    Files.move(vault, away);
    Files.createDirectory(vault); // its mount point
  }

  private void mount() throws Exception {
    Files.delete(vault);
    Files.move(away, vault);
  }

  private void requireAway() {
    assertThat(test.tapes.libraryOrNull("VAULT").connected()).isFalse();
    assertThatThrownBy(() -> test.copy("VT0001", "PH0001"))
        .isInstanceOfSatisfying(
            StorageException.class, e -> assertThat(e.fault()).isEqualTo(Fault.NO_MEDIUM))
        .hasMessageContaining("which is not there");
    assertThatThrownBy(() -> test.copies.start(TestTapes.into("VAULT")))
        .isInstanceOfSatisfying(
            StorageException.class, e -> assertThat(e.remedy()).isEqualTo("mount its disk"))
        .hasMessage("the disk of library VAULT is not in " + vault);
    assertThat(vault).isEmptyDirectory();
  }

  @Test
  void nothingIsMadeInItsEmptyMountPoint() throws Exception {
    unmount();
    requireAway();
    mount();
    test.copy("VT0001", "PH0001");
  }

  @Test
  void anExpiredCopyIsNotGivenUpForACopyThatCannotBeMade() throws Exception {
    test.copy("VT0001", "PH0001");
    test.tapes
        .copies()
        .describe(
            target, row -> row.medium().protectedBy(Protection.until(Instant.EPOCH)), NOTHING);
    unmount();
    requireAway();
    mount();
    test = test.reopen();
    assertThat(test.same(test.tapes.cartridge("VT0001"), test.tapes.cartridge("PH0001"))).isTrue();
  }

  @Test
  void anotherDiskIsTakenByCommandOnly() throws Exception {
    test.copy("VT0001", "PH0001");
    Files.move(vault, away);
    Files.createDirectory(vault);
    Files.writeString(
        vault.resolve(".copybay-library"),
        new SealedText().line("bay", UUID.randomUUID()).line("library", "VAULT").text());
    assertThat(test.tapes.library("VAULT").connected()).isFalse();
    assertThatThrownBy(() -> test.copy("VT0001", "PH0001")).isInstanceOf(StorageException.class);
    test.tapes.setup().takeDirectory(test.tapes.library("VAULT"));
    assertThat(test.tapes.library("VAULT").connected()).isTrue();
    test.add("VAULT", "PH0002", 20 * MIB);
    test.copy("VT0001", "PH0002");
    TestJobs.awaitEnd(test.copies.startCheck("PH0001", null, "line", 0)); // lost with the old disk
    assertThat(target.row().medium().damage()).contains("PH0001");
    assertThat(test.policies.status().validCopies(test.tapes.cartridge("VT0001")))
        .containsExactly(test.tapes.cartridge("PH0002"));
    test.restore("PH0001", false);
    assertThat(test.same(test.tapes.cartridge("PH0001"), test.tapes.cartridge("PH0002"))).isTrue();
  }

  @Test
  void aLibraryThatIsNotMadeTakesNoDirectoryFromAnother() throws Exception {
    test.copy("VT0001", "PH0001");
    Path index = vault.resolve("PH0001/index");
    try (TestTapes other = TestTapes.create(directory.resolve("other"))) {
      Files.move(index, away);
      Files.createSymbolicLink(index, index); // as on a disk that has an error
      Wanted wanted =
          new Wanted("MINE", LibraryType.DESTINATION, 1, 9, 0, TapeMedia.LTO8, vault.toString());
      assertThatThrownBy(() -> other.tapes.setup().create(wanted, NOTHING))
          .isInstanceOf(StorageException.class);
      assertThat(test.tapes.library("VAULT").connected()).isTrue();
      Files.delete(index);
      Files.move(away, index);
      other.tapes.setup().create(wanted, NOTHING);
      assertThat(other.tapes.cartridge("PH0001").row().place().library()).isEqualTo("MINE");
      assertThat(test.tapes.library("VAULT").connected()).isFalse();
    }
  }

  @Test
  void aCartridgeOfSomebodyElseIsNotOverwritten() throws Exception {
    test.copy("VT0001", "PH0001");
    Path theirs = vault.resolve("PH0002"); // comes after the bay has a blank one of that name
    test.add("VAULT", "PH0002", 20 * MIB);
    Files.createDirectory(theirs);
    for (String name : new String[] {"tape.tap", "index", "label"}) {
      Files.copy(vault.resolve("PH0001").resolve(name), theirs.resolve(name));
    }
    Job job = test.copies.start(TestTapes.spec("VT0001", "PH0002"));
    TestJobs.awaitEnd(job);
    assertThat(job.error()).hasMessageContaining("holds a cartridge that the bay does not know");
    assertThat(theirs.resolve("tape.tap")).hasSameBinaryContentAs(vault.resolve("PH0001/tape.tap"));
  }
}
