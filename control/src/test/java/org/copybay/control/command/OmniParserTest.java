package org.copybay.control.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Path;
import java.util.List;
import org.copybay.control.OpenBay;
import org.copybay.control.report.AuditLog;
import org.copybay.volumes.Fault;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The commands of Data Protector for media, and what they mean. */
class OmniParserTest {
  @TempDir static Path directory;

  private static OpenBay open;
  private static Interpreter interpreter;
  private static OmniParser parser;

  @BeforeAll
  static void openBay() throws Exception {
    open = OpenBay.create(directory.resolve("bay"));
    AcceptedIds accepted = new AcceptedIds(open.bay().catalogue(), open.jobs(), open.clock());
    accepted.createTable();
    interpreter =
        new Interpreter(
            new VerbTable(InterpreterFixture.moreVerbs(open)),
            accepted,
            new AuditLog(open.bay().audit()),
            new Owner(OpenBay.OWNER.uid(), OpenBay.OWNER.uid()),
            Devices.of(open.bay()),
            open.copy().tapes());
    parser = new OmniParser(open.copy().tapes());
    run("tape library name=VTL1 slots=5");
    run("tape library name=VAULT type=destination slots=4 path=" + directory.resolve("vault"));
    run("tape add library=VTL1 count=4 capacity=16M");
    run("tape add library=VAULT count=2 prefix=PH capacity=16M");
    run("tape set barcode=VT0002L8 label=\"payroll monday\"");
    run("tape set barcode=VT0003L8 label=twin");
    run("tape set barcode=VT0004L8 label=twin");
  }

  @AfterAll
  static void closeBay() {
    open.close();
  }

  private static String run(String line) throws RefusedException {
    return interpreter.run(Scope.bay(), OpenBay.OWNER, line);
  }

