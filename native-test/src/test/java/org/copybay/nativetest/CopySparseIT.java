package org.copybay.nativetest;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** cp of an image with holes, into the bay and out of it: identical, and the holes stay holes. */
class CopySparseIT {
  @RegisterExtension static final TestBay BAY = TestBay.onDisk();

  @BeforeAll
  static void makeImage() {
    // Holes at both ends, data that begins and ends inside a block.
    BAY.must(
        """
        truncate -s 24M image
        for at in 1000000 7340032 15000001; do
          head -c 300001 /dev/urandom | dd of=image bs=64k seek=$at oflag=seek_bytes conv=notrunc
        done
        """);
  }

  @ParameterizedTest
  @ValueSource(strings = {"auto", "always"})
  void intoTheBay(String sparse) {
    BAY.must("cp --sparse=" + sparse + " image $V/v");

    BAY.must("cmp image $V/v");
    assertThat(kibibytes("$V/v")).isLessThan(2048);
    BAY.must("rm $V/v");
  }

  @Test
  void itStaysSoOverARemount() {
    BAY.must("cp image $V/v");

    BAY.remount();

    BAY.must("cmp image $V/v");
    assertThat(kibibytes("$V/v")).isLessThan(2048);
    BAY.must("rm $V/v");
  }

  @ParameterizedTest
  @ValueSource(strings = {"auto", "always"})
  void outOfTheBay(String sparse) {
    BAY.must("cp --sparse=always image $V/v");

    BAY.must("rm -f out; cp --sparse=" + sparse + " $V/v out; cmp image out");

    assertThat(kibibytes("out")).isLessThan(2048);
    BAY.must("rm $V/v");
  }

  @ParameterizedTest
  @ValueSource(strings = {"auto", "always", "never"})
  void fromVolumeToVolume(String sparse) {
    BAY.must("cp --sparse=always image $V/v");

    BAY.must("cp --sparse=" + sparse + " $V/v $V/w; cmp image $V/w; cmp $V/v $V/w");

    if (!sparse.equals("never")) {
      assertThat(kibibytes("$V/w")).isLessThan(2048);
    }
    BAY.must("rm $V/v $V/w");
  }

  private static long kibibytes(String file) {
    return Long.parseLong(BAY.must("du -k " + file + " | cut -f1"));
  }
}
