package org.copybay.nativetest;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A new file in volumes/ is a new volume; its size is what it has at the last close. */
class VolumeByGestureIT {
  @RegisterExtension static final TestBay BAY = TestBay.onDisk();

  @BeforeEach
  void removeVolumes() {
    BAY.must("rm -f $V/*");
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 511, 512, 4097, (1 << 20) + 1, 3L << 30})
  void truncateMakesAVolumeOfExactlyThatSize(long size) {
    BAY.must("truncate -s " + size + " $V/v");

    isReady(size);
    assertThat(Long.parseLong(BAY.must("du -k $V/v | cut -f1"))).isLessThan(64);
    BAY.must("cmp -n " + Math.min(size, 1 << 20) + " $V/v /dev/zero");
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 511, 4097, (1 << 20) + 1})
  void fallocateMakesAVolumeThatHasItsSpace(long size) {
    BAY.must("fallocate -l " + size + " $V/v");

    isReady(size);
    assertThat(Long.parseLong(BAY.must("du -B1 $V/v | cut -f1"))).isGreaterThanOrEqualTo(size);
    BAY.must("cmp -n " + size + " $V/v /dev/zero");
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 511, 4097, (1 << 20) + 1})
  void cpMakesAVolumeOfExactlyThatSize(long size) {
    BAY.must("head -c " + size + " /dev/urandom >data; cp data $V/v");

    isReady(size);
    BAY.must("cmp data $V/v");
  }

  @Test
  void allSizesAreTheSameAfterARemount() {
    BAY.must(
        """
        for n in 1 511 512 4097 1048577; do
          truncate -s $n $V/t$n; fallocate -l $n $V/f$n; head -c $n /dev/urandom | tee c$n >$V/c$n
        done
        stat -c '%n %s %b' $V/* >before
        """);

    BAY.remount();

    BAY.must(
        "stat -c '%n %s %b' $V/* | diff before -; for c in c*; do cmp $c $V/$c; done; rm $V/*");
  }

  @Test
  void theCommandMakesThemToo() {
    BAY.command("create volume v size=4097");

    isReady(4097);
  }

  @Test
  void qemuImgCreatesAndReopens() {
    Needs.program("qemu-img");
    BAY.must("qemu-img create -q -f raw $V/v 5M; qemu-img create -q -f qcow2 $V/q 64M");

    isReady(5 << 20);
    BAY.must("qemu-img check -q $V/q");
  }

  @Test
  void anEmptyFileStaysInTheMakingUntilItHasASize() {
    BAY.must("touch $V/v");

    assertThat(BAY.status("v", "state")).isEqualTo("making");
    BAY.remount();
    assertThat(BAY.status("v", "state")).isEqualTo("making");
    BAY.must("truncate -s 4097 $V/v");
    isReady(4097);
  }

  @Test
  void anEmptyFileCanBeFilledLater() {
    BAY.must("head -c 100003 /dev/urandom >data; : >$V/v; cat data >$V/v");

    isReady(100_003);
    BAY.must("cmp data $V/v");
  }

  @Test
  void appendingWhileInTheMakingGrows() {
    BAY.must(
        "{ head -c 1000 /dev/urandom; sleep 0.1; head -c 3001 /dev/urandom; } | tee -a $V/v >data");

    isReady(4001);
    BAY.must("cmp data $V/v");
  }

  @Test
  void shrinkingWhileInTheMakingKeepsTheHead() {
    Needs.program("xfs_io");
    BAY.must("head -c 100003 /dev/urandom >data");
    BAY.must("xfs_io -f -c 'pwrite -i data 0 100003' -c 'truncate 50001' $V/v");

    isReady(50_001);
    BAY.must("cmp -n 50001 data $V/v");
  }

  private static void isReady(long size) {
    BAY.must(": <$V/v"); // waits for a last close that is on its way
    assertThat(BAY.must("stat -c %s $V/v")).isEqualTo("" + size);
    assertThat(BAY.status("v", "state")).isEqualTo("ready");
    assertThat(BAY.status("v", "size")).isEqualTo("" + size);
  }
}
