package org.copybay.control.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CtlLineTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "create|create",
        "a b|\"a b\"",
        "size=1G|size=1G",
        "to=a b|to=\"a b\"",
        "volumes=a b,c|volumes=\"a b\",c",
        "a,b|a,b",
        "note=#1|note=\"#1\"",
        "to=a=b|to=a=b",
        "größe|größe",
        "~~|\"\"",
        "to=|to=\"\"",
        "to=\"x y\"|to=\"x y\"",
        "-f|-f",
        "=x y|\"=x y\"",
      })
  void aWordOfSeveralIsQuotedWhereItNeedsThat(String word, String written) {
    assertThat(CtlLine.of(List.of("verb", word))).isEqualTo("verb " + written);
  }

  @ParameterizedTest
  @CsvSource({"'create volume \"a b\" size=1G'", "help", "'# a comment'"})
  void oneWordIsTheLine(String line) {
    assertThat(CtlLine.of(List.of(line))).isEqualTo(line);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"'a\tb\nc'|\"a\\x09b\\nc\""})
  void controlCharactersAreEscaped(String word, String written) {
    String plain = word.replace("\\t", "\t").replace("\\n", "\n");
    assertThat(CtlLine.of(List.of("verb", plain))).isEqualTo("verb " + written);
  }
}
