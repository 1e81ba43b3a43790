package org.copybay.nativetest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** flock(1) between two shells, on a volume and on a control file. */
class LockingIT {
  @RegisterExtension static final TestBay BAY = TestBay.onTmpfs("64m");

  @Test
  void twoShellsExcludeEachOtherOnAVolume() throws Exception {
    BAY.must("truncate -s 1M $V/v");

    excludeEachOther("$V/v");
  }

  @Test
  void twoShellsExcludeEachOtherOnAControlFile() throws Exception {
    excludeEachOther("$C/ctl");
  }

  private static void excludeEachOther(String file) throws IOException, InterruptedException {
    Process first = BAY.start("exec 3<" + file + "; flock 3; echo locked; exec sleep 300");
    await().until(() -> Files.readString(BAY.scratch().resolve("out")).equals("locked\n"));

    assertThat(BAY.run("flock -n -E 77 " + file + " true").status()).isEqualTo(77);
    first.destroyForcibly().waitFor();

    BAY.must("flock -w 30 " + file + " true");
  }
}
