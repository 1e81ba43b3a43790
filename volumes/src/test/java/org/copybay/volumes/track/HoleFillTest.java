package org.copybay.volumes.track;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import org.copybay.volumes.Bytes;
import org.copybay.volumes.Image;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.journal.RecoverMode;
import org.copybay.volumes.store.SimulatedStore;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A stretch of which the origin has nothing is filled at once. */
final class HoleFillTest {
  private static final int BLOCK = 512;
  private static final int TRACK = BLOCK * Geometry.TRACK_BLOCKS;
  private static final int SIZE = 40 * TRACK;

  private EngineFixture engine;
  private byte[] old;

  @BeforeEach
  void makeEngine() throws Exception {
    engine = new EngineFixture(new SimulatedStore(SIZE, 1), BLOCK, 1 << 20, RecoverMode.AUTO);
    old = Bytes.random(1, SIZE);
    engine.write(0, old);
  }

  @Test
  void allOfItIsOneStep() throws Exception {
    assertThat(engine.switchTo(new byte[SIZE], 1, Map.of())).isTrue();

    TrackOrigin.Filled filled = engine.fillNext(0, 1);

    assertThat(filled).isEqualTo(new TrackOrigin.Filled(0, 40, 0));
    assertThat(engine.engine().unfilled().any()).isFalse();
    assertThat(engine.read(0)).containsOnly(0);
  }

  @Test
  void anOlderPointKeepsWhatLayThere() throws Exception {
    int point = engine.freeze();
    assertThat(engine.switchTo(new byte[SIZE], 1, Map.of())).isTrue();

    while (engine.fillNext(0, 1) != null) {
      assertThat(engine.read(point)).isEqualTo(old);
    }

    assertThat(engine.read(0)).containsOnly(0);
    assertThat(engine.read(point)).isEqualTo(old);
  }

  /** Of zeros; who looks for its data lets something else happen first. */
  private static final class Interrupted implements Image {
    private @Nullable Step step;

    Interrupted(Step step) {
      this.step = step;
    }

    @Override
    public void read(long offset, ByteBuffer target) {
      target.put(new byte[target.remaining()]);
    }

    @Override
    public long nextData(long offset) throws StorageException {
      Step now = step;
      step = null;
      if (now != null) {
        now.run();
      }
      return -1;
    }

    @Override
    public long nextHole(long offset) {
      return offset;
    }
  }

  /** What happens meanwhile. */
  private interface Step {
    void run() throws StorageException;
  }

  @Test
  void whatIsWrittenMeanwhileStays() throws Exception {
    byte[] written = Bytes.random(2, TRACK);
    byte[] want = new byte[SIZE];
    System.arraycopy(written, 0, want, 7 * TRACK, TRACK);
    System.arraycopy(written, 0, want, 20 * TRACK + 100, 700);
    assertThat(engine.switchTo(new byte[SIZE], 1, Map.of())).isTrue();
    engine
        .engine()
        .unfilled()
        .setOrigin(
            new Interrupted(
                () -> {
                  engine.write(7 * TRACK, written);
                  engine.write(20 * TRACK + 100, Arrays.copyOf(written, 700));
                }));

    while (engine.fillNext(0, 1) != null) {
      assertThat(engine.read(0)).isEqualTo(want);
    }

    assertThat(engine.read(0)).isEqualTo(want);
  }
}
