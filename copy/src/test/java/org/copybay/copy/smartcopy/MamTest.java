package org.copybay.copy.smartcopy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.copybay.volumes.bay.Catalogue.Change.NOTHING;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Objects;
import org.copybay.copy.library.Mam;
import org.copybay.copy.library.TapeCartridge;
import org.copybay.volumes.StorageException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The medium auxiliary memory of cartridges. */
final class MamTest {
  @TempDir Path directory;
  private TestTapes test;
  private TapeCartridge tape;

  @BeforeEach
  void openBay() throws Exception {
    test = TestTapes.create(directory.resolve("home"));
    tape = test.add("VTL", "VT0001L8", 64L << 20);
  }

  @AfterEach
  void closeBay() {
    test.close();
  }

  private Mam.Value value(int id) throws StorageException {
    return Objects.requireNonNull(
        test.tapes.mam().all(tape).stream()
            .filter(each -> each.attribute().id() == id)
            .findFirst()
            .orElse(null));
  }

  private void set(int id, String text) throws StorageException {
    test.tapes.mam().set(tape, id, text.getBytes(StandardCharsets.UTF_8), NOTHING);
  }

  @Test
  void tellsWhatTheLibraryKnows() throws Exception {
    test.write(tape, 1, 20);
    assertThat(value(0x0806).text()).isEqualTo("VT0001L8");
    assertThat(value(0x0806).bytes()).hasSize(32);
    assertThat(value(0x0001).text()).isEqualTo("64");
    assertThat(value(0x0000).text()).isEqualTo("63");
    assertThat(value(0x0003).text()).isEqualTo("1");
    assertThat(value(0x0405).hex()).isEqualTo("5e");
    assertThat(value(0x0408).hex()).isEqualTo("00");
    assertThat(value(0x0804).bytes()).hasSize(12);
  }

  @Test
  void keepsWhatProgramsLeave() throws Exception {
    set(0x0801, "LTFS");
    set(0x1400, "own");
    test = test.reopen();
    tape = test.tapes.cartridge("VT0001L8");
    assertThat(value(0x0801).text()).isEqualTo("LTFS");
    assertThat(value(0x0801).bytes()).hasSize(32);
    assertThat(value(0x1400).hex()).isEqualTo("6f776e");
    set(0x0801, "");
    assertThat(test.tapes.mam().all(tape)).noneMatch(each -> each.attribute().id() == 0x0801);
  }

  @Test
  void refusesWhatNobodySets() {
    assertThatThrownBy(() -> set(0x0806, "OTHER")).hasMessageContaining("is the library's");
    assertThatThrownBy(() -> set(0x0300, "x")).hasMessageContaining("0800 to 0bff");
    assertThatThrownBy(() -> set(0x0800, "much too long")).hasMessageContaining("at most 8 bytes");
  }
}
