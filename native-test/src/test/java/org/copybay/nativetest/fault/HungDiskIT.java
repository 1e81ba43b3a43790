package org.copybay.nativetest.fault;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.copybay.nativetest.TestBay;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A disk that does not answer stops nothing but its own volume. */
class HungDiskIT {
  /** A bound for what must not wait at all, far above what a slow machine needs. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @RegisterExtension final TestBay bay = TestBay.onDisk();
  private FailingDisk disk;

  @BeforeEach
  void makeVolumes() {
    disk = new FailingDisk(bay, "16M").asHomeOf("hung");
    bay.must("echo 'create volume other size=8M' >$C/ctl; head -c 1M /dev/urandom >first");
  }

  @AfterEach
  void closeDisk() {
    disk.goOn();
    bay.umount();
    disk.close();
  }

  private void everythingElseWorks() {
    bay.run(
            """
            cat $C/status $C/health $C/volumes/hung/status $C/jobs/running >/dev/null
            ls -l $V $C/volumes >/dev/null
            echo 'create volume during size=1M' >$C/ctl
            echo 'delete volume=during' >$C/ctl
            dd if=first of=$V/other bs=64K conv=notrunc,fsync status=none
            dd if=first of=$V/other bs=64K oflag=direct conv=notrunc status=none
            cmp -n 1048576 first $V/other
            echo bogus >$C/ctl 2>/dev/null || cat $C/last_error
            """,
            PATIENCE)
        .ok();
  }

  @Test
  void writersOfOneVolumeDoNotStopTheRest() throws Exception {
    disk.hang();
    Process writers =
        bay.start(
            """
            for i in $(seq 64); do
                dd if=first of=$V/hung bs=4K count=1 skip=$i seek=$i oflag=direct conv=notrunc \\
                    status=none & pids="${pids:-} $!"
            done
            for pid in $pids; do wait $pid; done
            echo all written
            """);
    try {
      bay.must("sleep 2");

      everythingElseWorks();
      everythingElseWorks();
      assertThat(writers.isAlive()).as("the writers wait").isTrue();
    } finally {
      disk.goOn();
    }
    assertThat(writers.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    assertThat(bay.must("cat out err")).isEqualTo("all written");
    bay.must("cmp -n 262144 -i 4096 first $V/hung");
  }

  @Test
  void readersOfOneVolumeDoNotStopTheRest() throws Exception {
    disk.hang();
    Process readers =
        bay.start(
            """
            for i in $(seq 64); do
                dd if=$V/hung bs=4K count=1 skip=$((i * 40)) iflag=direct status=none >/dev/null &
                pids="${pids:-} $!"
            done
            for pid in $pids; do wait $pid; done
            echo all read
            """);
    try {
      bay.must("sleep 2");

      everythingElseWorks();
    } finally {
      disk.goOn();
    }
    assertThat(readers.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    assertThat(bay.must("cat out err")).isEqualTo("all read");
  }

  @Test
  void syncsOfOneVolumeDoNotStopTheRest() throws Exception {
    disk.hang();
    Process syncs =
        bay.start(
            """
            for i in $(seq 64); do
                dd if=first of=$V/hung bs=4K count=1 seek=$i conv=notrunc,fsync status=none &
                pids="${pids:-} $!"
            done
            for pid in $pids; do wait $pid; done
            echo all synced
            """);
    try {
      bay.must("sleep 2");

      everythingElseWorks();
    } finally {
      disk.goOn();
    }
    assertThat(syncs.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    assertThat(bay.must("cat out err")).isEqualTo("all synced");
  }

  @Test
  void jobOnItDoesNotStopTheRestAndCanBeCancelled() {
    disk.hang();
    bay.command("duplicate from=hung to=copy id=stuck");
    bay.must("sleep 1");

    everythingElseWorks();
    bay.command("cancel job=stuck");
    bay.must("head -n 1 $C/jobs/stuck/wait >/dev/null");
    disk.goOn();

    assertThat(bay.refused("cat $C/jobs/stuck/wait")).contains("Operation canceled");
    bay.must("test ! -e $V/copy");
  }
}
