package org.copybay.nativetest.control;

import static org.assertj.core.api.Assertions.assertThat;

import org.copybay.nativetest.TestBay;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The name of the copy is taken from the start and shows the whole copy at the end. */
class DuplicateTargetIT {
  @RegisterExtension final TestBay bay = TestBay.onDisk();

  @AfterEach
  void oneDirectoryForEachVolume() {
    assertThat(bay.must("ls $BAY/volumes | wc -l")).isEqualTo(bay.must("ls $V | wc -l"));
  }

  @Test
  void nameIsReservedAndNotVisibleUntilTheEnd() {
    Duplicating.slow(bay, "source", "target", "copy", "");
    bay.command("create volume other size=1M");

    assertThat(bay.must("ls -a $V").lines()).doesNotContain("target");
    assertThat(bay.must("ls $C/volumes").lines()).doesNotContain("target");
    assertThat(bay.refused("stat $V/target")).contains("No such file");
    for (String command :
        new String[] {
          "create volume target size=1M",
          "rename volume=other to=target",
          "duplicate from=other to=target",
          "duplicate from=other to=target replace=yes",
        }) {
      Refusal refusal = Refusal.of(bay, command);
      assertThat(refusal.errno()).as(command).isEqualTo("EBUSY");
      assertThat(refusal.sentence()).as(command).contains("reserved by job copy");
    }
    assertThat(bay.refused("echo x >$V/target")).contains("busy");
    assertThat(bay.refused("mv $V/other $V/target")).contains("busy");

    bay.must(
        """
        echo 'rate limit=0' >$C/jobs/copy/ctl
        for i in $(seq 6000); do if test -e $V/target; then break; fi; sleep 0.01; done
        test -e $V/target || exit 1
        cmp $V/source $V/target
        cat $C/jobs/copy/wait
        """);
  }

  @Test
  void replacedVolumeIsThereUntilTheCopyIsWhole() {
    bay.command("create volume target size=1M");
    bay.must(
        "{ yes old || true; } 2>/dev/null | head -c 1M | dd of=$V/target conv=notrunc status=none; cp $V/target old");
    Duplicating.slow(bay, "source", "target", "copy", "replace=yes");

    bay.must("cmp old $V/target");
    assertThat(bay.refused("exec 3<>$V/target")).contains("busy");
    assertThat(Refusal.of(bay, "delete volume=target").errno()).isEqualTo("EBUSY");
    bay.must(
        """
        exec 3<$V/target
        echo 'rate limit=0' >$C/jobs/copy/ctl
        cat $C/jobs/copy/wait
        cmp $V/source $V/target
        # Who has the old one open still reads it.
        cmp old <&3
        """);
    assertThat(bay.must("cat $C/audit")).contains(" duplicate ok ");
    // The bytes of the old one go with its last close, which is not waited for.
    bay.must(
        """
        for i in $(seq 100); do if [ $(ls $BAY/volumes | wc -l) = 2 ]; then exit 0; fi; sleep 0.1; done
        exit 1
        """);
  }

  @Test
  void cancelledReplacementLeavesTheOldVolume() {
    bay.command("create volume target size=1M");
    bay.must(
        "{ yes old || true; } 2>/dev/null | head -c 1M | dd of=$V/target conv=notrunc status=none; cp $V/target old");
    Duplicating.slow(bay, "source", "target", "copy", "replace=yes");

    bay.command("cancel job=copy");
    bay.refused("cat $C/jobs/copy/wait");

    bay.must(
        "cmp old $V/target; dd if=/dev/zero of=$V/target bs=1K count=1 conv=notrunc status=none");
  }

  @Test
  void volumeThatIsOpenForWritingIsNotReplaced() {
    bay.must("printf 'create volume %s size=1M\\n' source target >$C/ctl");

    bay.must(
        """
        exec 3<>$V/target
        echo 'duplicate from=source to=target replace=yes' >$C/ctl 2>said && exit 1
        grep busy said
        """);

    assertThat(bay.lastError()).contains("target is open for writing");
    bay.must("dd if=/dev/zero of=$V/source bs=1K count=1 conv=notrunc status=none");
  }

  @Test
  void existingNameNeedsReplace() {
    bay.must("printf 'create volume %s size=1M\\n' source target >$C/ctl");

    assertThat(Refusal.of(bay, "duplicate from=source to=target").errno()).isEqualTo("EEXIST");
  }
}
