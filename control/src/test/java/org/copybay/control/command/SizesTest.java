package org.copybay.control.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.List;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SizesTest {
  @ParameterizedTest
  @CsvSource({
    "0,0",
    "1,1",
    "3b,1536",
    "1K,1024",
    "2k,2048",
    "5M,5242880",
    "4G,4294967296",
    "4GiB,4294967296",
    "1T,1099511627776",
    "2P,2251799813685248",
    "9223372036854775807,9223372036854775807"
  })
  void sizesAreBytesOrPowersOf1024(String text, long bytes) throws Exception {
    assertThat(Sizes.parse(text)).isEqualTo(bytes);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "G", "-1", "+1", "1.5G", "4GB", "4B", "4 G", "0x10", "٤G", "1e9"})
  void whatIsNoSizeIsRefused(String text) {
    StorageException refused =
        catchThrowableOfType(StorageException.class, () -> Sizes.parse(text));

    assertThat(refused.fault()).isEqualTo(Fault.BAD_REQUEST);
    assertThat(refused.remedy()).isNotEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"9223372036854775808", "8388608T", "99999999999999999999P"})
  void whatNoFileCanHoldIsOutOfRange(String text) {
    StorageException refused =
        catchThrowableOfType(StorageException.class, () -> Sizes.parse(text));

    assertThat(refused.fault()).isEqualTo(Fault.OUT_OF_RANGE);
  }

  @Test
  void sizesForPeopleHaveOneDecimal() {
    assertThat(List.of(Sizes.human(0), Sizes.human(1023), Sizes.human(1536)))
        .containsExactly("0 bytes", "1023 bytes", "1.5 KiB");
    assertThat(Sizes.human(Long.MAX_VALUE)).isEqualTo("8192.0 PiB");
  }

  @Test
  void timesAreShownInTheirTwoLargestUnits() {
    assertThat(Times.human(7384)).isEqualTo("2h03m");
    assertThat(Times.human(250)).isEqualTo("4m10s");
    assertThat(Times.human(12)).isEqualTo("12s");
  }

  @Test
  void theNearestWordIsTheOneWithTheFewestChanges() {
    List<String> known = List.of("create", "resize", "rename", "delete", "duplicate");

    assertThat(NearestWord.to("dupliacte", known)).isEqualTo("duplicate");
    assertThat(NearestWord.to("rezise", known)).isEqualTo("resize");
    assertThat(NearestWord.to("frobnicate", known)).isNull();
    assertThat(NearestWord.to("x".repeat(60_000), known)).isNull();
  }
}
