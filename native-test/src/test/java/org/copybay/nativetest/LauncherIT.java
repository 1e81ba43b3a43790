package org.copybay.nativetest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The launcher script, before anything is mounted. */
class LauncherIT {
  private static final Path LAUNCHER =
      Path.of(System.getProperty("copybay.root"), "copybay").normalize();

  @TempDir Path temp;

  private record Answer(int status, String out, String err) {}

  @Test
  void versionIsOneLineAndNothingElse() throws Exception {
    Answer answer = run(LAUNCHER, "version");

    assertThat(answer.err()).isEmpty();
    assertThat(answer.out()).matches("copybay \\d+\\.\\d+\\.\\d+ \\(.*\\)\n");
    assertThat(answer.status()).isZero();
  }

  @Test
  void runsThroughALinkFromAnotherDirectory() throws Exception {
    Path link = Files.createSymbolicLink(temp.resolve("copybay"), LAUNCHER);

    assertThat(run(link, "version").out()).startsWith("copybay ");
  }

  @Test
  void mountWithoutAMountPointShowsUsage() throws Exception {
    Answer answer = run(LAUNCHER, "mount", "bay");

    assertThat(answer.err()).contains("'MNT'").contains("Usage: copybay mount");
    assertThat(answer.status()).isEqualTo(2);
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '|',
      value = {
        "mount bay mnt --wat,Unknown option: '--wat'",
        "mount '' mnt,BAY is an empty word",
        "mount bay '',MNT is an empty word",
        "init '',BAY is an empty word",
        "umount '',MNT is an empty word",
        "doctor '',BAY is an empty word",
        "install extra,Usage: copybay install",
        "demo --wat,demo does not know --wat",
        "wat,Unmatched argument at index 0: 'wat'",
        "--at=/mnt/bay status,Unknown option: '--at=/mnt/bay'",
        "jobs --wait,--wait needs the ID of a job",
        "import a b --onto --replace,--onto goes with neither",
        "import a b --cache=bogus,--cache is page or block",
        "mount bay mnt -o frobnicate,unknown mount option frobnicate",
      })
  void wrongUsageIsTold(String line, String sentence) throws Exception {
    Answer answer = run(LAUNCHER, line.replace("''", "-empty").split(" "));

    assertThat(answer.err()).contains(sentence);
    assertThat(answer.out()).isEmpty();
    assertThat(answer.status()).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "version",
        "init",
        "mount",
        "umount",
        "check",
        "doctor",
        "install",
        "demo",
        "status",
        "ls",
        "df",
        "info",
        "jobs",
        "ctl",
        "import",
        "export",
        "completion"
      })
  void everyVerbShowsItsUsage(String verb) throws Exception {
    Answer answer = run(LAUNCHER, verb, "--help");

    assertThat(answer.out()).contains("Usage: copybay " + verb);
    assertThat(answer.err()).isEmpty();
    assertThat(answer.status()).isZero();
  }

  @Test
  void mountOfAMissingBayPrintsTheDaemonsErrorAndFails() throws Exception {
    Answer answer = run(LAUNCHER, "mount", "no-such-bay", "mnt");

    assertThat(answer.out()).isEmpty();
    assertThat(answer.err()).startsWith("copybay: ").contains("no-such-bay");
    assertThat(answer.status()).isEqualTo(1);
  }

  @Test
  void anArchiveOfClassesThatIsDamagedOrGoneDoesNoHarm() throws Exception {
    run(LAUNCHER, "version");
    Path archive = archive();
    Path garbage = archive.resolveSibling("garbage"); // moved there: others have it mapped
    Files.write(garbage, new byte[20_000]);
    Files.move(garbage, archive, StandardCopyOption.REPLACE_EXISTING);

    versionIsOneLineAndNothingElse();

    Files.delete(archive);
    versionIsOneLineAndNothingElse();
    Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> Files.size(archive()) > 1_000_000);
  }

  /** What find_java in libexec/jvm makes; another test may be making it. */
  private static Path archive() {
    Path target = LAUNCHER.resolveSibling("fs/target");
    return Awaitility.await()
        .atMost(Duration.ofMinutes(1))
        .until(
            () -> {
              try (Stream<Path> found = Files.list(target)) {
                return found
                    .filter(file -> file.toString().endsWith(".jsa"))
                    .findAny()
                    .orElse(null);
              }
            },
            Objects::nonNull);
  }

  private Answer run(Path launcher, String... words) throws IOException, InterruptedException {
    Path out = temp.resolve("out");
    Path err = temp.resolve("err");
    List<String> command = new ArrayList<>(List.of(launcher.toString()));
    for (String word : words) {
      command.add(word.equals("-empty") ? "" : word);
    }

    int status =
        new ProcessBuilder(command)
            .directory(temp.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start()
            .waitFor();

    return new Answer(
        status,
        Files.readString(out, StandardCharsets.UTF_8),
        Files.readString(err, StandardCharsets.UTF_8));
  }
}
