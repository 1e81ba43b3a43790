package org.copybay.nativetest.fault;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.copybay.nativetest.Shell;
import org.copybay.nativetest.TestBay;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The doctor comes to its end also where a disk or a daemon does not answer. */
class HungDoctorIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @RegisterExtension final TestBay bay = TestBay.onDisk();

  @Test
  void aDaemonThatIsStoppedIsAProblemOfItsMount() {
    String pid = "" + bay.daemon().orElseThrow().pid();
    bay.must("kill -STOP " + pid);
    try {
      Shell.Result result = bay.run("$COPYBAY doctor $BAY $MNT", PATIENCE);

      assertThat(result.status()).isEqualTo(3);
      assertThat(result.out())
          .contains("problem  mount " + bay.mountPoint() + ": its daemon, pid " + pid)
          .contains("kill -CONT " + pid);
    } finally {
      bay.must("kill -CONT " + pid);
    }
  }

  /** It writes a scratch file, and that waits for the disk. */
  @Test
  void aDiskThatHangsIsAProblemOfTheBay() {
    try (FailingDisk disk = new FailingDisk(bay, "64M").withFileSystem()) {
      bay.must("$COPYBAY init disk/bay; echo 3 >/proc/sys/vm/drop_caches");
      disk.hang();
      try {
        Shell.Result result = bay.run("$COPYBAY doctor disk/bay", PATIENCE);

        assertThat(result.status()).isEqualTo(3);
        assertThat(result.out()).contains("no answer within 5 s");
      } finally {
        disk.goOn();
      }
    }
  }
}
