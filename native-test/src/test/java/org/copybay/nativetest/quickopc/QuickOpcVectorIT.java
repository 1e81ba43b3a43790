package org.copybay.nativetest.quickopc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.copybay.nativetest.TestBay;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Eight regions through a start, changes on both sides, a differential start and a restore, by a
 * shell: the bytes of both sides, TS and TD after every step. U has at least what it must have: no
 * copier clears it meanwhile.
 */
class QuickOpcVectorIT {
  private static final String PAIR = "a-b/p";
  private static final String NONE = "00000000";
  private static final String OLD = "a0 a1 a2 a3 a4 a5 a6 a7";

  @RegisterExtension final TestBay bay = TestBay.onDisk();
  private final OpcShell shell = new OpcShell(bay);
  private boolean killed;

  @Test
  void everyStepInOneLife() {
    steps();
  }

  @Test
  void everyStepWithAKillAndAMountBeforeTheNext() {
    killed = true;
    steps();
  }

  private void steps() {
    shell.must(
        """
        for v in a b; do
          echo "create volume $v size=512K" >$C/ctl
          for i in {0..7}; do put $v $i $v$i; done
        done
        pair a b
        """);
    step("q start group=a-b paused=yes");
    is("11111111", NONE, NONE, OLD, OLD);
    step("cmp $V/a $V/b"); // where the original copies r0 and r1, ours waits
    is("00111111", NONE, NONE, OLD, OLD);
    step("put a 4 A4+");
    String source = "a0 a1 a2 a3 A4+ a5 a6 a7";
    is("00110111", "00001000", NONE, source, OLD);
    step("dd if=$V/b bs=64K skip=6 count=1 status=none | cmp - <(region a6)");
    is("00110101", "00001000", NONE, source, OLD);
    step("put b 7 'B7!'");
    is("00110100", "00001000", "00000001", source, "a0 a1 a2 a3 a4 a5 a6 B7!");
    step("put b 0 'B0!'");
    String target = "B0! a1 a2 a3 a4 a5 a6 B7!";
    is("00110100", "00001000", "10000001", source, target);
    step("put a 0 A0+");
    source = "A0+ a1 a2 a3 A4+ a5 a6 a7";
    is("00110100", "10001000", "10000001", source, target);

    step("q start group=a-b -diff paused=yes");
    is("10111101", NONE, NONE, source, source);
    step("q resume group=a-b; phase a-b/p tracking");
    is(NONE, NONE, NONE, source, source);
    assertThat(shell.sets(PAIR).get(0)).isEqualTo(NONE);
    step("put a 3 A3++; put b 5 'B5!'");
    target = "A0+ a1 a2 a3 A4+ B5! a6 a7";
    is(NONE, "00010000", "00000100", "A0+ a1 a2 A3++ A4+ a5 a6 a7", target);

    step("q start group=a-b -r paused=yes");
    is(NONE, "00010100", "00000100", target, target);
    step(
        """
        q resume group=a-b
        until [ $(info a-b/p restore) = - ]; do sleep 0.05; done
        """);
    is(NONE, "00010100", "00000100", target, target);
    assertThat(shell.info(PAIR, "phase")).isEqualTo("tracking");
    shell.must("q verify group=a-b id=v; cat $C/jobs/v/wait");
  }

  private void step(String script) {
    shell.must(script);
    if (killed) {
      bay.kill9();
      bay.mount();
    }
  }

  private void is(
      String uncopied, String changedSource, String changedTarget, String source, String target) {
    List<String> sets = shell.sets(PAIR);
    assertThat(sets.subList(1, 3)).containsExactly(changedSource, changedTarget);
    for (int i = 0; i < uncopied.length(); i++) {
      assertThat(sets.get(0).charAt(i))
          .as(sets + "[" + i + "]")
          .isGreaterThanOrEqualTo(uncopied.charAt(i));
    }
    assertThat(shell.must("stamps a")).isEqualTo(source);
    assertThat(shell.must("stamps b")).isEqualTo(target);
  }
}
