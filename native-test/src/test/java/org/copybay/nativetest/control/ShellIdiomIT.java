package org.copybay.nativetest.control;

import static org.assertj.core.api.Assertions.assertThat;

import org.copybay.nativetest.Needs;
import org.copybay.nativetest.Shell;
import org.copybay.nativetest.TestBay;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The ways in which bash, dash and busybox sh write to a control file. */
class ShellIdiomIT {
  @RegisterExtension static final TestBay BAY = TestBay.onDisk();

  @BeforeAll
  static void need() {
    Needs.program("dash", "busybox");
  }

  private static String volumes(String shell) {
    String prefix = shell.replace(" ", "") + "-";
    return BAY.must(
        "cd $V; ls | sed -n 's/^" + prefix + "//p' | tr '\\n' ' '; rm -f " + prefix + "*");
  }

  @ParameterizedTest
  @MethodSource("org.copybay.nativetest.control.Shells#all")
  void everyRedirectionRunsTheCommand(String shell) {
    Shells.run(
            BAY,
            shell,
            """
            set -eu
            echo "create volume $N-a size=1M" >$C/ctl
            echo "create volume $N-b size=1M" >>$C/ctl
            printf 'create volume %s size=1M' "$N-c" >$C/ctl
            printf 'create volume %s size=1M' "$N-d" >>$C/ctl
            cat >$C/ctl <<END
            create volume $N-e size=1M
            # a comment

            create volume $N-f size=1M   # and another
            END
            { echo "create volume $N-g size=1M"; echo "create volume $N-h size=1M"; } >$C/ctl
            printf 'create volume %s size=1M\\n' "$N-i" "$N-j" >$C/ctl
            printf 'create volume %s size=1M\\r\\n' "$N-k" "$N-l" >$C/ctl
            """)
        .ok();

    assertThat(volumes(shell)).isEqualTo("a b c d e f g h i j k l");
  }

  @ParameterizedTest
  @MethodSource("org.copybay.nativetest.control.Shells#all")
  void echoWithoutLineEndRuns(String shell) {
    Shells.run(BAY, shell, "echo -n \"create volume $N-n size=1M\" >$C/ctl").ok();

    assertThat(volumes(shell)).isEqualTo("n");
  }

  @ParameterizedTest
  @MethodSource("org.copybay.nativetest.control.Shells#all")
  void batchStopsAtItsBadThirdLine(String shell) {
    Shell.Result result =
        Shells.run(
            BAY,
            shell,
            """
            cat >$C/ctl <<END
            create volume $N-a size=1M
            create volume $N-b size=1M
            create volume $N-c size=wrong
            create volume $N-d size=1M
            END
            """);

    assertThat(result.refused()).contains("Invalid argument");
    assertThat(volumes(shell)).isEqualTo("a b");
    assertThat(BAY.lastError()).contains("-c size=wrong\n");
  }

  @ParameterizedTest
  @MethodSource("org.copybay.nativetest.control.Shells#all")
  void nothingRunsOnAHandleAfterARefusedLine(String shell) {
    Shell.Result lines =
        Shells.run(
            BAY,
            shell,
            "printf '%s\\n' \"create volume $N-a size=1M\" bogus \"create volume $N-c size=1M\" >$C/ctl");
    Shell.Result group =
        Shells.run(
            BAY,
            shell,
            """
            exec 3>$C/ctl
            echo "create volume $N-d size=1M" >&3 || echo one failed
            echo bogus >&3 || echo two failed
            echo "create volume $N-f size=1M" >&3 || echo three failed
            exec 3>&-
            echo "create volume $N-g size=1M" >$C/ctl || echo four failed
            """);

    assertThat(lines.status()).isNotZero();
    assertThat(group.out()).isEqualTo("two failed\nthree failed\n");
    assertThat(volumes(shell)).isEqualTo("a d g");
  }

  @ParameterizedTest
  @MethodSource("org.copybay.nativetest.control.Shells#all")
  void replyIsReadFromTheSameDescriptor(String shell) {
    Shell.Result result =
        Shells.run(
            BAY,
            shell,
            """
            set -eu
            exec 3<>$C/ctl
            echo "create volume $N-a size=1M" >&3
            read -r ok rest <&3
            echo "$ok"
            echo "check volume=$N-a id=$N-check" >&3
            read -r ok id rest <&3
            echo "$ok $id"
            cat $C/jobs/$id/wait >/dev/null && echo ended
            """);

    assertThat(result.ok()).isEqualTo("ok\nok " + shell.replace(" ", "") + "-check\nended");
    volumes(shell);
  }

  @ParameterizedTest
  @MethodSource("org.copybay.nativetest.control.Shells#all")
  void noclobberIsForTheDoubleArrow(String shell) {
    Shell.Result result =
        Shells.run(
            BAY,
            shell,
            """
            set -C
            (echo "create volume $N-a size=1M" >$C/ctl) 2>/dev/null || echo refused by the shell
            echo "create volume $N-b size=1M" >>$C/ctl
            """);

    assertThat(result.ok()).isEqualTo("refused by the shell");
    assertThat(volumes(shell)).isEqualTo("b");
  }

  @ParameterizedTest
  @MethodSource("org.copybay.nativetest.control.Shells#all")
  void readOfCtlShowsItsUsage(String shell) {
    Shell.Result result =
        Shells.run(BAY, shell, "while read -r verb rest; do echo \"$verb\"; done <$C/ctl");

    assertThat(result.ok().lines())
        .contains("create", "resize", "finish", "rename", "delete", "cache", "check", "duplicate")
        .contains("cancel", "pause", "resume", "rate");
  }
}
