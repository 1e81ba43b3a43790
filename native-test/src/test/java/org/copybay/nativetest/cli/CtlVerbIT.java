package org.copybay.nativetest.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.copybay.nativetest.Shell;
import org.copybay.nativetest.TestBay;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** {@code copybay ctl}: what goes in, and how errors and jobs come back. */
class CtlVerbIT {
  @RegisterExtension static final TestBay BAY = TestBay.onDisk();

  @Test
  void wordsWithBlanksAndQuotesArriveAsTheyAre() {
    assertThat(BAY.must("cd $MNT && $COPYBAY ctl create volume 'a b' size=1M"))
        .isEqualTo("ok gen=1 volume a b has 1048576 bytes");
    BAY.must("cd $MNT && $COPYBAY ctl rename 'volume=a b' 'to=c  #d'");
    BAY.must("cd $MNT && $COPYBAY ctl 'create volume \"e f\" size=1M'");
    BAY.must("cd $MNT && $COPYBAY ctl freeze 'volumes=c  #d,e f' name='a point'");
    assertThat(BAY.must("cat \"$C/points/a point/status\"")).contains("volumes: \"c  #d\",\"e f\"");
    BAY.must("cd $MNT && $COPYBAY ctl drop 'a point'");
    BAY.must(
        "cd $MNT && $COPYBAY ctl --on='e f' resize 2M && test $(stat -c %s 'volumes/e f') = 2097152");
  }

  @Test
  void aRefusalHasItsErrnoItsPlaceAndWhatToType() {
    Shell.Result refused = BAY.run("cd $MNT && $COPYBAY ctl create volume test sise=4G");

    assertThat(refused.status()).isEqualTo(1);
    assertThat(refused.out()).isEmpty();
    assertThat(refused.err())
        .isEqualTo(
            """
            copybay: EINVAL: unknown key sise= of create; the nearest is size=
              create volume test sise=4G
                                 ^
            try: create volume test size=4G
            """);
    assertThat(BAY.refused("cd $MNT && $COPYBAY ctl create volume test sise=4G"))
        .as("typed once more")
        .isEqualTo(refused.err());
    assertThat(BAY.refused("cd $MNT && $COPYBAY ctl delete volume=none"))
        .startsWith("copybay: ENOENT: ");
    BAY.command("create volume there size=1M");
    assertThat(BAY.refused("cd $MNT && $COPYBAY ctl create volume there size=1M"))
        .startsWith("copybay: EEXIST: ");
    assertThat(BAY.refused("cd $MNT && $COPYBAY ctl delete volume=there if-state=making"))
        .startsWith("copybay: EAGAIN: ");
    assertThat(BAY.refused("cd $MNT && $COPYBAY ctl delete volume=there expect-gen=9"))
        .startsWith("copybay: ESTALE: ");
  }

  @Test
  void refusalsOfOpticalCommandsHaveTheirErrnoToo() {
    BAY.command("optical device name=DRIVE type=standalone");
    assertThat(BAY.refused("cd $MNT && $COPYBAY ctl optical flip device=DRIVE"))
        .startsWith("copybay: ENOMEDIUM: OPT1504: ");
    assertThat(BAY.refused("cd $MNT && $COPYBAY ctl optical add device=DRIVE 'media=*CD-ROM'"))
        .startsWith("copybay: EMEDIUMTYPE: ");
    BAY.command("optical add device=DRIVE cartridge=ARC media=*ERASE capacity=1M");
    BAY.command("optical initialize volume=ARC.A newvol=ARCH");
    assertThat(BAY.refused("cd $MNT && $COPYBAY ctl 'DUPOPT FROMVOL(ARCH) TOVOL(ARCH)'"))
        .startsWith("copybay: EXDEV: ODUP-SAMEVOL: ");
  }

  @Test
  void linesOfStandardInputEndAtTheFirstThatIsRefused() {
    Shell.Result lines =
        BAY.run(
            """
            cd $MNT
            printf 'create volume l1 size=1M\\nwrong\\ncreate volume l2 size=1M\\n' | $COPYBAY ctl
            """);

    assertThat(lines.status()).isEqualTo(1);
    assertThat(lines.out()).isEqualTo("ok gen=1 volume l1 has 1048576 bytes\n");
    assertThat(lines.err()).contains("unknown verb wrong");
    BAY.must("test -e $V/l1; if test -e $V/l2; then exit 1; fi");
  }

  @Test
  void waitEndsAsTheJobDid() {
    BAY.command("create volume w size=64M");
    BAY.must("head -c 64M /dev/urandom >$V/w");

    assertThat(BAY.must("cd $MNT && $COPYBAY ctl --wait check volume=w id=w1"))
        .isEqualTo("ok w1 gen=1\ndone w1 checked=67108864");
    assertThat(BAY.must("cd $MNT && $COPYBAY jobs w1 --wait")).contains("done");

    BAY.command("duplicate from=w to=slow share=never rate=1M/s id=slow");
    Shell.Result cancelled =
        BAY.run(
            """
            cd $MNT
            { until grep -q running $C/jobs/slow/status; do sleep 0.1; done
              $COPYBAY ctl --on=slow cancel; } >/dev/null &
            $COPYBAY jobs slow --wait
            """);
    assertThat(cancelled.status()).isEqualTo(1);
    assertThat(cancelled.err()).startsWith("copybay: job slow is cancelled");
  }

  @Test
  void aBarIsDrawnOnATerminalAndNowhereElse() {
    BAY.command("create volume bar size=64M");
    BAY.must("head -c 64M /dev/urandom >$V/bar");
    String wait = "$COPYBAY ctl --at=$MNT --wait duplicate from=bar share=never rate=20M/s";

    Shell.Result plain = BAY.run(wait + " to=b1");
    assertThat(plain.err()).isEmpty();
    assertThat(plain.ok()).contains("\ndone ");

    BAY.must("script -qefc \"stty rows 24 cols 80; " + wait + " to=b2\" $T/typescript >/dev/null");
    assertThat(BAY.must("tr '\\r' '\\n' <$T/typescript"))
        .containsPattern("copying +\\d+% \\[=* *\\] +\\d+/64 MiB .* MiB/s");
    BAY.must(
        "if tr '\\r' '\\n' <$T/typescript | grep -v ^Script | grep -E '^.{81}'; then exit 1; fi");
  }

  @Test
  void aReadOnlyMountAndAPointSayWhatTheyAre() {
    try (TestBay ro = TestBay.onDisk().open()) {
      ro.umount();
      ro.must("$COPYBAY mount $BAY $MNT -o ro");
      assertThat(ro.refused("$COPYBAY ctl --at=$MNT create volume x size=1M"))
          .contains("Read-only file system");
    }
    BAY.command("create volume p size=1M");
    BAY.command("freeze volumes=p name=pt");
    assertThat(BAY.refused("cd $MNT && $COPYBAY ctl --on=pt drop"))
        .contains("a point in time has no ctl; try: copybay ctl drop point=pt");
  }
}
