package org.copybay.control.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which jobs a reply names. */
class WaitingTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "ok|",
        "ok 17 gen=3|17",
        "ok nightly|nightly",
        "ok jobs=4,5|4 5",
        "ok nightly jobs=4,5,nightly|4 5 nightly",
        "ok nightly (already accepted)|nightly",
        "ok volume a jobs=4|volume",
      })
  void theFirstLineNamesThem(String reply, String jobs) {
    String wanted = jobs == null ? "" : jobs;
    assertThat(String.join(" ", Waiting.jobs(reply + "\nbelow jobs=9\n"))).isEqualTo(wanted);
  }

  @Test
  void noReplyNamesNone() {
    assertThat(Waiting.jobs("")).isEmpty();
  }
}
