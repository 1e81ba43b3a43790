package org.copybay.nativetest;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** mv in volumes/. */
class RenameIT {
  @RegisterExtension static final TestBay BAY = TestBay.onDisk();

  @BeforeEach
  void makeTwo() {
    BAY.must(
        "rm -f $V/*; head -c 100003 /dev/urandom >a; head -c 5003 /dev/urandom >b; cp a b $V/");
  }

  @Test
  void theBytesMoveWithTheName() {
    BAY.must("mv $V/a $V/c; cmp a $V/c; cmp b $V/b");

    assertThat(BAY.must("ls $V")).isEqualTo("b\nc");
    BAY.remount();
    BAY.must("cmp a $V/c; cmp b $V/b");
    assertThat(BAY.must("ls $V")).isEqualTo("b\nc");
  }

  @Test
  void ontoAnExistingVolumeReplacesIt() {
    BAY.must("mv $V/a $V/b; cmp a $V/b");

    assertThat(BAY.must("ls $V")).isEqualTo("b");
    BAY.remount();
    BAY.must("cmp a $V/b");
  }

  @Test
  void whoHasTheReplacedOneOpenKeepsItsBytes() {
    BAY.must("exec 3<$V/b; mv $V/a $V/b; cmp b - <&3; cmp a $V/b");
  }

  @Test
  void whoHasItOpenGoesOn() {
    BAY.must("exec 3<>$V/a; mv $V/a $V/c; printf new >&3; head -c 3 $V/c | grep -x new");
  }

  @Test
  void noClobberIsKept() {
    BAY.must("mv -n $V/a $V/b || true; cmp a $V/a; cmp b $V/b");
  }

  @Test
  void ontoItselfIsNothing() {
    BAY.run("mv $V/a $V/a");

    BAY.must("cmp a $V/a");
  }

  @Test
  void outOfVolumesIsRefused() {
    BAY.must("mv $V/a $T/moved; cmp a moved; test ! -e $V/a"); // another file system: mv copies

    assertThat(BAY.refused("mv -T $V/b $MNT/b")).isNotEmpty();
    assertThat(BAY.refused("mv -T $V/b $C/b")).isNotEmpty();
    BAY.must("cmp b $V/b");
  }
}
