package org.copybay.volumes.track;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Map;
import org.copybay.volumes.Bytes;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.journal.RecoverMode;
import org.copybay.volumes.store.SimulatedStore;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The process dies in a zeroing that begins in the middle of a block, behind which others show an
 * origin: no byte is what lay there before the switch (P4).
 */
final class ZeroOverOriginTest {
  private static final int BLOCK = 512;
  private static final int SIZE = BLOCK * Geometry.TRACK_BLOCKS * 2;

  private final byte[] own = Bytes.random(1, SIZE);
  private final byte[] origin = Bytes.random(2, SIZE);

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void neverShowsWhatLayThereBefore(boolean point) throws Exception {
    for (int from : new int[] {100, 0, BLOCK, BLOCK * 17 + 5}) {
      for (int to : new int[] {SIZE, SIZE - 100, BLOCK * 18, BLOCK * 18 + 7}) {
        boolean whole = false;
        for (int steps = 1; !whole; steps++) {
          whole = zero(point, from, to, steps);
        }
      }
    }
  }

  /** Returns whether it came to its end before the process died. */
  private boolean zero(boolean point, int from, int to, int steps) throws StorageException {
    SimulatedStore store = new SimulatedStore(SIZE, steps);
    EngineFixture engine = new EngineFixture(store, BLOCK, 1 << 20, RecoverMode.AUTO);
    engine.write(0, own);
    if (point) {
      assertThat(engine.freeze()).isEqualTo(1);
    }
    assertThat(engine.switchTo(origin, 1, Map.of(0L, 0xfffe, 1L, 0xfffc))).isTrue();
    byte[] before = engine.read(0);
    byte[] after = before.clone();
    Arrays.fill(after, from, to, (byte) 0);
    store.stopAfter(steps);
    boolean whole = false;
    try {
      engine.zero(from, to - from, false);
      whole = true;
    } catch (SimulatedStore.Stopped e) {
      // dead
    }
    EngineFixture later =
        new EngineFixture(store.afterProcessDeath(), BLOCK, 1 << 20, RecoverMode.AUTO);
    later.origins.putAll(engine.origins);
    later.setOrigin();
    byte[] found = later.read(0);
    for (int at = 0; at < SIZE; at++) {
      assertThat(found[at])
          .as("byte %d of zero(%d, %d) that died in step %d", at, from, to, steps)
          .isIn(whole ? after[at] : before[at], after[at]);
    }
    return whole;
  }
}
