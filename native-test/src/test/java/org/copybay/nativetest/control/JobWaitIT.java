package org.copybay.nativetest.control;

import static org.assertj.core.api.Assertions.assertThat;

import org.copybay.nativetest.Shell;
import org.copybay.nativetest.TestBay;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** cat jobs/ID/wait: shows progress, ends with the job, has its result as exit status. */
class JobWaitIT {
  @RegisterExtension static final TestBay BAY = TestBay.onDisk();

  @BeforeAll
  static void makeSource() {
    BAY.must(
        "echo 'create volume source size=4M' >$C/ctl;"
            + " dd if=/dev/urandom of=$V/source bs=1M count=4 conv=notrunc status=none");
  }

  /** Starts a duplicate that waits for a higher rate after its first pieces. */
  private static void slow(String id) {
    BAY.command("duplicate from=source to=" + id + " id=" + id + " rate=64K");
    BAY.must("until grep -x 'state: running' $C/jobs/" + id + "/status; do sleep 0.05; done");
  }

  @AfterEach
  void endAll() {
    BAY.must(
        """
        for job in $(awk '!/^#/ { print $1 }' $C/jobs/running); do
            echo cancel >$C/jobs/$job/ctl
            cat $C/jobs/$job/wait >/dev/null 2>&1 || true
        done
        find $V -type f ! -name source -delete
        """);
  }

  @ParameterizedTest
  @MethodSource("org.copybay.nativetest.control.Shells#all")
  void nextCommandRunsWhenTheJobIsDone(String shell) {
    Shell.Result result =
        Shells.run(
            BAY,
            shell,
            """
            echo "duplicate from=source to=$N id=$N" >$C/ctl
            cat $C/jobs/$N/wait && cmp $V/source $V/$N && echo whole
            """);

    assertThat(result.ok().lines()).last().isEqualTo("whole");
    assertThat(result.out()).contains("done 100%").contains("copied=").contains("verified=yes");
  }

  @ParameterizedTest
  @MethodSource("org.copybay.nativetest.control.Shells#all")
  void cancelledJobEndsTheReadWithItsErrno(String shell) {
    Shell.Result result =
        Shells.run(
            BAY,
            shell,
            """
            echo "duplicate from=source to=$N-c id=$N-c rate=64K" >$C/ctl
            cat $C/jobs/$N-c/wait >lines &
            reader=$!
            echo cancel >$C/jobs/$N-c/ctl
            wait $reader && echo next
            echo "status $?"
            """);

    assertThat(result.out()).isEqualTo("status 1\n");
    assertThat(result.err()).contains("Operation canceled");
    assertThat(BAY.must("tail -n 1 lines")).startsWith("cancelled: ECANCELED");
    assertThat(BAY.lastError()).contains("cancelled");
  }

  @Test
  void waitForAJobThatEndedLongAgoTellsItsResult() {
    BAY.command("duplicate from=source to=early id=early");
    BAY.must("cat $C/jobs/early/wait");

    assertThat(BAY.must("cat $C/jobs/early/wait")).startsWith("done 100%");
    slow("gone");
    BAY.command("cancel job=gone");
    BAY.refused("cat $C/jobs/gone/wait");
    assertThat(BAY.refused("cat $C/jobs/gone/wait")).contains("Operation canceled");
  }

  @Test
  void killedReaderDoesNotStopTheJob() {
    slow("read");
    BAY.must(
        """
        cat $C/jobs/read/wait & reader=$!
        kill -9 $reader
        wait $reader || true
        grep '^state: running$' $C/jobs/read/status
        echo 'rate job=read limit=0' >$C/ctl
        cat $C/jobs/read/wait
        cmp $V/source $V/read
        """);
  }

  @Test
  void readerThatClosesEarlyGetsItsLineAtOnce() {
    slow("first");

    assertThat(BAY.must("head -n 1 $C/jobs/first/wait")).isNotEmpty();
    assertThat(BAY.must("read -r line <$C/jobs/first/wait; echo \"$line\"")).isNotEmpty();
    assertThat(BAY.must("cat $C/jobs/first/status")).contains("state: running");
  }

  @ParameterizedTest
  @ValueSource(strings = {"INT", "TERM", "HUP"})
  void signalEndsTheReaderWithoutKill(String signal) {
    slow(signal);
    BAY.must("echo pause >$C/jobs/" + signal + "/ctl");

    // 124: it ended by that signal; 137: only KILL helped.
    BAY.must(
        """
        for reader in 'cat' 'grep x' 'bash -c "while read -r l; do :; done"' 'perl -ne 1'; do
            status=0
            eval "timeout -k 60 -s %1$s 1 $reader" <$C/jobs/%1$s/wait >/dev/null 2>&1 || status=$?
            if [ $status != 124 ]; then echo "$reader: $status" >&2; exit 1; fi
        done
        """
            .formatted(signal));
  }

  @Test
  void pausedAndResumedJobTellsSo() {
    slow("pause");
    BAY.must(
        """
        cat $C/jobs/pause/wait >lines & reader=$!
        echo pause >$C/jobs/pause/ctl
        for i in $(seq 100); do if grep -q paused lines; then break; fi; sleep 0.1; done
        grep paused lines
        echo 'rate limit=0' >$C/jobs/pause/ctl
        echo resume >$C/jobs/pause/ctl
        wait $reader
        tail -n 1 lines | grep '^done 100%'
        """);
  }

  @Test
  void waitIsNotListedAndTakesNoWrites() {
    slow("listed");

    assertThat(BAY.must("ls -a $C/jobs/listed").lines()).doesNotContain("wait").contains("status");
    BAY.refused("echo cancel >$C/jobs/listed/wait");
    BAY.must("grep 'state: running' $C/jobs/listed/status");
  }
}
