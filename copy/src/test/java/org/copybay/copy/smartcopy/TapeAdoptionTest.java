package org.copybay.copy.smartcopy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.copybay.volumes.bay.Catalogue.Change.NOTHING;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Properties;
import java.util.UUID;
import java.util.stream.Stream;
import org.copybay.copy.library.LibrarySetup.Wanted;
import org.copybay.copy.library.LibraryType;
import org.copybay.copy.library.MediaPool;
import org.copybay.copy.library.MediumFacts;
import org.copybay.copy.library.MediumFacts.CopyOf;
import org.copybay.copy.library.Protection;
import org.copybay.copy.library.TapeCartridge;
import org.copybay.copy.library.TapeMedia;
import org.copybay.copy.library.TapeRecord;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Rebuild;
import org.copybay.volumes.journal.RecoverMode;
import org.copybay.volumes.store.SealedText;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Cartridges come back from their labels, and nothing that holds something is lost. */
final class TapeAdoptionTest {
  private static final long MIB = 1 << 20;

  @TempDir Path directory;
  private TestTapes test;
  private TapeCartridge source;

  @BeforeEach
  void openBay() throws Exception {
    test = TestTapes.create(directory.resolve("home"));
    source = test.add("VTL", "VT0001", 20 * MIB);
    test.write(source, 1, 40);
  }

  @AfterEach
  void closeBay() {
    test.close();
  }

  /** The catalogue is lost and made anew. */
  private void rebuild(Path home, RecoverMode mode) throws Exception {
    test.close();
    Files.deleteIfExists(home.resolve("bay/catalogue.db"));
    Files.deleteIfExists(home.resolve("bay/catalogue.db-wal"));
    Rebuild.run(home.resolve("bay"), Clock.systemUTC());
    test = TestTapes.open(home, mode);
  }

  private Path tapes() {
    return test.path.resolve("bay/tapes");
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.createDirectories(to);
    try (Stream<Path> files = Files.list(from)) {
      for (Path each : (Iterable<Path>) files::iterator) {
        Files.copy(each, to.resolve(each.getFileName()));
      }
    }
  }

  static void relabel(Path files, String key, String value) throws StorageException {
    Properties values = SealedText.read(files.resolve("label"));
    values.setProperty(key, value);
    SealedText text = new SealedText();
    values.stringPropertyNames().forEach(each -> text.line(each, values.getProperty(each)));
    SealedText.replace(files.resolve("label"), text.text());
  }

  private void destination(String name, Path path, int slots) throws StorageException {
    test.tapes
        .setup()
        .create(
            new Wanted(name, LibraryType.DESTINATION, 2, slots, 0, TapeMedia.LTO8, path.toString()),
            NOTHING);
  }

  // ---- the bay

  @Test
  void afterARebuildACartridgeIsOnTheShelfAsItWas() throws Exception {
    test.tapes
        .copies()
        .describe(
            source,
            row -> row.medium().labelled("a label").protectedBy(Protection.PERMANENT),
            NOTHING);
    test.tapes.making().setTab(source, true, NOTHING);
    TapeRecord before = source.row();
    byte[] image = test.image(source);

    rebuild(test.path, RecoverMode.AUTO);
    TapeCartridge back = test.tapes.cartridge("VT0001");
    TapeRecord row = back.row();
    assertThat(row.place().library()).isNull();
    assertThat(row.place().location()).isEqualTo("its catalogue was made anew");
    assertThat(row.id()).isEqualTo(before.id());
    assertThat(row.medium()).isEqualTo(before.medium());
    assertThat(row.tab()).isTrue();
    assertThat(row.loads()).isEqualTo(before.loads());
    assertThat(row.created()).isEqualTo(before.created());
    assertThat(row.capacity()).isEqualTo(before.capacity());
    assertThat(row.contents().objects()).isEqualTo(before.contents().objects());
    assertThat(row.contents().written()).isNotNull();
    assertThat(test.image(back)).isEqualTo(image);

    test = test.reopen();
    assertThat(test.tapes.cartridge("VT0001").row()).isEqualTo(row);
  }

