package org.copybay.volumes.track;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import org.copybay.volumes.Bytes;
import org.copybay.volumes.journal.RecoverMode;
import org.copybay.volumes.store.SimulatedStore;
import org.copybay.volumes.store.StoreOperation;
import org.junit.jupiter.api.Test;

/**
 * A search for the end of data is long where there is much of it, so a fill makes few, and finds
 * the holes all the same.
 */
final class FillSearchTest {
  private static final int BLOCK = 512;
  private static final int TRACK = BLOCK * Geometry.TRACK_BLOCKS;
  private static final int TRACKS = 40;
  private static final int SIZE = TRACKS * TRACK;

  /** Counts what is asked of it. */
  private static final class Counting extends ByteImage {
    int reads;
    int holesLookedFor;

    Counting(byte[] bytes) {
      super(bytes);
    }

    @Override
    public void read(long offset, ByteBuffer target) {
      reads++;
      super.read(offset, target);
    }

    @Override
    public long nextHole(long offset) {
      holesLookedFor++;
      return super.nextHole(offset);
    }
  }

  private static EngineFixture showing(byte[] origin, Counting counting) throws Exception {
    return showing(origin, counting, Map.of());
  }

  private static EngineFixture showing(byte[] origin, Counting counting, Map<Long, Integer> masks)
      throws Exception {
    EngineFixture engine =
        new EngineFixture(new SimulatedStore(SIZE, 1), BLOCK, 1 << 20, RecoverMode.AUTO);
    engine.write(0, Bytes.random(1, SIZE));
    assertThat(engine.switchTo(origin, 1, masks)).isTrue();
    engine.engine().unfilled().setOrigin(counting);
    return engine;
  }

  /** Returns how many bytes of data were filled. */
  private static long fillAll(EngineFixture engine, int tracks) throws Exception {
    long data = 0;
    TrackOrigin.Filled filled = engine.fillNext(0, tracks);
    while (filled != null) {
      data += filled.dataBytes();
      filled = engine.fillNext(filled.track() + filled.count(), tracks);
    }
    return data;
  }

  @Test
  void theEndOfDataIsLookedForOnceAndAPieceIsReadAtOnce() throws Exception {
    byte[] origin = Bytes.random(2, SIZE);
    Counting counting = new Counting(origin);
    try (EngineFixture engine = showing(origin, counting)) {
      assertThat(fillAll(engine, 4)).isEqualTo(SIZE);

      assertThat(counting.holesLookedFor).isEqualTo(1);
      assertThat(counting.reads).isEqualTo(TRACKS / 4);
      assertThat(engine.read(0)).isEqualTo(origin);
    }
  }

  @Test
  void aTrackThatWasWrittenMeanwhileIsNotRead() throws Exception {
    byte[] origin = Bytes.random(2, SIZE);
    byte[] written = Bytes.random(3, TRACK);
    byte[] want = origin.clone();
    System.arraycopy(written, 0, want, 5 * TRACK, TRACK);
    Counting counting = new Counting(origin);
    try (EngineFixture engine = showing(origin, counting)) {
      engine.write(5 * TRACK, written);

      assertThat(fillAll(engine, TRACKS)).isEqualTo(SIZE - TRACK);

      assertThat(counting.reads).isEqualTo(2);
      assertThat(engine.read(0)).isEqualTo(want);
    }
  }

  @Test
  void onlyUnfilledBlocksOfATrackAreRead() throws Exception {
    byte[] origin = Bytes.random(2, SIZE);
    Counting counting = new Counting(origin);
    try (EngineFixture engine = showing(origin, counting, Map.of(0L, 0x00ff, 1L, 0xff00))) {
      assertThat(fillAll(engine, 2)).isEqualTo(TRACK);

      assertThat(counting.reads).isEqualTo(2);
      assertThat(engine.read(0, 8 * BLOCK, TRACK))
          .isEqualTo(Arrays.copyOfRange(Bytes.random(1, SIZE), 8 * BLOCK, 8 * BLOCK + TRACK));
    }
  }

  @Test
  void holesWithinAndBetweenTracksStayHoles() throws Exception {
    byte[] origin = Bytes.random(2, SIZE);
    int zeros = 0;
    for (int[] hole : new int[][] {{3, 5}, {14, 35}, {64, 65}, {100, 228}, {639, 640}}) {
      Arrays.fill(origin, hole[0] * BLOCK, hole[1] * BLOCK, (byte) 0);
      zeros += hole[1] - hole[0];
    }
    for (int tracks : new int[] {1, 3, TRACKS}) {
      try (EngineFixture engine = showing(origin, new Counting(origin))) {
        assertThat(fillAll(engine, tracks)).isEqualTo(SIZE - (long) zeros * BLOCK);
        assertThat(engine.read(0)).isEqualTo(origin);
        assertThat(engine.store.home().nextHole(0)).isEqualTo(3 * BLOCK);
      }
    }
  }

  @Test
  void theNextOriginIsLookedThroughAnew() throws Exception {
    byte[] origin = Bytes.random(2, SIZE);
    byte[] next = Bytes.random(4, SIZE);
    for (int track = 1; track < TRACKS; track += 2) {
      Arrays.fill(next, track * TRACK, (track + 1) * TRACK, (byte) 0);
    }
    try (EngineFixture engine = showing(origin, new Counting(origin))) {
      assertThat(engine.fillNext(0, 1)).isEqualTo(new TrackOrigin.Filled(0, 1, TRACK));
      assertThat(engine.switchTo(next, 2, Map.of())).isTrue();

      assertThat(fillAll(engine, 1)).isEqualTo(SIZE / 2);

      assertThat(engine.read(0)).isEqualTo(next);
    }
  }

  @Test
  void theHomeOfAPointIsSearchedOnceForTheEndOfItsData() throws Exception {
    try (OriginVolume volume = new OriginVolume(1, TRACKS << 16)) {
      volume.write(0, Bytes.random(1, TRACKS << 16));
      int point = volume.freeze();
      for (int track = 1; track < TRACKS; track += 2) {
        volume.write(track << 16, Bytes.random(track, 4096));
      }
      volume.store.startLog();

      assertThat(volume.point(point).nextHole(0)).isEqualTo(TRACKS << 16);

      assertThat(volume.store.log())
          .filteredOn(operation -> operation.kind() == StoreOperation.Kind.SEEK)
          .hasSize(1);
    }
  }
}
