package org.copybay.nativetest.control;

import static org.assertj.core.api.Assertions.assertThat;

import org.copybay.nativetest.TestBay;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** resize, rename, delete, cache, check and finish, through .control/ctl and the volume's own. */
class VolumeCommandIT {
  @RegisterExtension static final TestBay BAY = TestBay.onDisk();

  @BeforeEach
  void makeVolume() {
    BAY.must(
        """
        rm -f $V/*
        echo 'create volume v size=1M' >$C/ctl
        head -c 1M /dev/urandom >first
        dd if=first of=$V/v bs=64K conv=notrunc status=none
        """);
  }

  @Test
  void resizeGrowsWithZerosAlsoWhileOpen() {
    BAY.must(
        """
        exec 3<>$V/v
        echo 'resize volume=v size=3M' >$C/ctl
        test $(stat -c %s $V/v) = 3145728
        cmp -n 1048576 first $V/v
        cmp -n 2097152 -i 0:1048576 /dev/zero $V/v
        dd if=first bs=64K seek=32 conv=notrunc status=none of=$V/v
        """);
    BAY.remount();
    BAY.must("cmp -n 1048576 -i 0:2097152 first $V/v; test $(cat $C/volumes/v/size) = 3145728");
  }

  @Test
  void resizeShrinksWhenAskedInWords() {
    BAY.must("cat $V/v >/dev/null; echo 'resize size=300K shrink=yes' >$C/volumes/v/ctl");

    BAY.must(
        "test $(stat -c %s $V/v) = 307200; cmp -n 307200 first $V/v; test $(wc -c <$V/v) = 307200");
    BAY.must("echo 'resize size=1M' >$C/volumes/v/ctl; cmp -n 307200 first $V/v");
    BAY.must("cmp -n 741376 -i 0:307200 /dev/zero $V/v");
  }

  /** The tail was cut off, whatever the kernel has cached of it, and although nobody looked. */
  @Test
  void resizesInARowShowZeros() {
    BAY.must(
        """
        head -c 8K /dev/urandom >random
        cp random $V/small
        cat $V/small | cmp - random
        echo 'resize small 4K shrink=yes' >$C/ctl
        echo 'resize small 8K' >$C/ctl
        cat $V/small >seen
        """);

    BAY.must("test $(stat -c %s seen) = 8192; cmp -n 4096 random seen");
    BAY.must("cmp -n 4096 -i 4096:0 seen /dev/zero");
  }

  @Test
  void resizeOfAnOpenVolumeDoesNotShrink() {
    BAY.must(
        "exec 3<$V/v; echo 'resize volume=v size=1K shrink=yes' >$C/ctl 2>said && exit 1; grep busy said");

    assertThat(BAY.lastError()).contains("is open by");
    BAY.must("cmp first $V/v");
  }

  @Test
  void renameKeepsEverythingElse() {
    String uuid = BAY.status("v", "uuid");

    BAY.must(
        "exec 3<$V/v; echo 'rename volume=v to=\"new name\"' >$C/ctl; cmp first \"$V/new name\"; cmp first <(cat <&3)");

    assertThat(BAY.must("ls -N $V; cat \"$C/volumes/new name/uuid\""))
        .isEqualTo("new name\n" + uuid);
    BAY.refused("stat $V/v");
    BAY.refused("ls $C/volumes/v");
    BAY.remount();
    BAY.must("cmp first \"$V/new name\"");
  }

  @Test
  void deleteLeavesOpenReadersTheirBytes() {
    BAY.must("exec 3<$V/v; echo delete >$C/volumes/v/ctl; test ! -e $V/v; cmp first <(cat <&3)");

    BAY.must(
        "for i in $(seq 100); do if [ -z \"$(ls $BAY/volumes)\" ]; then exit; fi; sleep 0.1; done; exit 1");
    BAY.command("create volume v size=1K");
    BAY.must("cmp -n 1024 /dev/zero $V/v");
  }

  @Test
  void cacheModeChangesUnderAnOpenFile() {
    BAY.must(
        """
        exec 3<>$V/v
        for mode in block page block; do
            echo "cache mode=$mode" >$C/volumes/v/ctl
            test $(cat $C/volumes/v/cache_mode) = $mode
            cmp first $V/v
            head -c 64K /dev/urandom >piece
            dd if=piece of=$V/v bs=64K seek=3 conv=notrunc status=none
            dd if=piece of=first bs=64K seek=3 conv=notrunc status=none
            cmp first $V/v
        done
        """);
    BAY.remount();
    BAY.must("cmp first $V/v; test $(cat $C/volumes/v/cache_mode) = block");
  }

  @Test
  void checkReadsAll() {
    BAY.command("check volume=v id=all");

    assertThat(BAY.must("cat $C/jobs/all/wait | tail -n 1")).contains("done 100%");
    assertThat(BAY.must("cat $C/jobs/all/result")).isEqualTo("checked=1048576");
  }

  @Test
  void finishEndsTheMakingThatACrashLeft() {
    BAY.must(
        "exec 3>$V/made; cat first >&3; cp /dev/null empty; kill -9 "
            + BAY.daemon().orElseThrow().pid());
    BAY.must(
        """
        for i in $(seq 100); do if ! stat $V >/dev/null 2>&1; then exit 0; fi; sleep 0.1; done
        exit 1
        """);
    BAY.mount();
    assertThat(BAY.status("made", "state")).isEqualTo("making");

    BAY.command("finish volume=made");

    assertThat(BAY.status("made", "state")).isEqualTo("ready");
    BAY.must("cmp first $V/made");
    assertThat(BAY.refused("truncate -s 1K $V/made")).contains("not permitted");
    assertThat(Refusal.of(BAY, "finish volume=made").errno()).isEqualTo("EALREADY");
  }

  @Test
  void commandOnAVolumeInTheMakingIsBusyAndNamesThePid() {
    String pid =
        BAY.must(
            """
            exec 3>$V/making
            echo x >&3
            echo 'duplicate from=making to=copy' >$C/ctl 2>said && exit 1
            grep -q busy said
            cat $C/last_error | grep -q "pid $$" || cat $C/last_error | grep -q $$
            echo 'finish volume=making' >$C/ctl 2>said && exit 1
            grep -q busy said
            echo $$
            """);

    assertThat(BAY.lastError()).contains("being made by").contains(pid);
    BAY.must(
        "cat $C/volumes/making/state | grep ready; echo 'rename volume=making to=made' >$C/ctl");
  }
}
