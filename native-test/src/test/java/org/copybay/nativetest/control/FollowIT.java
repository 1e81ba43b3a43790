package org.copybay.nativetest.control;

import static org.assertj.core.api.Assertions.assertThat;

import org.copybay.nativetest.Shell;
import org.copybay.nativetest.TestBay;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** cat .control/events.follow: each event as it happens, until it is closed or the mount ends. */
class FollowIT {
  /** Waits until a file has a line with these words. */
  private static final String AWAIT_LINE =
      "awaitLine() { for i in $(seq 600); do if grep -q \"$1\" $2; then return 0; fi; sleep 0.1; done;"
          + " cat $2 >&2; return 1; }\n";

  @RegisterExtension final TestBay bay = TestBay.onDisk();

  @ParameterizedTest
  @MethodSource("org.copybay.nativetest.control.Shells#all")
  void aLoopInAShellHearsWhatHappens(String shell) {
    Shell.Result result =
        Shells.run(
            bay,
            shell,
            """
            echo 'create volume before size=1M' >$C/ctl
            exec 3<$C/events.follow
            read -r header <&3
            echo "$header"
            echo 'create volume after size=1M' >$C/ctl
            rm $V/after
            while read -r number time kind subject facts; do
                echo "$kind $subject"
                if [ $kind = volume_deleted ]; then break; fi
            done <&3
            exec 3<&-
            """);

    assertThat(result.ok())
        .isEqualTo("# number time kind subject facts\nvolume_created after\nvolume_deleted after");
  }

  @Test
  void catInTheBackgroundIsServedUntilItIsKilled() {
    bay.must(
        AWAIT_LINE
            + """
            cat $C/events.follow >lines & reader=$!
            awaitLine '^# number' lines
            for i in $(seq 20); do echo "create volume v$i size=4K" >$C/ctl; done
            awaitLine 'volume_created v20' lines
            test $(grep -c volume_created lines) = 20
            kill -9 $reader
            wait $reader || true
            echo 'delete volume=v1' >$C/ctl
            cat $C/health
            """);
    bay.umount();
    bay.mount();
  }

  @ParameterizedTest
  @ValueSource(strings = {"INT", "TERM", "HUP"})
  void aSignalEndsTheReader(String signal) {
    bay.must(
        """
        for reader in cat 'grep x' 'bash -c "while read -r l; do :; done"'; do
            status=0
            eval "timeout -k 60 -s %s 1 $reader" <$C/events.follow >/dev/null 2>&1 || status=$?
            if [ $status != 124 ]; then echo "$reader: $status" >&2; exit 1; fi
        done
        """
            .formatted(signal));
  }

  @Test
  void aStoppedFollowerHoldsUpNothingAndIsToldWhatItLost() {
    bay.must(
        AWAIT_LINE
            + """
            echo 'create volume v size=4K' >$C/ctl
            exec 3<$C/events.follow
            for i in $(seq 2 1101); do echo "resize volume=v size=$((i * 4096))"; done >lines
            head -n 600 lines | tee $C/ctl >/dev/null
            tail -n 500 lines | tee $C/ctl >/dev/null
            cat <&3 >heard & reader=$!
            awaitLine 'size=4509696 ' heard
            kill $reader
            grep '^# lost: 100$' heard
            """);
    assertThat(bay.must("grep -c ' volume_resized ' heard")).isEqualTo("1000");
  }

  @Test
  void theEndOfTheDaemonEndsTheStreamInOrder() {
    bay.must(
        AWAIT_LINE
            + """
            cat $C/events.follow >lines & reader=$!
            awaitLine '^# number' lines
            kill %d
            wait $reader
            tail -n 1 lines | grep ' ending .* reason=signal'
            """
                .formatted(bay.daemon().orElseThrow().pid()));
  }

  @Test
  void aKilledDaemonEndsTheStreamWithAnError() {
    Shell.Result result =
        bay.run(
            AWAIT_LINE
                + """
                cat $C/events.follow >lines & reader=$!
                awaitLine '^# number' lines
                kill -9 %d
                wait $reader
                """
                    .formatted(bay.daemon().orElseThrow().pid()));

    assertThat(result.status()).isEqualTo(1);
    assertThat(result.err()).contains("events.follow");
  }

  @Test
  void threeHundredFollowersKeepNobodyFromBeingServed() {
    bay.must(
        AWAIT_LINE
            + """
            echo 'create volume v size=64M' >$C/ctl
            : >refused
            for i in $(seq 300); do
                { cat $C/events.follow >heard.$i 2>/dev/null || echo $i >>refused; } &
            done
            for i in $(seq 600); do
                if [ $(cat heard.* | grep -c '^# number') -ge 64 ] && [ $(wc -l <refused) -ge 236 ]; then
                    break
                fi
                sleep 0.1
            done
            test $(wc -l <refused) = 236
            grep '64 programs follow' $C/last_error
            # All that follows is served while 64 wait.
            for i in $(seq 100); do cat $C/status >/dev/null; done
            dd if=/dev/urandom of=$V/v bs=64K count=1024 conv=notrunc,fsync status=none
            seq 32 | xargs -P 32 -I{} dd if=$V/v of=/dev/null bs=1M iflag=direct status=none
            echo 'create volume last size=4K' >$C/ctl
            for i in $(seq 600); do
                if [ $(grep -l 'volume_created last' heard.* | wc -l) -ge 64 ]; then break; fi
                sleep 0.1
            done
            test $(grep -l 'volume_created last' heard.* | wc -l) = 64
            kill %d
            wait
            test $(wc -l <refused) = 236
            test $(tail -q -n 1 heard.* | grep -c ' ending ') = 64
            """
                .formatted(bay.daemon().orElseThrow().pid()));
  }
}