  private static RefusedException refused(String line) {
    RefusedException refused = catchThrowableOfType(RefusedException.class, () -> run(line));
    assertThat(refused).as(line).isNotNull();
    return refused;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "omnimm -create_pool Offsite LTO-8|tape-pool name=Offsite media=LTO-8",
        "omnimm -create_pool Offsite LTO-Ultrium App+Strict 24 100"
            + "|tape-pool name=Offsite media=any appendable=yes allocation=strict months=24"
            + " overwrites=100",
        "OMNIMM -create_pool Offsite LTO-8 Loose -free_pool Free -move_free_media"
            + "|tape-pool name=Offsite media=LTO-8 appendable=no allocation=loose free-pool=Free"
            + " move-free=yes",
        "omnimm -create_free_pool Free LTO-8 24|tape-pool name=Free media=LTO-8 months=24",
        "omnimm -modify_pool Offsite Offsite Strict -no_free_pool"
            + "|tape-pool name=Offsite appendable=no allocation=strict free-pool=none",
        "omnimm -remove_pool Offsite|tape-pool name=Offsite action=delete",
        "omnimm -show_pools|tape-show pools=all",
        "omnimm -show_pools Offsite|tape-show pools=Offsite",
        "omnimm -list_pool Offsite|tape-show pool=Offsite",
        "omnimm -media_info VT0001L8|tape-show barcode=VT0001L8",
        "omnimm -list_copy \"payroll monday\"|tape-show barcode=VT0002L8",
        "omnimm -move_medium VT0001L8 Offsite|tape-set barcode=VT0001L8 pool=Offsite",
        "omnimm -modify_medium VT0001L8 friday|tape-set barcode=VT0001L8 label=friday",
        "omnimm -recycle \"payroll monday\"|tape-set barcode=VT0002L8 protect=none",
        "omnimm -barcode_scan VTL1|tape-inventory library=VTL1",
        "omnimm -eject VTL1 2 -location vault_1|tape-eject library=VTL1 slot=2 location=vault_1",
        "omniminit -init VTL1 monday -slot 2 -force"
            + "|tape-initialize label=monday clear=yes barcode=VT0002L8",
        "omnimcopy -copy VAULT -slot 1 -from VTL1 -src_slot 2 -permanent"
            + "|tape-copy protect=permanent from=VT0002L8 to=PH0001L8",
        "omnimcopy -copy VAULT -from VTL1 -src_slot 1 -eject -pool Offsite id=nightly"
            + "|tape-copy eject=yes pool=Offsite id=nightly from=VT0001L8 library=VAULT",
        "omnimver VTL1 -slot 1|tape-check barcode=VT0001L8",
      })
  void aLineMeansACommand(String line, String meant) throws Exception {
    assertThat(parser.takes(line)).isTrue();
    assertThat(parser.parse(line).render()).isEqualTo(meant);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "omnimm|omnimm$|needs an option first",
        "omnimm Offsite|Offsite|needs an option first",
        "omnimm -create_poll X LTO-8|-create_poll|nearest is -create_pool",
        "omnimm -create_pool Offsite|Offsite$|needs TYPE",
        "omnimm -create_pool X LTO-8 AppIncr+Loose|AppIncr+Loose|Loose, Strict, App+Loose",
        "omnimm -create_pool X LTO-8 Loose 1 2 3|3|does not know",
        "omnimm -create_pool X LTO-8 -free_pool|-free_pool|needs a value",
        "omnimm -create_pool X LTO-8 -free|-free|unknown flag",
        "omnimm -modify_pool X Y|Y|keeps its name",
        "omniminit -init VTL1 monday|monday$|needs -slot",
        "omniminit -init VTL1 monday -slot 1 -force -force|-force|given twice",
        "omniminit -init VTL1 monday -slot one|one|a slot is a number",
        "omnimcopy -copy VAULT -src_slot 1|1$|needs -from"
      })
  void whatIsWrongIsMarked(String line, String place, String words) {
    RefusedException refused = refused(line);

    int column =
        place.endsWith("$")
            ? line.lastIndexOf(place.substring(0, place.length() - 1)) + place.length() - 1
            : line.lastIndexOf(place);
    assertThat(refused.error().fault()).isEqualTo(Fault.BAD_REQUEST);
    assertThat(refused.error()).hasMessageContaining(words);
    assertThat(refused.column()).isEqualTo(column);
  }

  @ParameterizedTest
  @ValueSource(strings = {"omnimmx -show_pools", "tape show", "\"omnimm\" -show_pools", "# omnimm"})
  void otherLinesAreNotOfDataProtector(String line) {
    assertThat(parser.takes(line)).isFalse();
  }

  @Test
  void mediaThatAreNotThereAreRefused() throws Exception {
    assertThat(refused("omnimm -recycle VT0009L8").error().fault()).isEqualTo(Fault.NOT_FOUND);
    assertThat(refused("omnimver VTL9 -slot 1").error().fault()).isEqualTo(Fault.NOT_FOUND);
    assertThat(refused("omnimver VTL1 -slot 5").error().fault()).isEqualTo(Fault.NO_MEDIUM);
    assertThat(refused("omnimm -recycle twin").error())
        .hasMessageContaining("2 media have the label twin");
  }

  @Test
  void whatHasNoEffectIsSaid() throws Exception {
    Command command = parser.parse("omnimm -modify_medium VT0001L8 friday vault_1");

    assertThat(command.notices()).hasSize(1).allMatch(each -> each.startsWith("LOCATION has no"));
  }

  @Test
  void poolsAreMadeShownAndRemoved() throws Exception {
    run("omnimm -create_pool Offsite LTO-8 App+Loose 24");
    run("omnimm -move_medium VT0001L8 Offsite");

    assertThat(run("omnimm -show_pools")).contains("name: Offsite", "months: 24");
    assertThat(run("omnimm -list_pool Offsite")).contains("VT0001L8").doesNotContain("VT0002L8");
    assertThat(refused("omnimm -remove_pool Offsite").error().fault()).isEqualTo(Fault.BUSY);
  }

  @Test
  void aDestinationLibraryHasADirectoryOfItsOwnOutsideOfBaysAndTheMount() throws Exception {
    String line = "tape library name=OTHER type=destination path=";
    Path vault = directory.resolve("vault").toRealPath();

    for (String path : List.of("relative", "/mnt/bay/x", directory + "/bay/volumes")) {
      assertThat(refused(line + path).error().fault()).as(path).isEqualTo(Fault.BAD_REQUEST);
    }
    assertThat(refused(line + directory + "/none/x").error().fault()).isEqualTo(Fault.NOT_FOUND);
    for (Path path : List.of(vault, vault.resolve("x"), vault.resolve("../vault"))) {
      assertThat(refused(line + path).error().fault()).isEqualTo(Fault.EXISTS);
    }
    assertThat(run(line + directory + "/other dry-run=yes")).contains("OTHER");
  }

  @Test
  void aCleaningCartridgeThatWasUsedHoldsNothing() throws Exception {
    run("tape add library=VTL1 kind=cleaning slot=5");
    run("tape load barcode=CLN001L8 drive=nst0");

    assertThat(open.copy().tapes().cartridge("CLN001L8").row().files().formatted()).isFalse();
    assertThat(open.copy().tapes().cartridge("CLN001L8").row().loads()).isEqualTo(1);
    run("tape destroy barcode=CLN001L8");
  }

  @Test
  void everyVerbOfTapesCanBeWrittenInTwoWords() {
    List<String> words =
        InterpreterFixture.moreVerbs(open).stream()
            .map(Verb::name)
            .filter(name -> name.startsWith("tape-"))
            .map(name -> name.substring("tape-".length()))
            .toList();

    assertThat(RoomParser.TAPE.words()).containsExactlyInAnyOrderElementsOf(words);
    for (OmniForm form : OmniForm.ALL) {
      assertThat(words).contains(form.verb());
      assertThat(form.grammar()).startsWith(form.command());
    }
  }
}
