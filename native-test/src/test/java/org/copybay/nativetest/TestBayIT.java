package org.copybay.nativetest;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The harness itself: whatever happens to the daemon, nothing stays behind. */
class TestBayIT {

  @Test
  void leavesNothingBehindAfterAGoodRun() {
    TestBay bay = TestBay.onTmpfs("64m").open();
    Path scratch = bay.scratch();

    bay.close();

    assertThat(TestBay.mountsBelow(scratch)).isEmpty();
    assertThat(Files.exists(scratch)).isFalse();
  }

  @Test
  void leavesNothingBehindWhenTheDaemonWasKilled() {
    TestBay bay = TestBay.onDisk().open();
    Path scratch = bay.scratch();
    bay.kill9();

    bay.close();

    assertThat(TestBay.mountsBelow(scratch)).isEmpty();
    assertThat(Files.exists(scratch)).isFalse();
  }

  /** Tests beside this one do that for a moment: they look at every bay, and copy mounts. */
  @Test
  void unmountsAlsoWhileOthersLookAtItAndHaveCopiesOfIt() {
    try (TestBay bay = TestBay.onDisk().open()) {
      bay.must(
          "(cd $MNT && exec sleep 2) >/dev/null 2>&1 &"
              + " until [ /proc/$!/cwd -ef $MNT ]; do sleep 0.1; done");
      bay.remount();

      bay.must(
          "unshare -m --propagation private sh -c 'touch copied; exec sleep 2' >/dev/null 2>&1 &"
              + " until [ -e copied ]; do sleep 0.1; done");
      bay.remount();

      bay.must("ls $V");
    }
  }
}