  /** The pools went with the catalogue; a bay that has one of that name takes the cartridge in. */
  @Test
  void aCartridgeIsInItsPoolOnlyWhereThatIsThere() throws Exception {
    test.tapes.pools().set(MediaPool.usual("Offsite"), NOTHING);
    test.tapes.copies().describe(source, row -> row.medium().inPool("Offsite"), NOTHING);
    Path kept = directory.resolve("kept/VT0001");
    copy(tapes().resolve("VT0001"), kept);

    rebuild(test.path, RecoverMode.AUTO);
    TapeCartridge back = test.tapes.cartridge("VT0001");
    assertThat(back.row().medium().pool()).isEmpty();
    Properties label = SealedText.read(tapes().resolve("VT0001/label"));
    assertThat(label.getProperty("pool")).isEmpty();
    test.close();

    test = TestTapes.create(directory.resolve("new"));
    test.tapes
        .pools()
        .set(new MediaPool("Offsite", null, false, false, null, false, 250, 36), NOTHING);
    destination("OLD", kept.getParent(), 5);
    MediumFacts medium = test.tapes.cartridge("VT0001").row().medium();
    assertThat(medium.pool()).isEqualTo("Offsite");
    assertThat(medium.sealedLife()).as("nothing is appended in that pool").isZero();
    assertThat(SealedText.read(kept.resolve("label")).getProperty("sealed")).isEqualTo("0");
  }

  @Test
  void whatHasNoLabelGoesOnlyWhereItIsBlank() throws Exception {
    Path kept = tapes().resolve("KEPT");
    copy(tapes().resolve("VT0001"), kept);
    Files.delete(kept.resolve("label"));
    Path blank = tapes().resolve("BLANK");
    Files.createDirectory(blank);
    Files.createFile(blank.resolve("tape.tap"));
    Files.write(blank.resolve("index"), new byte[1024]);
    Path stranger = Files.createDirectory(tapes().resolve("STRANGER"));
    Files.createFile(stranger.resolve("a file of somebody"));
    Path damaged = tapes().resolve("DAMAGED");
    Files.createDirectory(damaged);
    Files.writeString(damaged.resolve("label"), "crc=00000000\nbarcode=DAMAGED\n");

    test = test.reopen();
    assertThat(kept.resolve("tape.tap")).exists();
    assertThat(blank).doesNotExist();
    assertThat(stranger).exists();
    assertThat(damaged).exists();
    assertThat(test.tapes.cartridges()).hasSize(1);
    assertThat(test.image(test.tapes.cartridge("VT0001"))).isNotEmpty();
  }

  @Test
  void ofSeveralVersionsTheNewestWholeOneCounts() throws Exception {
    byte[] image = test.image(source);
    Path one = tapes().resolve("VT0001");
    copy(one, tapes().resolve("VT0001~1"));
    copy(one, tapes().resolve("VT0001~2"));
    relabel(tapes().resolve("VT0001~2"), "making", "17");
    Files.write(one.resolve("tape.tap"), new byte[8]);

    rebuild(test.path, RecoverMode.AUTO);
    TapeCartridge back = test.tapes.cartridge("VT0001");
    assertThat(back.row().files().version()).isEqualTo(1);
    assertThat(test.image(back)).isEqualTo(image);
    assertThat(tapes().resolve("VT0001~2")).doesNotExist();
    assertThat(one).doesNotExist();
  }

  @Test
  void aCopyOfADirectoryUnderAnotherNameIsNoCartridge() throws Exception {
    Path twin = tapes().resolve("VT0009");
    copy(tapes().resolve("VT0001"), twin);
    relabel(twin, "barcode", "VT0009");
    test = test.reopen();
    assertThat(test.tapes.cartridges()).hasSize(1);
    assertThat(twin.resolve("tape.tap")).exists();
    assertThatThrownBy(() -> test.add("VTL", "VT0009", 20 * MIB))
        .isInstanceOfSatisfying(
            StorageException.class, e -> assertThat(e.fault()).isEqualTo(Fault.EXISTS))
        .hasMessageContaining("that the bay does not know");
  }

  @Test
  void whatCannotBeOpenedComesBackAsDamaged() throws Exception {
    Files.write(tapes().resolve("VT0001/index"), new byte[1024]);
    rebuild(test.path, RecoverMode.AUTO);
    assertThat(test.tapes.cartridge("VT0001").row().medium().damage()).contains("magic");
  }

