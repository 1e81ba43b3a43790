package org.copybay.nativetest.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Random;
import org.copybay.nativetest.Shell;
import org.copybay.nativetest.TestBay;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Bytes that are no commands do no harm. */
class JunkIT {
  private static final String COMMAND =
      "create dry-run=yes volume x size=1M id=a note=\"words, and\" if-state=none # end\n";

  @RegisterExtension static final TestBay BAY = TestBay.onDisk();

  @BeforeAll
  static void makeVolume() {
    BAY.command("create volume kept size=1M");
  }

  @AfterEach
  void nothingHappened() {
    assertThat(BAY.must("ls $V")).isEqualTo("kept");
    assertThat(BAY.must("cat $C/health")).isEqualTo("ok");
    BAY.must("cat $C/error_log $C/last_error | iconv -f UTF-8 >/dev/null");
    assertThat(BAY.must("LC_ALL=C grep -c '[[:cntrl:]]' $C/error_log || true")).isEqualTo("0");
    BAY.must(
        "if grep -E '(Exception|AssertionError|internal error)' $BAY/log/*.log; then exit 1; fi");
  }

  @RepeatedTest(5)
  void binaryJunkIsRefused() throws IOException {
    long seed = new Random().nextLong();
    System.out.println("JunkIT seed=" + seed);
    Random random = new Random(seed);
    for (int round = 0; round < 8; round++) {
      byte[] junk = new byte[1 + random.nextInt(1 << random.nextInt(18))];
      random.nextBytes(junk);
      // A line that is empty or a comment is no junk.
      junk[0] = (byte) 0xff;
      Files.write(BAY.scratch().resolve("junk"), junk);

      assertThat(BAY.run("cat junk >$C/ctl").status()).as("seed=%d", seed).isNotZero();
    }
  }

  @RepeatedTest(3)
  void damagedCommandIsTakenOrRefusedWithASentence() throws IOException {
    long seed = new Random().nextLong();
    System.out.println("JunkIT seed=" + seed);
    Random random = new Random(seed);
    for (int round = 0; round < 20; round++) {
      byte[] line = COMMAND.getBytes(StandardCharsets.UTF_8);
      for (int i = 0; i <= random.nextInt(3); i++) {
        line[random.nextInt(line.length - 12)] = (byte) random.nextInt(256);
      }
      line[line.length - 1] = '\n';
      // Only a dry run: a damaged one would make volumes.
      Files.write(BAY.scratch().resolve("junk"), line);
      BAY.must("sed -i '/dry-run=yes/!d' junk; echo >$C/error_log");

      Shell.Result result = BAY.run("LC_ALL=C; test ! -s junk || cat junk >$C/ctl");

      assertThat(BAY.lastError().isEmpty())
          .as("seed=%d round=%d %s", seed, round, result)
          .isEqualTo(result.status() == 0);
    }
  }

  @Test
  void nulIsRefused() {
    assertThat(BAY.refused("printf 'create volume x\\0 size=1M\\n' >$C/ctl"))
        .contains("Invalid argument");
    assertThat(BAY.lastError()).contains("0x00");
    BAY.refused("head -c 100 /dev/zero >$C/ctl");
  }

  @Test
  void otherControlCharactersAreRefused() {
    assertThat(BAY.refused("printf 'create volume a\\033[31mb size=1M\\n' >$C/ctl"))
        .contains("Invalid argument");
    assertThat(BAY.refused("printf 'create volume a\\rb size=1M\\n' >$C/ctl"))
        .contains("Invalid argument");
    assertThat(BAY.refused("printf 'create volume a\\177b size=1M\\n' >$C/ctl"))
        .contains("Invalid argument");
  }

  @Test
  void textThatIsNotUtf8IsRefusedAtItsFirstBadByte() {
    assertThat(BAY.refused("printf 'create volume gr\\366sse size=1M\\n' >$C/ctl"))
        .contains("Invalid argument");
    assertThat(BAY.lastError().lines().toList().get(2)).isEqualTo(" ".repeat(18) + "^");
  }

  @Test
  void emptyWritesAndEmptyLinesDoNothing() {
    BAY.must(": >$C/ctl; echo >$C/ctl; printf '\\n\\n  \\t \\n# x\\n' >$C/ctl; printf '' >$C/ctl");
  }
}
