package org.copybay.nativetest;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** volumes/ holds volumes only. */
class RefusedGesturesIT {
  @RegisterExtension static final TestBay BAY = TestBay.onTmpfs("64m");

  @BeforeAll
  static void makeAVolume() {
    BAY.must("truncate -s 1M $V/v");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "mkdir $V/d",
        "ln $V/v $V/w",
        "ln -s v $V/w",
        "mkfifo $V/p",
        "mknod $V/n c 1 3",
        "rmdir $V",
        "rm $C/ctl",
        "rmdir $C/volumes/v",
        "touch $MNT/file",
        "mkdir $MNT/dir",
        "mkdir $C/dir",
        "touch $C/file",
        "mv $V $MNT/other",
        "chmod 777 $V",
        "chown 5 $C/ctl",
      })
  void isNotPermitted(String gesture) {
    String error = BAY.refused(gesture);

    assertThat(error).contains("Operation not permitted");
    assertThat(BAY.must("ls -A $V")).isEqualTo("v");
    assertThat(BAY.must("ls -A $MNT"))
        .isEqualTo(".control\nbackups\ndrives\noptical\npoints\nshadow\ntapes\nvolumes");
  }
}
