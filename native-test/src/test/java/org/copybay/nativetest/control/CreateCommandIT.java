package org.copybay.nativetest.control;

import static org.assertj.core.api.Assertions.assertThat;

import org.copybay.nativetest.TestBay;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** create volume: size, owner, place and name of what it makes. */
class CreateCommandIT {
  @RegisterExtension static final TestBay BAY = TestBay.onDisk();

  @AfterEach
  void removeAll() {
    BAY.must("rm -f $V/*");
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1",
    "4097, 4097",
    "3b, 1536",
    "4K, 4096",
    "4k, 4096",
    "4KiB, 4096",
    "2M, 2097152",
    "3G, 3221225472",
    "1T, 1099511627776",
  })
  void sizeIsWhatWasWritten(String size, String bytes) {
    BAY.command("create volume v size=" + size);

    assertThat(BAY.must("stat -c %s $V/v")).isEqualTo(bytes);
    assertThat(BAY.status("v", "size")).isEqualTo(bytes);
  }

  @Test
  void newVolumeIsZerosAndTakesNoSpace() {
    BAY.command("create volume v size=64M");

    BAY.must("cmp -n 67108864 /dev/zero $V/v; test $(du -k $V/v | cut -f 1) = 0");
    assertThat(BAY.must("stat -c '%a %u %F' $V/v")).isEqualTo("600 0 regular file");
    assertThat(BAY.status("v", "state")).isEqualTo("ready");
  }

  @Test
  void pathIsWhereItsBytesLie() {
    BAY.must("mkdir -p elsewhere; echo \"create volume v size=1M path=$T/elsewhere\" >$C/ctl");
    BAY.must("echo words | dd of=$V/v conv=notrunc,fsync status=none");

    String home = BAY.status("v", "path");

    assertThat(home).startsWith(BAY.scratch().resolve("elsewhere").toString());
    BAY.must("cmp " + home + " $V/v");
    BAY.remount();
    BAY.must("cmp " + home + " $V/v; rm $V/v; test -z \"$(ls elsewhere)\"");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "CREATE Volume v SIZE=1M",
        "create name=v kind=volume size=1M",
        "  create \t volume   v   size=1M  # a comment",
        "create volume \"v\" size=\"1M\"",
      })
  void formsOfTheSameCommand(String line) {
    BAY.command(line);

    assertThat(BAY.must("ls $V; stat -c %s $V/v")).isEqualTo("v\n1048576");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          "two words"        | two words
          größe              | größe
          a,b                | a,b
          "#1"               | #1
          "a\\"b"            | a"b
          "a\\\\b"           | a\\b
          -dash              | -dash
          "k=v"              | k=v
          日本               | 日本
          $4$DUA1:           | $4$DUA1:
          """)
  void namesOfAllKinds(String written, String name) {
    String line =
        written.equals("-dash")
            ? "create volume \"-dash\" size=1M"
            : "create volume " + written + " size=1M";
    BAY.command(line);

    assertThat(BAY.must("ls -N $V")).isEqualTo(name);
    assertThat(BAY.must("ls -N $C/volumes")).isEqualTo(name);
  }

  @Test
  void criticalSectionByFlock() {
    BAY.must(
        """
        flock $C/ctl sh -c 'echo "create volume v size=1M" >$C/ctl; echo "resize v 2M" >$C/ctl'
        test $(stat -c %s $V/v) = 2097152
        """);
  }
}
