package org.copybay.nativetest.quickopc;

import static org.assertj.core.api.Assertions.assertThat;

import org.copybay.nativetest.TestBay;
import org.copybay.nativetest.fault.FailingDisk;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A disk that fails or fills below one side: the session is suspended, nobody else hears it. */
class QuickOpcFaultIT {
  @RegisterExtension final TestBay bay = TestBay.onDisk();
  private final OpcShell shell = new OpcShell(bay);

  @BeforeEach
  void makeImages() {
    shell.must("head -c 4M /dev/urandom >image; head -c 4M /dev/urandom >new");
  }

  private void makeSource() {
    shell.must(
        """
        echo 'create volume a size=4M' >$C/ctl
        dd if=image of=$V/a bs=64K conv=notrunc,fsync status=none
        """);
  }

  private void suspended(String... why) {
    shell.must("phase a-b/p error");
    assertThat(shell.info("a-b/p", "opc_status")).isEqualTo("OPC Error Suspend");
    assertThat(shell.info("a-b/p", "error")).containsAnyOf(why);
    assertThat(shell.must("cat $C/health")).startsWith("degraded").contains("a-b/p");
  }

  /** A writer that waits for the disk with each write, and must not hear of the target. */
  private void overwriteSource() {
    shell.must("dd if=new of=$V/a bs=64K oflag=dsync conv=notrunc status=none; cmp new $V/a");
  }

  private void copiesEverythingAnew() {
    shell.must("q start group=a-b -auto id=anew; cmp $V/a $V/b");
    assertThat(shell.must("cat $C/jobs/anew/wait")).contains("copied=4194304");
    shell.must("phase a-b/p tracking; cmp $V/a $V/b; q verify group=a-b id=v; cat $C/jobs/v/wait");
    bay.remount();
    shell.must("cmp $V/a $V/b; cmp new $V/a; q cancel group=a-b; cmp new $V/b");
    assertThat(shell.must("cat $C/health")).isEqualTo("ok");
  }

  @Test
  void aTargetOnADiskThatFailsIsCopiedAnewWhenItIsThereAgain() {
    FailingDisk disk = new FailingDisk(bay, "64M").withFileSystem();
    try {
      makeSource();
      shell.must(
          """
          echo "create volume b size=4M path=$T/disk" >$C/ctl
          pair a b
          q start group=a-b paused=yes
          """);
      disk.fail();
      shell.must("q resume group=a-b");
      suspended("Input/output error", "an earlier sync failed"); // who met it first
      overwriteSource();
      disk.recover();
      shell.must("cmp image $V/b");
      bay.run("echo 'check volume=b id=look' >$C/ctl; cat $C/jobs/look/wait");
      shell.must("cmp image $V/b");
      copiesEverythingAnew();
    } finally {
      disk.recover();
      bay.umount();
      disk.close();
    }
  }

  @Test
  void aTargetOnAFullDiskIsCopiedAnewWhenThereIsRoom() {
    makeSource();
    shell.must(
        """
        mkdir small
        mount -t tmpfs -o size=2M copybay-test small
        echo "create volume b size=4M path=$T/small" >$C/ctl
        pair a b
        q start group=a-b
        """);
    suspended("No space left on device");
    shell.must("cmp image $V/b");
    overwriteSource();
    bay.remount();
    suspended("No space left on device");
    shell.must("cmp image $V/b; mount -o remount,size=32M small");

    copiesEverythingAnew();
    bay.umount();
  }

  @Test
  void aSourceThatCannotBeReadInOnePlaceIsWrittenThereAndCopiedAnew() {
    try (BadPlace place = new BadPlace(bay, "a")) {
      shell.must(
          """
          dd if=new of=$V/a bs=64K conv=notrunc,fsync status=none
          echo 'create volume b size=4M' >$C/ctl
          pair a b
          """);
      place.spoil();
      shell.must("q start group=a-b");
      suspended("Input/output error");
      assertThat(shell.refused("dd if=$V/a of=/dev/null bs=64K skip=47 count=1 status=none"))
          .contains("Input/output error");
      shell.must("dd if=$V/b bs=64K count=40 status=none | cmp -n 2621440 new -");

      shell.must(
          "put a 47 repaired; dd if=$V/a bs=64K skip=47 count=1 of=new seek=47 conv=notrunc");
      copiesEverythingAnew();
      bay.umount();
    }
  }
}
