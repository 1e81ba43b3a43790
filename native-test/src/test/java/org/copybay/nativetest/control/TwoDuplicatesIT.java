package org.copybay.nativetest.control;

import static org.assertj.core.api.Assertions.assertThat;

import org.copybay.nativetest.TestBay;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Several duplicates at once: each is whole, none waits for ever. */
class TwoDuplicatesIT {
  @RegisterExtension static final TestBay BAY = TestBay.onDisk();

  @Test
  void twoRunAtOnce() {
    Duplicating.slow(BAY, "a", "a2", "first", "");
    Duplicating.slow(BAY, "b", "b2", "second", "");

    BAY.must(
        "for i in $(seq 100); do if [ $(grep -c ' running ' $C/jobs/running) = 2 ]; then exit; fi; sleep 0.1; done; exit 1");
    BAY.must("printf 'rate job=%s limit=0\\n' first second >$C/ctl");
    BAY.must("cat $C/jobs/first/wait $C/jobs/second/wait; cmp $V/a $V/a2; cmp $V/b $V/b2");
  }

  @Test
  void manyAreAllDone() {
    BAY.must(
        """
        for i in $(seq 10); do
            echo "create volume m$i size=2M" >$C/ctl
            dd if=/dev/urandom of=$V/m$i bs=1M count=2 conv=notrunc status=none
        done
        for i in $(seq 10); do echo "duplicate from=m$i to=n$i id=many$i"; done >$C/ctl
        for i in $(seq 10); do cat $C/jobs/many$i/wait >/dev/null; cmp $V/m$i $V/n$i; done
        test -z "$(grep -v '^#' $C/jobs/running | grep many)"
        """);
  }

  @Test
  void copyOfACopyWaitsItsTurn() {
    Duplicating.fullSource(BAY, "root", 2);
    BAY.must(
        """
        echo 'duplicate from=root to=child id=child' >$C/ctl
        cat $C/jobs/child/wait
        echo 'duplicate from=child to=grandchild id=grandchild' >$C/ctl
        cat $C/jobs/grandchild/wait
        cmp $V/root $V/grandchild
        """);
    assertThat(BAY.must("ls $V").lines()).contains("root", "child", "grandchild");
  }
}
