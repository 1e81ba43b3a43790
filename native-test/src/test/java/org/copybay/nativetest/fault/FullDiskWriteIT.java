package org.copybay.nativetest.fault;

import static org.assertj.core.api.Assertions.assertThat;

import org.copybay.nativetest.TestBay;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A write that meets a full disk: ENOSPC for the writer, nothing acknowledged is lost. */
class FullDiskWriteIT {
  @RegisterExtension final TestBay bay = TestBay.onExt4("48M");

  @BeforeEach
  void makeVolumes() {
    bay.must(
        """
        head -c 64M /dev/urandom >data
        echo 'create volume big size=1G' >$C/ctl
        echo 'create volume small size=2M' >$C/ctl
        dd if=data of=$V/small bs=64K count=32 conv=notrunc,fsync status=none
        """);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "oflag=direct", "oflag=dsync"})
  void writerHearsItAndWhatWasTakenIsKept(String flags) {
    String said =
        bay.refused(
            "dd if=data of=$V/big bs=64K conv=notrunc "
                + flags
                + " 2>said || { cat said >&2; exit 1; }");
    assertThat(said).contains("No space left on device");

    long taken = Long.parseLong(said.replaceFirst("(?s).*\\n(\\d+) bytes.*", "$1"));
    assertThat(taken).isGreaterThan(16 << 20);
    bay.must("cmp -n " + taken + " data $V/big; sync $V/big; cmp -n 2097152 data $V/small");
    bay.remount();
    bay.must("cmp -n " + taken + " data $V/big; cmp -n 2097152 data $V/small");
  }

  @Test
  void everythingElseGoesOn() {
    bay.refused("dd if=data of=$V/big bs=64K conv=notrunc status=none");

    bay.must(
        "cat $C/status $C/volumes/big/status >/dev/null; ls -l $V >/dev/null; df $MNT >/dev/null");
    bay.must(
        "tail -c 1M data | dd of=$V/small bs=64K iflag=fullblock conv=notrunc,fsync status=none");
    assertThat(bay.must("cat $C/health")).startsWith("degraded: ").contains("free");
    bay.must("tail -c 1M data | cmp -n 1048576 - $V/small");
  }

  @Test
  void worksAgainWhenThereIsSpace() {
    bay.must("head -c 16M /dev/zero >$BELOW/filler");
    bay.refused("dd if=data of=$V/big bs=64K conv=notrunc status=none");

    bay.must("rm $BELOW/filler; sync -f $BELOW");

    bay.must("dd if=data of=$V/big bs=64K count=400 conv=notrunc,fsync status=none");
    bay.must("cmp -n 26214400 data $V/big");
    bay.must(
        "fallocate -p -o 0 -l 24M $V/big; dd if=data of=$V/big bs=64K count=400 conv=notrunc,fsync status=none");
    bay.remount();
    bay.must("cmp -n 26214400 data $V/big; cmp -n 2097152 data $V/small");
  }

  @Test
  void blockCachedVolumeKeepsWhatItTook() {
    bay.command("cache volume=big mode=block");
    String said =
        bay.refused("dd if=data of=$V/big bs=64K conv=notrunc 2>said || { cat said >&2; exit 1; }");

    long taken = Long.parseLong(said.replaceFirst("(?s).*\\n(\\d+) bytes.*", "$1"));
    bay.must("cmp -n " + taken + " data $V/big");
    bay.remount();
    bay.must("cmp -n " + taken + " data $V/big");
  }

  @Test
  void copyOfATooLargeFileFailsAndLeavesAVolumeThatCanGo() {
    assertThat(bay.refused("cp data $V/image")).contains("No space left on device");

    bay.must("cat $C/volumes/image/status >/dev/null; rm $V/image; ls $V");
    bay.must("dd if=data of=$V/big bs=64K count=200 conv=notrunc,fsync status=none");
  }
}
