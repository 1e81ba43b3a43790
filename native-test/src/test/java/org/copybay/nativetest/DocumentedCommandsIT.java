package org.copybay.nativetest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every block of shell commands in the README and the documents, run as it is printed: those of one
 * document in their order, in one shell that ends at the first command that fails, in a mount
 * namespace with a /srv and a /mnt of its own.
 *
 * <p>Commands stand in blocks marked {@code sh}; what is no command has another mark.
 */
class DocumentedCommandsIT {
  private static final Path ROOT = TestBay.COPYBAY.toAbsolutePath().getParent();
  private static final Duration LIMIT = Duration.ofMinutes(5);

  private static final Pattern BLOCK =
      Pattern.compile("^```(\\S*)\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);

  /** The blocks that hold no commands, or such as end by a signal only: FollowIT has those. */
  private static final Set<String> OTHER =
      Set.of("text", "ini", "json", "fstab", "cron", "endless");

  /** What takes many minutes, or is this test itself. */
  private static final Pattern LONG =
      Pattern.compile("^\\./(run-tests|bench|soak)\\b.*$", Pattern.MULTILINE);

  /** What the text of a document takes for given; the others begin with nothing. */
  private static final Map<String, String> GIVEN =
      Map.of(
          "docs/CONTROL.md",
          """
          copybay init /srv/bay
          mkdir /mnt/bay /srv/mirror
          copybay mount /srv/bay /mnt/bay
          cd /mnt/bay
          echo 'create volume payroll size=64M' > .control/ctl
          head -c 1M /dev/urandom > volumes/payroll
          printf 'one\\ntwo\\n' > /srv/names
          """,
          "docs/OPTICAL.md",
          """
          copybay init /srv/bay
          mkdir -p /mnt/bay
          copybay mount /srv/bay /mnt/bay
          cd /mnt/bay
          """,
          "docs/QUICKOPC.md",
          """
          copybay init /srv/bay
          mkdir -p /mnt/bay
          copybay mount /srv/bay /mnt/bay
          cd /mnt/bay
          """,
          "docs/SAFEGUARDED.md",
          """
          copybay init /srv/bay
          mkdir -p /mnt/bay
          copybay mount /srv/bay /mnt/bay
          cd /mnt/bay
          """,
          "docs/SHADOW.md",
          """
          copybay init /srv/bay
          mkdir -p /mnt/bay /mnt/payroll /mnt/data /mnt/log /mnt/check /srv/disk2 /srv/backup
          copybay mount /srv/bay /mnt/bay
          cd /mnt/bay
          """);

  /**
   * Its end takes away what the commands left mounted, the newest first; what other tests mount
   * meanwhile is seen here too.
   */
  private static final String STAGE =
      """
      set -o pipefail
      mount -t tmpfs none /srv
      mount -t tmpfs none /mnt
      mount -t tmpfs none /usr/local/bin
      ln -s "$COPYBAY" /usr/local/bin/copybay
      leave() {
          set +x
          cd /
          sed '1,/ \\/usr\\/local\\/bin /d' /proc/self/mounts | tac | while read -r _ place _; do
              case $place in /srv/*|/mnt/*) ;; *) continue ;; esac
              copybay umount "$place" || umount -l "$place"
          done
      }
      trap leave EXIT
      """;

  @BeforeAll
  static void needs() {
    Needs.fuse();
    Needs.root();
    Needs.loopDevice();
  }

  static List<String> documents() throws IOException {
    try (Stream<Path> docs = Files.list(ROOT.resolve("docs"))) {
      return Stream.concat(Stream.of("README.md"), docs.map(d -> "docs/" + d.getFileName()))
          .filter(name -> name.endsWith(".md") && !commands(name).isEmpty())
          .sorted()
          .toList();
    }
  }

  @ParameterizedTest
  @MethodSource("documents")
  void everyCommandRunsAsPrinted(String document) {
    String script =
        "cd "
            + ROOT
            + "\n"
            + STAGE
            + GIVEN.getOrDefault(document, "")
            + "set -x\n"
            + commands(document);

    Shell.Result result =
        Shell.run(
            "unshare -m --propagation slave bash -euc \"$SCRIPT\"",
            Map.of(
                "SCRIPT",
                script,
                "COPYBAY",
                TestBay.COPYBAY.toString(),
                "COPYBAY_BUILD",
                "no",
                "COPYBAY_DEMO",
                "/srv/demo"),
            LIMIT);

    assertThat(result.status()).as("status of %s: %s", document, result.err()).isZero();
  }

  @Test
  void everyBlockSaysWhatItHolds() throws IOException {
    try (Stream<Path> docs = Files.list(ROOT.resolve("docs"))) {
      List<String> unmarked =
          Stream.concat(Stream.of("README.md"), docs.map(d -> "docs/" + d.getFileName()))
              .filter(name -> name.endsWith(".md"))
              .flatMap(
                  name ->
                      blocks(name)
                          .filter(b -> !b.group(1).equals("sh") && !OTHER.contains(b.group(1)))
                          .map(b -> name + ": " + b.group()))
              .toList();

      assertThat(unmarked).isEmpty();
    }
  }

  private static String commands(String document) {
    String blocks =
        blocks(document)
            .filter(block -> block.group(1).equals("sh"))
            .map(block -> block.group(2))
            .collect(Collectors.joining());
    return LONG.matcher(blocks).replaceAll("");
  }

  private static Stream<MatchResult> blocks(String document) {
    try {
      return BLOCK.matcher(Files.readString(ROOT.resolve(document))).results();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
