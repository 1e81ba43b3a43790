package org.copybay.nativetest.control;

import static org.assertj.core.api.Assertions.assertThat;

import org.copybay.nativetest.TestBay;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** How long a line and a batch may be, and what stdio makes of long ones. */
class BatchLimitIT {
  @RegisterExtension static final TestBay BAY = TestBay.onDisk();

  /** A create whose line, with its line end, has so many bytes. */
  private static String lineOf(int bytes, String name) {
    String begin = "create volume " + name + " size=1M note=";
    return "{ printf '"
        + begin
        + "'; head -c "
        + (bytes - begin.length() - 1)
        + " /dev/zero | tr '\\0' x; echo; } >line; test $(stat -c %s line) = "
        + bytes
        + "; ";
  }

  @Test
  void lineOf64KibRuns() {
    BAY.must(
        lineOf(65536, "longest") + "dd if=line of=$C/ctl bs=128K status=none; test -e $V/longest");
  }

  @Test
  void lineBeyond64KibIsTooLong() {
    String said = BAY.refused(lineOf(65537, "longer") + "dd if=line of=$C/ctl bs=128K status=none");

    assertThat(said).contains("Argument list too long");
    assertThat(BAY.lastError()).contains("65536 bytes, got 65537").contains("nothing");
    BAY.must("test ! -e $V/longer");
  }

  @Test
  void lineBeyond64KibInPiecesIsTooLong() {
    String said =
        BAY.refused(lineOf(100_000, "pieces") + "dd if=line of=$C/ctl bs=4096 status=none");

    assertThat(said).contains("Argument list too long");
    BAY.must("test ! -e $V/pieces; echo 'create volume after size=1M' >$C/ctl");
  }

  @Test
  void lineOfAMegabyteDoesNoHarm() {
    BAY.refused("head -c 1M /dev/zero | tr '\\0' x >$C/ctl");
    BAY.refused(
        "head -c 8M /dev/zero | tr '\\0' x | dd of=$C/ctl bs=8M iflag=fullblock status=none");

    assertThat(BAY.lastError().length()).isLessThan(2000);
  }

  @Test
  void batchOf1024LinesRuns() {
    BAY.must("{ seq 1023 | tr 0-9 '#'; echo 'create volume last size=1M'; } >batch");

    BAY.must("dd if=batch of=$C/ctl bs=64K status=none; test -e $V/last");
  }

  @Test
  void batchOf1025LinesDoesNotRunAtAll() {
    BAY.must("{ echo 'create volume first size=1M'; seq 1024 | tr 0-9 '#'; } >batch");

    assertThat(BAY.refused("dd if=batch of=$C/ctl bs=64K status=none"))
        .contains("Argument list too long");
    BAY.must("test ! -e $V/first");
    assertThat(BAY.lastError()).contains("1025");
  }

  @Test
  void longBatchThatStdioCutsAnywhereRunsWhole() {
    BAY.must(
        """
        for i in $(seq 60); do
            echo "create volume cut-$i size=$i note=\\"$(printf %0197d $i)\\""
        done >batch
        sed '' batch >$C/ctl
        for i in $(seq 60); do test "$(stat -c %s $V/cut-$i)" = $i; done
        """);
  }

  @Test
  void endOfALongWriteRunsWithoutALineEnd() {
    BAY.must(
        lineOf(5001, "unended")
            + "head -c 5000 line | dd of=$C/ctl bs=64K iflag=fullblock status=none\n"
            + "for i in $(seq 100); do if test -e $V/unended; then break; fi; sleep 0.1; done\n"
            + "test -e $V/unended");
  }
}
