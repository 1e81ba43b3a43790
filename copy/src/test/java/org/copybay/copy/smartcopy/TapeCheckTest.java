package org.copybay.copy.smartcopy;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.copybay.volumes.bay.Catalogue.Change.NOTHING;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Statement;
import java.util.UUID;
import org.copybay.copy.library.TapeCartridge;
import org.copybay.copy.library.TapeCheck;
import org.copybay.volumes.Finding;
import org.copybay.volumes.Findings;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.drive.DriveOpener;
import org.copybay.volumes.journal.RecoverMode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a check of an unmounted bay finds among its tapes. */
final class TapeCheckTest {
  private static final long MIB = 1 << 20;

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

  private static Findings check(Path home, RecoverMode mode, boolean readData) {
    Findings findings = new Findings();
    TapeCheck.run(home.resolve("bay"), mode, readData, findings);
    return findings;
  }

  private Findings check(boolean readData) {
    test.close();
    return check(test.path, RecoverMode.AUTO, readData);
  }

  private static String lines(Findings findings) {
    return findings.all().stream().map(Finding::line).collect(joining("\n"));
  }

  private Path files() {
    return test.path.resolve("bay/tapes/VT0001");
  }

  private static void flip(Path file, long at) throws Exception {
    byte[] bytes = Files.readAllBytes(file);
    int where = (int) (at < 0 ? bytes.length + at : at);
    bytes[where] ^= 1;
    Files.write(file, bytes);
  }

