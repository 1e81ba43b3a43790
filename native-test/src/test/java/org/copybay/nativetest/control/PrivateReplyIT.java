package org.copybay.nativetest.control;

import static org.assertj.core.api.Assertions.assertThat;

import org.copybay.nativetest.TestBay;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The reply on the descriptor that wrote the command is that command's and nobody else's. */
class PrivateReplyIT {
  @RegisterExtension static final TestBay BAY = TestBay.onDisk();

  @Test
  void eightShellsEachGetTheirOwnJob() {
    String targets =
        BAY.must(
            """
            for i in $(seq 8); do
                echo "create volume from$i size=64K" >$C/ctl
            done
            for i in $(seq 8); do
                (
                    exec 3<>$C/ctl
                    echo "duplicate from=from$i to=to$i" >&3
                    read -r ok id _ <&3
                    cat $C/jobs/$id/wait >/dev/null
                    echo "$ok $i $(sed -n 's/^target: //p' $C/jobs/$id/status)" >reply.$i
                ) &
            done
            wait
            cat reply.*
            """);

    assertThat(targets.lines().sorted())
        .containsExactly(
            "ok 1 to1",
            "ok 2 to2",
            "ok 3 to3",
            "ok 4 to4",
            "ok 5 to5",
            "ok 6 to6",
            "ok 7 to7",
            "ok 8 to8");
  }

  @Test
  void severalCommandsOnOneDescriptorAnswerInTurn() {
    String replies =
        BAY.must(
            """
            exec 3<>$C/ctl
            for i in 1 2 3; do
                echo "create volume turn$i id=turn-$i size=64K" >&3
                read -r ok id _ <&3
                echo "$ok $id"
            done
            printf 'create volume %s size=64K id=%s\\n' turn4 turn-4 turn5 turn-5 >&3
            cut -d ' ' -f 1,2 <&3
            """);

    assertThat(replies).isEqualTo("ok turn-1\nok turn-2\nok turn-3\nok turn-4\nok turn-5");
  }

  @Test
  void anotherDescriptorSeesTheUsageOnly() {
    String read =
        BAY.must("exec 3<>$C/ctl; echo 'create volume other size=64K id=other' >&3; cat $C/ctl");

    assertThat(read).contains("create volume NAME").doesNotContain("ok other");
  }

  @Test
  void refusedCommandHasNoReply() {
    assertThat(BAY.must("exec 3<>$C/ctl; echo bogus >&3 2>/dev/null || true; cat <&3")).isEmpty();
  }
}
