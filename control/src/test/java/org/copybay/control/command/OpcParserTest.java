package org.copybay.control.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.List;
import java.util.Random;
import java.util.Set;
import org.copybay.volumes.Fault;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The command lines of AdvancedCopy Manager, and what they mean. */
class OpcParserTest {
  private static final long SEED = 20251128;

  private static final Set<String> VOLUMES =
      Set.of("pay", "copy", "0x1", "0x6", "a", "a:b", "b:c", "c", "old disk");

  private final OpcParser opc = new OpcParser(VOLUMES::contains);

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        // acopc start
        "acopc start -g nightly|quickopc-start group=nightly",
        "acopc start -g nightly -p pay:copy|quickopc-start group=nightly pair=pay:copy",
        "acopc start -g nightly -p one|quickopc-start group=nightly pair=one",
        "acopc start -g nightly -diff|quickopc-start group=nightly mode=diff",
        "acopc start -g nightly -auto -xml|quickopc-start group=nightly mode=auto format=xml",
        "acopc start -r -g nightly -p one|quickopc-start mode=restore group=nightly pair=one",
        "acopc start -g nightly -concur|quickopc-start group=nightly concurrent=yes",
        "acopc start -concur -diff -g nightly"
            + "|quickopc-start concurrent=yes mode=diff group=nightly",
        "acopc start -g nightly -diff -n|quickopc-start group=nightly mode=diff dry-run=yes",
        "ACOPC Start -G nightly -DIFF|quickopc-start group=nightly mode=diff",
        "acopc start -g nightly -diff id=one note=\"a b\" # now"
            + "|quickopc-start group=nightly mode=diff id=one note=\"a b\"",
        "acopc start -g \"my group\"|quickopc-start group=\"my group\"",
        "acopc start -g a,b|quickopc-start group=\"a,b\"",
        "acopc start -g \"-x\"|quickopc-start group=-x",
        "acopc start|quickopc-start",
        "acopc start -g n -p ET001/0x1:ET001/0x6|quickopc-start group=n pair=0x1:0x6",
        "acopc start -g n -p ET001/0x1:ET001/0x7"
            + "|quickopc-start group=n pair=ET001/0x1:ET001/0x7",
        // acopc query, acopc cancel
        "acopc query -g nightly|quickopc-query group=nightly",
        "acopc query -g nightly -p pay:copy -xml"
            + "|quickopc-query group=nightly pair=pay:copy format=xml",
        "acopc query -g nightly -json|quickopc-query group=nightly format=json",
        "acopc query -g nightly -r|quickopc-query group=nightly restore=yes",
        "acopc cancel -g nightly|quickopc-cancel group=nightly",
        "acopc cancel -g nightly -p one -force"
            + "|quickopc-cancel group=nightly pair=one force=yes",
        "acopc cancel -g nightly -r -xml|quickopc-cancel group=nightly restore=yes format=xml",
        // acgroup
        "acgroup create -g nightly|quickopc-group action=create group=nightly",
        "acgroup create -g nightly -type QuickOPC -a ET001"
            + "|quickopc-group action=create group=nightly type=QuickOPC",
        "acgroup create -g nightly -type OPC|quickopc-group action=create group=nightly type=OPC",
        "acgroup delete -g nightly|quickopc-group action=delete group=nightly",
        "acgroup query|quickopc-group action=list",
        "acgroup query -g nightly|quickopc-group action=list group=nightly",
        // acpair
        "acpair add -g nightly -p pay:copy"
            + "|quickopc-pair action=add group=nightly source=pay target=copy",
        "acpair add -p pay:copy -g nightly"
            + "|quickopc-pair action=add group=nightly source=pay target=copy",
        "acpair add -g nightly -p one -s pay -d copy"
            + "|quickopc-pair action=add group=nightly source=pay target=copy pair=one",
        "acpair add -g nightly -p x:y -s pay -d copy"
            + "|quickopc-pair action=add group=nightly source=pay target=copy pair=x:y",
        "acpair add -g nightly -p one source=pay target=copy"
            + "|quickopc-pair action=add group=nightly source=pay target=copy pair=one",
        "acpair add -g n -p ET001/0x1:ET002/0x6"
            + "|quickopc-pair action=add group=n source=0x1 target=0x6",
        "acpair add -g n -s ET001/0x1 -d new|quickopc-pair action=add group=n source=0x1 target=new",
        "acpair add -g n -p b:c:pay|quickopc-pair action=add group=n source=b:c target=pay",
        "acpair add -g n -p x:y:z|quickopc-pair action=add group=n source=x target=y:z",
        "acpair add -g n -p \"old disk:copy\""
            + "|quickopc-pair action=add group=n source=\"old disk\" target=copy",
        "acpair remove -g nightly -p one|quickopc-pair action=remove group=nightly pair=one",
        "acpair remove -g n -p E/pay:E/copy|quickopc-pair action=remove group=n pair=pay:copy",
        "acpair query -g nightly|quickopc-pair action=list group=nightly",
        // acinhibit, accopy
        "acinhibit set -v pay|quickopc-inhibit action=set volume=pay",
        "acinhibit unset -v ET001/0x1|quickopc-inhibit action=unset volume=0x1",
        "acinhibit set -v ET001/0x2|quickopc-inhibit action=set volume=ET001/0x2",
        "acinhibit query|quickopc-inhibit action=list",
        "accopy query|quickopc-query what=sessions",
        "accopy query -a ET001 -type local -xml|quickopc-query what=sessions format=xml",
        "accopy query -type ALL|quickopc-query what=sessions",
        // quickopc WORD
        "quickopc start group=x|quickopc-start group=x",
        "quickopc start group=x -diff|quickopc-start group=x mode=diff",
        "quickopc start x -auto -concur|quickopc-start x mode=auto concurrent=yes",
        "quickopc start -r -n group=x|quickopc-start mode=restore dry-run=yes group=x",
        "QuickOPC START Group=x|quickopc-start group=x",
        "quickopc query|quickopc-query",
        "quickopc query what=sessions -json|quickopc-query what=sessions format=json",
        "quickopc cancel -force -r pair=y group=x|quickopc-cancel force=yes restore=yes pair=y group=x",
        "quickopc group create group=x|quickopc-group create group=x",
        "quickopc group create -g x -type OPC|quickopc-group create group=x type=OPC",
        "quickopc pair add group=x source=a target=c|quickopc-pair add group=x source=a target=c",
        "quickopc pair add -g x -p pay:copy|quickopc-pair add group=x source=pay target=copy",
        "quickopc pair -p pay:copy remove group=x|quickopc-pair remove group=x pair=pay:copy",
        "quickopc inhibit set volume=pay|quickopc-inhibit set volume=pay",
        "quickopc stop-tracking group=x pair=y|quickopc-stop-tracking group=x pair=y",
        "quickopc undo -g x -p y -n|quickopc-undo group=x pair=y dry-run=yes",
        "quickopc verify group=x|quickopc-verify group=x",
        "quickopc pause group=x|quickopc-pause group=x",
        "quickopc resume group=x|quickopc-resume group=x",
        "quickopc rate group=x limit=1M|quickopc-rate group=x limit=1M",
        "quickopc set max_sessions=8|quickopc-set max_sessions=8",
        "quickopc accept-partial -v E/pay|quickopc-accept-partial volume=pay",
        "quickopc diff group=x -xml|quickopc-diff group=x format=xml",
      })
  void aLineMeansTheModernCommand(String line, String modern) throws Exception {
    assertThat(OpcParser.takes(line, false)).as(line).isTrue();
    assertMeans(line, modern);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "start|quickopc-start",
        "start -diff|quickopc-start mode=diff",
        " START mode=diff|quickopc-start mode=diff",
        "query -xml|quickopc-query format=xml",
        "cancel -force|quickopc-cancel force=yes",
        "group create x|quickopc-group create x",
        "pair set source=a target=c|quickopc-pair set source=a target=c",
        "inhibit list|quickopc-inhibit list",
        "stop-tracking|quickopc-stop-tracking",
        "undo|quickopc-undo",
        "verify id=v|quickopc-verify id=v",
        "pause|quickopc-pause",
        "resume|quickopc-resume",
        "rate limit=0|quickopc-rate limit=0",
        "set max_sessions=8|quickopc-set max_sessions=8",
        "accept-partial volume=a|quickopc-accept-partial volume=a",
        "diff -json|quickopc-diff format=json",
      })
  void quickopcGoesWithoutSayingInItsRoom(String line, String modern) throws Exception {
    assertThat(OpcParser.takes(line, true)).isTrue();
    assertThat(OpcParser.takes(line, false)).isFalse();
    assertMeans(line, modern);
  }

  private void assertMeans(String line, String modern) throws RefusedException {
    Command command = opc.parse(line);

    assertThat(command.render()).isEqualTo(modern);
    assertThat(command.line()).isEqualTo(line);
    assertThat(command.translated()).isTrue();
    for (Argument argument : command.arguments()) {
      assertThat(argument.column()).as(argument.name()).isBetween(0, line.length());
      assertThat(argument.valueColumn()).as(argument.name()).isBetween(0, line.length());
    }
    Command again = LineParser.parse(command.render());
    assertThat(again).isNotNull().extracting(Command::render).isEqualTo(modern);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "# acopc start",
        "\"acopc\" start",
        "acopc=start",
        "acopcs start",
        "quickopc-start group=x",
        "duplicate a b",
        "help quickopc-start",
        "dismount DSA42:",
        "note=start"
      })
  void otherLinesStayWhatTheyAre(String line) {
    assertThat(OpcParser.takes(line, false)).isFalse();
    assertThat(OpcParser.takes(line, true)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "acopc|5|acopc needs a word first|acopc start|query|cancel …",
        "acopc -g x|6|acopc needs a word first|acopc start|query|cancel …",
        "acopc strat -g x|6|unknown word strat of acopc; the nearest is start|acopc start -g GROUP",
        "acopc backup -g x|6|unknown word backup of acopc|acopc start|query|cancel …",
        "quickopc vrify|9|unknown word vrify of quickopc; the nearest is verify|quickopc verify [-g",
        "acopc start -g x -dif|17|unknown flag -dif of acopc start; the nearest is -diff"
            + "|acopc start -g GROUP",
        "acopc start -g x -extents|17|unknown flag -extents of acopc start|acopc start -g GROUP",
        "acopc query -g x -diff|17|unknown flag -diff of acopc query|acopc query -g GROUP",
        "acopc start -g x -diff -auto|23|-diff and -auto do not go together|acopc start -g GROUP",
        "acopc start -r -g x -diff|20|-r and -diff do not go together|acopc start -g GROUP",
        "acopc start -auto -r -g x|18|-auto and -r do not go together|acopc start -g GROUP",
        "acopc start -concur -g x -p y|25|-concur and -p do not go together|acopc start -g GROUP",
        "acopc start -g x -p y -concur|22|-p and -concur do not go together|acopc start -g GROUP",
        "acopc start -concur -r -g x|20|-concur and -r do not go together|acopc start -g GROUP",
        "acopc query -g x -xml -json|22|-xml and -json do not go together|acopc query -g GROUP",
        "acopc start -g x -g y|17|-g is given twice|acopc start -g GROUP",
        "acopc start -g|12|-g needs a value behind it: GROUP|acopc start -g GROUP",
        "acopc start -p -g x|12|-p needs a value behind it: PAIR|acopc start -g GROUP",
        "acopc start -g a=b|15|-g needs a value behind it; quote one|acopc start -g GROUP",
        "acopc start nightly|12|acopc start does not know what to do with this word"
            + "|acopc start -g GROUP",
        "acopc start -g x y|17|acopc start does not know what to do with this word"
            + "|acopc start -g GROUP",
        "acpair add -g x -p one|19|acpair add needs both volumes, as in SRC:DST|acpair add -g GROUP",
        "acpair add -g x -p one:|19|acpair add needs both volumes, as in SRC:DST|acpair add -g GROUP",
        "acpair add -g x -p a:b:c|19|the volumes of a:b:c may be divided at several colons"
            + "|acpair add -p PAIR -s SRC -d DST",
        "accopy query -type remote|19|-type is one of local, all|accopy query",
        "accopy query -type locale|19|-type is one of local, all; the nearest is local|accopy query",
        "quickopc start -dif|15|unknown flag -dif of quickopc start; the nearest is -diff"
            + "|quickopc start [-g GROUP] [-p PAIR] [-diff] [-auto] [-r] [-concur] [-xml] [-json] [-n]",
        "start -force|6|unknown flag -force of quickopc start|quickopc start [-g GROUP]",
      })
  void anErrorPointsAtItsWord(String row) {
    // The remedies have bars too: what is behind the third one is the remedy.
    String[] cells = row.split("\\|", 4);
    String line = cells[0];
    RefusedException refused = catchThrowableOfType(RefusedException.class, () -> opc.parse(line));

    assertThat(refused).as(line).isNotNull();
    assertThat(refused.error().fault()).isEqualTo(Fault.BAD_REQUEST);
    assertThat(refused.error().getMessage()).startsWith(cells[2]);
    assertThat(refused.column()).as(line).isEqualTo(Integer.parseInt(cells[1]));
    assertThat(refused.error().remedy()).startsWith(cells[3]);
  }

  @Test
  void aColumnIsThatOfTheWrittenWord() throws Exception {
    Command command = opc.parse(" acpair add -g nightly -p ET001/0x1:copy");

    assertThat(command.verbColumn()).isEqualTo(1);
    assertThat(column(command, "action")).isEqualTo(8);
    assertThat(column(command, "group")).isEqualTo(15);
    assertThat(column(command, "source")).isEqualTo(26);
    assertThat(column(command, "target")).isEqualTo(36);
    Command start = opc.parse("quickopc start group=x -diff");
    assertThat(column(start, "group")).isEqualTo(21);
    assertThat(column(start, "mode")).isEqualTo(23);
    assertThat(opc.parse("  start -diff").verbColumn()).isEqualTo(2);
  }

  private static int column(Command command, String key) {
    return command.arguments().stream()
        .filter(argument -> argument.name().equals(key))
        .mapToInt(Argument::valueColumn)
        .findFirst()
        .orElse(-1);
  }

  @Test
  void whatHasNoEffectAndWhatWasDroppedIsToldInTheReply() throws Exception {
    assertThat(opc.parse("acgroup create -g x -a ET001").notices())
        .containsExactly("QOPC4040W: -a has no effect: the bay is the only disk array");
    assertThat(opc.parse("acpair add -g x -p ET001/0x1:ET001/0x6").notices())
        .containsExactly(
            "QOPC4041W: ET001/0x1 is taken for volume 0x1",
            "QOPC4041W: ET001/0x6 is taken for volume 0x6");
    assertThat(opc.parse("acinhibit set -v ET001/0x2").notices()).isEmpty();
    assertThat(opc.parse("accopy query -type local").notices()).isEmpty();
  }

  @Test
  void randomLinesAreParsedOrRefusedWithAPlaceInTheLine() {
    Random random = new Random(SEED);
    List<String> pieces =
        List.of(
            "acopc", "acpair", "start", "add", "-g", "-p", "-s", "-type", "-diff", "-concur", "a",
            ":", "/", "0x1", "=", ",", " ", " ", " ", "\"", "#", "\t", "\u0007", "ß", "-", "x=");
    for (int round = 0; round < 50_000; round++) {
      StringBuilder line = new StringBuilder(random.nextBoolean() ? "acpair add " : "start ");
      for (int i = random.nextInt(12); i > 0; i--) {
        line.append(pieces.get(random.nextInt(pieces.size())));
      }
      assertParsedOrRefused(round, line.toString());
    }
  }

  private void assertParsedOrRefused(int round, String line) {
    try {
      if (OpcParser.takes(line, true)) {
        assertThat(opc.parse(line).render()).isNotBlank();
      }
    } catch (RefusedException e) {
      assertThat(e.column())
          .as("seed %d round %d line %s", SEED, round, line)
          .isBetween(0, line.length());
      assertThat(e.error().fault()).isEqualTo(Fault.BAD_REQUEST);
    }
  }
}
