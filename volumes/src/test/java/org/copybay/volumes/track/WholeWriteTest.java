package org.copybay.volumes.track;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.copybay.volumes.Bytes;
import org.copybay.volumes.journal.RecoverMode;
import org.copybay.volumes.store.SimulatedStore;
import org.junit.jupiter.api.Test;

/**
 * A write is made as a whole, wherever its blocks come to lie: a loop device or a program that does
 * not look at what write(2) returned would lose the rest.
 */
class WholeWriteTest {
  private static final int BLOCK = 512;
  private static final int SIZE = 400 * BLOCK;

  @Test
  void aWriteIsNotCutWhereFreeSpaceIsInPieces() throws Exception {
    Random random = new Random(1);
    List<Integer> points = new ArrayList<>();
    byte[] model = new byte[SIZE];
    try (EngineFixture test =
        new EngineFixture(new SimulatedStore(SIZE, 1), BLOCK, 1 << 20, RecoverMode.AUTO)) {
      for (int i = 0; i < 2000; i++) {
        if (i % 7 == 0) {
          points.add(test.freeze());
        }
        if (points.size() > 4) {
          test.drop(points.remove(random.nextInt(points.size())));
          test.upkeep();
        }
        byte[] bytes = Bytes.random(i, 1 + random.nextInt(60 * BLOCK));
        int offset = random.nextInt(SIZE - bytes.length + 1);
        assertThat(test.write(offset, Bytes.direct(bytes)))
            .as("write %d", i)
            .isEqualTo(bytes.length);
        System.arraycopy(bytes, 0, model, offset, bytes.length);
      }
      assertThat(Arrays.equals(test.read(0), model)).isTrue();
    }
  }
}
