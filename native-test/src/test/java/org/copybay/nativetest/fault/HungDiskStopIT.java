package org.copybay.nativetest.fault;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.copybay.nativetest.TestBay;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A daemon that is told to end, ends, though a disk below it does not answer. */
class HungDiskStopIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @RegisterExtension final TestBay bay = TestBay.onDisk();

  @Test
  void sigtermEndsTheDaemonAndTheOtherVolumesLoseNothing() throws Exception {
    try (FailingDisk disk = new FailingDisk(bay, "16M").asHomeOf("hung")) {
      bay.must("head -c 5M /dev/urandom >data; cp data $V/other");
      long daemon = bay.daemon().orElseThrow().pid();
      disk.hang();
      Process writer =
          bay.start("dd if=/dev/zero of=$V/hung bs=4K count=1 conv=notrunc oflag=direct 2>err");
      bay.must("printf unsynced | dd of=$V/other conv=notrunc status=none; kill -TERM " + daemon);

      bay.run(
              "until ! readlink -q /proc/%d/exe >/dev/null; do sleep 0.1; done; ! mountpoint -q $MNT"
                  .formatted(daemon),
              PATIENCE)
          .ok();
      disk.goOn();
      assertThat(writer.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();

      bay.mount();
      bay.must("printf unsynced | dd of=data conv=notrunc status=none; cmp data $V/other");
      bay.must("dd if=/dev/zero of=$V/hung bs=4K count=1 conv=notrunc,fsync status=none");
      bay.umount();
    }
  }
}
