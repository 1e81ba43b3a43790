package org.copybay.nativetest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** While one process makes a volume nobody else has it; after a crash it is still in the making. */
class VolumeInTheMakingIT {
  @RegisterExtension static final TestBay BAY = TestBay.onDisk();

  @BeforeEach
  void removeVolumes() {
    BAY.must("rm -f $V/* out");
  }

  @Test
  void aSecondOpenerIsToldWhoMakesIt() throws IOException, InterruptedException {
    Process maker = startMaker();
    try {
      Shell.Result second = BAY.run("head -c 1 $V/v");

      assertThat(second.refused()).contains("Device or resource busy");
      assertThat(BAY.lastError()).contains("" + maker.pid());
      assertThat(BAY.refused("mv $V/v $V/w")).contains("Device or resource busy");
      assertThat(BAY.refused("echo 'duplicate from=v to=w' >$C/ctl")).contains("busy");
    } finally {
      stop(maker);
    }
    BAY.must("cmp -n 100000 data $V/v");
    assertThat(BAY.status("v", "state")).isEqualTo("ready");
  }

  @Test
  void anOpenerThatComesAMomentTooEarlyWaits() throws IOException, InterruptedException {
    Process maker = BAY.start("exec 3>$V/v; echo data >&3; sleep 1; exec 3>&-");
    await().until(() -> Files.exists(BAY.volume("v")));

    assertThat(BAY.must("cat $V/v")).isEqualTo("data");

    maker.waitFor();
  }

  /** While the daemon is stopped no program can begin that has a copy of the maker's file. */
  @Test
  void aTimeInWhichTheDaemonStoodStillIsNotCounted() {
    BAY.must(
        """
        rm -f stopped
        { until [ -e stopped ]; do kill -0 $$; sleep 0.1; done; sleep 3; kill -CONT %1$d; } &
        exec 3>$V/v; echo data >&3
        cat $V/v >out 3>&- & reader=$!
        sleep 0.5; kill -STOP %1$d; : >stopped
        exec 3>&-
        wait $reader
        """
            .formatted(BAY.daemon().orElseThrow().pid()));

    assertThat(BAY.must("cat out")).isEqualTo("data");
  }

  @Test
  void afterACrashItIsStillInTheMakingAndFinishEndsIt() throws IOException, InterruptedException {
    Process maker = startMaker();
    BAY.kill9();
    stop(maker);
    BAY.mount();

    assertThat(BAY.status("v", "state")).isEqualTo("making");
    BAY.must("echo 'finish volume=v' >$C/ctl");

    assertThat(BAY.status("v", "state")).isEqualTo("ready");
    assertThat(BAY.must("stat -c %s $V/v")).isEqualTo("100000");
    BAY.must("cmp data $V/v");
    BAY.remount();
    assertThat(BAY.status("v", "state")).isEqualTo("ready");
    BAY.must("cmp data $V/v");
  }

  @Test
  void afterACrashTheNextLastCloseEndsItToo() throws IOException, InterruptedException {
    Process maker = startMaker();
    BAY.kill9();
    stop(maker);
    BAY.mount();

    BAY.must("echo more >>$V/v; : <$V/v"); // waits for the close

    assertThat(BAY.status("v", "state")).isEqualTo("ready");
    assertThat(BAY.must("stat -c %s $V/v")).isEqualTo("100005");
    BAY.must("{ cat data; echo more; } | cmp - $V/v");
  }

  @Test
  void oneInTheMakingCanBeRemoved() {
    BAY.must("touch $V/v; rm $V/v; touch $V/v; truncate -s 1 $V/v; rm $V/v");

    assertThat(BAY.must("ls $V")).isEmpty();
  }

  /** A process that has written 100000 bytes of a new volume and keeps it open. */
  private Process startMaker() throws IOException {
    BAY.must("head -c 100000 /dev/urandom >data");
    Process maker = BAY.start("exec 3>$V/v; cat data >&3; echo made; exec sleep 300");
    await()
        .atMost(30, TimeUnit.SECONDS)
        .until(() -> Files.readString(BAY.scratch().resolve("out")).equals("made\n"));
    return maker;
  }

  private static void stop(Process maker) throws InterruptedException {
    maker.destroyForcibly().waitFor();
  }
}
