package org.copybay.nativetest.shadow;

import static org.assertj.core.api.Assertions.assertThat;

import org.copybay.nativetest.Needs;
import org.copybay.nativetest.TestBay;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A set of two members, split and brought back, as a person would do it. */
class ShadowIT {
  @RegisterExtension final TestBay bay = TestBay.onDisk();

  @BeforeEach
  void makeSet() {
    bay.must(
        """
        echo 'create volume $4$DUA1 size=24M' >$C/ctl
        echo 'create volume $4$DUA2 size=24M' >$C/ctl
        echo 'mount set=DSA42 members=$4$DUA1,$4$DUA2 label=PAYROLL id=first' >$C/ctl
        cat $C/jobs/first/wait
        """);
  }

  @Test
  void theWayOfTheManual() {
    bay.must(
        """
        head -c 24M /dev/urandom >image
        dd if=image of=$MNT/shadow/DSA42 bs=1M conv=notrunc,fsync status=none
        cmp image $MNT/shadow/DSA42
        cmp image "$V/\\$4\\$DUA1"
        cmp image "$V/\\$4\\$DUA2"
        echo 'DISMOUNT/POLICY=MINICOPY=OPTIONAL $4$DUA2:' >$C/shadow/DSA42/ctl
        head -c 100000 /dev/urandom >change
        dd if=change of=image bs=1k seek=3000 conv=notrunc status=none
        dd if=change of=$MNT/shadow/DSA42 bs=1k seek=3000 conv=notrunc status=none
        cmp image $MNT/shadow/DSA42
        tar cSf backup.tar -C $V '$4$DUA2'
        """);
    assertThat(bay.refused("cmp image \"$V/\\$4\\$DUA2\"")).isEmpty();
    assertThat(bay.must("cat $C/shadow/DSA42/bitmaps/*DUA2/status")).contains("grain: 127");
    assertThat(bay.must("$COPYBAY ls --at=$MNT"))
        .containsPattern("\nDSA42 +steady +\\$4\\$DUA1 +- +\\$4\\$DUA2 +24.0 MiB +0");
    assertThat(bay.must("$COPYBAY info DSA42 --at=$MNT"))
        .containsPattern("\n  \\$4\\$DUA2 +former +removed ")
        .containsPattern("\n  \\$4\\$DUA2 +127 ");
    assertThat(bay.must("$COPYBAY ctl --at=$MNT --on=DSA42 show")).contains("Former Member");
    bay.must(
        """
        echo 'MOUNT/POLICY=MINICOPY DSA42: /SHADOW=($4$DUA2:) PAYROLL' >$C/ctl
        cat $C/jobs/latest/wait
        cmp "$V/\\$4\\$DUA1" "$V/\\$4\\$DUA2"
        cmp image "$V/\\$4\\$DUA2"
        grep -qx 'state: steady' $C/shadow/DSA42/status
        """);
  }

  @Test
  void aPowerCutAfterASplitTakesNothingBackThatTheLabelSays() {
    bay.must(
        """
        truncate -s 64M disk.img cut.img
        mkfs.ext4 -q disk.img
        mkdir disk cut
        trap 'umount -l disk; umount -q cut || true' EXIT # the bay has the first one open
        mount -o loop,commit=3600 disk.img disk
        echo "create volume b size=24M path=$PWD/disk" >$C/ctl
        echo 'mount set=DSA42 members=b id=b' >$C/ctl
        cat $C/jobs/b/wait
        dd if=/dev/urandom of=$MNT/shadow/DSA42 bs=1M count=24 conv=notrunc,fsync status=none
        sync -f disk
        dd if=/dev/urandom of=$MNT/shadow/DSA42 bs=1M count=1 conv=notrunc,fsync status=none
        echo 'split members=b' >$C/ctl
        cp disk.img cut.img
        mount -o loop cut.img cut
        for d in disk cut; do (cd $d/*-*/ && stat -c '%y' home && cksum home shadow) >$d.txt; done
        diff disk.txt cut.txt
        """);
  }

