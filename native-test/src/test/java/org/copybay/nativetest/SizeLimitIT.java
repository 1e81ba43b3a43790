package org.copybay.nativetest;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The largest volume is what the file system of the bay allows: 16 TiB - 4 KiB on ext4. */
class SizeLimitIT {
  @RegisterExtension static final TestBay BAY = TestBay.onExt4("64M");

  @AfterEach
  void removeVolumes() {
    BAY.must("rm -f $V/*");
  }

  @Test
  void oneTebibyteIsFine() {
    BAY.must("truncate -s 1T $V/v");
    BAY.must(
        "printf end | dd of=$V/v bs=1 seek=1099511627773 conv=notrunc; tail -c 3 $V/v | grep -x end");

    assertThat(Long.parseLong(BAY.must("du -k $V/v | cut -f1"))).isLessThan(256);
    BAY.remount();
    BAY.must("tail -c 3 $V/v | grep -x end");
    assertThat(BAY.must("stat -c %s $V/v")).isEqualTo("1099511627776");
  }

  @Test
  void theLargestOnExt4IsFine() {
    BAY.must("truncate -s 17592186040320 $V/v");

    assertThat(BAY.must("stat -c %s $V/v")).isEqualTo("17592186040320");
  }

  @Test
  void oneByteMoreIsRefusedWithASentence() {
    assertThat(BAY.refused("truncate -s 17592186040321 $V/v")).contains("File too large");
    assertThat(BAY.lastError()).contains("16 TiB - 4 KiB");
  }

  @Test
  void theCommandIsRefusedTheSameWay() {
    assertThat(BAY.refused("echo 'create volume v size=16T' >$C/ctl")).contains("File too large");

    assertThat(BAY.lastError()).contains("16 TiB - 4 KiB");
    assertThat(BAY.must("ls $V")).isEmpty();
  }

  @Test
  void onXfsItIsFarHigher() {
    Needs.program("mkfs.xfs");
    try (TestBay xfs = TestBay.onXfs("320M").open()) {
      xfs.must(
          "truncate -s 1P $V/v; printf end | dd of=$V/v bs=1 seek=17592186044416 conv=notrunc");

      xfs.must("dd if=$V/v bs=1 skip=17592186044416 count=3 status=none | grep -x end");
      assertThat(xfs.must("stat -c %s $V/v")).isEqualTo("1125899906842624");
    }
  }
}
