package org.copybay.volumes.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.copybay.volumes.fuzz.FuzzCorpus.Input;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every input that is kept, taken by its target again: {@code ./soak fuzz-tape} finds more. */
final class FuzzCorpusTest {
  static List<Input> inputs() throws IOException {
    try (BufferedReader text =
        new BufferedReader(
            new InputStreamReader(
                Objects.requireNonNull(FuzzCorpusTest.class.getResourceAsStream("/fuzz/tape.txt")),
                StandardCharsets.UTF_8))) {
      return FuzzCorpus.inputs(text.lines());
    }
  }

  @ParameterizedTest
  @MethodSource("inputs")
  @Timeout(60)
  void noInputBreaksARule(Input input) {
    input.target().take(input.bytes());
  }

  @ParameterizedTest
  @EnumSource
  void someInputsAreTakenAndSomeRefused(FuzzTarget target) throws Exception {
    assertThat(inputs().stream().filter(each -> each.target() == target))
        .extracting(each -> target.take(each.bytes()))
        .contains(true, false);
  }

  @Test
  void aLineIsReadAsItWasWritten() throws Exception {
    for (Input input : inputs()) {
      assertThat(Input.of(input.line()).bytes()).isEqualTo(input.bytes());
    }
  }
}