  @Test
  void membersAreLockedAndNothingElseIsDoneWithThem() {
    String two = "\"$V/\\$4\\$DUA2\"";
    assertThat(bay.refused("dd if=/dev/zero of=" + two + " bs=512 count=1 conv=notrunc"))
        .contains("busy");
    assertThat(bay.lastError()).contains("a member of shadow set DSA42").contains("split");
    assertThat(bay.refused("rm -f " + two)).contains("busy");
    assertThat(bay.refused("touch " + two)).contains("busy");
    assertThat(bay.refused("echo 'freeze volumes=$4$DUA2 name=p' >$C/ctl")).contains("busy");
    assertThat(bay.refused("echo 'duplicate from=$4$DUA2 to=x' >$C/ctl")).contains("busy");
    assertThat(bay.refused("echo 'bitmap start $4$DUA2 b' >$C/ctl")).contains("busy");
    assertThat(bay.refused("truncate -s 0 $MNT/shadow/DSA42")).contains("not permitted");
    assertThat(bay.refused("rm -f $MNT/shadow/DSA42")).contains("not permitted");
    assertThat(bay.refused("touch $MNT/shadow/DSA7")).contains("not permitted");
    assertThat(bay.refused("exec 3<$MNT/shadow/DSA42; echo 'dismount set=DSA42' >$C/ctl"))
        .contains("busy");
    assertThat(bay.lastError()).contains("shadow/DSA42 is open by pid");
    bay.must("dd if=$V/'$4$DUA2' bs=1M status=none | cmp - $MNT/shadow/DSA42");
  }

  @Test
  void ext4InALoopDeviceGoesThroughEverything() {
    Needs.program("fio");
    bay.must(
        """
        mkfs.ext4 -q $MNT/shadow/DSA42
        mkdir fs
        mount -o loop $MNT/shadow/DSA42 fs
        fio --name=w --directory=fs --size=4M --rw=randwrite --bs=4k --fsync=32 --numjobs=2 \\
            --time_based --runtime=8 --verify=crc32c --output=fio.log >/dev/null 2>&1 &
        fio=$!
        sleep 1
        echo 'split members=$4$DUA2' >$C/ctl
        sleep 1
        echo 'mount set=DSA42 members=$4$DUA2 policy=minicopy id=back' >$C/ctl
        cat $C/jobs/back/wait
        echo 'dismount members=$4$DUA1 force=yes' >$C/ctl
        sleep 1
        echo 'mount set=DSA42 members=$4$DUA1 id=again' >$C/ctl
        cat $C/jobs/again/wait
        wait $fio || { cat fio.log; exit 1; }
        umount fs
        while losetup -j $MNT/shadow/DSA42 | grep -q .; do sleep 0.05; done
        e2fsck -fn $MNT/shadow/DSA42
        cmp $MNT/shadow/DSA42 "$V/\\$4\\$DUA1"
        cmp $MNT/shadow/DSA42 "$V/\\$4\\$DUA2"
        """);
  }

  @Test
  void everythingIsThereAgainAfterEveryEnd() {
    bay.must(
        """
        head -c 24M /dev/urandom >image
        dd if=image of=$MNT/shadow/DSA42 bs=1M conv=notrunc status=none
        """);
    bay.remount();
    bay.must("cmp image $MNT/shadow/DSA42; grep -qx 'state: steady' $C/shadow/DSA42/status");
    bay.must(
        """
        echo 'split members=$4$DUA2' >$C/ctl
        dd if=/dev/zero of=$MNT/shadow/DSA42 bs=4k seek=100 count=10 conv=notrunc status=none
        dd if=/dev/zero of=image bs=4k seek=100 count=10 conv=notrunc status=none
        """);
    bay.kill9();
    bay.must("$COPYBAY check $BAY");
    bay.mount();
    bay.must(
        """
        cmp image $MNT/shadow/DSA42
        echo 'mount set=DSA42 members=$4$DUA2 policy=minicopy id=back' >$C/ctl
        cat $C/jobs/back/wait
        cmp image "$V/\\$4\\$DUA2"
        """);
    bay.umount();
    bay.must("$COPYBAY check $BAY; mv $BAY/catalogue.db lost; $COPYBAY check --rebuild $BAY");
    bay.mount();
    bay.must("echo 'mount set=DSA42' >$C/ctl; cmp image $MNT/shadow/DSA42");
    bay.must("echo 'dissolve set=DSA42' >$C/ctl; rm $V/*; ls $C/shadow | wc -l | grep -qx 0");
  }
}
