package org.copybay.nativetest.quickopc;

import static org.assertj.core.api.Assertions.assertThat;

import org.copybay.nativetest.TestBay;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a target is when its session was ended. */
class QuickOpcCancelIT {
  @RegisterExtension final TestBay bay = TestBay.onDisk();
  private final OpcShell shell = new OpcShell(bay);

  @BeforeEach
  void makePair() {
    shell.must(
        """
        for v in a b; do
          head -c 1M /dev/urandom >$v
          echo "create volume $v size=1M" >$C/ctl
          dd if=$v of=$V/$v bs=1M conv=notrunc status=none
        done
        pair a b
        """);
  }

  private void invalid() {
    assertThat(shell.refused("cat $V/b >/dev/null")).contains("Input/output error");
    assertThat(shell.refused("dd if=/dev/zero of=$V/b bs=4K count=1 conv=notrunc status=none"))
        .contains("Input/output error");
    assertThat(shell.must("stat -c %s $V/b")).isEqualTo("1048576");
    assertThat(bay.status("b", "invalid")).isNotEqualTo("-");
    assertThat(bay.must("cat $C/health")).startsWith("degraded").contains("INVALID");
    shell.must("cmp a $V/a");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "put b 3 mine; phase a-b/p copying/tracking; q cancel group=a-b",
        "put b 3 mine; q stop-tracking group=a-b; phase a-b/p copying; q cancel group=a-b force=yes",
        """
        echo "cancel job=$(info a-b/p job)" >$C/ctl
        phase a-b/p error
        cmp a $V/b
        put b 3 mine
        q cancel group=a-b
        """
      })
  void aTargetThatIsNotWholeIsInvalidUntilAWholeCopy(String cancel) {
    shell.must("echo 'freeze volumes=b name=before' >$C/ctl; q start group=a-b paused=yes");
    shell.must(cancel);

    invalid();
    bay.remount();
    invalid();
    bay.kill9();
    bay.mount();
    invalid();
    shell.must("cmp b $MNT/points/before/b");

    shell.must("q start group=a-b paused=yes; cmp a $V/b");
    bay.remount();
    shell.must("cmp a $V/b; q resume group=a-b; phase a-b/p tracking; cmp a $V/b");
    shell.must("cmp b $MNT/points/before/b; q cancel group=a-b; cmp a $V/b");
    assertThat(bay.status("b", "invalid")).isEqualTo("-");
  }

  @Test
  void whatWasMadeInvalidIsTakenAsItIsOnlyWhenSomebodySaysSo() {
    shell.must("q start group=a-b paused=yes; put b 3 mine; q cancel group=a-b");
    invalid();

    shell.must("q accept-partial volume=b");

    shell.must("dd if=$V/b bs=64K skip=3 count=1 status=none | cmp - <(region mine)");
    shell.must("put b 4 mine; cat $V/b >/dev/null");
    bay.remount();
    shell.must("dd if=$V/b bs=64K skip=4 count=1 status=none | cmp - <(region mine)");
  }

  @Test
  void aTrackedTargetIsAVolumeOfItsOwnAfterwards() {
    shell.must(
        """
        q start group=a-b
        phase a-b/p tracking
        put a 3 later
        q cancel group=a-b
        cmp a $V/b
        put a 4 later
        cmp a $V/b
        put b 5 mine
        """);

    assertThat(shell.refused("q start group=a-b -diff"))
        .contains("No such file or directory")
        .contains("ccm4012");
    assertThat(shell.refused("q cancel group=a-b")).contains("No such file or directory");
    bay.remount();
    shell.must("dd if=$V/b bs=64K skip=5 count=1 status=none | cmp - <(region mine)");
    shell.must("cmp -n 327680 a $V/b; echo 'delete volume=b' >$C/ctl");
  }

  @Test
  void aSessionThatNoLongerTracksEndsWhenAllIsCopied() {
    shell.must(
        """
        q start group=a-b paused=yes
        q stop-tracking group=a-b
        q resume group=a-b
        phase a-b/p none
        cmp a $V/b
        """);
    assertThat(bay.status("b", "invalid")).isEqualTo("-");
  }
}
