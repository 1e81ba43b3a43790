package org.copybay.nativetest.fault;

import static org.assertj.core.api.Assertions.assertThat;

import org.copybay.nativetest.TestBay;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** After a sync that failed a volume takes no writes until it was checked; it never pretends. */
class FailedSyncIT {
  @RegisterExtension final TestBay bay = TestBay.onDisk();
  private FailingDisk disk;

  @BeforeEach
  void loseASync() {
    disk = new FailingDisk(bay, "32M").withFileSystem();
    bay.must(
        """
        echo "create volume bad size=8M path=$T/disk" >$C/ctl
        echo "create volume good size=8M" >$C/ctl
        head -c 2M /dev/urandom >first
        dd if=first of=$V/bad bs=64K conv=notrunc,fsync status=none
        """);
    disk.fail();
    assertThat(bay.refused("dd if=first of=$V/bad bs=64K seek=64 conv=notrunc,fsync status=none"))
        .contains("fsync failed")
        .contains("Input/output error");
  }

  @AfterEach
  void closeDisk() {
    bay.umount();
    disk.close();
  }

  private String refusedWrite() {
    return bay.refused("dd if=first of=$V/bad bs=64K count=1 conv=notrunc,fsync status=none");
  }

  @Test
  void takesNoWritesAndSaysSo() {
    assertThat(bay.refused("dd if=first of=$V/bad bs=64K count=1 conv=notrunc status=none"))
        .contains("Input/output error");
    assertThat(bay.lastError()).contains("takes no writes").contains("check volume=bad");
    assertThat(bay.must("cat $C/health")).startsWith("degraded: ").contains("volume bad");
    assertThat(bay.status("bad", "failure")).isNotEqualTo("-");
    bay.must("cmp -n 2097152 first $V/bad");
  }

  @Test
  void secondSyncDoesNotSucceed() {
    disk.recover();

    assertThat(bay.refused("sync $V/bad")).contains("Input/output error");
    assertThat(bay.refused("sync $V/bad")).contains("Input/output error");
    assertThat(bay.lastError()).contains("check volume=bad");
  }

  @Test
  void otherVolumesAreFine() {
    bay.must(
        "dd if=first of=$V/good bs=64K conv=notrunc,fsync status=none; cmp -n 2097152 first $V/good");
    bay.must("echo 'create volume more size=1M' >$C/ctl; rm $V/more");
    assertThat(bay.status("good", "failure")).isEqualTo("-");
  }

  @Test
  void staysSoOverARemountUntilCheck() {
    disk.recover();
    bay.remount();
    assertThat(refusedWrite()).contains("Input/output error");

    bay.command("check volume=bad id=repair");
    bay.must("cat $C/jobs/repair/wait");

    bay.must("dd if=first of=$V/bad bs=64K seek=64 conv=notrunc,fsync status=none");
    assertThat(bay.must("cat $C/health")).isEqualTo("ok");
    bay.remount();
    bay.must("cmp -n 2097152 first $V/bad; cmp -n 2097152 -i 0:4194304 first $V/bad");
  }

  @Test
  void checkOfADiskThatStillFailsRepairsNothing() {
    bay.command("check volume=bad id=early");
    assertThat(bay.refused("cat $C/jobs/early/wait")).contains("Input/output error");

    assertThat(refusedWrite()).contains("Input/output error");
    assertThat(bay.must("cat $C/health")).startsWith("degraded");
    disk.recover();
    bay.must("echo 'check volume=bad id=later' >$C/ctl; cat $C/jobs/later/wait");
    assertThat(bay.must("cat $C/health")).isEqualTo("ok");
  }
}
