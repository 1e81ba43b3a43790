package org.copybay.copy.smartcopy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.copybay.volumes.bay.Catalogue.Change.NOTHING;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.copybay.copy.TestJobs;
import org.copybay.copy.library.Protection;
import org.copybay.copy.library.TapeCartridge;
import org.copybay.copy.library.TapeRecord;
import org.copybay.volumes.journal.RecoverMode;
import org.copybay.volumes.store.SealedText;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The labels beside the files of cartridges: they have what the catalogue has. */
final class TapeLabelTest {
  private static final long MIB = 1 << 20;

  @TempDir Path directory;
  private TestTapes test;
  private TapeCartridge source;

  @BeforeEach
  void openBay() throws Exception {
    test = TestTapes.create(directory.resolve("home"));
    source = test.add("VTL", "VT0001", 20 * MIB);
  }

  @AfterEach
  void closeBay() {
    test.close();
  }

  private static Path files(Path home, TapeRecord row) {
    Path of = row.files().home() == null ? home.resolve("bay/tapes") : home.resolve("vault");
    int version = row.files().version();
    return of.resolve(row.barcode() + (version == 0 ? "" : "~" + version));
  }

  private static void assertLabelled(Path home, TapeRecord row) throws Exception {
    Properties label = SealedText.read(files(home, row).resolve("label"));
    assertThat(label)
        .containsEntry("barcode", row.barcode())
        .containsEntry("id", row.id().toString())
        .containsEntry("capacity", String.valueOf(row.capacity()))
        .containsEntry("tab", String.valueOf(row.tab()))
        .containsEntry("loads", String.valueOf(row.loads()))
        .containsEntry("created", row.created().toString())
        .containsEntry("pool", row.medium().pool())
        .containsEntry("label", row.medium().label())
        .containsEntry("protection", row.medium().protection().word())
        .containsEntry("sealed", String.valueOf(row.medium().sealedLife()))
        .doesNotContainKey("making");
    var copy = row.medium().copy();
    assertThat(label.getProperty("copy_source"))
        .isEqualTo(copy == null ? null : copy.source().toString());
    assertThat(label.getProperty("copy_sha256")).isEqualTo(copy == null ? null : copy.sha256());
  }

  @Test
  void eachChangeOfARowIsInTheLabel() throws Exception {
    assertThat(directory.resolve("home/bay/tapes")).doesNotExist();
    test.write(source, 1, 5);
    assertLabelled(test.path, source.row());
    test.tapes.making().setTab(source, true, NOTHING);
    test.tapes
        .copies()
        .describe(
            source,
            row ->
                row.medium().inPool("daily").labelled(" a b\n").protectedBy(Protection.PERMANENT),
            NOTHING);
    assertLabelled(test.path, source.row());
    assertThat(source.row().medium().label()).isEqualTo(" a b\n");

    TapeCartridge target = test.add("VAULT", "PH0001", 20 * MIB);
    test.copy("VT0001", "PH0001");
    assertLabelled(test.path, target.row());
    assertLabelled(test.path, source.row());
    assertThat(source.row().medium().sealedLife()).isZero();
    test.restore("PH0001", false);
    assertThat(target.row().files().version()).isEqualTo(1);
    assertLabelled(test.path, target.row());
  }

  @Test
  void aCrashLeavesNoLabelBehindForLongerThanUntilTheNextMount() throws Exception {
    test.write(source, 1, 5);
    test.add("VAULT", "PH0001", 20 * MIB);
    List<Path> crashes = test.crashes(directory.resolve("crashes"));
    test.tapes.making().setTab(source, true, NOTHING);
    test.tapes.making().setTab(source, false, NOTHING);
    test.write(source, 2, 4);
    test.copy("VT0001", "PH0001");
    List<Path> found = new ArrayList<>(crashes);
    assertThat(found).hasSizeGreaterThan(8);
    for (Path crash : found) {
      test.close();
      test = TestTapes.open(crash, RecoverMode.PROCESS);
      test.jobs.all().forEach(TestJobs::awaitEnd);
      for (TapeCartridge each : test.tapes.cartridges()) {
        if (each.row().files().formatted()) {
          assertLabelled(crash, each.row());
        }
      }
    }
  }

  @Test
  void aLabelThatCouldNotBeWrittenIsWrittenByTheNextMountAndNoOtherIsLookedAt() throws Exception {
    TapeCartridge other = test.add("VTL", "VT0002", 20 * MIB);
    test.write(source, 1, 5);
    test.write(other, 1, 5);
    Path label = files(test.path, source.row()).resolve("label");
    Path untouched = files(test.path, other.row()).resolve("label");
    Files.delete(label);
    Files.createDirectories(label.resolve("in the way"));
    Files.writeString(untouched, "changed by hand");
    test.tapes.making().setTab(source, true, NOTHING);
    Files.delete(label.resolve("in the way"));
    Files.delete(label);
    test = test.reopen();
    assertLabelled(test.path, test.tapes.cartridge("VT0001").row());
    assertThat(untouched).hasContent("changed by hand");
  }
}