  @Test
  void aBayWithCopiesIsInOrder() throws Exception {
    test.restore("VT0001", false);
    assertThat(lines(check(true))).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(
      value = RecoverMode.class,
      names = {"AUTO", "POWER"})
  void whatIsBeingWrittenIsInOrder(RecoverMode mode) throws Exception {
    TapeCartridge other = test.add("VTL", "VT0002", 20 * MIB);
    test.tapes.changer().load(other, test.drive(), NOTHING);
    test.drive().open(new DriveOpener(1, true, false));
    for (int i = 0; i < 10; i++) {
      test.drive().write(ByteBuffer.allocateDirect(1000));
    }
    test.copyTo(directory.resolve("crash"));
    test.drive().close(false);
    assertThat(lines(check(directory.resolve("crash"), mode, true))).isEmpty();
  }

  @Test
  void aByteOfARecordIsFoundWhereDataAreRead() throws Exception {
    flip(files().resolve("tape.tap"), 20_000);
    assertThat(lines(check(false))).isEmpty();
    assertThat(lines(check(true)))
        .startsWith("damage tape file: cartridge VT0001, ")
        .contains("/VT0001/tape.tap object ")
        .endsWith("restore the cartridge from its copy");
  }

  @Test
  void filesThatAreDamagedAreFound() throws Exception {
    flip(files().resolve("tape.tap"), -1);
    flip(test.path.resolve("vault/PH0001/index"), 2000);
    assertThat(lines(check(false)))
        .contains("damage tape file: cartridge VT0001, ")
        .contains("damage tape index: cartridge PH0001, ");
  }

  @Test
  void aDirectoryThatIsGoneIsFound() throws Exception {
    Files.move(files(), directory.resolve("elsewhere"));
    assertThat(lines(check(false))).contains("damage cartridge: VT0001: wanted directory ");
  }

  @Test
  void aDiskThatIsAwayIsANote() throws Exception {
    Files.move(test.path.resolve("vault"), directory.resolve("elsewhere"));
    Findings findings = check(false);
    assertThat(findings.damages()).isZero();
    assertThat(lines(findings)).contains("note tape library: ").contains("its disk is away");
  }

  @Test
  void labelsThatAreBehindAreNotes() throws Exception {
    Files.delete(files().resolve("label"));
    flip(test.path.resolve("vault/PH0001/label"), 3);
    Findings findings = check(false);
    assertThat(findings.damages()).isZero();
    assertThat(findings.notes()).isEqualTo(2);
    assertThat(lines(findings)).contains("note tape label: cartridge VT0001, ");
  }

  @Test
  void labelsThatSayOtherThanTheirRowsAreNotes() throws Exception {
    TapeAdoptionTest.relabel(files(), "loads", "77");
    TapeAdoptionTest.relabel(test.path.resolve("vault/PH0001"), "barcode", "PH0009");
    Findings findings = check(false);
    assertThat(findings.damages()).isZero();
    assertThat(findings.notes()).isEqualTo(2);
    assertThat(lines(findings)).contains("an older one").contains(", PH0009");
  }

  @Test
  void aCatalogueThatWasMadeAnewHasItsCartridgesAfterTheNextMount() throws Exception {
    sql("drop table tape_cartridge", "drop table tape_library", "drop table tape_gone");
    Findings findings = check(false);
    assertThat(findings.damages()).isZero();
    assertThat(lines(findings))
        .startsWith("note stray: ")
        .contains("got cartridge VT0001; after the next mount it is on the shelf");
  }

  @Test
  void directoriesThatNoRowKnowsAreNamed() throws Exception {
    Path tapes = files().getParent();
    Files.createDirectories(tapes.resolve("KEPT"));
    Files.write(tapes.resolve("KEPT/tape.tap"), new byte[100]);
    Files.createDirectories(tapes.resolve("BLANK"));
    for (String name : new String[] {"BACK", "TWIN"}) {
      Path made = Files.createDirectories(tapes.resolve(name));
      Files.copy(files().resolve("label"), made.resolve("label"));
      TapeAdoptionTest.relabel(made, "barcode", name);
    }
    TapeAdoptionTest.relabel(tapes.resolve("BACK"), "id", UUID.randomUUID().toString());
    Files.createDirectories(test.path.resolve("vault/lost+found"));
    Findings findings = check(false);
    assertThat(findings.damages()).isEqualTo(2);
    assertThat(lines(findings))
        .contains("damage stray: " + tapes.resolve("KEPT"))
        .contains("damage stray: " + tapes.resolve("TWIN"))
        .contains("note stray: " + tapes.resolve("BLANK"))
        .contains("got cartridge BACK; after the next mount it is on the shelf")
        .contains("note stray: " + test.path.resolve("vault/lost+found"));
  }

  private void sql(String... changes) throws StorageException {
    test.bay
        .catalogue()
        .change(
            connection -> {
              try (Statement statement = connection.createStatement()) {
                for (String each : changes) {
                  statement.executeUpdate(each);
                }
              }
            });
  }

  @Test
  void rowsThatContradictEachOtherAreFound() throws Exception {
    for (String barcode : new String[] {"A", "B", "C", "D"}) {
      test.add("VTL", barcode, 20 * MIB);
    }
    sql(
        "update tape_cartridge set element=2 where barcode in ('A', 'B')",
        "update tape_cartridge set drive=1 where barcode in ('VT0001', 'C')",
        "update tape_cartridge set library='NONE' where barcode='D'",
        "update tape_library set drives='0,2' where name='VTL'");
    assertThat(lines(check(false)))
        .contains("Storage Element 2 of library VTL: wanted one cartridge, got A and B")
        .contains("drive nst1: wanted one cartridge, got C and VT0001")
        .contains("cartridge C: wanted a drive of its library, got nst1")
        .contains("cartridge D: wanted a library, got NONE, which has no row");
  }

  @Test
  void aBayOfAProgramThatKnewNoMediaOfWhatIsGoneIsInOrder() throws Exception {
    sql("drop table tape_gone", "create table tape_gone (directory text primary key)");
    assertThat(lines(check(false))).isEmpty();
  }

  @Test
  void aRowThatCannotBeReadIsFound() throws Exception {
    sql("update tape_cartridge set media='LTO77' where barcode='VT0001'");
    assertThat(lines(check(false))).contains("damage row of tapes: ").contains("LTO77");
  }
}
