package org.copybay.nativetest.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.copybay.nativetest.Shell;
import org.copybay.nativetest.TestBay;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Two bays at once: which one a verb takes. */
class WhichBayIT {
  @RegisterExtension static final TestBay ONE = TestBay.onDisk();
  @RegisterExtension static final TestBay TWO = TestBay.onDisk();

  /** A mount namespace without the bays that others on this machine have mounted, or will. */
  private static final String ALONE =
      """
      unshare -m --propagation private bash -euc '
        grep -o "^[^ ]* [^ ]* fuse.copybay" /proc/self/mounts | cut -d" " -f2 | while read -r m; do
          m=$(printf %b "$m")
          case " $KEPT " in *" $m "*) ;; *) umount -l "$m" ;; esac
        done
      """;

  @BeforeAll
  static void makeOneVolumeInEach() {
    ONE.command("create volume in-one size=1M");
    TWO.command("create volume in-two size=1M");
  }

  @Test
  void theOneAroundTheCurrentDirectory() {
    assertThat(ONE.must("cd $V && $COPYBAY ls")).contains("in-one").doesNotContain("in-two");
    assertThat(TWO.must("cd $MNT && COPYBAY_AT=" + ONE.mountPoint() + " $COPYBAY ls"))
        .contains("in-two");
  }

  @Test
  void theOneThatTheOptionNamesEvenInAnother() {
    assertThat(ONE.must("cd $MNT && $COPYBAY ls --at=" + TWO.mountPoint())).contains("in-two");
    assertThat(ONE.must("cd $T && ln -sfn $MNT link && $COPYBAY ls --at link/volumes"))
        .contains("in-one");
  }

  @Test
  void theOneThatTheVariableNames() {
    assertThat(ONE.must("cd / && COPYBAY_AT=$MNT $COPYBAY ls")).contains("in-one");
    assertThat(ONE.must("cd / && COPYBAY_AT=$MNT $COPYBAY ls --at " + TWO.mountPoint()))
        .contains("in-two");
  }

  @Test
  void theOnlyOneAndTheListWhereThereAreTwo() {
    assertThat(ONE.must("export KEPT=$MNT; " + ALONE + "cd /; $COPYBAY ls'")).contains("in-one");

    Shell.Result two =
        ONE.run("export KEPT=\"$MNT " + TWO.mountPoint() + "\"; " + ALONE + "cd /; $COPYBAY ls'");

    assertThat(two.status()).isEqualTo(2);
    assertThat(two.err())
        .isEqualTo(
            "copybay: several bays are mounted; try: --at with one of these\n  --at=%s\n  --at=%s\n"
                .formatted(ONE.mountPoint(), TWO.mountPoint()));
  }

  @Test
  void noneIsWrongUsageAsWell() {
    Shell.Result none = ONE.run("export KEPT=; " + ALONE + "cd /; $COPYBAY status'");

    assertThat(none.status()).isEqualTo(2);
    assertThat(none.err()).isEqualTo("copybay: no bay is mounted; try: copybay mount BAY MNT\n");
    assertThat(ONE.run("$COPYBAY status --at=/proc").status()).isEqualTo(2);
  }

  @Test
  void aDirectoryWithTheNameOfAVerbIsNoBay() {
    ONE.must("mkdir -p $T/dir/status && cd $T/dir && $COPYBAY status --at=$MNT");
  }

  @Test
  void aDeadMountSaysThatItIsDead() {
    try (TestBay dead = TestBay.onDisk().open()) {
      dead.kill9();

      for (String verb : new String[] {"status", "ls --json", "ctl help", "jobs x --wait"}) {
        Shell.Result told = dead.run("timeout 60 $COPYBAY " + verb + " --at=$MNT");
        assertThat(told.status()).as(verb).isEqualTo(1);
        assertThat(told.err()).as(verb).contains("its mount is dead; try: copybay umount ");
      }
    }
  }
}
