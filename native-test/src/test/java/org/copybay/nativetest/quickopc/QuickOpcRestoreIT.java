package org.copybay.nativetest.quickopc;

import static org.assertj.core.api.Assertions.assertThat;

import org.copybay.nativetest.TestBay;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Starts again, restores and what undoes them, and copies of copies. */
class QuickOpcRestoreIT {
  private static final String RESTORED =
      "until [ $(info a-b/p restore) = - ]; do sleep 0.05; done\n";

  @RegisterExtension final TestBay bay = TestBay.onDisk();
  private final OpcShell shell = new OpcShell(bay);

  @BeforeEach
  void makePair() {
    shell.must(
        """
        for v in a b c; do
          head -c 1M /dev/urandom >$v
          echo "create volume $v size=1M" >$C/ctl
          dd if=$v of=$V/$v bs=1M conv=notrunc status=none
        done
        pair a b
        pair b c
        """);
  }

  @Test
  void aStartAgainDiscardsWhatWasChangedOnTheTargetOnly() {
    shell.must(
        """
        q start group=a-b
        phase a-b/p tracking
        put b 3 mine
        put b 15 mine
        put a 7 new
        q start group=a-b -diff id=again
        cmp $V/a $V/b
        """);
    assertThat(shell.must("cat $C/jobs/again/wait")).contains("copied=" + 3 * OpcShell.REGION);
    bay.remount();
    shell.must("cmp $V/a $V/b");
  }

  @Test
  void aStartAgainKeepsWhatWasNotCopiedYet() {
    shell.must("q start group=a-b paused=yes; put a 2 new; put b 5 mine");
    assertThat(shell.sets("a-b/p").get(0)).isEqualTo("1111101111111111");

    shell.must("q start group=a-b -diff paused=yes; cmp $V/a $V/b");

    assertThat(shell.sets("a-b/p").get(0)).isEqualTo("1111111111111111");
    bay.kill9();
    bay.mount();
    shell.must("cmp $V/a $V/b; q resume group=a-b; phase a-b/p tracking; cmp $V/a $V/b");
    shell.must("q cancel group=a-b; cmp $V/a $V/b");
  }

  @Test
  void aRestoreMovesOnlyWhatChangedOnEitherSide() {
    shell.must(
        """
        q start group=a-b
        phase a-b/p tracking
        dd if=/dev/urandom of=$V/a bs=4K seek=33 count=2 conv=notrunc status=none
        put b 5 mine
        dd if=/dev/urandom of=$V/b bs=4K seek=100 count=1 conv=notrunc status=none
        cp $V/b image
        q start group=a-b -r id=back
        cmp image $V/a
        """);
    assertThat(shell.must("cat $C/jobs/back/wait")).contains("copied=" + (2 + 16 + 1) * 4096);

    shell.must("cmp image $V/a; cmp image $V/b; put a 9 new; put b 10 mine");
    assertThat(shell.info("a-b/p", "phase")).isEqualTo("tracking");
    shell.must("q start group=a-b -diff; cmp $V/a $V/b; phase a-b/p tracking; cmp $V/a $V/b");
    shell.must("q verify group=a-b id=v; cat $C/jobs/v/wait");
  }

  @Test
  void aRestoreRunsWhileTheCopyDoes() {
    shell.must(
        """
        q start group=a-b paused=yes
        put a 2 new
        put b 5 mine
        cp $V/b image
        q start group=a-b -r paused=yes
        cmp image $V/a
        cmp image $V/b
        put a 3 newer
        dd if=$V/a of=image bs=64K skip=3 seek=3 count=1 conv=notrunc status=none
        cmp image $V/a
        """);
    assertThat(shell.refused("q start group=a-b -diff"))
        .contains("Device or resource busy")
        .contains("ccm4014");
    bay.kill9();
    bay.mount();
    shell.must("cmp image $V/a; q resume group=a-b\n" + RESTORED);
    shell.must("cmp image $V/a; q resume group=a-b; phase a-b/p tracking; cmp image $V/a");
    shell.must("q start group=a-b -diff; cmp image $V/b; phase a-b/p tracking; cmp image $V/b");
  }

  @Test
  void aRestoreIsUndoneWhileItRunsAndAfterwards() {
    shell.must(
        """
        q start group=a-b
        phase a-b/p tracking
        put a 2 new
        put b 5 mine
        cp $V/a was
        cp $V/b image
        q start group=a-b -r paused=yes
        cmp image $V/a
        q undo group=a-b
        cmp was $V/a
        """);
    shell.must(RESTORED + "cmp was $V/a; cmp image $V/b");

    shell.must("q start group=a-b -r\n" + RESTORED + "cmp image $V/a; put a 8 later");
    shell.must("q undo group=a-b; cmp was $V/a\n" + RESTORED);
    bay.remount();
    shell.must("cmp was $V/a; cmp image $V/b");
    shell.must("q start group=a-b -diff; cmp was $V/b; phase a-b/p tracking; cmp was $V/b");
  }

  @Test
  void aRestoreThatWasGivenUpIsUndone() {
    shell.must(
        """
        q start group=a-b
        phase a-b/p tracking
        put b 5 mine
        q start group=a-b -r paused=yes
        q cancel group=a-b restore=yes force=yes
        """);
    assertThat(shell.refused("cat $V/a >/dev/null")).contains("Input/output error");
    shell.must("q undo group=a-b paused=yes; cmp a $V/a");
    bay.kill9();
    bay.mount();
    shell.must("cmp a $V/a; q resume group=a-b\n" + RESTORED + "cmp a $V/a");
    shell.must("q start group=a-b -diff; cmp a $V/b");
  }

  @Test
  void aCopyOfACopyShowsWhatTheFirstSourceHeldWhileBothRun() {
    shell.must(
        """
        q start group=a-b paused=yes
        put b 4 mine
        cp $V/b image
        q start group=b-c paused=yes
        put a 1 new
        put b 2 later
        put b 4 later
        cmp image $V/c
        """);

    assertThat(shell.refused("q cancel group=a-b"))
        .contains("Device or resource busy")
        .contains("QOPC4021E")
        .contains("stop it first");
    assertThat(shell.refused("q start group=a-b -diff")).contains("QOPC4021E");

    bay.kill9();
    bay.mount();
    shell.must("cmp image $V/c; q resume group=b-c; phase b-c/p tracking; cmp image $V/c");
    shell.must(
        """
        q resume group=a-b
        phase a-b/p tracking
        cmp image $V/c
        q start group=a-b -diff
        cmp $V/a $V/b
        cmp image $V/c
        q start group=b-c -diff
        cmp $V/a $V/c
        """);
  }

  @Test
  void aChainDoesNotLeadBack() {
    shell.must("pair c a; q start group=a-b; q start group=b-c");

    assertThat(shell.refused("q start group=c-a"))
        .contains("Device or resource busy")
        .contains("is itself a copy of");
    shell.must("cmp a $V/a");
  }
}
