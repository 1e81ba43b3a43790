package org.copybay.volumes.track;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
import org.copybay.volumes.Bytes;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.journal.RecoverMode;
import org.copybay.volumes.store.SimulatedStore;
import org.copybay.volumes.store.StoreOperation.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A write over whole tracks that show an origin, of which the store refuses a part: what is counted
 * as written is what was written, also when the process dies then, and nothing of a track that
 * still shows the origin is counted (P1).
 */
final class UnfilledWriteFaultTest {
  private static final int BLOCK = 512;
  private static final int TRACK = BLOCK * Geometry.TRACK_BLOCKS;
  private static final int SIZE = 4 * TRACK + 700;
  private static final long STAMP = 7;

  private final SimulatedStore store = new SimulatedStore(SIZE, 1);
  private final byte[] own = Bytes.random(1, SIZE);
  private final byte[] origin = Bytes.random(2, SIZE);
  private final byte[] written = Bytes.random(3, SIZE);
  private EngineFixture engine;

  /**
   * What is refused.
   *
   * @param spill whether a point needs what lies at home
   * @param file whose writes are
   * @param from the first that is
   * @param piece how long a write can be
   */
  record Refusal(boolean spill, String file, int from, int piece, Fault fault) {}

  static Stream<Refusal> refusals() {
    Stream.Builder<Refusal> all = Stream.builder();
    for (boolean spill : new boolean[] {false, true}) {
      for (Fault fault : new Fault[] {Fault.NO_SPACE, Fault.STORE_FAILED}) {
        for (int from = 0; from < 14; from++) {
          String bytes = spill ? TrackFiles.SPILL : SimulatedStore.HOME;
          all.add(new Refusal(spill, bytes, from, 3000, fault));
          all.add(new Refusal(spill, bytes, from, TRACK, fault));
        }
        for (int from = 0; from < 6; from++) {
          all.add(new Refusal(spill, "journal.0", from, SIZE, fault));
        }
      }
    }
    return all.build();
  }

  private void start(boolean spill, Map<Long, Integer> masks) throws StorageException {
    engine = new EngineFixture(store, BLOCK, 1 << 20, RecoverMode.AUTO);
    engine.write(0, own);
    if (spill) {
      assertThat(engine.freeze()).isEqualTo(1);
    }
    assertThat(engine.switchTo(origin, STAMP, masks)).isTrue();
  }

  private void refuse(Refusal what) {
    int[] count = new int[1];
    store.limitWrites(
        (file, offset, length) -> file.equals(what.file) ? Math.min(what.piece, length) : length);
    store.refuse(
        (file, kind, offset, length) ->
            file.equals(what.file) && kind == Kind.WRITE && count[0]++ >= what.from
                ? what.fault
                : null);
  }

  /** Returns how many bytes a program would be told. */
  private int write(int from, int to, Fault wanted) {
    ByteBuffer source = Bytes.direct(Arrays.copyOfRange(written, from, to));
    try {
      int count = engine.write(from, source);
      assertThat(source.position()).as("position").isEqualTo(count);
      assertThat(count).as("bytes").isPositive();
      return count;
    } catch (StorageException e) {
      assertThat(e.fault()).isEqualTo(wanted);
      assertThat(source.position()).as("position after an error").isZero();
      return 0;
    }
  }

  /** Looks at every byte, as it is now and as the death of the process leaves it. */
  private void require(int from, int count, boolean spill) throws StorageException {
    store.refuse((file, kind, offset, length) -> null);
    store.limitWrites((file, offset, length) -> length);
    byte[] now = engine.read(0);
    assertThat(Arrays.copyOfRange(now, from, from + count))
        .as("%d bytes that were acknowledged", count)
        .isEqualTo(Arrays.copyOfRange(written, from, from + count));
    for (int at = 0; at < SIZE; at++) {
      long block = at / BLOCK;
      int mask = engine.engine().unfilled().mask(Geometry.track(block));
      if ((mask & 1 << Geometry.index(block)) != 0) {
        assertThat(at < from || at >= from + count).as("byte %d is unfilled", at).isTrue();
        assertThat(now[at]).as("byte %d, unfilled", at).isEqualTo(origin[at]);
      }
    }
    EngineFixture later =
        new EngineFixture(store.afterProcessDeath(), BLOCK, 1 << 20, RecoverMode.AUTO);
    later.origins.put(STAMP, origin);
    later.setOrigin();
    assertThat(later.read(0)).as("after a restart").isEqualTo(now);
    if (spill) {
      assertThat(engine.read(1)).as("the point").isEqualTo(own);
      assertThat(later.read(1)).as("the point after a restart").isEqualTo(own);
    }
    while (later.fillNext(0, 1) != null) {
      assertThat(later.read(0)).as("after a fill").isEqualTo(now);
    }
  }

  @ParameterizedTest
  @MethodSource("refusals")
  void whatIsCountedOfAllTracksWasWritten(Refusal what) throws Exception {
    start(what.spill, Map.of());
    refuse(what);

    int count = write(0, SIZE, what.fault);

    require(0, count, what.spill);
  }

  /** A track in the middle has bytes of its own: what is recorded comes in two runs. */
  @ParameterizedTest
  @MethodSource("refusals")
  void whatIsCountedBehindATrackThatWasFilledWasWritten(Refusal what) throws Exception {
    start(what.spill, Map.of());
    assertThat(engine.fillNext(1, 1)).isNotNull();
    refuse(what);

    int count = write(TRACK / 2, SIZE, what.fault);

    require(TRACK / 2, count, what.spill);
  }

  /** Blocks of some tracks that are unfilled, those around them are not. */
  @ParameterizedTest
  @MethodSource("refusals")
  void whatIsCountedOfSomeBlocksWasWritten(Refusal what) throws Exception {
    start(what.spill, Map.of(0L, 0x8001, 1L, 0x0ff0, 3L, 0xff00));
    refuse(what);

    int count = write(0, SIZE - 100, what.fault);

    require(0, count, what.spill);
  }

  /** It is no mistake to count less than the tracks that were recorded, but a slow one. */
  @Test
  void whatWasRecordedBeforeARefusalCounts() throws Exception {
    start(false, Map.of());
    assertThat(engine.fillNext(1, 1)).isNotNull();
    refuse(new Refusal(false, "journal.0", 1, SIZE, Fault.NO_SPACE));

    assertThat(write(0, SIZE, Fault.NO_SPACE)).isEqualTo(2 * TRACK);

    require(0, 2 * TRACK, false);
  }

  @Test
  void theRestOfARefusedWriteIsWrittenByTheNext() throws Exception {
    start(true, Map.of(0L, 0x8001, 2L, 0x0ff0));
    refuse(new Refusal(true, TrackFiles.SPILL, 9, 3000, Fault.NO_SPACE));
    int count = write(0, SIZE, Fault.NO_SPACE);
    assertThat(count).isBetween(1, SIZE - 1);
    store.refuse((file, kind, offset, length) -> null);

    assertThat(write(count, SIZE, Fault.NO_SPACE)).isEqualTo(SIZE - count);

    require(0, SIZE, true);
    assertThat(engine.engine().unfilled().any()).isFalse();
  }
}
