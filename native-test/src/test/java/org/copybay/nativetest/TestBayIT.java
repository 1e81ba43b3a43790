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
}
