package org.copybay.nativetest.control;

import static org.assertj.core.api.Assertions.assertThat;

import org.copybay.nativetest.TestBay;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** error_log: the last sixteen refusals, each with time, caller, file, errno, sentence, caret. */
class ErrorLogIT {
  @RegisterExtension static final TestBay BAY = TestBay.onDisk();

  @BeforeEach
  void clear() {
    BAY.must("echo >$C/error_log");
  }

  @Test
  void entryTellsEverything() {
    BAY.refused("echo 'craete volume x size=1M' >$C/ctl");

    assertThat(BAY.must("cat $C/error_log"))
        .matches(
            """
            \\[\\d+] \\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ uid=0 pid=\\d+ ctl=ctl errno=EINVAL
              error: unknown verb craete; the nearest is create
              Command: craete volume x size=1M
                       \\^
              try:     create volume x size=1M""");
  }

  @Test
  void pidIsTheWriters() {
    String pid = BAY.must("echo bogus >$C/ctl 2>/dev/null || echo $$");

    assertThat(BAY.must("cat $C/error_log")).contains(" pid=" + pid + " ");
  }

  @Test
  void keepsTheLastSixteen() {
    BAY.must("for i in $(seq 20); do echo bogus$i >$C/ctl 2>/dev/null || true; done");

    assertThat(BAY.must("grep -c '^\\[' $C/error_log")).isEqualTo("16");
    assertThat(BAY.must("cat $C/error_log"))
        .contains("bogus5\n")
        .contains("bogus20\n")
        .doesNotContain("bogus4\n");
    assertThat(BAY.lastError()).startsWith("unknown verb bogus20");
  }

  @Test
  void echoClearsIt() {
    BAY.refused("echo bogus >$C/ctl");

    BAY.must("echo >$C/error_log");

    assertThat(BAY.must("cat $C/error_log $C/last_error")).isEmpty();
  }

  @Test
  void truncationOfAVolumeIsExplained() {
    BAY.command("create volume fixed size=1M");

    assertThat(BAY.refused("truncate -s 2M $V/fixed")).contains("Operation not permitted");
    assertThat(BAY.lastError()).contains("conv=notrunc").contains("resize volume=fixed");
    BAY.must("rm $V/fixed");
  }
}
