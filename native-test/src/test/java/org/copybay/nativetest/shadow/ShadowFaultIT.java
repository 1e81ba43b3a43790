package org.copybay.nativetest.shadow;

import static org.assertj.core.api.Assertions.assertThat;

import org.copybay.nativetest.TestBay;
import org.copybay.nativetest.fault.FailingDisk;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A member on a disk that fails, hangs or fills: the set goes on. */
class ShadowFaultIT {
  @RegisterExtension
  final TestBay bay =
      TestBay.onDisk().withEnvironment("COPYBAY_JAVA_OPTS", "-Dcopybay.shadow.rotate=200");

  private FailingDisk disk;

  @BeforeEach
  void makeSet() {
    disk = new FailingDisk(bay, "64M").withFileSystem();
    bay.must(
        """
        echo 'create volume good size=16M' >$C/ctl
        echo "create volume bad size=16M path=$T/disk" >$C/ctl
        echo 'mount set=DSA1 members=good,bad id=first' >$C/ctl
        cat $C/jobs/first/wait
        echo 'shadow set=DSA1 member_timeout=2' >$C/ctl
        head -c 16M /dev/urandom >image
        dd if=image of=$MNT/shadow/DSA1 bs=1M conv=notrunc,fsync status=none
        while ! grep -qx 'rolling_regions: 0' $C/shadow/DSA1/status; do sleep 0.1; done
        """);
  }

  @AfterEach
  void closeDisk() {
    disk.recover();
    disk.goOn();
    try {
      if (bay.daemon().isPresent()) {
        bay.umount();
      }
    } finally {
      disk.close();
    }
  }

  private void change(int seek) {
    bay.must(
        """
        head -c 1M /dev/urandom >change
        dd if=change of=image bs=64k seek=%1$d conv=notrunc status=none
        dd if=change of=$MNT/shadow/DSA1 bs=64k seek=%1$d conv=notrunc,fsync status=none
        cmp image $MNT/shadow/DSA1
        """
            .formatted(seek));
  }

  private void bringBack() {
    bay.must(
        """
        echo 'mount set=DSA1 members=bad id=back' >$C/ctl || { cat $C/last_error >&2; exit 1; }
        cat $C/jobs/back/wait
        cmp image $V/good
        cmp image $V/bad
        grep -qx 'state: steady' $C/shadow/DSA1/status
        """);
  }

  private boolean expelled() {
    return bay.must("cat $C/shadow/DSA1/status").contains("former: bad");
  }

  @Test
  void aSyncThatFailsExpelsAndTheDiskIsCopiedWholeLater() {
    disk.fail();
    change(32);
    assertThat(expelled()).isTrue();
    assertThat(bay.must("cat $C/health")).startsWith("degraded");
    disk.recover();
    bay.must("echo 'check volume=bad id=look' >$C/ctl; cat $C/jobs/look/wait");
    bringBack();
    assertThat(bay.must("cat $C/jobs/back/result")).contains("copied=16777216");
  }

  @Test
  void aDiskThatHangsKeepsNobodyLongerThanItsTime() {
    disk.hang();
    change(64);
    assertThat(expelled()).isTrue();
    disk.goOn();
    change(96);
    bringBack();
    assertThat(bay.must("cat $C/jobs/back/result")).doesNotContain("copied=16777216");
  }

  @Test
  void aFullDiskIsLeftAndComesBackByMinicopy() {
    bay.must("echo \"create volume more size=16M path=$T/disk\" >$C/ctl");
    fillDisk();
    bay.must(
        """
        fallocate -p -o 0 -l 8M $MNT/shadow/DSA1
        dd if=/dev/zero of=disk/filler3 bs=4k 2>/dev/null || true
        dd if=/dev/zero of=image bs=1M count=8 conv=notrunc status=none
        cmp image $MNT/shadow/DSA1
        """);
    change(0);
    assertThat(expelled()).isTrue();
    bay.must("rm -f disk/filler*; echo 'delete volume=more' >$C/ctl");
    bringBack();
    assertThat(bay.must("cat $C/jobs/back/result")).doesNotContain("copied=16777216");
  }

  @Test
  void aTargetThatFailsLeavesTheSetAndKeepsItsMap() {
    bay.must("echo 'split members=bad' >$C/ctl");
    change(0);
    change(32);
    change(64); // more than one piece
    bay.must(
        "echo 'shadow set=DSA1 rate=256K/s' >$C/ctl; echo 'mount set=DSA1 members=bad id=m' >$C/ctl");
    disk.fail();
    change(128);
    bay.refused("cat $C/jobs/m/wait");
    assertThat(expelled()).isTrue();
    assertThat(bay.must("ls $C/shadow/DSA1/bitmaps")).contains("bad");
    bay.must("cmp image $MNT/shadow/DSA1");
    disk.recover();
    bay.must("echo 'shadow set=DSA1 rate=0' >$C/ctl");
    bay.run("echo 'check volume=bad id=look' >$C/ctl; cat $C/jobs/look/wait");
    bringBack();
  }