  @Test
  void afterACrashAndALostCatalogueARestoredCartridgeIsWholeAsBeforeOrAfter() throws Exception {
    test.add("VAULT", "PH0001", 20 * MIB);
    byte[] copied = test.image(source);
    test.copy("VT0001", "PH0001");
    test.write(source, 2, 7);
    byte[] later = test.image(source);
    List<Path> crashes = test.crashes(directory.resolve("crashes"));
    test.restore("VT0001", true);
    List<Path> found = new ArrayList<>(crashes);
    assertThat(found).hasSizeGreaterThan(4);
    for (Path crash : found) {
      rebuild(crash, RecoverMode.AUTO);
      TapeCartridge back = test.tapes.cartridge("VT0001");
      assertThat(test.image(back)).isIn(copied, later);
      try (Stream<Path> left = Files.list(tapes())) {
        assertThat(left).as("%s", crash).hasSize(1);
      }
    }
  }

  @Test
  void afterACrashAndALostCatalogueACopyIsWholeOrNotThere() throws Exception {
    test.add("VAULT", "PH0001", 20 * MIB);
    byte[] image = test.image(source);
    List<Path> crashes = test.crashes(directory.resolve("crashes"));
    test.copy("VT0001", "PH0001");
    List<Path> found = new ArrayList<>(crashes);
    int whole = 0;
    for (Path crash : found) {
      rebuild(crash, RecoverMode.AUTO);
      destination("VAULT", crash.resolve("vault"), 5);
      TapeCartridge back = test.tapes.cartridgeOrNull("PH0001");
      if (back != null) {
        whole++;
        assertThat(test.image(back)).isEqualTo(image);
        assertThat(back.row().medium().copy()).isNotNull();
      }
    }
    assertThat(whole).isPositive().isLessThan(found.size());
  }

  // ---- destination libraries

  @Test
  void aVaultOfAnotherBayIsRestoredFrom() throws Exception {
    test.add("VAULT", "PH0001", 20 * MIB);
    test.copy("VT0001", "PH0001");
    byte[] image = test.image(source);
    TapeRecord lost = source.row();
    Path vault = test.path.resolve("vault");
    test.close();

    test = TestTapes.create(directory.resolve("new"));
    destination("OLD", vault, 5);
    TapeCartridge copy = test.tapes.cartridge("PH0001");
    assertThat(copy.row().place()).isEqualTo(TapeRecord.Place.slot("OLD", 1));
    MediumFacts.CopyOf of = Objects.requireNonNull(copy.row().medium().copy());
    assertThat(of.source()).isEqualTo(lost.id());
    TapeCartridge back = test.tapes.cartridge("VT0001");
    assertThat(back.row().id()).isEqualTo(lost.id());
    assertThat(back.row().place().location()).isEqualTo("lost: its copy is PH0001");
    assertThat(test.policies.status().validCopies(back)).as("it is blank").isEmpty();
    assertThat(back.row().contents().lives()).isGreaterThan(of.lives());

    test.restore("VT0001", true);
    assertThat(test.image(back)).isEqualTo(image);
    assertThat(back.row().place().library()).isNull();
  }

  /** Life by life: the copy that comes back first may not be the one of the last. */
  @Test
  void aLostSourceIsInALaterLifeThanAllItsCopiesAndSealedWhenItIsRestored() throws Exception {
    for (String barcode : List.of("PH0001", "PH0002", "PH0003")) {
      test.add("VAULT", barcode, 20 * MIB);
      test.copy("VT0001", barcode);
      test.write(source, barcode.hashCode(), 40);
    }
    Path vault = test.path.resolve("vault");
    test.close();

    test = TestTapes.create(directory.resolve("new"));
    destination("OLD", vault, 5);
    TapeCartridge back = test.tapes.cartridge("VT0001");
    assertThat(back.contents().lives()).isEqualTo(3);
    test.restore("VT0001", true);
    assertThat(back.row().medium().sealedLife()).isEqualTo(back.contents().lives());
    assertThat(test.policies.status().validCopies(back)).hasSize(1);
  }

