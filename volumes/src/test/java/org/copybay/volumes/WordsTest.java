package org.copybay.volumes;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Values as words that a person types. */
final class WordsTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "/srv/bay",
        "/srv/R&D",
        "/srv/a b",
        "/srv/it's",
        "/srv/$HOME",
        "/srv/`id`",
        "/srv/a\"b\\c",
        "/srv/*?[x]",
        "/srv/(x);y|z<q>#~!",
        "/srv/gr\u00f6\u00dfe",
        "/srv/two\nlines\u0007f",
        "/srv/it's\n\\n"
      })
  void aPathIsWhatAShellReads(String path) throws Exception {
    String word = Words.shell(Path.of(path));

    assertThat(word).doesNotContain("\n");
    Process shell = new ProcessBuilder("bash", "-c", "printf %s " + word).start();
    assertThat(new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
        .isEqualTo(path);
    assertThat(shell.waitFor()).isZero();
  }

  @Test
  void anOrdinaryPathStandsAsItIs() {
    assertThat(Words.shell(Path.of("/srv/b\u00e4y-1_2.x"))).isEqualTo("/srv/b\u00e4y-1_2.x");
  }
}
