package org.copybay.nativetest.fault;

import static org.assertj.core.api.Assertions.assertThat;

import org.copybay.nativetest.TestBay;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A disk that fails under a volume with a write bitmap: no bit is ever too little. P3, P9. */
class BitmapFaultIT {
  @RegisterExtension
  final TestBay bay =
      TestBay.onDisk().withEnvironment("COPYBAY_JAVA_OPTS", "-Dcopybay.bitmaps.advance=100");

  private FailingDisk disk;

  @BeforeEach
  void makeVolume() {
    disk = new FailingDisk(bay, "32M").withFileSystem();
    bay.must(
        """
        echo "create volume a size=24M path=$T/disk" >$C/ctl
        echo "bitmap start volume=a bitmap=t" >$C/ctl
        dd if=/dev/urandom of=$V/a bs=64K count=2 conv=notrunc,fsync status=none
        """);
  }

  @AfterEach
  void closeDisk() {
    bay.umount();
    disk.close();
  }

  @Test
  void aChangeThatCannotBeLoggedIsNotMadeAndTheVolumeSaysWhy() {
    awaitQuiet();
    disk.fail();

    assertThat(
            bay.refused("dd if=/dev/zero of=$V/a bs=64K count=1 seek=99 oflag=direct conv=notrunc"))
        .contains("Input/output error");
    assertThat(bay.status("a", "failure")).contains("sync").contains("intent");
    bay.must("cmp -n 65536 -i 6488064:0 $V/a /dev/zero || true; cat $V/a >/dev/null");
    assertThat(bay.must("cat $C/health")).startsWith("degraded: ").contains("volume a");

    disk.recover();
    assertThat(bay.refused("dd if=/dev/zero of=$V/a bs=4K count=1 conv=notrunc status=none"))
        .contains("Input/output error");
    bay.must("echo 'check volume=a id=repair' >$C/ctl; cat $C/jobs/repair/wait");
    bay.must("dd if=/dev/urandom of=$V/a bs=64K count=1 seek=99 conv=notrunc,fsync status=none");
    bay.must("grep -qx '99 1' $C/volumes/a/bitmaps/t/ranges");
    bay.must("grep -qx '0 2' $C/volumes/a/bitmaps/t/ranges");
    assertThat(bay.must("cat $C/health")).isEqualTo("ok");
    bay.remount();
    bay.must("grep -qx '99 1' $C/volumes/a/bitmaps/t/ranges");
  }

  @Test
  void aRestartAfterAFailureTakesItForPowerLoss() {
    bay.must("dd if=/dev/urandom of=$V/a bs=64K count=1 seek=99 conv=notrunc status=none");
    disk.fail();
    bay.run("dd if=/dev/zero of=$V/a bs=64K count=1 seek=200 oflag=direct conv=notrunc");
    bay.run("sync $V/a");
    assertThat(bay.status("a", "failure")).isNotEqualTo("-");
    disk.recover();
    bay.kill9();
    bay.mount();

    // All regions of the zones that were entered when the disk failed, at least those of the
    // writes.
    bay.must(
        """
        for region in 0 1 99; do
          grep -v '^#' $C/volumes/a/bitmaps/t/ranges |
            awk -v r=$region 'r >= $1 && r < $1 + $2 { found = 1 } END { exit !found }'
        done
        """);
    bay.must("echo 'check volume=a id=repair' >$C/ctl; cat $C/jobs/repair/wait");
    bay.must("dd if=/dev/zero of=$V/a bs=4K count=1 conv=notrunc,fsync status=none");
  }

  @Test
  void aDamagedBitmapIsNamedAndTheVolumeIsServed() {
    bay.umount();
    bay.must("printf X | dd of=$(ls $T/disk/*/bitmap-*[0-9a-f]) bs=1 conv=notrunc status=none");
    bay.mount();

    assertThat(bay.must("cat $C/health")).startsWith("degraded: bitmap t of a: ");
    bay.must("dd if=/dev/zero of=$V/a bs=4K count=1 conv=notrunc,fsync status=none");
    assertThat(bay.refused("cat $C/volumes/a/bitmaps/t/ranges")).contains("Input/output error");
    assertThat(bay.lastError()).contains("is lost").contains("bitmap delete volume=a bitmap=t");
    bay.must("grep -q '^failure: .*bitmap' $C/volumes/a/bitmaps/t/status");
    bay.command("bitmap delete volume=a bitmap=t");
    bay.command("bitmap start volume=a bitmap=t");
    assertThat(bay.must("cat $C/health")).isEqualTo("ok");
  }

  /** Waits until no zone is entered, so that the next change must be logged. */
  private void awaitQuiet() {
    bay.must(
        """
        for i in $(seq 100); do
          if grep -qx 'zones_entered: 0' $C/volumes/a/bitmaps/t/status; then exit; fi
          sleep 0.1
        done
        exit 1
        """);
  }
}
