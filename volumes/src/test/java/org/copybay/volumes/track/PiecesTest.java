package org.copybay.volumes.track;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.copybay.volumes.Bytes;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.journal.Journal;
import org.copybay.volumes.journal.JournalReader;
import org.copybay.volumes.journal.JournalRecord;
import org.copybay.volumes.journal.RecoverMode;
import org.copybay.volumes.journal.VolumeIdentity;
import org.copybay.volumes.store.SimulatedStore;
import org.copybay.volumes.store.StoreFile;
import org.copybay.volumes.store.TrackStore;
import org.junit.jupiter.api.Test;

/**
 * Everything that is longer than a piece, or lies across one, over a store that refuses such a
 * write: {@link TrackStore#PIECE_BYTES}.
 */
final class PiecesTest {
  private static final int PIECE = TrackStore.PIECE_BYTES;
  private static final int SIZE = 4 * PIECE;
  private static final int BLOCK = 4096;

  private final SimulatedStore store = new SimulatedStore(SIZE, 1);

  private EngineFixture engine() throws StorageException {
    return new EngineFixture(store, BLOCK, 1 << 20, RecoverMode.AUTO);
  }

  @Test
  void aWriteOfAPlainVolumeIsDoneAsAWhole() throws Exception {
    byte[] bytes = Bytes.random(1, 2 * PIECE + 3000);
    var use =
        new TrackUse(
            1,
            () -> new VolumeIdentity(EngineFixture.VOLUME, "a", SIZE),
            new MapPages(0),
            RecoverMode.AUTO,
            why -> {},
            () -> {},
            () -> 0);
    try (TrackDevice device = TrackDevice.open(store, use, false)) {
      assertThat(device.write(PIECE - 1000, Bytes.direct(bytes))).isEqualTo(bytes.length);

      ByteBuffer target = ByteBuffer.allocateDirect(bytes.length);
      device.read(PIECE - 1000, target);
      assertThat(Bytes.of(target)).isEqualTo(bytes);
    }
  }

  /** One block before shifts the spill against the volume, whose pieces are cut above. */
  @Test
  void aWriteToTheSpillIsDoneAsAWholeInPlaceToo() throws Exception {
    try (EngineFixture engine = engine()) {
      int point = engine.freeze();
      engine.write(SIZE - BLOCK, Bytes.random(1, BLOCK));
      for (int seed = 2; seed < 4; seed++) {
        byte[] bytes = Bytes.random(seed, 2 * PIECE + 3000);
        assertThat(engine.write(PIECE - 1000, Bytes.direct(bytes))).isEqualTo(bytes.length);
        assertThat(engine.read(0, PIECE - 1000, bytes.length)).isEqualTo(bytes);
      }
      assertThat(engine.read(point)).containsOnly(0);

      engine.drop(point);
      engine.upkeep();
      assertThat(engine.engine().awayBytes()).isZero();
      assertThat(engine.read(0, PIECE - 1000, 2 * PIECE + 3000))
          .isEqualTo(Bytes.random(3, 2 * PIECE + 3000));
    }
  }

  @Test
  void aCheckpointIsWrittenAndReadAsAWhole() throws Exception {
    int count = 3 * PIECE / (MapLayout.ENTRY_LONGS * Long.BYTES);
    try (MapWriter writer = new MapWriter(store, 1, EngineFixture.VOLUME, BLOCK)) {
      for (int track = 0; track < count; track++) {
        writer.live(track, 1, track, 1);
      }
      writer.finish(PointSet.EMPTY, Unfilled.Kept.NONE, new MapPages(0)).close();
    }

    long[] next = new long[1];
    MapFile.Entries inOrder =
        (track, live, number, mask, base) -> {
          assertThat(track).isEqualTo(next[0]++);
          assertThat(base).isEqualTo(track);
        };
    MapFile.open(new MapPages(0), store, 1, EngineFixture.VOLUME, BLOCK, inOrder).close();
    assertThat(next[0]).isEqualTo(count);
  }

  @Test
  void aJournalIsWrittenAndReadAsAWhole() throws Exception {
    int count = PIECE / 32 + 20_000;
    VolumeIdentity volume = new VolumeIdentity(EngineFixture.VOLUME, "a", SIZE);
    try (Journal journal = Journal.create(store, 0, 1, volume)) {
      for (int i = 0; i < count; i++) {
        journal.append(JournalRecord.settle(i, 1));
      }
    }

    long[] next = new long[1];
    JournalReader reader = JournalReader.open(store, 0, volume.id(), RecoverMode.PROCESS);
    reader.replay(store, found -> assertThat(found.start()).isEqualTo(next[0]++));
    assertThat(next[0]).isEqualTo(count);
  }

  @Test
  void anErrorAfterSomePiecesIsLeftToTheNextWrite() throws Exception {
    try (StoreFile file = store.create("file")) {
      store.limitSpace(PIECE + BLOCK);
      ByteBuffer source = Bytes.direct(Bytes.random(1, 2 * PIECE));

      assertThat(file.writeAcross(0, source)).isEqualTo(PIECE + BLOCK);
      assertThat(source.position()).isEqualTo(PIECE + BLOCK);
      assertThat(source.limit()).isEqualTo(2 * PIECE);

      store.limitSpace(PIECE);
      store.limitWrites((name, offset, length) -> Math.min(length, 1000));
      assertThat(file.writeAcross(PIECE - BLOCK, source.position(0))).isEqualTo(1000);
      ByteBuffer target = ByteBuffer.allocateDirect(1000);
      file.read(PIECE - BLOCK, target);
      assertThat(Bytes.of(target)).isEqualTo(Arrays.copyOf(Bytes.random(1, 2 * PIECE), 1000));
    }
  }
}
