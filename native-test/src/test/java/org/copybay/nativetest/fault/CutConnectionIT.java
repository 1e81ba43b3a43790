package org.copybay.nativetest.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.copybay.nativetest.TestBay;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The kernel cuts the connection (umount -f, abort): the daemon ends and no dead mount stays. */
class CutConnectionIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** Aborts the connection of the mount, in a mount namespace where fusectl is there. */
  private static final String ABORT =
      """
      connection=$(awk -v place=$MNT '$5 == place { sub(/.*:/, "", $3); print $3 }' \\
          /proc/self/mountinfo)
      unshare -m --propagation slave bash -euc "
          mount -t fusectl none /sys/fs/fuse/connections
          echo 1 >/sys/fs/fuse/connections/$connection/abort
      "
      """;

  @RegisterExtension final TestBay bay = TestBay.onDisk();
  private long daemon;

  @BeforeEach
  void makeAVolume() {
    bay.must("head -c 5M /dev/urandom >data; cp data $V/v");
    daemon = bay.daemon().orElseThrow().pid();
  }

  private void assertThatNothingStays() {
    bay.run("while readlink -q /proc/" + daemon + "/exe >/dev/null; do sleep 0.1; done", PATIENCE)
        .ok();
    bay.must("if grep -F \" $MNT \" /proc/self/mounts; then exit 1; fi");
  }

  private void whileAFileIsOpen(String script) throws Exception {
    Process holder = bay.start("exec 3<>$V/v; echo open; exec sleep 300");
    try {
      await().until(() -> Files.readString(bay.scratch().resolve("out")).equals("open\n"));

      bay.run(script);

      assertThatNothingStays();
    } finally {
      holder.destroyForcibly().waitFor();
    }
    bay.mount();
    bay.must("cmp data $V/v");
  }

  @Test
  void anAbortWhileAFileIsOpen() throws Exception {
    whileAFileIsOpen(ABORT);
  }

  @Test
  void aForcedUnmountWhileAFileIsOpen() throws Exception {
    whileAFileIsOpen("umount -f $MNT");
  }

  @Test
  void anAbortWhileARequestHangs() throws Exception {
    try (FailingDisk disk = new FailingDisk(bay, "16M").asHomeOf("hung")) {
      daemon = bay.daemon().orElseThrow().pid();
      disk.hang();
      Process reader = bay.start("dd if=$V/hung of=/dev/null bs=4K count=1 iflag=direct");
      try {
        bay.must("sleep 2");
        assertThat(reader.isAlive()).as("the reader waits").isTrue();

        bay.must(ABORT);

        assertThatNothingStays();
      } finally {
        disk.goOn();
        bay.run("kill -KILL " + daemon);
        reader.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      }
      bay.mount();
      bay.must("cmp data $V/v; cat $V/hung >/dev/null");
      bay.umount();
    }
  }
}
