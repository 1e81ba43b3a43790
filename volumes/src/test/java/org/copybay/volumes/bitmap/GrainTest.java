package org.copybay.volumes.bitmap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** Regions and blocks of a volume. */
final class GrainTest {
  private static final Grain[] GRAINS = {
    Grain.SECTORS_127, Grain.TRACK, new Grain(5, 2), new Grain(1, 1), new Grain(31, 1)
  };

  @Test
  void aRegionOf127SectorsTouchesSixteenOrSeventeenBlocks() {
    assertThat(Integer.bitCount(Grain.SECTORS_127.mask(0, 1 << 30))).isEqualTo(16);
    assertThat(Integer.bitCount(Grain.SECTORS_127.mask(1, 1 << 30))).isEqualTo(17);
    assertThat(Integer.bitCount(Grain.TRACK.mask(1, 1 << 30))).isEqualTo(16);
  }

  @Test
  void theLastRegionEndsWithTheVolume() {
    assertThat(Grain.SECTORS_127.regions(0)).isZero();
    assertThat(Grain.SECTORS_127.regions(65_024)).isEqualTo(1);
    assertThat(Grain.SECTORS_127.regions(65_025)).isEqualTo(2);
    assertThat(Grain.SECTORS_127.end(1, 65_025)).isEqualTo(65_025);
    assertThat(Grain.SECTORS_127.mask(1, 65_025)).isEqualTo(1);
  }

  @Test
  void aMaskHasTheBlocksThatARangeTouches() {
    Random random = new Random(1);
    for (Grain grain : GRAINS) {
      for (int i = 0; i < 2000; i++) {
        long region = random.nextInt(4);
        long start = random.nextLong(4 * grain.regionBytes());
        long end = start + random.nextLong(2 * grain.regionBytes());

        assertThat(grain.mask(region, start, end)).isEqualTo(slowMask(grain, region, start, end));
      }
    }
  }

  @Test
  void aRegionOfTooManyBlocksIsRefused() {
    assertThatThrownBy(() -> new Grain(64, 2)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Grain(0, 2)).isInstanceOf(IllegalArgumentException.class);
  }

  private static int slowMask(Grain grain, long region, long start, long end) {
    int mask = 0;
    long base = grain.start(region) / grain.blockBytes();
    for (int i = 0; i < Grain.MAX_BLOCKS; i++) {
      long from = Math.max(start, Math.max((base + i) * grain.blockBytes(), grain.start(region)));
      long to =
          Math.min(end, Math.min((base + i + 1) * grain.blockBytes(), grain.start(region + 1)));
      mask |= from < to ? 1 << i : 0;
    }
    return mask;
  }
}
