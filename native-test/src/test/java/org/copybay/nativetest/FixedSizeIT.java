package org.copybay.nativetest;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A finished volume neither grows nor shrinks, but by the command resize. */
class FixedSizeIT {
  @RegisterExtension static final TestBay BAY = TestBay.onDisk();

  @BeforeEach
  void makeAVolume() {
    BAY.must("rm -f $V/v; head -c 1M /dev/urandom >old; cp old $V/v");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "1", "1048575", "1048577", "2M"})
  void truncateToAnotherSizeIsRefusedAndTheCureNamed(String size) {
    String error = BAY.refused("truncate -s " + size + " $V/v");

    assertThat(error).contains("Operation not permitted");
    String lastError = BAY.lastError();
    assertThat(lastError).contains("conv=notrunc").contains("convert -n");
    assertThat(lastError.contains("resize"))
        .as("no volume has 0 bytes")
        .isEqualTo(!size.equals("0"));
    BAY.must("cmp old $V/v");
  }

  @Test
  void truncateToItsOwnSizeIsFine() {
    BAY.must("truncate -s 1M $V/v; cmp old $V/v");
  }

  @Test
  void aWriteAcrossTheEndIsShortAndThenThereIsNoSpace() {
    Shell.Result result =
        BAY.run(
            "dd if=/dev/zero of=$V/v bs=64k seek=1040576 oflag=seek_bytes conv=notrunc count=1");

    assertThat(result.refused()).contains("No space left on device").contains("8000 bytes");
    BAY.must("cmp -n 1040576 old $V/v; cmp -n 8000 -i 1040576:0 $V/v /dev/zero");
    assertThat(BAY.must("stat -c %s $V/v")).isEqualTo("1048576");
  }

  @Test
  void aDirectWriteAcrossTheEndIsShortToo() {
    Shell.Result result =
        BAY.run(
            "dd if=/dev/zero of=$V/v bs=64k seek=1044480 oflag=seek_bytes,direct conv=notrunc count=1");

    assertThat(result.refused()).contains("No space left on device");
    BAY.must("cmp -n 1044480 old $V/v; cmp -n 4096 -i 1044480:0 $V/v /dev/zero");
    assertThat(BAY.must("stat -c %s $V/v")).isEqualTo("1048576");
  }

  @Test
  void appendingMeetsTheEnd() {
    assertThat(BAY.refused("echo more >>$V/v")).contains("No space left on device");

    assertThat(BAY.lastError()).contains("resize");
    BAY.must("cmp old $V/v");
  }

  /** The kernel takes the volume for empty then, and sends the append at 0. */
  @Test
  void appendingBehindATruncatingOpenerOverwritesNothing() {
    assertThat(BAY.refused("exec 3>$V/v; echo more >>$V/v")).contains("No space left on device");

    BAY.must("cmp old $V/v");
  }

  @Test
  void fallocateAcrossTheEndIsRefused() {
    assertThat(BAY.refused("fallocate -l 2M $V/v")).contains("No space left on device");

    assertThat(BAY.must("stat -c %s $V/v")).isEqualTo("1048576");
  }

  @Test
  void aReadAcrossTheEndIsShort() {
    assertThat(BAY.must("dd if=$V/v bs=1M iflag=skip_bytes skip=1040576 2>/dev/null | wc -c"))
        .isEqualTo("8000");
    assertThat(BAY.must("dd if=$V/v bs=4k iflag=skip_bytes,direct skip=1M 2>/dev/null | wc -c"))
        .isEqualTo("0");
  }

  @Test
  void resizeGrowsWithZerosAndIsSeenAtOnce() {
    BAY.must(
        "exec 3<$V/v; cat <&3 >/dev/null; echo 'resize volume=v size=3M' >$C/ctl; cat <&3 | wc -c | grep -x 2097152");

    assertThat(BAY.must("stat -c %s $V/v")).isEqualTo("3145728");
    BAY.must("cmp -n 1M old $V/v; cmp -n 2M -i 1M:0 $V/v /dev/zero");
    BAY.remount();
    assertThat(BAY.must("stat -c %s $V/v")).isEqualTo("3145728");
  }
}
