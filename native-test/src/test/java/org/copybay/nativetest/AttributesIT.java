package org.copybay.nativetest;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Owner, mode and times of a volume are kept; there are no extended attributes. */
class AttributesIT {
  @RegisterExtension static final TestBay BAY = TestBay.onDisk();

  @AfterEach
  void removeVolumes() {
    BAY.must("rm -f $V/*");
  }

  /** cp -a and tar set the times of the directory that they end with. */
  @Test
  void theDirectoriesTakeTimesAndKeepOwnerAndMode() {
    BAY.must("touch -d '2001-02-03' $MNT $V");

    assertThat(BAY.refused("chmod 700 $V")).contains("not permitted");
    assertThat(BAY.lastError()).contains("owner and mode");
    assertThat(BAY.refused("chown 5 $MNT")).contains("not permitted");
    assertThat(BAY.must("stat -c %a $V $MNT")).isEqualTo("755\n755");
  }

  @Test
  void ownerModeAndTimesPersist() {
    BAY.must(
        """
        truncate -s 1M $V/v
        chmod 2640 $V/v
        chown 1234:5678 $V/v
        chmod 4751 $V/v
        touch -m -d '1999-12-31 23:59:59.123456789' $V/v
        touch -a -d '2038-01-20 01:02:03.5' $V/v
        """);
    String before = BAY.must("stat -c '%a %u %g %y %x %s' $V/v");

    assertThat(before).startsWith("4751 1234 5678 1999-12-31 23:59:59.123456789");
    BAY.remount();
    assertThat(BAY.must("stat -c '%a %u %g %y %x %s' $V/v")).isEqualTo(before);
  }

  @Test
  void theMakersUmaskDecidesTheMode() {
    BAY.must("umask 027; truncate -s 1M $V/v; umask 0; truncate -s 1M $V/w");

    assertThat(BAY.must("stat -c %a $V/v $V/w")).isEqualTo("640\n666");
  }

  @Test
  void aWriteMovesTheModificationTime() {
    BAY.must("truncate -s 1M $V/v; touch -d 2001-01-01 $V/v");

    BAY.must("printf x | dd of=$V/v conv=notrunc");

    assertThat(BAY.must("stat -c %y $V/v")).doesNotStartWith("2001");
    String then = BAY.must("stat -c %y $V/v");
    BAY.remount();
    assertThat(BAY.must("stat -c %y $V/v")).isEqualTo(then);
  }

  @Test
  void aReadLeavesTheModificationTime() {
    BAY.must("truncate -s 1M $V/v; touch -d '2001-01-01 UTC' $V/v; cat $V/v >/dev/null");

    assertThat(BAY.must("TZ=UTC stat -c %y $V/v")).startsWith("2001-01-01 00:00:00.0");
  }

  @Test
  void cpWithPreserveKeepsThem() {
    BAY.must("head -c 1000 /dev/urandom >f; chmod 604 f; chown 77:88 f; touch -d '2010-10-10' f");

    BAY.must("cp -p f $V/v");

    assertThat(BAY.must("stat -c '%a %u %g %y' $V/v"))
        .isEqualTo(BAY.must("stat -c '%a %u %g %y' f"));
  }

  @Test
  void thereAreNoExtendedAttributes() {
    Needs.program("setfattr");
    BAY.must("truncate -s 1M $V/v");

    assertThat(BAY.refused("setfattr -n user.x -v 1 $V/v")).contains("not supported");
    assertThat(BAY.run("getfattr -d -m- $V/v").out()).isEmpty();
    BAY.must("cp -a $V/v out");
  }

  @Test
  void theModeIsEnforcedForOtherUsersOnly() {
    BAY.must("truncate -s 1M $V/v; chmod 000 $V/v; head -c 10 $V/v | wc -c | grep -x 10");
  }
}
