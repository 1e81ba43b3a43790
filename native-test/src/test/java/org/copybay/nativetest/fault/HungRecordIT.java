package org.copybay.nativetest.fault;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.copybay.nativetest.TestBay;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A disk that does not answer while a change is recorded stops nobody who only looks. */
class HungRecordIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @RegisterExtension final TestBay bay = TestBay.onExt4("64M");

  @AfterEach
  void thaw() {
    bay.run("fsfreeze -u $BELOW"); // fails where it goes on already
  }

  @Test
  void controlFilesAreListedAndReadWhileARemovalIsBeingNoted() throws Exception {
    bay.must("printf 'create volume %s size=1M\\n' a b >$C/ctl; rm $V/b; fsfreeze -f $BELOW");
    Process removal = bay.start("rm $V/a");
    long daemon = bay.daemon().orElseThrow().pid();
    bay.must(
        "until grep -qs '^State:.D' /proc/%d/task/*/status; do sleep 0.1; done".formatted(daemon));

    bay.run(
            """
            ls -lR $C >/dev/null
            find $C -type f -exec cat {} + >/dev/null
            grep -q ' unlink ok unlink b$' $C/audit
            """,
            PATIENCE)
        .ok();

    assertThat(removal.isAlive()).as("the removal waits").isTrue();
    thaw();
    assertThat(removal.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    assertThat(bay.must("ls $V; tail -n 1 $C/audit")).endsWith(" unlink ok unlink a");
  }
}
