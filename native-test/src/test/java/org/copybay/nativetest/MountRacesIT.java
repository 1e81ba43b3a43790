package org.copybay.nativetest;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Mounts and unmounts at the same time as others, and beside a daemon that does not answer. */
class MountRacesIT {
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  @RegisterExtension final TestBay bay = TestBay.onDisk();

  /** Sets $daemon; waits for a second daemon that wants the bay and sets $waiter. */
  private static final String WAITER =
      """
      $COPYBAY mount $BAY $MNT & launcher=$!
      until waiter=$(pgrep -f "serve $BAY $MNT" | grep -vx $daemon); do sleep 0.1; done
      """;

  private String daemonIs() {
    return "daemon=" + bay.daemon().orElseThrow().pid() + "\n";
  }

  @Test
  void ofTwoThatCleanADeadMountAwayOneIsRefusedAndTheOtherStays() {
    bay.must("echo data >$V/v");
    for (int i = 0; i < 2; i++) {
      bay.kill9();

      bay.must(
          """
          for i in 1 2; do
            { $COPYBAY mount $BAY $MNT 2>err$i && echo ok || echo refused; } >out$i &
          done
          wait
          test "$(sort out1 out2 | paste -sd ' ')" = 'ok refused'
          grep 'in use by another daemon' err1 err2
          grep -x data $V/v
          until [ "$(pgrep -fc "serve $BAY $MNT")" = 1 ]; do sleep 0.1; done
          """);
    }
  }

  @Test
  void aMountBesideAnEndingDaemonWaitsForIt() {
    bay.run(
            daemonIs()
                + "echo data >$V/v; kill -STOP $daemon; kill -TERM $daemon\n"
                + WAITER
                + """
                sleep 3
                kill -CONT $daemon
                wait $launcher
                grep -x data $V/v
                """,
            PATIENCE)
        .ok();
  }

  @Test
  void anUnmountDoesNotWaitForTheDaemonThatComesAfterIt() {
    bay.run(
            daemonIs()
                + WAITER
                + """
                $COPYBAY umount $MNT
                wait $launcher
                ls $V
                """,
            PATIENCE)
        .ok();
  }

  @Test
  void aPlaceWhoseDaemonHangsIsRefusedAtOnce() {
    long daemon = bay.daemon().orElseThrow().pid();
    bay.must("$COPYBAY init second; ln -s mnt link; kill -STOP " + daemon);
    try {
      for (String place : new String[] {"mnt", "link"}) {
        Shell.Result refused = bay.run("$COPYBAY mount second " + place, PATIENCE);

        assertThat(refused.refused()).contains("has a bay mounted already");
      }
    } finally {
      bay.must("kill -CONT " + daemon);
    }
  }
}
