package org.copybay.copy.library;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.UUID;
import org.copybay.copy.library.TapeRecord.Contents;
import org.copybay.copy.library.TapeRecord.Place;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** From what age, and after how many overwrites, a cartridge is fair and poor. */
final class MediumConditionTest {
  private static final Instant MADE = Instant.parse("2024-01-31T00:00:00Z");
  private static final MediaPool POOL = new MediaPool("P", null, true, false, null, false, 10, 1);

  private static TapeRecord cartridge(int lives) {
    return new TapeRecord(
        "VT0001",
        new UUID(1, 2),
        1,
        MediumKind.DATA,
        TapeMedia.LTO8,
        1 << 20,
        false,
        false,
        new TapeRecord.Files(null, 0, false),
        Place.shelf(""),
        0,
        MADE,
        MediumFacts.of("P"),
        new Contents(0, 0, 0, 0, lives, null));
  }

  @ParameterizedTest
  @CsvSource({"0, GOOD", "7, GOOD", "8, FAIR", "10, FAIR", "11, POOR"})
  void itWearsByBeingWrittenAnew(int lives, MediumCondition condition) {
    assertThat(MediumCondition.of(cartridge(lives), POOL, MADE)).isEqualTo(condition);
    assertThat(MediumCondition.of(cartridge(lives), null, MADE)).isEqualTo(MediumCondition.GOOD);
  }

  @ParameterizedTest
  @CsvSource({
    "2024-02-23T04:47:59Z, GOOD", // of 29 days to the end of February, 23.2 are 80 percent
    "2024-02-23T04:48:00Z, FAIR",
    "2024-02-29T00:00:00Z, FAIR",
    "2024-02-29T00:00:01Z, POOR"
  })
  void itAges(Instant now, MediumCondition condition) {
    assertThat(MediumCondition.of(cartridge(0), POOL, now)).isEqualTo(condition);
    assertThat(MediumCondition.whyPoor(cartridge(0), POOL, now) != null)
        .isEqualTo(condition == MediumCondition.POOR);
  }
}
