package org.copybay.control.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SpansTest {
  @ParameterizedTest
  @CsvSource({
    "0,0,0",
    "0s,0,0",
    "90s,90000,1m30s",
    "30m,1800000,30m",
    "6H,21600000,6h",
    "7d,604800000,7d",
    "2w,1209600000,14d",
    "1d12h,129600000,1d12h",
  })
  void aSpanIsReadAndSaidAgain(String text, long millis, String word) throws Exception {
    assertThat(Spans.parse(text)).isEqualTo(millis);
    assertThat(Spans.word(millis)).isEqualTo(word);
    assertThat(Spans.parse(word)).isEqualTo(millis);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "7", "d", "-1d", "1.5h", "7 d", "7days", "1y", "7d "})
  void whatIsNoSpanIsRefused(String text) {
    assertThat(fault(() -> Spans.parse(text))).isEqualTo(Fault.BAD_REQUEST);
  }

  @Test
  void aSpanBeyondAllMeasureIsRefused() {
    assertThat(fault(() -> Spans.parse("999999999999w"))).isEqualTo(Fault.OUT_OF_RANGE);
    assertThat(fault(() -> Spans.parse("999999999999s999999999999w")))
        .isEqualTo(Fault.OUT_OF_RANGE);
  }

  @Test
  void anInstantHasItsOffset() throws Exception {
    assertThat(Spans.instant("1970-01-01T00:00:01Z")).isEqualTo(1000);
    assertThat(Spans.instant("1970-01-01t01:00:01+01:00")).isEqualTo(1000);
    for (String text : new String[] {"1970-01-01", "1970-01-01T00:00:01", "now", ""}) {
      assertThat(fault(() -> Spans.instant(text))).as(text).isEqualTo(Fault.BAD_REQUEST);
    }
  }

  private static Fault fault(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    StorageException error = catchThrowableOfType(StorageException.class, call);
    assertThat(error).isNotNull();
    return error.fault();
  }
}
