package org.copybay.nativetest.control;

import static org.assertj.core.api.Assertions.assertThat;

import org.copybay.nativetest.TestBay;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The source of a duplicate may be in use: the copy is what it held at the command. */
class DuplicateSourceIT {
  private static final String WHY = "volume held is being copied by job holding";

  @RegisterExtension final TestBay bay = TestBay.onDisk();

  /** When the jobs have ended, each volume is one plain file again, a little later. */
  @AfterEach
  void everyVolumeIsAPlainFile() {
    bay.must(
        """
        for i in {1..300}; do
            [ "$(ls $BAY/volumes/*/* | grep -cv /label$)" = "$(ls $V | wc -l)" ] && break
            sleep 0.1
        done
        for v in $V/*; do cmp $v $(sed -n 's/^path: //p' $C/volumes/${v##*/}/status); done
        ls $BAY/volumes/*/*
        [ "$(ls $BAY/volumes/*/* | grep -cv /label$)" = "$(ls $V | wc -l)" ]
        """);
  }

  @Test
  void copyIsWhatTheSourceHeldAtTheCommandWhateverIsWrittenThen() {
    Duplicating.fullSource(bay, "source", 32);
    bay.must(
        """
        cp $V/source was
        exec 3<>$V/source
        printf 'not synced' >&3
        printf 'not synced' | dd of=was conv=notrunc status=none
        echo 'duplicate from=source to=target id=copy rate=512K' >$C/ctl
        until grep -qx 'phase: *copying' $C/jobs/copy/status; do sleep 0.05; done
        dd if=/dev/urandom of=$V/source bs=1M count=32 oflag=direct conv=notrunc status=none
        fallocate -p -o 3M -l 5000001 $V/source
        dd if=/dev/urandom of=$V/source bs=4K seek=5000 count=999 conv=notrunc status=none
        cp $V/source now
        """);

    assertThat(Duplicating.hurry(bay, "copy")).contains("done 100%").contains("verified=yes");

    bay.must("cmp was $V/target; cmp now $V/source; if cmp -s was now; then false; fi");
  }

  @Test
  void writtenSourceThatIsSharedIsCopiedAsItWas() {
    Duplicating.fullSource(bay, "source", 8);
    bay.must(
        """
        for i in {1..10}; do
            dd if=/dev/urandom of=$V/source bs=64K count=128 conv=notrunc status=none
            cp $V/source was
            echo "duplicate from=source to=target replace=yes id=copy$i" >$C/ctl
            dd if=/dev/urandom of=$V/source bs=64K count=128 oflag=direct conv=notrunc status=none
            cat $C/jobs/copy$i/wait
            cmp was $V/target
        done
        """);
  }

  @Test
  void fileSystemInUseIsCopiedAsItWas() {
    bay.must(
        """
        echo 'create volume disk size=24M' >$C/ctl
        mkfs.ext4 -q $V/disk; mkdir -p fs copied; mount -o loop $V/disk fs
        cp -r /usr/share/common-licenses fs/before; sync -f fs
        echo 'duplicate from=disk to=copy id=mounted rate=1M' >$C/ctl
        rm -r fs/before; dd if=/dev/urandom of=fs/after bs=1M count=12 conv=fsync status=none
        cp $C/jobs/mounted/status status
        umount fs
        while losetup -j $V/disk | grep -q .; do sleep 0.05; done
        """);
    Duplicating.hurry(bay, "mounted");
    bay.must(
        """
        mount -o loop $V/copy copied
        diff -r /usr/share/common-licenses copied/before
        test ! -e copied/after
        umount copied
        while losetup -j $V/copy | grep -q .; do sleep 0.05; done
        e2fsck -fn $V/copy; e2fsck -fn $V/disk
        """);
  }

  @Test
  void sourceIsNotDeletedReplacedOrCutUntilTheJobEnds() {
    Duplicating.slow(bay, "held", "held-copy", "holding", "");
    bay.command("create volume other size=1M");

    for (String command :
        new String[] {
          "delete volume=held",
          "delete volume=held dry-run=yes",
          "resize volume=held size=1M shrink=yes",
          "duplicate from=other to=held replace=yes",
        }) {
      Refusal refusal = Refusal.of(bay, command);
      assertThat(refusal.errno()).as(command).isEqualTo("EBUSY");
      assertThat(refusal.sentence()).as(command).contains(WHY);
      assertThat(refusal.remedy()).contains("jobs/holding/wait").contains("cancel job=holding");
    }
    for (String gesture : new String[] {"rm $V/held", "mv $V/other $V/held"}) {
      assertThat(bay.refused(gesture)).contains("busy");
      assertThat(bay.lastError()).contains(WHY).contains("cancel job=holding");
    }
    bay.must("cp $V/held was; cmp was $V/held");

    Duplicating.hurry(bay, "holding");
    bay.must("cmp was $V/held-copy");
    bay.command("resize volume=held size=1M shrink=yes");
    bay.must("mv $V/other $V/held; rm $V/held");
  }

  @Test
  void sourceIsRenamedMadeLargerCheckedFrozenAndCopiedAgainMeanwhile() {
    Duplicating.slow(bay, "held", "held-copy", "holding", "");
    bay.must("cp $V/held was");

    assertThat(bay.status("held", "held_by_job")).isEqualTo("-");
    assertThat(bay.must("grep -v '^#' $C/volumes/held/relations"))
        .isEqualTo("job holding \"copies what it was\"");
    bay.command("check volume=held id=check");
    bay.must("cat $C/jobs/check/wait");
    bay.command("rename volume=held to=free");
    bay.command("resize volume=free size=40M");
    bay.must("dd if=/dev/urandom of=$V/free bs=1M seek=31 count=9 conv=notrunc status=none");
    bay.must("cp $V/free now");
    bay.command("freeze volumes=free name=P");
    bay.command("duplicate from=free to=second id=second");
    bay.must("cat $C/jobs/second/wait; cmp now $V/second; cmp now $MNT/points/P/free");
    bay.command("drop point=P");

    Duplicating.hurry(bay, "holding");
    bay.must("cmp was $V/held-copy; cmp now $V/free");
    assertThat(bay.must("awk '!/^#/' $C/volumes/free/relations")).isEmpty();
  }

  @Test
  void pointOfTheJobIsSeenAndDroppedByNobody() {
    Duplicating.slow(bay, "held", "held-copy", "holding", "");

    assertThat(bay.must("ls $MNT/points $C/points | grep -v : | tr -d '\\n'")).isEmpty();
    assertThat(bay.status("held", "points")).isEqualTo("0");
    assertThat(Refusal.of(bay, "drop point=job/holding").errno()).isEqualTo("ENOENT");
    assertThat(Refusal.of(bay, "freeze volumes=held name=job/x").errno()).isEqualTo("EINVAL");

    bay.command("cancel job=holding");
    bay.refused("cat $C/jobs/holding/wait");
    bay.must("dd if=/dev/urandom of=$V/held bs=1M count=32 conv=notrunc status=none");
  }
}
