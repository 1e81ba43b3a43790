package org.copybay.nativetest.control;

import static org.assertj.core.api.Assertions.assertThat;

import org.copybay.nativetest.TestBay;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** dry-run, expect-gen and if-state: commands with a condition. */
class ConditionIT {
  @RegisterExtension static final TestBay BAY = TestBay.onDisk();

  @BeforeEach
  void makeVolume() {
    BAY.must("rm -f $V/*; echo 'create volume v size=1M' >$C/ctl");
  }

  @Test
  void dryRunSaysWhatWouldHappenAndChangesNothing() {
    BAY.must("cat $C/volumes/v/status $C/audit $C/jobs/done $C/jobs/running >before");

    String replies =
        BAY.must(
            """
            exec 3<>$C/ctl
            cat >&3 <<'END'
            create volume w size=1M dry-run=yes
            resize volume=v size=2M dry-run=yes
            resize volume=v size=1K shrink=yes dry-run=yes
            rename volume=v to=w dry-run=yes
            cache volume=v mode=block dry-run=yes
            duplicate from=v to=w dry-run=yes
            check volume=v dry-run=yes
            delete volume=v dry-run=yes
            END
            cat <&3
            """);

    assertThat(replies.lines()).hasSize(8).allMatch(line -> line.startsWith("ok dry-run: would "));
    assertThat(BAY.must("ls $V")).isEqualTo("v");
    BAY.must("cat $C/volumes/v/status $C/audit $C/jobs/done $C/jobs/running | cmp before");
  }

  @Test
  void dryRunChecksEverything() {
    assertThat(Refusal.of(BAY, "create volume v size=1M dry-run=yes").errno()).isEqualTo("EEXIST");
    assertThat(Refusal.of(BAY, "duplicate from=none to=w dry-run=yes").errno()).isEqualTo("ENOENT");
  }

  @Test
  void generationGrowsWithEveryCommandAndGuardsTheNext() {
    String generation = BAY.must("cat $C/volumes/v/generation");

    BAY.command("cache volume=v mode=block expect-gen=" + generation);
    Refusal late = Refusal.of(BAY, "cache volume=v mode=page expect-gen=" + generation);

    assertThat(late.errno()).isEqualTo("ESTALE");
    assertThat(late.blamed()).isEqualTo(generation);
    assertThat(BAY.status("v", "cache_mode")).isEqualTo("block");
    assertThat(BAY.must("cat $C/volumes/v/generation")).isNotEqualTo(generation);
  }

  @Test
  void replyTellsTheGenerationForTheNextCommand() {
    BAY.must(
        """
        exec 3<>$C/ctl
        echo 'cache volume=v mode=block' >&3
        read -r ok gen _ <&3
        test "$gen" = "gen=$(cat $C/volumes/v/generation)"
        echo "cache volume=v mode=page expect-${gen}" >&3
        """);
  }

  @Test
  void stateGuardsACommand() {
    BAY.command("cache volume=v mode=block if-state=ready");

    Refusal refusal = Refusal.of(BAY, "delete volume=v if-state=making");

    assertThat(refusal.errno()).isEqualTo("EAGAIN");
    assertThat(refusal.sentence()).isEqualTo("volume v is ready, wanted making");
    assertThat(BAY.must("ls $V")).isEqualTo("v");
  }
}
