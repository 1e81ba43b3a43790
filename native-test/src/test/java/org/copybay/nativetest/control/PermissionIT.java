package org.copybay.nativetest.control;

import static org.assertj.core.api.Assertions.assertThat;

import org.copybay.nativetest.Shell;
import org.copybay.nativetest.TestBay;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Who may write commands: the one who mounted, root, and for harmless ones the group of ctl. */
class PermissionIT {
  private static final int STRANGER = 64123;
  private static final int GROUP = 0;

  @RegisterExtension final TestBay bay = TestBay.onDisk().withOptions("allow_other");

  @BeforeEach
  void makeVolume() {
    bay.must("chmod 755 $T; echo 'create volume payroll size=1M' >$C/ctl");
  }

  private Shell.Result as(int uid, int gid, String script) {
    return bay.run(
        "setpriv --reuid=%d --regid=%d --clear-groups bash -c '%s'".formatted(uid, gid, script));
  }

  @Test
  void strangerReadsButWritesNoCommand() {
    assertThat(as(STRANGER, STRANGER, "cat $C/status $C/volumes/payroll/status").ok())
        .contains("name: payroll");

    assertThat(as(STRANGER, STRANGER, "echo \"create volume x size=1M\" >$C/ctl").refused())
        .contains("Permission denied");
    assertThat(as(STRANGER, STRANGER, "echo \"delete\" >$C/volumes/payroll/ctl").refused())
        .contains("Permission denied");
    assertThat(as(STRANGER, STRANGER, "echo >$C/error_log").refused())
        .contains("Permission denied");
    assertThat(bay.must("ls $V")).isEqualTo("payroll");
  }

  @Test
  void strangerCannotRemoveAVolumeOfAnother() {
    as(STRANGER, STRANGER, "cat $V/payroll").refused();
    as(STRANGER, STRANGER, "rm -f $V/payroll").refused();
    as(STRANGER, STRANGER, "mv $V/payroll $V/mine").refused();

    assertThat(bay.must("ls $V")).isEqualTo("payroll");
  }

  @Test
  void groupMemberMakesAVolumeAndOwnsIt() {
    as(STRANGER, GROUP, "echo \"create volume mine size=1M\" >$C/ctl").ok();

    assertThat(bay.must("stat -c %u:%g:%a $V/mine")).isEqualTo(STRANGER + ":" + GROUP + ":600");
    as(STRANGER, GROUP, "echo words | dd of=$V/mine conv=notrunc status=none").ok();
  }

  @Test
  void groupMemberMayNotChooseADirectory() {
    bay.must("mkdir -m 700 private");

    assertThat(
            as(STRANGER, GROUP, "echo \"create volume x size=1M path=$T/private\" >$C/ctl")
                .refused())
        .contains("Permission denied");

    assertThat(as(STRANGER, GROUP, "cat $C/last_error").ok())
        .contains("uid " + STRANGER + " may not choose a directory: only uid 0 and root");
    bay.must("test -z \"$(ls private)\"; echo \"create volume x size=1M path=$T/private\" >$C/ctl");
  }

  @Test
  void groupMemberDuplicatesWhatItMayReadOnly() {
    String duplicate = "echo \"duplicate from=%s to=copy id=%s\" >$C/ctl";

    assertThat(as(STRANGER, GROUP, duplicate.formatted("payroll", "theirs")).refused())
        .contains("Permission denied");
    assertThat(as(STRANGER, GROUP, "cat $C/last_error").ok())
        .contains("uid " + STRANGER + " may not read volume payroll");

    bay.must("chmod 640 $V/payroll");
    as(STRANGER, GROUP, duplicate.formatted("payroll", "mine")).ok();
    as(STRANGER, GROUP, "cat $C/jobs/mine/wait").ok();
    assertThat(bay.must("ls $V; cmp $V/payroll $V/copy; stat -c %u $V/copy"))
        .isEqualTo("copy\npayroll\n" + STRANGER);
  }

  @Test
  void groupMemberMayNotDestroy() {
    Shell.Result delete = as(STRANGER, GROUP, "echo \"delete volume=payroll\" >$C/ctl");
    Shell.Result shrink =
        as(STRANGER, GROUP, "echo \"resize volume=payroll size=1K shrink=yes\" >$C/ctl");

    assertThat(delete.refused()).contains("Permission denied");
    assertThat(shrink.refused()).contains("Permission denied");
    assertThat(as(STRANGER, GROUP, "cat $C/last_error").ok())
        .contains("uid " + STRANGER)
        .contains("resize");
    assertThat(bay.must("stat -c %s $V/payroll")).isEqualTo("1048576");
    assertThat(bay.must("cat $C/audit").lines())
        .anyMatch(line -> line.contains(" " + STRANGER + " ") && line.contains("delete EACCES"));
  }

  @Test
  void lastErrorIsTheReadersOwn() {
    as(STRANGER, GROUP, "echo stranger >$C/ctl").refused();
    bay.refused("echo owner >$C/ctl");

    assertThat(as(STRANGER, GROUP, "cat $C/last_error").ok()).contains("unknown verb stranger");
    assertThat(bay.lastError()).contains("unknown verb owner");
    assertThat(bay.must("cat $C/error_log")).contains(" uid=" + STRANGER + " ").contains(" uid=0 ");
  }

  @Test
  void clearingForgetsTheWritersOwnErrorsOnly() {
    as(STRANGER, GROUP, "echo stranger >$C/ctl").refused();
    bay.refused("echo owner >$C/ctl");

    as(STRANGER, GROUP, "echo >$C/error_log").ok();

    assertThat(as(STRANGER, GROUP, "cat $C/last_error").ok()).isEmpty();
    assertThat(bay.must("cat $C/error_log")).contains("verb owner").doesNotContain("verb stranger");
  }
}
