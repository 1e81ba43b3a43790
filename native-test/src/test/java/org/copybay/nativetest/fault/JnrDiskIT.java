package org.copybay.nativetest.fault;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.copybay.nativetest.Needs;
import org.copybay.nativetest.TestBay;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Disks that fail and hang below a bay that is served through libfuse 2. */
class JnrDiskIT {
  @RegisterExtension final TestBay bay = TestBay.onDisk().withOptions("transport=jnr");
  private FailingDisk disk;

  @BeforeEach
  void makeDisk() {
    Needs.libfuse2();
    disk = new FailingDisk(bay, "32M");
  }

  @AfterEach
  void closeDisk() {
    disk.goOn();
    bay.umount();
    disk.close();
  }

  @Test
  void aSynchronousWriteIsFencedBeforeItsAnswer() {
    disk.withFileSystem();
    bay.must(
        """
        echo "create volume v size=8M path=$T/disk" >$C/ctl
        dd if=/dev/urandom of=$V/v bs=1M conv=notrunc,fsync status=none count=8
        """);
    disk.fail();
    String write = "dd if=/dev/urandom of=$V/v bs=64K count=1 conv=notrunc status=none";

    bay.must(write);
    assertThat(bay.refused(write + " oflag=dsync")).contains("Input/output error");
  }

  @Test
  void aVolumeThatHangsDoesNotStopTheRest() throws Exception {
    disk.asHomeOf("hung");
    bay.must("echo 'create volume other size=8M' >$C/ctl; head -c 1M /dev/urandom >first");
    disk.hang();
    Process crowd =
        bay.start(
            """
            for i in {1..40}; do
              dd if=$V/hung of=/dev/null bs=4096 count=1 skip=$((i * 64)) status=none &
              dd if=/dev/zero of=$V/hung bs=4096 count=1 seek=$i oflag=dsync conv=notrunc status=none &
            done
            wait
            """);
    try {
      bay.must(
          """
          sleep 2
          cat $C/status $C/health $C/volumes/other/status >/dev/null
          ls $V $C/volumes >/dev/null
          dd if=first of=$V/other bs=64K conv=notrunc,fsync status=none
          cmp -n 1048576 first $V/other
          """);
      assertThat(crowd.isAlive()).as("the crowd waits").isTrue();
    } finally {
      disk.goOn();
    }
    assertThat(crowd.waitFor(60, TimeUnit.SECONDS)).isTrue();
  }
}
