package org.copybay.control.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.copybay.control.cli.TapeImages.Format;
import org.copybay.volumes.interchange.TapeTally;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TapeImagesTest {
  @ParameterizedTest
  @CsvSource({
    "x.tap, , TAP",
    "x.AWS, , AWS",
    "dir.tar/x, , TAP",
    "x.tar, , TAR",
    "x.tar, aws, AWS",
    "-, tar, TAR",
    "-, , TAP",
    "aws, , TAP",
  })
  void theFormatIsThatOfTheWordOrTheName(Path file, String word, Format wanted) throws Exception {
    assertThat(Format.of(word, file)).isEqualTo(wanted);
  }

  @Test
  void anotherWordIsRefused() {
    assertThatThrownBy(() -> Format.of("iso", Path.of("x.tap")))
        .hasMessageContaining("no format iso");
  }

  @Test
  void aCartridgeIsNamedByItsDirectory() {
    assertThat(TapeImages.barcode("tapes/BC")).isEqualTo("BC");
    assertThat(TapeImages.barcode("tape")).isNull();
    assertThat(TapeImages.barcode("monday/tapes/x")).isNull();
  }

  @Test
  void whatIsUnusualIsTold() {
    assertThat(TapeImages.told(new TapeTally(3, 2, 0, 0))).isEqualTo("3 records and 2 filemarks");
    assertThat(TapeImages.told(new TapeTally(3, 2, 1, 4)))
        .contains("1 records marked as damaged")
        .contains("left out 4 objects");
  }
}
