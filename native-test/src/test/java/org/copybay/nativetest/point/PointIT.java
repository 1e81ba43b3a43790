package org.copybay.nativetest.point;

import static org.assertj.core.api.Assertions.assertThat;

import org.copybay.nativetest.TestBay;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a point in time holds, through writes, other points, remounts and kills. */
class PointIT {
  @RegisterExtension static final TestBay BAY = TestBay.onDisk();

  @BeforeEach
  void makeVolume() {
    BAY.must(
        """
        for p in $MNT/points/*/; do
          [ -d "$p" ] && echo "drop point=$(basename $p)" >$C/ctl
        done
        rm -f $V/*; cd $T; rm -f was* now
        truncate -s 24M $V/a
        dd if=/dev/urandom of=$V/a bs=1M count=24 conv=notrunc status=none
        cp $V/a was
        """);
  }

  @Test
  void aPointHasWhatWasWrittenBeforeWithoutSyncAndNothingLater() {
    BAY.command("freeze volumes=a name=P");

    BAY.must(
        """
        dd if=/dev/urandom of=$V/a bs=4k seek=77 count=999 conv=notrunc status=none
        fallocate -p -o 8M -l 3000001 $V/a
        printf odd | dd of=$V/a bs=1 seek=20000001 conv=notrunc status=none
        cp $V/a now
        cmp was $MNT/points/P/a
        if cmp -s was now; then false; fi
        """);
    BAY.remount();
    BAY.must("cmp was $MNT/points/P/a; cmp now $V/a");
    BAY.kill9();
    BAY.mount();
    BAY.must("cmp was $MNT/points/P/a; cmp now $V/a");
  }

  @Test
  void pointsAreDroppedInAnyOrder() {
    BAY.must(
        """
        cp was was0
        for i in 1 2 3 4 5; do
          echo "freeze volumes=a name=P$i" >$C/ctl
          cp $V/a was$i
          dd if=/dev/urandom of=$V/a bs=64k seek=$((i * 31)) count=99 conv=notrunc status=none
          dd if=/dev/urandom of=$V/a bs=4k seek=$((i * 500)) count=300 conv=notrunc status=none
        done
        cp $V/a now
        left='1 2 3 4 5'
        for gone in 3 5 1 2; do
          echo "drop point=P$gone" >$C/ctl
          left=${left/$gone/}
          for i in $left; do cmp was$i $MNT/points/P$i/a; done
          cmp now $V/a
        done
        ls $MNT/points | cmp - <(echo P4)
        """);
  }

  @Test
  void afterTheLastPointTheVolumeIsAPlainFileAgain() {
    BAY.command("freeze volumes=a name=P");
    BAY.must("dd if=/dev/urandom of=$V/a bs=1M count=20 conv=notrunc status=none; cp $V/a now");
    BAY.must("if cmp -s now $BAY/volumes/*/home; then false; fi; cmp now $V/a");

    BAY.command("drop point=P");

    BAY.must(
        """
        for i in {1..200}; do
          [ "$(ls $BAY/volumes/* | xargs)" = "home label" ] && break
          sleep 0.1
        done
        cmp now $BAY/volumes/*/home
        ls $BAY/volumes/* | cmp - <(printf 'home\\nlabel\\n')
        cmp now $V/a
        """);
  }

  @Test
  void twoVolumesAreFrozenAtOneInstant() {
    BAY.must(
        """
        truncate -s 4M $V/log
        for v in a log; do printf %08d 0 | dd of=$V/$v bs=8 count=1 conv=notrunc status=none; done
        i=0
        while [ ! -e stop ]; do
          i=$((i + 1))
          printf %08d $i | dd of=$V/a bs=8 count=1 conv=notrunc status=none
          printf %08d $i | dd of=$V/log bs=8 count=1 conv=notrunc status=none
        done &
        for p in {1..20}; do echo "freeze volumes=a,log name=Q$p" >$C/ctl; done
        touch stop; wait; rm stop
        for p in {1..20}; do
          a=$(head -c 8 $MNT/points/Q$p/a); b=$(head -c 8 $MNT/points/Q$p/log)
          d=$((10#$a - 10#$b))
          [ $d = 0 ] || [ $d = 1 ]
        done
        """);
  }

  @Test
  void aFileSystemInAPointCanBeMounted() {
    BAY.must(
        """
        mkdir -p fs; mkfs.ext4 -q $V/a; mount -o loop $V/a fs
        cp -r /usr/share/common-licenses fs/
        fsfreeze -f fs; echo 'freeze volumes=a name=F' >$C/ctl; fsfreeze -u fs
        rm -r fs/common-licenses; umount fs
        while losetup -j $V/a | grep -q .; do sleep 0.05; done
        mount -o loop,ro,noload $MNT/points/F/a fs
        diff -r /usr/share/common-licenses fs/common-licenses
        umount fs
        while losetup -j $MNT/points/F/a | grep -q .; do sleep 0.05; done
        """);
  }

