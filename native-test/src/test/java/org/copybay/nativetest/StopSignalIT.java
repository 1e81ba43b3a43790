package org.copybay.nativetest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** SIGTERM: the daemon ends in order, even while files are open. */
class StopSignalIT {
  @RegisterExtension final TestBay bay = TestBay.onDisk();

  /** Runs the daemon's own command line again, as a child whose exit status can be seen. */
  private static final String SERVE =
      """
      pid=$1
      mapfile -d '' words </proc/$pid/cmdline
      $COPYBAY umount $MNT
      kept=(); for word in "${words[@]}"; do [[ $word == --ready=* ]] || kept+=("$word"); done
      "${kept[@]}" &
      until mountpoint -q $MNT; do sleep 0.1; done
      """;

  @Test
  void withOpenFilesItExitsWithStatus0() {
    bay.must("head -c 1000003 /dev/urandom >data; cp data $V/v");

    bay.must(
        "set -- "
            + bay.daemon().orElseThrow().pid()
            + "\n"
            + SERVE
            + """
            exec 3<>$V/v
            printf unsynced >&3
            kill -TERM $!
            status=0; wait $! || status=$?
            test $status = 0
            ! mountpoint -q $MNT
            """);

    bay.mount();
    bay.must("printf unsynced | dd of=data conv=notrunc; cmp data $V/v");
  }

  @Test
  void whoHasAFileOpenGetsAnErrorAndNewOpensAreRefused() throws Exception {
    bay.must("head -c 1000003 /dev/urandom >data; cp data $V/v");
    ProcessHandle daemon = bay.daemon().orElseThrow();
    Process holder =
        bay.start(
            """
            exec 3<>$V/v
            echo open
            while cat $V/v >/dev/null; do :; done
            echo refused
            while kill -0 %d; do sleep 0.1; done
            echo x >&3 || echo failed
            """
                .formatted(daemon.pid()));
    try {
      await().until(() -> Files.readString(bay.scratch().resolve("out")).equals("open\n"));

      daemon.destroy();

      TestBay.awaitEnd(daemon);
      assertThat(holder.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(Files.readString(bay.scratch().resolve("out")))
          .isEqualTo("open\nrefused\nfailed\n");
    } finally {
      holder.destroyForcibly().waitFor();
    }
    bay.mount();
    bay.must("cmp data $V/v");
  }

  @Test
  void aReadyLineThatNobodyReadsKeepsNobody() {
    bay.must(
        "set -- "
            + bay.daemon().orElseThrow().pid()
            + "\nmkfifo unread\n"
            + SERVE.replace("\"${kept[@]}\" &", "\"${kept[@]}\" --ready=$T/unread &")
            + """
            ls $V
            sleep 1
            kill -TERM $!
            for i in {1..110}; do kill -0 $! || break; sleep 0.1; done
            if kill -0 $!; then kill -KILL $!; exit 1; fi
            status=0; wait $! || status=$?
            test $status = 0
            ! mountpoint -q $MNT
            """);
  }

  /** From its very start a daemon leaves no dead mount behind, whenever the signal comes. */
  @Test
  void aSignalAtAnyMomentLeavesNoMount() {
    bay.must(
        "set -- "
            + bay.daemon().orElseThrow().pid()
            + "\n"
            + SERVE.substring(0, SERVE.indexOf("\"${kept[@]}\" &"))
            + """
            for pause in 0.4 0.6 0.7 0.8 0.9 1.0 1.1 1.2 1.4; do
              "${kept[@]}" &
              sleep $pause
              kill -TERM $!
              wait $! || true
              if grep -F " $MNT " /proc/self/mounts; then exit 1; fi
            done
            """);
  }
}
