package org.copybay.nativetest.fault;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import org.copybay.nativetest.TestBay;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A disk that fails below a volume with points: the writer hears it, and no point is damaged. */
class PointErrorIT {
  private static final int SECTOR = 512;

  @RegisterExtension final TestBay bay = TestBay.onDisk();
  private FailingDisk disk;

  @AfterEach
  void closeDisk() {
    bay.umount();
    disk.close();
  }

  /** A volume with a point, whose files all lie on the disk; {@code now} is synced. */
  private void freezeOnFileSystem(String cache) {
    disk = new FailingDisk(bay, "32M").withFileSystem();
    bay.must(
        """
        echo "create volume bad size=8M path=$T/disk cache=%s" >$C/ctl
        head -c 8M /dev/urandom >was; head -c 3M /dev/urandom >new
        dd if=was of=$V/bad bs=64K conv=notrunc,fsync status=none
        echo 'freeze volumes=bad name=P' >$C/ctl
        dd if=new of=$V/bad bs=64K count=32 conv=notrunc,fsync status=none
        cp was now; dd if=new of=now bs=64K count=32 conv=notrunc status=none
        """
            .formatted(cache));
  }

  /** Nothing of what was synced comes from a page cache then. */
  private void mountDiskAgain() {
    bay.umount();
    bay.must("umount disk; mount $(cat loop) disk");
    bay.mount();
  }

  private void failASync() {
    disk.fail();
    assertThat(
            bay.refused(
                "dd if=new of=$V/bad bs=64K skip=16 seek=64 count=32 conv=notrunc,fsync status=none"))
        .contains("fsync failed")
        .contains("Input/output error");
  }

  private void check() {
    bay.must("echo 'check volume=bad id=repair' >$C/ctl; cat $C/jobs/repair/wait");
  }

  /** Two MiB at 4 MiB were written and not synced: each sector has its old or its new bytes. */
  private void whatWasSyncedIsThere() throws IOException {
    bay.must("cmp was $MNT/points/P/bad; cmp -n 4M now $V/bad; cmp -i 6M now $V/bad");
    byte[] now = Files.readAllBytes(bay.volume("bad"));
    byte[] was = Files.readAllBytes(bay.scratch().resolve("was"));
    byte[] written = Files.readAllBytes(bay.scratch().resolve("new"));
    for (int at = 4 << 20; at < 6 << 20; at += SECTOR) {
      int from = at - (3 << 20);
      assertThat(
              Arrays.equals(now, at, at + SECTOR, was, at, at + SECTOR)
                  || Arrays.equals(now, at, at + SECTOR, written, from, from + SECTOR))
          .as("the sector at %d has old or new bytes", at)
          .isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"page", "block"})
  void afterAFailedSyncItTakesNoWritesUntilItWasChecked(String cache) throws IOException {
    freezeOnFileSystem(cache);
    failASync();

    assertThat(bay.refused("dd if=new of=$V/bad bs=64K count=1 conv=notrunc status=none"))
        .contains("Input/output error");
    assertThat(bay.lastError()).contains("takes no writes").contains("check volume=bad");
    assertThat(bay.status("bad", "failure")).isNotEqualTo("-");
    assertThat(bay.must("cat $C/health")).startsWith("degraded: ").contains("volume bad");
    bay.must("cmp was $MNT/points/P/bad; cmp -n 4M now $V/bad");
    assertThat(bay.refused("echo 'freeze volumes=bad name=Q' >$C/ctl"))
        .contains("Input/output error");
    bay.must("ls $MNT/points | cmp - <(echo P)");

    disk.recover();
    check();
    assertThat(bay.status("bad", "failure")).isEqualTo("-");
    assertThat(bay.must("cat $C/health")).isEqualTo("ok");
    whatWasSyncedIsThere();
    mountDiskAgain();
    whatWasSyncedIsThere();
    bay.must(
        """
        echo 'freeze volumes=bad name=Q' >$C/ctl; cp $V/bad now
        dd if=was of=$V/bad bs=64K conv=notrunc,fsync status=none
        cmp was $MNT/points/P/bad; cmp now $MNT/points/Q/bad; cmp was $V/bad
        """);
  }

  @Test
  void whatWasSyncedSurvivesWithoutACheck() throws IOException {
    freezeOnFileSystem("page");
    failASync();
    disk.recover();

    mountDiskAgain();

    whatWasSyncedIsThere();
    assertThat(bay.refused("dd if=new of=$V/bad bs=64K count=1 conv=notrunc status=none"))
        .contains("Input/output error");
    check();
    whatWasSyncedIsThere();
    bay.must("dd if=was of=$V/bad bs=64K conv=notrunc,fsync status=none; cmp was $V/bad");
  }

  @Test
  void aHomeThatFailsIsHeardByWhoNeedsItAndNothingIsLost() {
    disk = new FailingDisk(bay, "8M").asHomeOf("bad");
    bay.must(
        """
        head -c 4M /dev/urandom >was; head -c 1M /dev/urandom >new; cp was now
        dd if=was of=$V/bad bs=64K conv=notrunc,fsync status=none
        echo 'freeze volumes=bad name=P' >$C/ctl
        dd if=new of=$V/bad bs=64K conv=notrunc,fsync status=none
        dd if=new of=now bs=64K conv=notrunc status=none; truncate -s 8M now was
        """);
    disk.fail();

    assertThat(bay.refused("dd if=new of=$V/bad bs=1000 count=1 seek=6500 conv=notrunc"))
        .contains("Input/output error");
    assertThat(bay.refused("dd if=$MNT/points/P/bad of=x bs=64K skip=80 count=8 iflag=direct"))
        .contains("Input/output error");
    bay.must("cmp -n 1M now $V/bad; cmp -n 4M was $MNT/points/P/bad");
    bay.must("dd if=new of=$V/bad bs=64K count=8 seek=16 conv=notrunc status=none");
    bay.must("dd if=new of=now bs=64K count=8 seek=16 conv=notrunc status=none");

    disk.recover();
    bay.must("cmp now $V/bad; cmp was $MNT/points/P/bad");
    bay.remount();
    bay.must(
        """
        cmp now $V/bad; cmp was $MNT/points/P/bad
        dd if=was of=$V/bad bs=64K conv=notrunc,fsync status=none
        cmp was $V/bad; cmp was $MNT/points/P/bad
        """);
  }
}
