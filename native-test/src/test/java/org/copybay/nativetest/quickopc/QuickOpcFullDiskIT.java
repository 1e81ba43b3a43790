package org.copybay.nativetest.quickopc;

import static org.assertj.core.api.Assertions.assertThat;

import org.copybay.nativetest.TestBay;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The disk of the bay is full: a command is refused, and all is as it was. */
class QuickOpcFullDiskIT {
  private static final String NO_SPACE = "No space left on device";

  @RegisterExtension final TestBay bay = TestBay.onExt4("48M");
  private final OpcShell shell = new OpcShell(bay);

  @BeforeEach
  void makePairs() {
    shell.must(
        """
        for v in a b c d; do
          head -c 2M /dev/urandom >$v
          echo "create volume $v size=2M" >$C/ctl
          dd if=$v of=$V/$v bs=64K conv=notrunc,fsync status=none
        done
        pair a b
        pair c d
        q start group=a-b
        phase a-b/p tracking
        put a 3 new
        put b 5 mine
        cp $V/a a
        cp $V/b b
        """);
  }

  /** Leaves no block free, nor what is kept for commands. */
  private void fillUp() {
    shell.run(
        """
        rm -f $BAY/reserve
        for bs in 64K 4K 1K; do
          dd if=/dev/zero bs=$bs of=$BELOW/filler oflag=append conv=notrunc,fsync status=none
        done
        sync -f $BELOW
        """);
  }

  private void allIsAsItWas() {
    shell.must("for v in a b c d; do cmp $v $V/$v; done");
    assertThat(shell.info("a-b/p", "phase")).isEqualTo("tracking");
    assertThat(shell.info("c-d/p", "phase")).isEqualTo("none");
    assertThat(shell.sets("a-b/p").get(0)).doesNotContain("1");
    assertThat(shell.sets("a-b/p").get(1)).isEqualTo("00010000" + "0".repeat(24));
    assertThat(shell.sets("a-b/p").get(2)).isEqualTo("00000100" + "0".repeat(24));
  }

  @Test
  void aStartIsRefusedAndChangesNothing() {
    fillUp();

    assertThat(shell.refused("q start group=c-d")).contains(NO_SPACE);
    fillUp();
    assertThat(shell.refused("q start group=a-b -diff")).contains(NO_SPACE);
    fillUp();
    assertThat(shell.refused("q start group=a-b -r")).contains(NO_SPACE);

    allIsAsItWas();
    shell.must("ls $MNT/points | wc -l | grep -qx 0");
    fillUp();
    bay.kill9();
    bay.mount();
    allIsAsItWas();

    shell.must("rm $BELOW/filler; sync -f $BELOW");
    shell.must("q start group=a-b -diff; cmp a $V/b; phase a-b/p tracking; cmp a $V/b");
    shell.must("q start group=c-d; cmp c $V/d; phase c-d/p tracking; cmp c $V/d");
    bay.umount();
    shell.must("$COPYBAY check $BAY");
  }
}
