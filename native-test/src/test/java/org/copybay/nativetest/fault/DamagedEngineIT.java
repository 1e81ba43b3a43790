package org.copybay.nativetest.fault;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.copybay.nativetest.TestBay;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Of a volume whose newest blocks lie in the spill, somebody removed or cut what tells where. Its
 * home alone, or zeros for what is missing, is never taken for the volume.
 */
class DamagedEngineIT {
  /** What happens to the files of a volume, and which file is named. */
  private record Damage(String command, String file) {}

  private static final List<Damage> DAMAGES =
      List.of(
          new Damage("rm engine", "file engine"),
          new Damage(": >engine", "file engine"),
          new Damage("truncate -s 4096 spill", "spill"),
          new Damage("truncate -s -1 spill", "spill"));

  @RegisterExtension final TestBay bay = TestBay.onDisk();

  @BeforeEach
  void makeContents() {
    bay.must("for name in then now; do head -c 2M /dev/urandom >$name; done");
  }

  /** Returns its directory. */
  private String writeAfterAPoint(String volume) {
    bay.must(
        """
        echo 'create volume %1$s size=2M' >$C/ctl
        dd if=then of=$V/%1$s bs=64K conv=notrunc status=none
        echo 'freeze volumes=%1$s name=%1$s' >$C/ctl
        dd if=now of=$V/%1$s bs=64K conv=notrunc,fsync status=none
        """
            .formatted(volume));
    return bay.status(volume, "path").replaceFirst("/home$", "");
  }

  @Test
  void eachIsServedOnlyWithAllOfIt() {
    Map<String, String> directories = new TreeMap<>();
    Map<String, String> files = new TreeMap<>();
    List<String> damages = new ArrayList<>();
    for (Damage each : DAMAGES) {
      String volume = "v" + files.size();
      files.put(volume, each.file);
      directories.put(volume, writeAfterAPoint(volume));
      damages.add("cd %s; %s".formatted(directories.get(volume), each.command));
    }
    bay.umount();
    bay.must("cp -a --sparse=always $BAY/volumes saved\n" + String.join("\n", damages));
    bay.mount();
    files.forEach((volume, file) -> requireRefused(volume, file, directories.get(volume)));

    files.keySet().forEach(volume -> bay.command("drop point=" + volume));
    bay.remount();
    files.forEach((volume, file) -> requireRefused(volume, file, directories.get(volume)));

    bay.must("cp -a --sparse=always saved/. $BAY/volumes/");
    for (String volume : files.keySet()) {
      bay.command("check volume=%1$s id=back-%1$s".formatted(volume));
      bay.must(
          """
          cat $C/jobs/back-%1$s/wait; cmp now $V/%1$s
          dd if=then of=$V/%1$s bs=64K conv=notrunc status=none
          """
              .formatted(volume));
    }
    bay.remount();
    bay.must("for v in $V/*; do cmp then $v; done; grep -x ok $C/health");
  }

  private void requireRefused(String volume, String file, String directory) {
    assertThat(bay.must("cat $C/health")).startsWith("degraded: volume v0: ");
    assertThat(bay.status(volume, "failure")).contains(file);
    assertThat(bay.refused("cat $V/" + volume)).contains("Input/output error");
    assertThat(bay.refused("dd if=then of=$V/" + volume + " bs=4K conv=notrunc status=none"))
        .contains("Input/output error");
    assertThat(bay.refused("echo 'duplicate from=" + volume + " to=w' >$C/ctl"))
        .contains("Input/output error");
    assertThat(bay.lastError()).contains(file).contains("put back the files of " + directory);
  }

  /** The other one is older: the journal tells what it does not know. */
  @Test
  void aBadSectorOfTheSuperblockLosesNothing() {
    String engine = writeAfterAPoint("v") + "/engine";
    for (int copy : new int[] {0, 4096}) {
      bay.remount();
      bay.command("freeze volumes=v name=q" + copy);
      bay.must("dd if=/dev/urandom of=$V/v bs=64K count=32 conv=notrunc status=none");
      bay.must("sync $V/v; cp $V/v last");
      bay.umount();
      bay.must(
          "printf x | dd of=%s bs=1 seek=%d conv=notrunc status=none".formatted(engine, copy + 20));
      bay.mount();

      bay.must("cmp last $V/v; cmp then $MNT/points/v/v");
      bay.must("grep 'superblock at byte " + copy + " does not check' $BAY/log/copybay.log");
    }
  }

  @Test
  void aCheckThatFindsItCutStopsWritesUntilItIsBack() {
    String spill = writeAfterAPoint("v") + "/spill";
    bay.must("cp --sparse=always %1$s saved; truncate -s 4096 %1$s".formatted(spill));

    bay.command("check volume=v id=cut");
    assertThat(bay.refused("cat $C/jobs/cut/wait")).contains("Input/output error");
    assertThat(bay.must("cat $C/jobs/cut/result")).contains("spill is damaged: it was cut");
    assertThat(bay.refused("dd if=then of=$V/v bs=4K count=1 conv=notrunc status=none"))
        .contains("Input/output error");
    assertThat(bay.status("v", "failure")).contains("it was cut");

    bay.must("cp --sparse=always saved " + spill);
    bay.command("check volume=v id=back");
    bay.must("cat $C/jobs/back/wait; cmp now $V/v; cmp then $MNT/points/v/v");
    bay.must("dd if=then of=$V/v bs=64K conv=notrunc,fsync status=none; cmp then $V/v");
  }
}
