package org.copybay.nativetest;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The table of signals in docs/OPERATION.md: what each does to the daemon and to the verbs. */
class SignalsIT {
  @RegisterExtension static final TestBay BAY = TestBay.onDisk();

  @ParameterizedTest
  @ValueSource(strings = {"TERM", "INT", "HUP"})
  void theDaemonEndsInOrder(String signal) throws Exception {
    BAY.must("printf %s >$V/v".formatted(signal));
    ProcessHandle daemon = BAY.daemon().orElseThrow();

    BAY.must("kill -%s %d".formatted(signal, daemon.pid()));

    TestBay.awaitEnd(daemon);
    assertThat(TestBay.mountsBelow(BAY.scratch())).isEmpty();
    assertThat(Files.readString(BAY.bay().resolve("log/copybay.log"))).endsWith("INFO ended\n");
    BAY.mount();
    assertThat(BAY.must("cat $V/v")).isEqualTo(signal);
    BAY.must("rm $V/v");
  }

  @Test
  void theDaemonServesOn() {
    ProcessHandle daemon = BAY.daemon().orElseThrow();

    for (String signal : List.of("QUIT", "PIPE", "USR1", "USR2", "ALRM", "CONT", "WINCH")) {
      BAY.must("kill -%s %d; sleep 0.2".formatted(signal, daemon.pid()));

      BAY.must("echo data >$V/v; grep -x data $V/v; rm $V/v");
      assertThat(BAY.daemon()).as(signal).contains(daemon);
    }
  }

  /** What was acknowledged is there again (P1). */
  @ParameterizedTest
  @ValueSource(strings = {"KILL", "ABRT", "SEGV"})
  void theDaemonDiesAndTheNextMountTakesOver(String signal) {
    BAY.must("echo %s >$V/v".formatted(signal));
    ProcessHandle daemon = BAY.daemon().orElseThrow();

    BAY.must("kill -%s %d".formatted(signal, daemon.pid()));

    TestBay.awaitEnd(daemon);
    assertThat(BAY.refused("ls $MNT")).contains("Transport endpoint is not connected");
    BAY.mount();
    assertThat(BAY.must("cat $V/v; rm $V/v")).isEqualTo(signal);
  }

  /** Somebody else has the lock, so that the mount is on its way when the signal comes. */
  @ParameterizedTest
  @ValueSource(strings = {"TERM", "INT", "HUP"})
  void aMountThatIsInterruptedLeavesNoDaemon(String signal) {
    BAY.umount();
    BAY.must(
        """
        exec 7<$BAY/lock; flock -x 7
        env --default-signal=%1$s $COPYBAY mount $BAY $MNT 7<&- &
        until pgrep -f "serve $BAY $MNT" >daemon; do sleep 0.1; done
        kill -%1$s $!
        status=0; wait $! || status=$?
        test $status = 130
        while kill -0 $(cat daemon) 2>/dev/null; do sleep 0.1; done
        if mountpoint -q $MNT; then exit 1; fi
        """
            .formatted(signal));
    BAY.mount();
  }

  /**
   * What it began goes on: the mount goes away as soon as the daemon answers. A test beside this
   * one that looks at every bay stands before the stopped daemon too and keeps the mount busy;
   * nobody is there to be told so, and it is tried again.
   */
  @ParameterizedTest
  @CsvSource({"TERM, 143", "INT, 130", "HUP, 129"})
  void anUmountThatIsInterruptedEndsWithTheNumberOfTheSignal(String signal, int status) {
    ProcessHandle daemon = BAY.daemon().orElseThrow();
    BAY.must(
        """
        echo data >$V/v
        trap 'kill -CONT %1$d' EXIT
        for turn in $(seq 10); do
          kill -STOP %1$d
          env --default-signal=%2$s $COPYBAY umount $MNT &
          until begun=$(pgrep -P $! -x umount); do sleep 0.1; done
          kill -%2$s $!
          status=0; wait $! || status=$?
          test $status = %3$d
          kill -CONT %1$d
          while test -e /proc/$begun/exe; do sleep 0.1; done
          mountpoint -q $MNT || exit 0
        done
        exit 1
        """
            .formatted(daemon.pid(), signal, status));
    TestBay.awaitEnd(daemon);
    BAY.mount();
    BAY.must("grep -x data $V/v; rm $V/v");
  }

  @Test
  void anUmountOfADaemonThatIsStoppedSaysSo() {
    ProcessHandle daemon = BAY.daemon().orElseThrow();

    String said =
        BAY.refused(
            """
            kill -STOP %1$d; trap 'kill -CONT %1$d' EXIT
            $COPYBAY umount $MNT
            """
                .formatted(daemon.pid()));

    assertThat(said).contains("it is stopped; try: kill -CONT " + daemon.pid());
    TestBay.awaitEnd(daemon);
    BAY.mount();
  }

  /** kill -9 of the launcher: the daemon that it waited for comes up all the same. */
  @Test
  void aMountWhoseLauncherIsKilledComesUp() {
    BAY.umount();
    BAY.must(
        """
        exec 7<$BAY/lock; flock -x 7
        $COPYBAY mount $BAY $MNT 7<&- &
        until pgrep -f "serve $BAY $MNT" >daemon; do sleep 0.1; done
        kill -KILL $!
        wait $! || true
        exec 7<&-
        until mountpoint -q $MNT; do sleep 0.1; done
        ls $V
        """);
    assertThat(BAY.daemon()).isPresent();
  }
}
