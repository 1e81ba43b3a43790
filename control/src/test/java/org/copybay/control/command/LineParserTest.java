package org.copybay.control.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.copybay.volumes.Fault;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LineParserTest {
  private static final long SEED = 20251121;

  @Test
  void verbAndKeysAreTakenInAnyCaseAndValuesKeepTheirs() throws Exception {
    Command command = LineParser.parse("Create VOLUME Payroll Size=4G -Diff");

    assertThat(command.verb()).isEqualTo("create");
    assertThat(command.arguments().get(0).text()).isEqualTo("VOLUME");
    assertThat(command.arguments().get(1).text()).isEqualTo("Payroll");
    assertThat(command.arguments().get(2).name()).isEqualTo("size");
    assertThat(command.arguments().get(2).text()).isEqualTo("4G");
    assertThat(command.arguments().get(3).form()).isEqualTo(Argument.Form.FLAG);
    assertThat(command.arguments().get(3).name()).isEqualTo("-diff");
  }

  @Test
  void wordsKnowWhereTheyStand() throws Exception {
    Command command = LineParser.parse("  resize\tvolume=\"a b\"  size=5G");

    assertThat(command.verbColumn()).isEqualTo(2);
    assertThat(command.arguments().get(0).column()).isEqualTo(9);
    assertThat(command.arguments().get(0).valueColumn()).isEqualTo(16);
    assertThat(command.arguments().get(1).column()).isEqualTo(23);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "   ", "# only a comment", "\t# volume=x \"", "  "})
  void aLineMayHoldNoCommand(String line) throws Exception {
    assertThat(LineParser.parse(line)).isNull();
  }

  @Test
  void aCommentBeginsOnlyWhereAWordCouldBegin() throws Exception {
    assertThat(LineParser.parse("delete volume=a # old").arguments()).hasSize(1);

    RefusedException refused = refused("delete volume=a#old");
    assertThat(refused.column()).isEqualTo(15);
    assertThat(refused.error().getMessage()).contains("#").contains("quote");
  }

  @Test
  void theFirstEqualsSignSplits() throws Exception {
    Argument argument = LineParser.parse("x note=a=b=c").arguments().get(0);

    assertThat(argument.name()).isEqualTo("note");
    assertThat(argument.text()).isEqualTo("a=b=c");
  }

  @Test
  void escapesAreThoseOfTheGrammar() throws Exception {
    Argument argument =
        LineParser.parse("x note=\"a\\\"b\\\\c\\nd\\x41\\xc3\\xa9\"").arguments().get(0);

    assertThat(argument.text()).isEqualTo("a\"b\\c\ndAé");
  }

  @Test
  void aNameWithACommaIsQuotedByItselfInAList() throws Exception {
    Argument argument = LineParser.parse("x volumes=a,\"b,c\",d").arguments().get(0);

    assertThat(argument.items()).containsExactly("a", "b,c", "d");
    assertThatThrownBy(argument::text).isInstanceOf(RefusedException.class);
  }

  @Test
  void aCommaInOneUnquotedValueIsPartOfIt() throws Exception {
    assertThat(LineParser.parse("delete volume=a,b").arguments().get(0).text()).isEqualTo("a,b");
  }

  @ParameterizedTest
  @CsvSource({
    "'size=4G',0", // no verb
    "'\"create\" volume',0",
    "'create =4G',7",
    "'create a/b=c',7",
    "'create size=',7",
    "'create a,,b',7",
    "'create note=\"open',12",
    "'create note=\"a\\q\"',14",
    "'create note=\"\\x4\"',13",
    "'create note=\"\\xff\"',12",
    "'create note=a\"b\"',13",
    "'create note=\"a\"b',15",
  })
  void anErrorPointsAtItsWord(String line, int column) {
    RefusedException refused = refused(line);

    assertThat(refused.error().fault()).isEqualTo(Fault.BAD_REQUEST);
    assertThat(refused.column()).isEqualTo(column);
  }

  @Test
  void controlCharactersAreNamed() {
    RefusedException refused = refused("create volume=a\u0000b");

    assertThat(refused.column()).isEqualTo(15);
    assertThat(refused.error().getMessage()).isEqualTo("control character 0x00");
  }

  @Test
  void randomBytesAreParsedOrRefusedWithAPlaceInTheLine() {
    Random random = new Random(SEED);
    for (int round = 0; round < 50_000; round++) {
      byte[] octets = new byte[random.nextInt(40)];
      random.nextBytes(octets);
      String line = new String(octets, StandardCharsets.UTF_8);
      assertParsedOrRefused(round, line);
      assertParsedOrRefused(round, words(random));
    }
  }

  /** Lines of characters that mean something, which random bytes rarely are. */
  private static String words(Random random) {
    String letters = "ab=,\"\\#x4 -\tnß\u0007😀";
    StringBuilder line = new StringBuilder();
    int[] points = letters.codePoints().toArray();
    for (int i = random.nextInt(30); i > 0; i--) {
      line.appendCodePoint(points[random.nextInt(points.length)]);
    }
    return line.toString();
  }

  private static void assertParsedOrRefused(int round, String line) {
    try {
      Command command = LineParser.parse(line);
      if (command != null) {
        assertRoundTrip(command);
      }
    } catch (RefusedException e) {
      assertThat(e.column())
          .as("seed %d round %d line %s", SEED, round, line)
          .isBetween(0, line.length());
    }
  }

  @Test
  void aRenderedCommandParsesToTheSameCommand() {
    Random random = new Random(SEED);
    for (int round = 0; round < 20_000; round++) {
      List<Argument> arguments = new ArrayList<>();
      for (int i = random.nextInt(5); i > 0; i--) {
        arguments.add(argument(random));
      }
      assertRoundTrip(new Command("", "verb", 0, arguments));
    }
  }

  private static Argument argument(Random random) {
    return switch (random.nextInt(3)) {
      case 0 -> new Argument(Argument.Form.FLAG, "-diff", List.of(), false, 0, 0);
      case 1 -> new Argument(Argument.Form.KEYED, "key-1", items(random), false, 0, 0);
      default -> new Argument(Argument.Form.PLAIN, "", items(random), false, 0, 0);
    };
  }

  private static List<String> items(Random random) {
    List<String> items = new ArrayList<>();
    for (int i = random.nextInt(3); i >= 0; i--) {
      items.add(words(random));
    }
    return items;
  }

  private static void assertRoundTrip(Command command) {
    String line = command.render();
    try {
      Command again = LineParser.parse(line);
      assertThat(again).as("seed %d line %s", SEED, line).isNotNull();
      assertThat(meaning(again)).as("seed %d line %s", SEED, line).isEqualTo(meaning(command));
    } catch (RefusedException e) {
      throw new AssertionError("seed " + SEED + " refused: " + line, e);
    }
  }

  /** Everything but the places in the line and the way of quoting. */
  private static List<Object> meaning(Command command) {
    List<Object> parts = new ArrayList<>(List.of(command.verb()));
    for (Argument argument : command.arguments()) {
      parts.add(List.of(argument.form(), argument.name(), argument.items()));
    }
    return parts;
  }

  private static RefusedException refused(String line) {
    RefusedException refused =
        catchThrowableOfType(RefusedException.class, () -> LineParser.parse(line));
    assertThat(refused).as(line).isNotNull();
    return refused;
  }
}
