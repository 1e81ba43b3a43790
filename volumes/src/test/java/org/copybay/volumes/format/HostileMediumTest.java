package org.copybay.volumes.format;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.copybay.volumes.Extent;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Media whose descriptors say anything, in tags that are right: reading ends after a bounded number
 * of sectors, and what is to be written lies in the medium.
 */
final class HostileMediumTest {
  private static final int MOST_READS = 3000;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void readingEndsWhateverTheMediumSays(long seed) throws Exception {
    Random random = new Random(seed);
    for (int round = 0; round < 100; round++) {
      UdfMedium medium = any(random);
      for (int i = random.nextInt(4); i >= 0; i--) {
        spoil(medium, random);
      }

      MediumFormat format = medium.image.format();

      assertThat(medium.image.reads).isLessThan(MOST_READS);
      for (Extent extent : format.extents()) {
        assertThat(extent.end()).isLessThanOrEqualTo(medium.image.bytes.length);
      }
      if (format.refusal() == null) {
        List<Patch> patches = format.relabel("NEW", Instant.EPOCH);
        assertThat(patches.stream().map(Patch::extent)).isEqualTo(format.extents());
      }
    }
  }

  private static UdfMedium any(Random random) {
    return switch (random.nextInt(4)) {
      case 0 -> UdfMedium.plain(512, "OLD");
      case 1 -> UdfMedium.metadata(512, "OLD", random.nextBoolean());
      case 2 -> UdfMedium.sparable("OLD", 48);
      default -> UdfMedium.virtual("OLD");
    };
  }

  private static void spoil(UdfMedium medium, Random random) {
    int[] locations = {
      256,
      UdfMedium.BLOCKS - 1,
      UdfMedium.MAIN + random.nextInt(5),
      UdfMedium.RESERVE + 3,
      UdfMedium.SPARING_TABLE,
      UdfMedium.PARTITION + 10,
      UdfMedium.PARTITION + 11
    };
    int block = locations[random.nextInt(locations.length)];
    int[] fields = {16, 20, 24, 28, 48, 188, 192, 172, 208, 212, 248, 252, 256, 264, 268, 440, 480};
    int field = fields[random.nextInt(fields.length)];
    byte[] value = new byte[4];
    random.nextBytes(value);
    if (random.nextBoolean()) {
      value[2] = 0;
      value[3] = 0;
    }
    medium.image.put(medium.at(block) + field, value);
    medium.seal(
        block, block >= UdfMedium.PARTITION && block < 590 ? block - UdfMedium.PARTITION : block);
  }
}
