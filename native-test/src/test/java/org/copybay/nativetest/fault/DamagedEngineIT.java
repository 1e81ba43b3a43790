package org.copybay.nativetest.fault;

import static org.assertj.core.api.Assertions.assertThat;

import org.copybay.nativetest.TestBay;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Of a volume whose newest blocks lie in the spill, somebody removed or cut what tells where. Its
 * home alone, or zeros for what is missing, is never taken for the volume.
 */
class DamagedEngineIT {
  @RegisterExtension final TestBay bay = TestBay.onDisk();
  private String directory = "";

  @BeforeEach
  void writeAfterAPoint() {
    bay.must(
        """
        for name in then now; do head -c 2M /dev/urandom >$name; done
        echo 'create volume v size=2M' >$C/ctl
        dd if=then of=$V/v bs=64K conv=notrunc,fsync status=none
        """);
    bay.command("freeze volumes=v name=p");
    bay.must("dd if=now of=$V/v bs=64K conv=notrunc,fsync status=none");
    directory = bay.status("v", "path").replaceFirst("/home$", "");
  }

  private void putBack() {
    bay.must("rm -rf %1$s; cp -a --sparse=always saved %1$s".formatted(directory));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"rm engine", ": >engine", "truncate -s 4096 spill", "truncate -s -1 spill"})
  void isServedOnlyWithAllOfIt(String damage) {
    bay.umount();
    bay.must("cp -a --sparse=always %s saved; cd %1$s; %s".formatted(directory, damage));
    String file = damage.endsWith("engine") ? "file engine" : "spill";
    bay.mount();
    requireRefused(file);

    bay.command("drop point=p");
    bay.remount();
    requireRefused(file);

    putBack();
    bay.command("check volume=v id=back");
    bay.must(
        "cat $C/jobs/back/wait; cmp now $V/v; dd if=then of=$V/v bs=64K conv=notrunc status=none");
    bay.remount();
    bay.must("cmp then $V/v; cat $C/health | grep -x ok");
  }

  private void requireRefused(String file) {
    assertThat(bay.must("cat $C/health")).startsWith("degraded: volume v: ").contains(file);
    assertThat(bay.status("v", "failure")).contains(file);
    assertThat(bay.refused("cat $V/v")).contains("Input/output error");
    assertThat(bay.refused("dd if=then of=$V/v bs=4K count=1 conv=notrunc status=none"))
        .contains("Input/output error");
    assertThat(bay.refused("echo 'duplicate from=v to=w' >$C/ctl")).contains("Input/output error");
    assertThat(bay.lastError()).contains(file).contains("put back the files of " + directory);
  }

  @Test
  void aCheckThatFindsItCutStopsWritesUntilItIsBack() {
    bay.must(
        "cp --sparse=always %1$s/spill saved; truncate -s 4096 %1$s/spill".formatted(directory));

    bay.command("check volume=v id=cut");
    assertThat(bay.refused("cat $C/jobs/cut/wait")).contains("Input/output error");
    assertThat(bay.must("cat $C/jobs/cut/result")).contains("spill is damaged: it was cut");
    assertThat(bay.refused("dd if=then of=$V/v bs=4K count=1 conv=notrunc status=none"))
        .contains("Input/output error");
    assertThat(bay.status("v", "failure")).contains("it was cut");

    bay.must("cp --sparse=always saved %s/spill".formatted(directory));
    bay.command("check volume=v id=back");
    bay.must("cat $C/jobs/back/wait; cmp now $V/v; cmp then $MNT/points/p/v");
    bay.must("dd if=then of=$V/v bs=64K conv=notrunc,fsync status=none; cmp then $V/v");
  }
}