  /** The process died while a drive wrote it: its label does not say so yet. */
  @Test
  void aCopyThatWasWrittenAnewComesBackAsNone() throws Exception {
    TapeCartridge copy = test.add("VAULT", "PH0001", 20 * MIB);
    test.copy("VT0001", "PH0001");
    Path label = test.path.resolve("vault/PH0001/label");
    byte[] before = Files.readAllBytes(label);
    test.tapes.changer().eject(copy, "", NOTHING);
    test.tapes.changer().insert(copy, test.tapes.library("VTL"), 0, NOTHING);
    test.write(copy, 9, 40);
    byte[] written = test.image(copy);
    Path vault = test.path.resolve("vault");
    test.close();
    Files.write(label, before);

    test = TestTapes.create(directory.resolve("new"));
    destination("OLD", vault, 5);
    TapeCartridge back = test.tapes.cartridge("PH0001");
    assertThat(back.row().medium().copy()).isNull();
    assertThat(test.image(back)).isEqualTo(written);
    assertThat(test.tapes.cartridgeOrNull("VT0001")).isNull();
    assertThat(SealedText.read(label).getProperty("copy_source")).isNull();
  }

  @Test
  void whatTheBayHasAlreadyIsLeftAloneAndWhatDoesNotFitIsOnTheShelf() throws Exception {
    for (String barcode : List.of("PH0001", "PH0002", "PH0003")) {
      test.add("VAULT", barcode, 20 * MIB);
      test.copy("VT0001", barcode);
    }
    Path vault = test.path.resolve("vault");
    byte[] image = test.image(source);
    test.close();

    test = TestTapes.create(directory.resolve("new"));
    TapeCartridge own = test.add("VTL", "PH0001", 20 * MIB);
    destination("OLD", vault, 1);
    assertThat(test.tapes.cartridge("PH0001").row().id()).isEqualTo(own.row().id());
    assertThat(vault.resolve("PH0001/tape.tap")).exists();
    assertThat(test.tapes.inside("OLD")).extracting(TapeCartridge::barcode).containsOnly("PH0002");
    TapeCartridge third = test.tapes.cartridge("PH0003");
    assertThat(third.row().place().location()).isEqualTo("library OLD is full");
    assertThat(test.image(third)).isEqualTo(image);
  }

  @Test
  void whatCannotBeReadIsNotAdoptedAsBlank() throws Exception {
    test.copy("VT0001", test.add("VAULT", "PH0001", 20 * MIB).barcode());
    Path other = directory.resolve("other");
    copy(test.path.resolve("vault/PH0001"), other.resolve("PH9999"));
    relabel(other.resolve("PH9999"), "barcode", "PH9999");
    relabel(other.resolve("PH9999"), "id", UUID.randomUUID().toString());
    Path index = other.resolve("PH9999/index");
    Path away = Files.move(index, directory.resolve("index"));
    Files.createSymbolicLink(index, index); // its open fails, as on a disk that has an error
    assertThatThrownBy(() -> destination("OTHER", other, 4)).isInstanceOf(StorageException.class);
    assertThat(test.tapes.libraryOrNull("OTHER")).isNull();
    assertThat(test.tapes.cartridgeOrNull("PH9999")).isNull();
    Files.delete(index);
    Files.move(away, index);
    destination("OTHER", other, 4);
    assertThat(test.tapes.cartridge("PH9999").row().medium().damage()).contains("holds medium");
  }

  @Test
  void aCopyThatIsOlderThanItsLostSourceIsNoneOfItsLives() throws Exception {
    test.copy("VT0001", test.add("VAULT", "PH0001", 20 * MIB).barcode());
    Path other = directory.resolve("other");
    copy(test.path.resolve("vault/PH0001"), other.resolve("PH0001"));
    test.tapes.changer().eject(test.tapes.cartridge("PH0001"), "", NOTHING);
    test.tapes.making().destroy(test.tapes.cartridge("PH0001"), NOTHING);
    relabel(other.resolve("PH0001"), "copy_at", "2001-01-01T00:00:00Z");
    destination("OTHER", other, 4);
    assertThat(copyOf("PH0001").lives()).isEqualTo(MediumFacts.NOT);
    assertThat(test.policies.status().validCopies(source)).isEmpty();
  }

  private CopyOf copyOf(String barcode) throws StorageException {
    return Objects.requireNonNull(test.tapes.cartridge(barcode).row().medium().copy());
  }
}
