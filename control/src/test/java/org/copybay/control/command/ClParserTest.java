package org.copybay.control.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Path;
import java.util.List;
import org.copybay.control.OpenBay;
import org.copybay.volumes.Fault;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The CL commands of IBM i for optical storage, and what they mean. */
class ClParserTest {
  @TempDir static Path directory;

  private static OpenBay open;
  private static VerbTable table;

  @BeforeAll
  static void openBay() throws Exception {
    open = OpenBay.create(directory.resolve("bay"));
    Owner owner = new Owner(OpenBay.OWNER.uid(), OpenBay.OWNER.uid());
    table = new VerbTable(new Opticals(open.bay(), open.copy().optical(), owner).verbs());
  }

  @AfterAll
  static void closeBay() {
    open.close();
  }

  private static String canonical(Command command) throws RefusedException {
    return Arguments.bind(table.find(command, Scope.bay()), Scope.bay(), command).canonical();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "DUPOPT FROMVOL(ARCH01) TOVOL(ERA1)|optical duplicate from=ARCH01 to=ERA1",
        "dupopt fromvol(arch01) tovol(era1)|optical duplicate from=ARCH01 to=ERA1",
        "DUPOPT ARCH01 ERA1|optical duplicate from=ARCH01 to=ERA1",
        "DUPOPT ARCH01 (ERA1 ERA2) (*TOVOL) *YES"
            + "|optical duplicate from=ARCH01 to=ERA1,ERA2 newvol=*TOVOL clear=yes",
        "DUPOPT ARCH01 TOVOL (ERA1 ERA2) CLEAR( *YES )"
            + "|optical duplicate from=ARCH01 to=ERA1,ERA2 clear=*YES",
        "DUPOPT FROMVOL(*MOUNTED) TOVOL(*mounted) NEWVOL(*FROMVOL) FROMDEV(X) TODEV(Y)"
            + "|optical duplicate from=*MOUNTED to=*MOUNTED newvol=*FROMVOL fromdev=X todev=Y",
        "DUPOPT A B ALWMEDERR(*FILE) OUTPUT(*NONE) FROMENDOPT(*UNLOAD) TOENDOPT(*LEAVE)"
            + "|optical duplicate from=A to=B mederr=file output=none fromend=unload toend=leave",
        "DUPOPT A B incr=yes id=nightly # every night"
            + "|optical duplicate from=A to=B incr=yes id=nightly",
        "dupopt from=A to=B clear=yes|optical duplicate from=A to=B clear=yes",
        "DUPOPT A B /* every night */ CLEAR(*NO)|optical duplicate from=A to=B clear=no",
        "INZOPT VOL(251121093107) NEWVOL(ARCH01) TEXT('it''s full (2025)')"
            + "|optical initialize volume=251121093107 newvol=ARCH01 text=\"it's full (2025)\"",
        "INZOPT VOL(*MOUNTED) NEWVOL(*VOL) DEV(OPT01) THRESHOLD(*CALC) CHECK(*YES)"
            + "|optical initialize volume=*MOUNTED newvol=*VOL device=OPT01 threshold=*CALC"
            + " check=yes",
        "INZOPT A THRESHOLD(95) ENDOPT(*UNLOAD) CLEAR(*YES) TEXT(*BLANK) TYPE(*BACKUP) CCSID(500)"
            + " MEDFMT(*HPOFS)"
            + "|optical initialize volume=A threshold=95 endopt=*UNLOAD clear=yes text=\"\""
            + " type=*BACKUP ccsid=500 format=*HPOFS",
        "CHKOPTVOL VOL(*ALL) OUTPUT(*PRINT)|optical check volume=*ALL output=print",
        "CHKOPTVOL A|optical check volume=A",
        "CHGOPTVOL VOL(A) THRESHOLD(*SAME) TEXT('closed')" + "|optical change volume=A text=closed",
        "CHGOPTVOL A 100|optical change volume=A threshold=100",
        "DSPOPT VOL(A) DATA(*VOLATR)|optical show volume=A data=volatr",
        "WRKOPTVOL|optical show",
        "WRKOPTVOL VOL(*ALL) DEV(LIB1)|optical show volume=*ALL device=LIB1",
        "ADDOPTCTG MLB(LIB1) cartridge=C00001|optical add device=LIB1 cartridge=C00001",
        "ADDOPTCTG LIB1 media=*WORM|optical add LIB1 *WORM",
        "RMVOPTCTG VOL(A) VOLOPT(*KEEP) RMVCTGLOC('safe, 2nd floor')"
            + "|optical remove volume=A location=\"safe, 2nd floor\"",
        "RMVOPTCTG A RMVCTGLOC(*NONE)|optical remove volume=A",
        "CVTOPTBKU BKUVOL(B)|optical convert volume=B newvol=*PRVPRIVOL",
        "CVTOPTBKU B PRIVOL(A)|optical convert volume=B newvol=A",
        "CRTDEVOPT DEVD(OPT01) RSRCNAME(*VRT)|optical device name=OPT01 type=virtual",
        "CRTDEVOPT OPT01|optical device name=OPT01 type=standalone",
        "CRTDEVMLB DEVD(LIB1) DEVCLS(*OPT)|optical device name=LIB1 type=library"
      })
  void aLineMeansTheModernCommand(String line, String modern) throws Exception {
    assertThat(ClParser.takes(line)).isTrue();
    assertThat(canonical(ClParser.parse(line)))
        .isEqualTo(canonical(RoomParser.OPTICAL.parse(modern)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "optical duplicate from=A to=B",
        "duplicate from=dupopt to=B",
        "# DUPOPT A B",
        "MOUNT DSA42: $4$DUA1:",
        "",
        "DUPOPTX A B"
      })
  void otherLinesAreNotCl(String line) {
    assertThat(ClParser.takes(line)).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "DUPOPT FROMVOL(A) TOVL(B)|TOVL|nearest is TOVOL",
        "DUPOPT FROMVOL(A) XYZXYZ(B)|XYZXYZ|unknown keyword",
        "DUPOPT A B CLEAR(*MAYBE)|*MAYBE|*NO, *YES",
        "DUPOPT A B CLEAR(YES)|YES)|*NO, *YES",
        "DUPOPT FROMVOL(A) B|B|without its keyword",
        "DUPOPT FROMVOL(A B) TOVOL(C)|FROMVOL|takes one value",
        "DUPOPT FROMVOL() TOVOL(C)|FROMVOL|takes one value",
        "DUPOPT FROMVOL(A TOVOL(B)|(A|not closed",
        "DUPOPT FROMVOL(A)TOVOL(B)|TOVOL|want a blank",
        "DUPOPT A B CLEAR(*NO) CLEAR(*NO)|CLEAR(*NO)$|given twice",
        "DUPOPT FROMVOL(*ALL) TOVOL(B)|*ALL|*MOUNTED",
        "INZOPT A TEXT('x|'x|not closed",
        "INZOPT A THRESHOLD(many)|many|number",
        "DSPOPT A B *VOLATR C D E|E|does not know"
      })
  void whatIsWrongIsMarked(String line, String place, String words) {
    RefusedException refused =
        catchThrowableOfType(RefusedException.class, () -> ClParser.parse(line));
    int column =
        place.endsWith("$")
            ? line.lastIndexOf(place.substring(0, place.length() - 1))
            : line.lastIndexOf(place);

    assertThat(refused).isNotNull();
    assertThat(refused.error().fault()).isEqualTo(Fault.BAD_REQUEST);
    assertThat(refused.error()).hasMessageContaining(words);
    assertThat(refused.column()).isEqualTo(column);
  }

  @Test
  void whatHasNoEffectIsSaid() throws Exception {
    Command command = ClParser.parse("CHGOPTVOL VOL(A) AUTL(QOPTSEC) TEXT('x')");

    assertThat(command.notices())
        .hasSize(1)
        .allMatch(each -> each.startsWith("AUTL has no effect"));
    assertThat(command.render()).isEqualTo("optical-change volume=A text=x");
    for (ClForm form : ClForm.ALL) {
      assertThat(RoomParser.OPTICAL.words()).contains(form.verb());
      assertThat(form.grammar()).startsWith(form.name() + " ");
    }
  }

  @Test
  void theColumnOfAValueIsThatOfTheLine() throws Exception {
    String line = "  DUPOPT FROMVOL(ARCH01) TOVOL(ERA1)";
    Command command = ClParser.parse(line);
    List<Argument> words = command.arguments();

    assertThat(command.verbColumn()).isEqualTo(2);
    assertThat(words.get(0).valueColumn()).isEqualTo(line.indexOf("ARCH01"));
    assertThat(words.get(1).column()).isEqualTo(line.indexOf("TOVOL"));
  }
}
