package org.copybay.nativetest.fault;

import static org.assertj.core.api.Assertions.assertThat;

import org.copybay.nativetest.TestBay;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A disk that answers with EIO: who asked hears it, nobody else does, nothing acknowledged goes.
 */
class ErrorBelowIT {
  @RegisterExtension final TestBay bay = TestBay.onDisk();
  private FailingDisk disk;

  @BeforeEach
  void makeVolumes() {
    disk = new FailingDisk(bay, "16M").asHomeOf("bad");
    bay.must(
        """
        echo 'create volume good size=4M' >$C/ctl
        head -c 4M /dev/urandom >first
        dd if=first of=$V/bad bs=64K conv=notrunc,fsync status=none
        """);
  }

  @AfterEach
  void closeDisk() {
    bay.umount();
    disk.close();
  }

  private void goodVolumeWorks() {
    bay.must("dd if=first of=$V/good bs=64K conv=notrunc,fsync status=none; cmp first $V/good");
  }

  @Test
  void writerHearsItAndTheRestGoesOn() {
    disk.fail();

    assertThat(bay.refused("dd if=/dev/zero of=$V/bad bs=64K count=1 seek=100 conv=notrunc"))
        .contains("Input/output error");
    assertThat(
            bay.refused(
                "dd if=/dev/zero of=$V/bad bs=64K count=1 seek=100 oflag=direct conv=notrunc"))
        .contains("Input/output error");
    goodVolumeWorks();
    bay.must("cat $C/status >/dev/null; echo 'create volume more size=1M' >$C/ctl");

    disk.recover();
    bay.must("cmp -n 4194304 first $V/bad");
    bay.must("echo 'check volume=bad id=again' >$C/ctl; cat $C/jobs/again/wait");
    bay.must("dd if=first of=$V/bad bs=64K seek=100 conv=notrunc,fsync status=none");
    bay.remount();
    bay.must("cmp -n 4194304 first $V/bad; cmp -n 4194304 -i 0:6553600 first $V/bad");
  }

  @Test
  void readerHearsItAndReadsAgainLater() {
    disk.fail();

    assertThat(bay.refused("dd if=$V/bad of=/dev/null bs=64K skip=200 count=8 iflag=direct"))
        .contains("Input/output error");
    goodVolumeWorks();

    disk.recover();
    bay.must("dd if=$V/bad of=/dev/null bs=64K skip=200 count=8 iflag=direct status=none");
  }

  @Test
  void duplicateFailsWithItAndLeavesNoTarget() {
    disk.fail();

    bay.command("duplicate from=bad to=copy id=failing");
    assertThat(bay.refused("cat $C/jobs/failing/wait")).contains("Input/output error");

    assertThat(bay.must("ls $V")).isEqualTo("bad\ngood");
    assertThat(bay.must("cat $C/jobs/failing/result")).contains("errno=EIO");
    assertThat(bay.lastError()).isNotEmpty();
    goodVolumeWorks();
    disk.recover();
    bay.must("echo 'duplicate from=bad to=copy id=then' >$C/ctl; cat $C/jobs/then/wait");
    bay.must("cmp $V/bad $V/copy");
  }

  @Test
  void checkFailsWithItAndIsFineLater() {
    disk.fail();
    bay.command("check volume=bad id=failing");
    assertThat(bay.refused("cat $C/jobs/failing/wait")).contains("Input/output error");

    disk.recover();
    bay.command("check volume=bad id=then");
    assertThat(bay.must("cat $C/jobs/then/wait")).contains("checked=16777216");
  }
}
