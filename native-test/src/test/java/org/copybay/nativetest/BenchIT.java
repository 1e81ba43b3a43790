package org.copybay.nativetest;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The benchmarks, before anything is measured: every part is found, and says what it takes. */
class BenchIT {
  private static final Path ROOT = Path.of(System.getProperty("copybay.root")).normalize();

  @BeforeAll
  static void needs() {
    Needs.program("python3");
  }

  /** Past the script before it, which installs what a run needs. */
  private static String help(String words) {
    return Shell.run("python3 -B " + ROOT + "/libexec/benchmark " + words + " --help").ok();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "all",
        "mount",
        "points",
        "cache",
        "duplicate",
        "shadow",
        "quickopc",
        "safeguarded",
        "optical"
      })
  void everyPartSaysWhatItTakes(String part) {
    assertThat(help(part))
        .contains(
            "usage: bench " + part,
            "--quick",
            "--seed",
            part.equals("all") ? "--report" : "--markdown");
    assertThat(Shell.run(ROOT + "/bench --help").ok()).contains(" " + part + " ");
  }

  @Test
  void theSystemsAreNamed() {
    assertThat(help("mount")).contains("copybay, ", "copybay-jnr", "bindfs", "qsd", "file");
  }

  @Test
  void anUnknownPartIsRefused() {
    Shell.Result answer = Shell.run(ROOT + "/bench wat");

    assertThat(answer.status()).isEqualTo(2);
    assertThat(answer.err())
        .startsWith(
            "Usage: bench all | mount | points | cache | duplicate | shadow | quickopc | safeguarded | optical");
  }
}
