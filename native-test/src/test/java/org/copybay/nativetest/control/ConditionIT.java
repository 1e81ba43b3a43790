package org.copybay.nativetest.control;

import static org.assertj.core.api.Assertions.assertThat;

import org.copybay.nativetest.TestBay;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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

  @ParameterizedTest
  @CsvSource({
    "create volume v size=1M,EEXIST",
    "create volume a/b size=1G,EINVAL",
    "create volume w size=0,EINVAL",
    "rename volume=v to=a/b,EINVAL",
    "duplicate from=none to=w,ENOENT",
    "duplicate from=v to=a/b,EINVAL",
    "finish volume=v,EALREADY",
  })
  void dryRunFindsWhatDoingWouldFind(String command, String errno) {
    assertThat(Refusal.of(BAY, command + " dry-run=yes").errno()).isEqualTo(errno);
    assertThat(Refusal.of(BAY, command).errno()).isEqualTo(errno);
  }

  @Test
  void dryRunSeesWhoHasTheVolumeOpen() {
    for (String command : new String[] {"resize volume=v size=1K shrink=yes", "check volume=v"}) {
      assertThat(BAY.refused("exec 4<>$V/v; echo '" + command + " dry-run=yes' >$C/ctl"))
          .as(command)
          .contains("Device or resource busy");
      assertThat(BAY.lastError()).startsWith("volume v is open ");
    }
  }

  @Test
  void dryRunSeesTheStateOfAJob() {
    BAY.must("echo 'check volume=v id=c' >$C/ctl; cat $C/jobs/c/wait");

    Refusal refusal = Refusal.of(BAY, "resume job=c dry-run=yes");

    assertThat(refusal.errno()).isEqualTo("EALREADY");
    assertThat(refusal.sentence()).isEqualTo("job c is not paused: it is done");
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
