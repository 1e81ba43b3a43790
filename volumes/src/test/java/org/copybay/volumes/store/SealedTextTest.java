package org.copybay.volumes.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Lines that say by themselves whether they are whole. */
class SealedTextTest {
  @TempDir Path directory;

  private Path write(String text) throws StorageException {
    Path file = directory.resolve("label");
    SealedText.replace(file, text);
    return file;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "VT0001",
        "  two blanks",
        "a=b",
        "#!",
        "one\ntwo\r",
        "back\\slash\\u0041",
        "ä€"
      })
  void aValueComesBackAsItWas(String value) throws Exception {
    String text = new SealedText().line("key", value).line("absent", null).line("n", 7).text();
    var values = SealedText.read(write(text));
    assertThat(values.getProperty("key")).isEqualTo(value);
    assertThat(values.getProperty("n")).isEqualTo("7");
    assertThat(values).hasSize(2);
  }

  @Test
  void anyOtherByteIsNoticed() throws Exception {
    byte[] bytes = new SealedText().line("key", "value").text().getBytes(StandardCharsets.UTF_8);
    Path file = write("");
    for (int i = 0; i < bytes.length; i++) {
      byte[] other = bytes.clone();
      other[i] ^= 2;
      Files.write(file, other);
      assertCorrupt(file);
    }
    Files.write(file, new byte[] {(byte) 0xff, 10});
    assertCorrupt(file);
  }

  private static void assertCorrupt(Path file) {
    assertThatThrownBy(() -> SealedText.read(file))
        .isInstanceOfSatisfying(
            StorageException.class, e -> assertThat(e.fault()).isEqualTo(Fault.CORRUPT));
  }

  @Test
  void theNextOneTakesThePlaceOfTheOneThatIsThere() throws Exception {
    Files.writeString(directory.resolve("label.new"), "what a crash left");
    write(new SealedText().line("key", 1).text());
    Path file = write(new SealedText().line("key", 2).text());
    assertThat(SealedText.read(file).getProperty("key")).isEqualTo("2");
    try (var entries = Files.list(directory)) {
      assertThat(entries).containsExactly(file);
    }
  }
}
