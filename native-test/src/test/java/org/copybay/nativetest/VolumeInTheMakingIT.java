package org.copybay.nativetest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** While one process makes a volume nobody else has it; after a crash it is still in the making. */
class VolumeInTheMakingIT {
  @RegisterExtension final TestBay bay = TestBay.onDisk();

  @Test
  void aSecondOpenerIsToldWhoMakesIt() throws IOException, InterruptedException {
    Process maker = startMaker();
    try {
      Shell.Result second = bay.run("head -c 1 $V/v");

      assertThat(second.refused()).contains("Device or resource busy");
      assertThat(bay.lastError()).contains("" + maker.pid());
      assertThat(bay.refused("mv $V/v $V/w")).contains("Device or resource busy");
      assertThat(bay.refused("echo 'duplicate from=v to=w' >$C/ctl")).contains("busy");
    } finally {
      stop(maker);
    }
    bay.must("cmp -n 100000 data $V/v");
    assertThat(bay.status("v", "state")).isEqualTo("ready");
  }

  @Test
  void anOpenerThatComesAMomentTooEarlyWaits() throws IOException, InterruptedException {
    Process maker = bay.start("exec 3>$V/v; echo data >&3; sleep 1; exec 3>&-");
    await().until(() -> Files.exists(bay.volume("v")));

    assertThat(bay.must("cat $V/v")).isEqualTo("data");

    maker.waitFor();
  }

  @Test
  void afterACrashItIsStillInTheMakingAndFinishEndsIt() throws IOException, InterruptedException {
    Process maker = startMaker();
    bay.kill9();
    stop(maker);
    bay.mount();

    assertThat(bay.status("v", "state")).isEqualTo("making");
    bay.must("echo 'finish volume=v' >$C/ctl");

    assertThat(bay.status("v", "state")).isEqualTo("ready");
    assertThat(bay.must("stat -c %s $V/v")).isEqualTo("100000");
    bay.must("cmp data $V/v");
    bay.remount();
    assertThat(bay.status("v", "state")).isEqualTo("ready");
    bay.must("cmp data $V/v");
  }

  @Test
  void afterACrashTheNextLastCloseEndsItToo() throws IOException, InterruptedException {
    Process maker = startMaker();
    bay.kill9();
    stop(maker);
    bay.mount();

    bay.must("echo more >>$V/v");

    assertThat(bay.status("v", "state")).isEqualTo("ready");
    assertThat(bay.must("stat -c %s $V/v")).isEqualTo("100005");
    bay.must("{ cat data; echo more; } | cmp - $V/v");
  }

  @Test
  void oneInTheMakingCanBeRemoved() {
    bay.must("touch $V/v; rm $V/v; touch $V/v; truncate -s 1 $V/v; rm $V/v");

    assertThat(bay.must("ls $V")).isEmpty();
  }

  /** A process that has written 100000 bytes of a new volume and keeps it open. */
  private Process startMaker() throws IOException {
    bay.must("head -c 100000 /dev/urandom >data");
    Process maker = bay.start("exec 3>$V/v; cat data >&3; echo made; exec sleep 300");
    await()
        .atMost(30, TimeUnit.SECONDS)
        .until(() -> Files.readString(bay.scratch().resolve("out")).equals("made\n"));
    return maker;
  }

  private static void stop(Process maker) throws InterruptedException {
    maker.destroyForcibly().waitFor();
  }
}
