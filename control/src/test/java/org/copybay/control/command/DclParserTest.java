package org.copybay.control.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.List;
import java.util.Map;
import java.util.Random;
import org.copybay.volumes.Fault;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The command lines of OpenVMS, and what they mean. */
class DclParserTest {
  private static final long SEED = 20251128;

  /** Volumes of a bay, of which one is a former member. */
  private static final Devices DEVICES =
      new Devices() {
        @Override
        public List<String> volumes() {
          return List.of(
              "A", "B", "$4$DUA1", "$4$DUA2", "_odd", "data", "twin", "TWIN", "old disk");
        }

        @Override
        public @Nullable String unitOf(String volume) {
          return Map.of("$4$DUA2", "DSA42").get(volume);
        }
      };

  private final DclParser dcl = new DclParser(DEVICES);

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        // MOUNT
        "MOUNT DSA42: /SHADOW=(A,B) LABEL" + "|mount set=DSA42 members=A,B label=LABEL",
        "mount dsa42:/shadow=($4$DUA1:, $4$DUA2:) PAYROLL"
            + "|mount set=DSA42 members=$4$DUA1,$4$DUA2 label=PAYROLL",
        "MOUNT/POLICY=MINICOPY DSA42:/SHADOW=($4$DUA2:) PAYROLL"
            + "|mount set=DSA42 members=$4$DUA2 label=PAYROLL policy=minicopy",
        "MOUNT DSA42 /SHADOW = ( A , B )|mount set=DSA42 members=A,B",
        "MOUNT DSA42: /SHADOW=A|mount set=DSA42 members=A",
        "MOUNT DSA42: /SHADOW=(\"old disk\",A)|mount set=DSA42 members=\"old disk\",A",
        "MOUNT DSA42:/POLICY=MINICOPY=OPTIONAL|mount set=DSA42 policy=minicopy=optional",
        "MOUNT DSA42:/POLICY=NOMINICOPY|mount set=DSA42 policy=nominicopy",
        "MOUNT DSA42:/POLICY=REQUIRE_MEMBERS|mount set=DSA42 require_members=yes",
        "MOUNT DSA42:/POLICY=(MINICOPY=OPTIONAL,REQUIRE_MEMBERS)"
            + "|mount set=DSA42 policy=minicopy=optional require_members=yes",
        "MOUN DSA42:/POLI=(REQU,MINI=OPTI)"
            + "|mount set=DSA42 require_members=yes policy=minicopy=optional",
        "MOUNT DSA42:/CONFIRM/SHADOW=(A,B)|mount set=DSA42 members=A,B confirm=ask",
        "MOUNT DSA42:/NOCONFIRM|mount set=DSA42 confirm=yes",
        "MOUNT DSA42:/COPY|mount set=DSA42 copy=yes",
        "MOUNT DSA42:/NOCOPY|mount set=DSA42 copy=no",
        "MOUNT DSA42:/INCLUDE/SHADOW=A:|mount set=DSA42 members=A include=yes",
        "MOUNT DSA42:/NOINCLUDE|mount set=DSA42 include=no",
        "MOUNT DSA42: /SYSTEM /CLUSTER /NOASSIST|mount set=DSA42",
        "MOUNT DSA42: /SHADOW=(A,B) id=nightly dry-run=yes"
            + "|mount set=DSA42 members=A,B id=nightly dry-run=yes",
        "MOUNT/OVERRIDE=SHADOW_MEMBERSHIP $4$DUA2:|release member=$4$DUA2",
        "MOUNT $4$DUA2: /OVER=SHADOW_MEMB|release member=$4$DUA2",
        // DISMOUNT
        "DISMOUNT $4$DUA2:|dismount members=$4$DUA2",
        "DISMOUNT _$4$DUA2:|dismount members=$4$DUA2",
        "DISM $4$dua2:|dismount members=$4$DUA2",
        "DISMOUNT/POLICY=MINICOPY=OPTIONAL $4$DUA2:"
            + "|dismount members=$4$DUA2 policy=minicopy=optional",
        "DISMOUNT $4$DUA2: /POLICY=MINICOPY|dismount members=$4$DUA2 policy=minicopy",
        "DISMOUNT $4$DUA2/POLICY=MINICOPY|dismount members=$4$DUA2 policy=minicopy",
        "DISMOUNT A:,B:|dismount members=A,B",
        "DISMOUNT DSA42:|dismount set=DSA42",
        "DISMOUNT DSA42:/POLICY=MINICOPY|dismount set=DSA42 policy=minicopy",
        "DISMOUNT DSA42:/FORCE_REMOVAL=$4$DUA2:" + "|dismount set=DSA42 members=$4$DUA2 force=yes",
        "DISMOUNT/FORCE=$4$DUA2|dismount members=$4$DUA2 force=yes",
        "DISMOUNT/ABORT DSA42:|dismount set=DSA42",
        // SHOW
        "SHOW SHADOW|show",
        "show shad|show",
        "SHOW SHADOW DSA42:|show set=DSA42",
        "SHOW SHADOW DSA42: /FULL|show set=DSA42 what=full",
        "SHOW SHADOW/ACTIVE|show what=active",
        "SHOW SHADOW/COPY DSA42:|show set=DSA42 what=copy",
        "SHOW/MERGE SHADOW _DSA42:|show set=DSA42 what=merge",
        "SHOW SHADOW/BY_PRIORITY|show what=by_priority",
        "SHOW DEVICE/BITMAP DSA42:|show set=DSA42 what=bitmap",
        "SHOW DEVICE/BITMAP/FULL DSA42:|show set=DSA42 what=bitmap",
        "SHOW DEVICES/FULL DSA42:|show set=DSA42 what=full",
        "SHOW DEVICE DSA42:|show set=DSA42",
        // DELETE
        "DELETE/BITMAP $4$DUA2|bitmap action=delete set=DSA42 bitmap=$4$DUA2",
        "DELETE/BITMAP/LOG $4$dua2:|bitmap action=delete set=DSA42 bitmap=$4$DUA2",
        "DELE $4$DUA2 /BITMAP|bitmap action=delete set=DSA42 bitmap=$4$DUA2",
        // SET SHADOW
        "SET SHADOW DSA42: /DEMAND_MERGE|merge set=DSA42",
        "SET SHADOW/DEMAND DSA42:|merge set=DSA42",
        "SET SHADOW DSA42:/PRIORITY=9000|shadow set=DSA42 priority=9000",
        "SET SHADOW DSA42:/MEMBER_TIMEOUT=60|shadow set=DSA42 member_timeout=60",
        "SET SHADOW/PRIORITY=1/MEMBER_TIMEOUT=60 DSA42:"
            + "|shadow set=DSA42 priority=1 member_timeout=60",
        "SET SHADOW DSA42: /FORCE_REMOVAL=$4$DUA2:"
            + "|dismount set=DSA42 members=$4$DUA2 force=yes",
        "SET SHADOW/FORCE_REMOVAL $4$DUA2:|dismount members=$4$DUA2 force=yes",
        "SET SHADOW DSA42: /STALL=WRITES|stall sets=DSA42",
        "SET SHADOW DSA42: /STALL=WRITES=10|stall sets=DSA42 seconds=10",
        "SET SHADOW DSA1:,DSA2:/STALL|stall sets=DSA1,DSA2",
        "SET SHADOW DSA42: /NOSTALL|thaw sets=DSA42",
        // comments
        "SHOW SHADOW DSA42: ! what is it doing|show set=DSA42",
        "SHOW SHADOW DSA42: # what is it doing|show set=DSA42",
      })
  void aLineMeansTheModernCommand(String line, String modern) throws Exception {
    assertThat(DclParser.takes(line)).as(line).isTrue();
    Command command = dcl.parse(line);

    assertThat(command.render()).isEqualTo(modern);
    assertThat(command.line()).isEqualTo(line);
    assertThat(command.translated()).isTrue();
    for (Argument argument : command.arguments()) {
      assertThat(argument.column()).as(argument.name()).isBetween(0, line.length());
      assertThat(argument.valueColumn()).as(argument.name()).isBetween(0, line.length());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "mount set=DSA42 members=A,B",
        "mount DSA42 A,B",
        "mount DSA42 \"a/b:\" note=\"see /x: y\"",
        "create volume logs size=1T path=/disk2/bay",
        "create volume odd: size=1M",
        "delete odd:",
        "delete volume=odd:",
        "dismount DSA42 # or DISMOUNT DSA42:",
        "dismount members=A policy=minicopy",
        "show",
        "show DSA42 full",
        "show set=DSA42 what=full",
        "freeze volumes=a,b name=/x",
        "",
        "# MOUNT DSA42: /SHADOW=(A,B)",
        "\"MOUNT\" DSA42:",
        "note=/x DSA42:",
      })
  void otherLinesStayModern(String line) {
    assertThat(DclParser.takes(line)).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "MOUNT DSA42: /SHADOW=(A,B) /COPPY|27|unknown qualifier of MOUNT /COPPY; known are",
        "MOUNT DSA42: /CO|13|/CO is short for /CONFIRM and /COPY",
        "MOUNT DSA42: /CON|13|/CON is too short, want four letters or more",
        "MOUNT DSA42: /COPY /NOCOPY|19|/COPY and /NOCOPY do not go together",
        "MOUNT DSA42: /COPY /COPY|19|/COPY is given twice",
        "MOUNT DSA42: /COPY=1|19|/COPY takes no value",
        "MOUNT DSA42: /POLICY=VERIFY_LABEL|21|unknown value of /POLICY VERIFY_LABEL; known are",
        "MOUNT DSA42: /POLICY=MINICOPY=MAYBE|30|unknown value of MINICOPY MAYBE",
        "MOUNT DSA42: /POLICY=(MINI,NOMINICOPY)|27|NOMINICOPY comes after MINICOPY",
        "MOUNT DSA42: /POLICY|13|/POLICY needs a value",
        "MOUNT DSA42: /SHADOW=(A,B|21|this parenthesis is not closed",
        "MOUNT DSA42: /SHADOW=(A,|24|a value is missing",
        "MOUNT DSA42: /SHADOW=|21|a value is missing",
        "MOUNT DSA42: A LOGICAL|15|MOUNT does not know what to do with this word",
        "MOUNT A: /SHADOW=(B)|6|MOUNT takes a virtual unit first, as in DSA42:, got A:",
        "MOUNT DSA42: /SHADOW=(twIn)|22|device twIn may be volume twin or TWIN",
        "MOUNT/OVERRIDE=NO_FORCED_ERROR A:|15|unknown value of /OVERRIDE NO_FORCED_ERROR",
        "MOUNT/OVERRIDE=SHADOW_MEMBERSHIP DSA42:|33|/OVERRIDE=SHADOW_MEMBERSHIP is for a former",
        "DISMOUNT/POLICY=MINICOPY|24|DISMOUNT needs a device",
        "DISMOUNT DSA10000: /FULL|19|unknown qualifier of DISMOUNT /FULL",
        "SHOW SHADOW DSA42: /FULL /COPY|25|/FULL and /COPY do not go together",
        "SHOW SHADOW A:|12|SHOW tells of virtual units, as DSA42:, got A:",
        "SHOW/FULL|9|SHOW needs SHADOW or DEVICES",
        "SHOW CLUSTER/CONTINUOUS|5|unknown object of SHOW CLUSTER",
        "DELETE A: /LOG|14|DELETE needs /BITMAP",
        "DELETE/BITMAP A|14|no shadow set has a write bitmap of A",
        "SET VOLUME/SIZE=1 DSA42:|4|unknown object of SET VOLUME",
        "SET SHADOW DSA42:|17|SET SHADOW needs a qualifier",
        "SET SHADOW DSA42: /STALL=READS|25|unknown value of /STALL READS",
        "SET SHADOW DSA42: /PRIORITY=1 /NOSTALL|30|/NOSTALL and /PRIORITY do not go together",
        "SET SHADOW DSA42: /DISABLE=HBMM|18|unknown qualifier of SET SHADOW /DISABLE",
        "SET SHADOW A: /PRIORITY=1|11|%SYSTEM-F-BADPARAM, a virtual unit is named DSA0 to DSA9999",
        "INITIALIZE/SHADOW=(A,B) X|0|unknown verb INITIALIZE; known are MOUNT",
      })
  void anErrorPointsAtItsWord(String line, int column, String message) {
    RefusedException refused = catchThrowableOfType(RefusedException.class, () -> dcl.parse(line));

    assertThat(refused).as(line).isNotNull();
    assertThat(refused.error().getMessage()).startsWith(message);
    assertThat(refused.column()).as(refused.error().getMessage()).isEqualTo(column);
  }

  @Test
  void aDeviceIsTheVeryNameElseOneInAnotherCase() throws Exception {
    assertThat(dcl.parse("DISMOUNT twin:").render()).isEqualTo("dismount members=twin");
    assertThat(dcl.parse("DISMOUNT TWIN:").render()).isEqualTo("dismount members=TWIN");
    assertThat(dcl.parse("DISMOUNT DATA:").render()).isEqualTo("dismount members=data");
    assertThat(dcl.parse("DISMOUNT _odd:").render()).isEqualTo("dismount members=_odd");
    assertThat(dcl.parse("DISMOUNT Nix:").render()).isEqualTo("dismount members=Nix");
  }

  @Test
  void aColumnIsThatOfTheWrittenWord() throws Exception {
    Command command = dcl.parse(" MOUNT/POLICY=MINICOPY DSA42:/SHADOW=(A,B) L");

    assertThat(command.verbColumn()).isEqualTo(1);
    assertThat(column(command, "policy")).isEqualTo(14);
    assertThat(column(command, "set")).isEqualTo(23);
    assertThat(column(command, "members")).isEqualTo(38);
    assertThat(column(command, "label")).isEqualTo(43);
  }

  private static int column(Command command, String key) {
    return command.arguments().stream()
        .filter(argument -> argument.name().equals(key))
        .mapToInt(Argument::valueColumn)
        .findFirst()
        .orElse(-1);
  }

  @Test
  void whatHasNoEffectIsToldInTheReply() throws Exception {
    assertThat(dcl.parse("MOUNT DSA42: /NOWRITE").notices())
        .singleElement()
        .asString()
        .startsWith("%COPYBAY-W-IGNORED, /NOWRITE has no effect: ");
    assertThat(dcl.parse("DISMOUNT/ABORT DSA42:").notices()).hasSize(1);
    assertThat(dcl.parse("MOUNT/OVERRIDE=SHADOW_MEMBERSHIP A: PAYROLL").notices()).hasSize(1);
    assertThat(dcl.parse("MOUNT DSA42: /SYSTEM/CLUSTER").notices()).isEmpty();
  }

  @Test
  void randomLinesAreParsedOrRefusedWithAPlaceInTheLine() {
    Random random = new Random(SEED);
    List<String> pieces =
        List.of(
            "MOUNT",
            "SHOW",
            "SHADOW",
            "SET",
            "DSA1:",
            "/",
            "=",
            "(",
            ")",
            ",",
            " ",
            "\"",
            "A",
            "POLICY",
            "MINICOPY",
            "x=",
            "!",
            "#",
            "\t",
            "\u0007",
            "ß",
            "BITMAP",
            "DELETE");
    for (int round = 0; round < 50_000; round++) {
      StringBuilder line = new StringBuilder(random.nextBoolean() ? "MOUNT/" : "SHOW SHADOW");
      for (int i = random.nextInt(12); i > 0; i--) {
        line.append(pieces.get(random.nextInt(pieces.size())));
      }
      assertParsedOrRefused(round, line.toString());
    }
  }

  private void assertParsedOrRefused(int round, String line) {
    try {
      if (DclParser.takes(line)) {
        assertThat(dcl.parse(line).render()).isNotBlank();
      }
    } catch (RefusedException e) {
      assertThat(e.column())
          .as("seed %d round %d line %s", SEED, round, line)
          .isBetween(0, line.length());
      assertThat(e.error().fault()).isIn(Fault.BAD_REQUEST, Fault.NOT_FOUND);
    }
  }
}
