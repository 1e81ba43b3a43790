package org.copybay.nativetest.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.copybay.nativetest.TestBay;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The audit log: who destroyed what by which command, with its result, over remounts. */
class AuditIT {
  @RegisterExtension final TestBay bay = TestBay.onDisk();

  private List<String> audit() {
    return bay.must("cat $C/audit").lines().filter(line -> !line.startsWith("#")).toList();
  }

  @Test
  void destructiveCommandsAreListedWithUidAndResult() {
    bay.must(
        """
        printf 'create volume %s size=1M\\n' a b c d >$C/ctl
        echo 'delete volume=a' >$C/ctl
        echo 'resize volume=b size=1K shrink=yes' >$C/ctl
        echo 'duplicate from=c to=d replace=yes id=r' >$C/ctl
        cat $C/jobs/r/wait
        rm $V/c
        """);

    List<String> audit = audit();

    assertThat(audit).hasSize(4);
    assertThat(audit.get(0)).matches("\\d+ \\S+Z 0 \\d+ ctl delete ok delete volume=a");
    assertThat(audit.get(1)).contains(" resize ok resize volume=b size=1K shrink=yes");
    assertThat(audit.get(2)).contains(" duplicate ok duplicate from=c to=d replace=yes id=r");
    assertThat(audit.get(3)).matches("\\d+ \\S+Z 0 \\d+ volumes/c unlink ok .*c.*");
  }

  @Test
  void renameOverAVolumeIsListed() {
    bay.must("printf 'create volume %s size=1M\\n' a b >$C/ctl; mv -f $V/a $V/b");

    assertThat(audit()).hasSize(1);
    assertThat(audit().get(0)).contains(" 0 ").contains(" ok ").contains("b");
  }

  @Test
  void harmlessCommandsAreNotListed() {
    bay.must(
        """
        printf 'create volume %s size=1M\\n' a b >$C/ctl
        echo 'resize volume=a size=2M' >$C/ctl
        echo 'rename volume=a to=c' >$C/ctl
        echo 'duplicate from=b to=d id=r' >$C/ctl
        cat $C/jobs/r/wait
        """);

    assertThat(audit()).isEmpty();
  }

  @Test
  void refusedRemovalOfAHeldVolumeIsListedWithItsErrno() {
    bay.must(
        """
        echo 'create volume a size=4M' >$C/ctl
        dd if=/dev/urandom of=$V/a bs=1M count=4 conv=notrunc status=none
        echo 'duplicate from=a to=b id=slow rate=1K' >$C/ctl
        """);

    assertThat(bay.refused("rm $V/a")).contains("busy");
    bay.command("cancel job=slow");

    assertThat(audit()).hasSize(1);
    assertThat(audit().get(0)).contains(" unlink EBUSY ");
  }

  @Test
  void refusedRenameOverAHeldVolumeIsListedWithItsErrno() {
    bay.must("echo 'create volume other size=1M' >$C/ctl; cp $V/other other");
    Duplicating.slow(bay, "held", "copy", "slow", "");

    assertThat(bay.refused("mv $V/other $V/held")).contains("busy");
    bay.command("cancel job=slow");

    assertThat(audit()).hasSize(1);
    assertThat(audit().get(0))
        .matches("\\d+ \\S+Z 0 \\d+ volumes/held rename EBUSY rename other over held");
    assertThat(bay.must("ls $V; cmp other $V/other; stat -c %s $V/held"))
        .isEqualTo("held\nother\n33554432");
  }

  @Test
  void survivesRemountAndKill9() {
    bay.must("printf 'create volume %s size=1M\\n' a b c >$C/ctl; rm $V/a");
    bay.remount();
    bay.must("rm $V/b");
    bay.kill9();
    bay.mount();
    bay.must("rm $V/c");

    assertThat(audit()).hasSize(3).allMatch(line -> line.contains(" unlink ok "));
    assertThat(audit().stream().map(line -> line.replaceFirst(" .*", ""))).doesNotHaveDuplicates();
  }
}