  @Test
  void whatWasChangedSinceIsKnown() {
    BAY.command("freeze volumes=a name=P");

    BAY.must(
        """
        [ $(grep -vc '#' $C/points/P/changed/a) = 0 ]
        printf x | dd of=$V/a bs=1 seek=4096 conv=notrunc status=none
        dd if=/dev/urandom of=$V/a bs=4k seek=30 count=5 conv=notrunc status=none
        fallocate -p -o 1M -l 128K $V/a
        printf '# start count, in blocks of 4096 bytes\n1 1\n30 5\n256 32\n' | cmp - $C/points/P/changed/a
        echo '{"block_bytes":4096,"ranges":[{"start":1,"count":1},{"start":30,"count":5},{"start":256,"count":32}],"more_from":null}' |
          cmp - $C/points/P/changed.json/a
        grep -x 'points: 1' $C/volumes/a/status
        grep -x 'away_bytes: 155648' $C/volumes/a/status
        grep -x 'spill_bytes: 24576' $C/volumes/a/status
        grep -x 'volumes: a' $C/points/P/status
        grep -q '^point P ' $C/volumes/a/relations
        """);
  }

  @Test
  void holesStayHoles() {
    BAY.must(
        """
        truncate -s 1G $V/sparse; printf x | dd of=$V/sparse bs=1 seek=500M conv=notrunc status=none
        echo 'freeze volumes=sparse name=S' >$C/ctl
        printf y | dd of=$V/sparse bs=1 seek=100M conv=notrunc status=none
        cp --sparse=always $MNT/points/S/sparse copy
        [ $(du -k copy | cut -f1) -lt 1000 ]
        qemu-img map --output=json -f raw $MNT/points/S/sparse | grep -c '"data": true' | cmp - <(echo 1)
        cmp -n 600M copy $MNT/points/S/sparse
        """);
  }

  @Test
  void nothingChangesAPointButDrop() {
    BAY.command("freeze volumes=a name=P");

    for (String gesture :
        new String[] {
          "rm $MNT/points/P/a",
          "rmdir $MNT/points/P",
          "mv $MNT/points/P $MNT/points/R",
          "mkdir $MNT/points/R",
          "printf x >$MNT/points/P/a",
          "chmod 600 $MNT/points/P/a",
          "truncate -s 0 $MNT/points/P/a"
        }) {
      assertThat(BAY.refused(gesture)).containsAnyOf("Read-only file system", "not permitted");
      assertThat(BAY.lastError()).contains("cannot be changed").contains("drop point=");
    }
    BAY.must("cmp was $MNT/points/P/a");
  }

  @Test
  void aVolumeThatAPointNeedsIsNotDeletedReplacedOrCut() {
    BAY.command("freeze volumes=a name=P");

    assertThat(BAY.refused("rm $V/a")).contains("busy");
    assertThat(BAY.lastError()).contains("point in time P").contains("drop point=P");
    BAY.must("truncate -s 1M $V/b");
    assertThat(BAY.refused("mv $V/b $V/a")).contains("busy");
    assertThat(BAY.refused("echo 'resize volume=a size=1M shrink=yes' >$C/ctl")).contains("busy");
    assertThat(BAY.refused("echo 'delete volume=a' >$C/ctl")).contains("busy");
    BAY.must("cmp was $V/a; cmp was $MNT/points/P/a");
  }

  @Test
  void anOpenFileOfADroppedPointCannotBeReadAnyMore() {
    BAY.command("freeze volumes=a name=P");

    BAY.must(
        """
        exec 3<$MNT/points/P/a
        head -c 1M <&3 | cmp -n 1M - was
        echo 'drop point=P' >$C/ctl
        if dd bs=1M count=16 <&3 >/dev/null 2>&1; then false; fi
        """);
  }

  /** A loop device does not ask again for what a short write left out. */
  @Test
  void aLoopDeviceLosesNothingWhereFreeSpaceIsInPieces() {
    BAY.must(
        """
        head -c 128K /dev/urandom >part
        loop=$(losetup -f --show $V/a)
        put() { dd if=part of=$loop bs=4k seek=$1 count=$2 conv=notrunc,fsync oflag=direct status=none; }
        for i in 1 2 3 4; do
          echo "freeze a A$i" >$C/ctl; put 28 16
          echo "freeze a B$i" >$C/ctl; put 123 16
          echo "freeze a C$i" >$C/ctl
          echo "drop A$i" >$C/ctl; echo "drop C$i" >$C/ctl
          sleep 0.1
          put $((191 + 40 * i)) 32
          blockdev --flushbufs $loop
          dd if=$loop bs=4k skip=$((191 + 40 * i)) count=32 iflag=direct status=none | cmp - part
        done
        losetup -d $loop
        while losetup -j $V/a | grep -q .; do sleep 0.05; done
        """);
  }
}
