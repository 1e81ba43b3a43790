package org.copybay.nativetest.control;

import static org.assertj.core.api.Assertions.assertThat;

import org.copybay.nativetest.Needs;
import org.copybay.nativetest.TestBay;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The error of a command reaches whatever wrote it. */
class ErrnoInEveryToolIT {
  @RegisterExtension static final TestBay BAY = TestBay.onDisk();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "echo 'delete volume=none' >$C/ctl",
        "printf 'check volume=none' >>$C/ctl",
        "tee $C/ctl <<<'delete volume=none'",
        "cat >$C/ctl <<<'delete volume=none'",
        "dd of=$C/ctl status=none <<<'delete volume=none'",
        "dd of=$C/ctl status=none conv=notrunc oflag=append <<<'delete volume=none'",
        "echo 'delete volume=none' >line; cp --no-preserve=all line $C/ctl",
        "sed p -n <<<'delete volume=none' >$C/ctl",
        "awk 'BEGIN { print \"delete volume=none\"; if (close(\"/dev/stdout\")) exit 1 }' >$C/ctl",
        "perl -e 'open F, \">\", shift; $! = 0; syswrite(F, \"delete volume=none\\n\") or die $!' $C/ctl",
        "busybox echo 'delete volume=none' >$C/ctl",
      })
  void toolFailsWithTheReason(String script) {
    assertThat(BAY.refused(script)).contains("No such file or directory");
    assertThat(BAY.lastError()).startsWith("no volume none\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"dash", "busybox sh"})
  void shellThatHidesTheReasonStillFails(String shell) {
    Needs.program("dash", "busybox");

    assertThat(Shells.run(BAY, shell, "echo 'delete volume=none' >$C/ctl").status()).isNotZero();
    assertThat(BAY.lastError()).startsWith("no volume none\n");
  }

  @Test
  void goodCommandSucceedsInEveryTool() {
    BAY.must(
        """
        echo 'create volume a size=1M' >$C/ctl
        printf 'create volume b size=1M' >>$C/ctl
        tee $C/ctl <<<'create volume c size=1M'
        dd of=$C/ctl status=none <<<'create volume d size=1M'
        echo 'create volume e size=1M' >line; cp line $C/ctl
        sed -n p <<<'create volume f size=1M' >$C/ctl
        perl -e 'open F, ">", shift; print F "create volume g size=1M\\n"; close F or die $!' $C/ctl
        """);

    assertThat(BAY.must("ls $V").lines()).containsExactly("a", "b", "c", "d", "e", "f", "g");
  }
}
