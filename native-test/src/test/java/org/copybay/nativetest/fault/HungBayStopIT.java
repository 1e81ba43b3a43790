package org.copybay.nativetest.fault;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.copybay.nativetest.TestBay;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A daemon whose bay itself lies on a disk that does not answer ends when it is told to. */
class HungBayStopIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @RegisterExtension final TestBay bay = TestBay.onDisk();

  /** The order keeps the lock of the jobs over a commit that does not end. */
  @Test
  void sigtermDuringACommitThatHangsTakesTheMountAway() throws Exception {
    try (FailingDisk disk = new FailingDisk(bay, "64M").withFileSystem()) {
      bay.must(
          """
          $COPYBAY init disk/bay; mkdir mnt2; $COPYBAY mount disk/bay mnt2
          head -c 8M /dev/urandom >data; cp data mnt2/volumes/v
          echo 'duplicate from=v to=w rate=64K/s id=slow' >mnt2/.control/ctl
          until grep -qx 'state: *running' mnt2/.control/jobs/slow/status; do sleep 0.1; done
          pgrep -f "serve $T/disk/bay " >daemon
          """);
      disk.hang();
      Process orders =
          bay.start(
              """
              for i in $(seq 10000); do
                  echo pause >mnt2/.control/jobs/slow/ctl
                  echo resume >mnt2/.control/jobs/slow/ctl
              done
              """);
      try {
        bay.must(
            "until grep -qs '^State:.D' /proc/$(cat daemon)/task/*/status; do sleep 0.1; done");
        bay.must("sleep 1; grep -qs '^State:.D' /proc/$(cat daemon)/task/*/status");
        assertThat(orders.isAlive()).as("an order waits for its commit").isTrue();

        bay.must("kill -TERM $(cat daemon)");

        bay.run(
                "while readlink -q /proc/$(cat daemon)/exe >/dev/null; do sleep 0.1; done",
                PATIENCE)
            .ok();
        bay.must("if grep -F \" $T/mnt2 \" /proc/self/mounts; then exit 1; fi");
      } finally {
        disk.goOn();
        bay.run("umount -l mnt2; kill -KILL $(cat daemon)");
        orders.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      }
      bay.must("$COPYBAY mount disk/bay mnt2; cmp data mnt2/volumes/v; $COPYBAY umount mnt2");
    }
  }
}
