package org.copybay.volumes.interchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.copybay.volumes.fuzz.FuzzTarget;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Images that say anything: reading ends, with all objects or with an error of ours. */
final class HostileTapeTest {
  private static final List<FuzzTarget> TARGETS =
      List.of(FuzzTarget.DETECT, FuzzTarget.SIMH, FuzzTarget.AWSTAPE, FuzzTarget.TAR);

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void readingEndsWhateverTheImageSays(long seed) throws Exception {
    Random random = new Random(seed);
    int refused = 0;
    for (int round = 0; round < 150; round++) {
      for (TapeFormat format : TapeFormat.values()) {
        byte[] image = spoiled(format, random);
        for (FuzzTarget target : TARGETS) {
          refused += target.take(image) ? 0 : 1;
        }
      }
    }
    assertThat(refused).isGreaterThan(500);
  }

  private static byte[] spoiled(TapeFormat format, Random random) throws Exception {
    int most = 1 << random.nextInt(11);
    Tape tape =
        Tape.random(random.nextLong(), false, 1 + random.nextInt(most), 1 + random.nextInt(most));
    byte[] image = random.nextBoolean() ? packed(tape, random) : tape.image(format);
    for (int i = random.nextInt(5); i > 0; i--) {
      int near = random.nextBoolean() ? image.length : Math.min(64, image.length);
      image[random.nextInt(near)] = value(random);
    }
    return random.nextInt(4) == 0 ? Arrays.copyOf(image, random.nextInt(image.length)) : image;
  }

  private static byte[] packed(Tape tape, Random random) throws IOException {
    byte[] bytes = tape.items.get(0).bytes().array();
    int chunkBytes = 1 + random.nextInt(1000);
    return random.nextBoolean()
        ? Packed.chunks(Packed.zlib(bytes), chunkBytes, 1, 0)
        : Packed.chunks(Packed.bzip2(bytes), chunkBytes, 2, 0);
  }

  private static byte value(Random random) {
    byte[] telling = {0, 1, 2, 0x20, 0x40, 0x7f, (byte) 0x80, (byte) 0xa1, (byte) 0xa2, -2, -1};
    return random.nextBoolean() ? telling[random.nextInt(telling.length)] : (byte) random.nextInt();
  }
}