  @Test
  void aReadThatFailsIsServedFromTheOtherMember() {
    bay.must( // both on disks of their own: of equals the first one is read
        """
        mkdir other
        echo "create volume first size=16M path=$T/disk" >$C/ctl
        echo "create volume second size=16M path=$T/other" >$C/ctl
        echo 'mount set=DSA2 members=first,second id=two' >$C/ctl
        cat $C/jobs/two/wait
        echo 'shadow set=DSA2 member_timeout=60' >$C/ctl
        dd if=image of=$MNT/shadow/DSA2 bs=1M conv=notrunc,fsync status=none
        """);
    bay.remount(); // nothing is in the page cache of the mount
    bay.must("sync; echo 3 >/proc/sys/vm/drop_caches");
    disk.fail();
    bay.must("cmp image $MNT/shadow/DSA2");
    bay.must("grep -q 'member=first of DSA2: ' $BAY/log/copybay.log"); // it was asked, and failed
    disk.recover();
    bay.must(
        """
        while ! grep -q 'shadow_member_repaired.*DSA2' $C/events; do sleep 0.1; done
        while grep -q 'member first fails' $C/health; do sleep 0.1; done
        cmp image $V/first
        cmp image $V/second
        """);
  }

  @Test
  void ext4InALoopDeviceGoesThroughEveryFailure() throws InterruptedException {
    bay.must("echo 'shadow set=DSA1 member_timeout=1' >$C/ctl");
    String good = bay.status("good", "path");
    String bad = bay.status("bad", "path");
    try (FioOnExt4 fio = new FioOnExt4(bay)) {
      fio.awaitWholePass();

      bay.must("mv $(dirname %s) disk/away".formatted(bad));
      awaitExpelled("was removed or replaced");
      fio.awaitWholePass();
      bay.must("mv disk/away $(dirname %s)".formatted(bad));
      bringBackBeside(fio, "mini");

      disk.fail();
      awaitExpelled("Input/output error|an earlier sync failed"); // whose thread was first
      fio.awaitWholePass();
      disk.recover();
      checkWhereTheMountAsksForIt();
      bringBackBeside(fio, "full");

      fillDisk();
      bay.must("head -c 2M /dev/urandom >more; cp more fs/more; sync fs/more"); // into holes
      awaitExpelled("No space left");
      fio.awaitWholePass();
      bay.must("rm disk/filler*");
      bringBackBeside(fio, "mini");

      bay.must("cmp more fs/more");
      fio.end();
      bay.must("until grep -qx 'state: steady' $C/shadow/DSA1/status; do sleep 0.1; done");
      bay.umount();
      bay.must("cmp %s %s".formatted(good, bad));
      bay.must("dd if=%s iflag=direct bs=1M status=none | cmp %s -".formatted(bad, good));
      bay.mount();
      fio.requireAsAtTheEnd();
    }
  }

  private void awaitExpelled(String why) {
    bay.must("until grep -qx 'former: bad' $C/shadow/DSA1/status; do sleep 0.1; done");
    assertThat(bay.must("grep lost_members $C/shadow/DSA1/status"))
        .containsPattern("bad: .*(" + why + ")");
  }

  /** After a sync that failed it does; where a write failed before any sync it need not. */
  private void checkWhereTheMountAsksForIt() {
    bay.must(
        """
        echo 'mount set=DSA1 members=bad dry-run=yes' >$C/ctl || {
          grep 'check volume=bad' $C/last_error
          echo 'check volume=bad id=look' >$C/ctl
          cat $C/jobs/look/wait
        }
        """);
  }

  private void bringBackBeside(FioOnExt4 fio, String copy) {
    bay.must(
        """
        echo 'mount set=DSA1 members=bad' >$C/ctl || { cat $C/last_error >&2; exit 1; }
        cat $C/jobs/latest/wait
        grep -qx 'full: good,bad' $C/shadow/DSA1/status
        """);
    assertThat(bay.must("grep shadow_member_added $C/events | tail -n 1"))
        .contains("member=bad copy=" + copy);
    fio.awaitWholePass();
  }

  private void fillDisk() {
    bay.must(
        """
        fallocate -l 100M disk/filler 2>/dev/null || dd if=/dev/zero of=disk/filler bs=1M 2>/dev/null || true
        dd if=/dev/zero of=disk/filler2 bs=4k 2>/dev/null || true
        """);
  }
}
