package org.copybay.nativetest.safeguarded;

import static org.assertj.core.api.Assertions.assertThat;

import org.copybay.nativetest.Needs;
import org.copybay.nativetest.TestBay;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A daemon that is started with another clock than that of the machine ends no lock earlier. */
class ClockIT {
  @RegisterExtension final TestBay bay = TestBay.onDisk();
  private final SafeguardedShell shell = new SafeguardedShell(bay);

  @BeforeEach
  void lockABackup() {
    Needs.program("faketime");
    shell.must(
        """
        volume a 1M; pay a
        cp $V/a was; s backup session=PAY lock=1d; scribble a
        """);
    bay.umount();
  }

  /** Mounts with a Java whose clock is turned; only its own, and not how it waits. */
  private void mountWithClock(String clock) {
    shell.must(
        """
        real=$(readlink -f "${JAVA_HOME:+$JAVA_HOME/bin/}java" || true)
        [ -x "$real" ] || real=$(readlink -f "$(command -v java)")
        mkdir -p turned/bin
        cp "${real%%/bin/java}/release" turned/
        cat >turned/bin/java <<END
        #!/bin/sh
        export LD_PRELOAD=$(ls /usr/lib/*/faketime/libfaketimeMT.so.1) FAKETIME='%s'
        export DONT_FAKE_MONOTONIC=1 FAKETIME_FORCE_MONOTONIC_FIX=0
        exec $real "\\$@"
        END
        chmod +x turned/bin/java
        JAVA_HOME=$T/turned $COPYBAY mount $BAY $MNT
        """
            .formatted(clock));
  }

  private void assertLocked() {
    assertThat(shell.refused("s expire session=PAY backup=latest"))
        .contains("is locked until", "Operation not permitted");
    assertThat(shell.refused("rm $B/PAY/$(latest)/a")).contains("Operation not permitted");
    shell.must("cmp was $B/PAY/$(latest)/a; grep -q 'expire EPERM' $C/audit");
  }

  @Test
  void aClockThatIsAheadEndsNoLock() {
    mountWithClock("+30d");
    assertLocked();
    assertThat(shell.must("cat $C/health")).contains("the vault clock is behind");
    assertThat(shell.must("grep ^vault $C/status")).contains("behind");
    assertThat(shell.refused("s accept-clock session=PAY")).contains("is locked until");
    shell.must("until grep -q ' vault clock noted ' $C/audit; do sleep 0.2; done");
    bay.umount();
    bay.mount();
    assertLocked();
    assertThat(shell.must("cat $C/health")).isEqualTo("ok");
  }

  @Test
  void aClockThatIsSetBackMakesNoEarlierBackup() {
    mountWithClock("-30d");
    assertLocked();
    shell.must(
        """
        first=$(latest); s backup session=PAY; [ $(latest) -gt $first ]
        [ $(latest) -ge $(($(stat -c %Y $BAY/copybay.bay) - 60)) ]
        grep -q 'vault clock is ahead' $C/health
        """);
  }

  @Test
  void aTimeNamespaceEndsNoLock() {
    shell.must(
        "unshare --time --boottime 8640000 --monotonic 8640000 --fork $COPYBAY mount $BAY $MNT");
    assertLocked();
  }

  @Test
  void whatTurnsTheClockByAVariableOrAPropertyIsNotThere() {
    shell.must(
        "TZ=Pacific/Kiritimati COPYBAY_JAVA_OPTS='-Duser.timezone=Etc/GMT-14' $COPYBAY mount $BAY"
            + " $MNT");
    assertLocked();
  }
}
