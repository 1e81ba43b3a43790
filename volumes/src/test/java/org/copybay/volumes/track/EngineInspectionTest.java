package org.copybay.volumes.track;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.copybay.volumes.Bytes;
import org.copybay.volumes.Fault;
import org.copybay.volumes.Finding;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.journal.JournalEdit;
import org.copybay.volumes.journal.JournalRecord;
import org.copybay.volumes.journal.JournalRecord.Kind;
import org.copybay.volumes.journal.RecoverMode;
import org.copybay.volumes.store.SimulatedStore;
import org.copybay.volumes.store.StoreFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every broken rule of an engine is found although every checksum is right (P8); and every byte
 * that has a checksum, flipped. That a sound one passes at any moment is in {@link EngineModelTest}
 * and {@link EngineCrashTest}.
 */
final class EngineInspectionTest {
  private static final int BLOCK = 4096;
  private static final int BLOCKS = 64;
  private static final Portions SMALL = new Portions(3, 1, 5);

  private final SimulatedStore store = new SimulatedStore(BLOCK * BLOCKS, 1);
  private EngineFixture engine;

  /**
   * Checkpoint 1 in map.1: points 2 and 3; live pieces in the spill, one of each point. After it,
   * in journal.1: two RUNs, a ZERO, a FREEZE, a FILL, a DROP.
   */
  @BeforeEach
  void makeEngine() throws StorageException {
    engine = new EngineFixture(store, BLOCK, 1 << 20, RecoverMode.AUTO);
    int first = engine.freeze();
    engine.write(0, Bytes.random(1, 10 * BLOCK));
    engine.freeze();
    engine.write(3000, Bytes.random(2, 5 * BLOCK));
    engine.freeze();
    engine.write(0, Bytes.random(2, 2 * BLOCK));
    engine.drop(first);
    engine.upkeep();
    engine.write(20 * BLOCK, Bytes.random(3, 5 * BLOCK));
    engine.zero(BLOCK * 8, BLOCK, false);
    engine.freeze();
    engine.switchTo(Bytes.random(5, (int) engine.size), 1, Map.of(2L, 0x700)); // blocks 40 to 42
    engine.fillNext(0, 1);
    engine.write(0, Bytes.random(6, BLOCK));
    engine.drop(2);
    engine.engine().flush();
    assertThat(inspect()).isEmpty();
  }

  private List<Finding> inspect() throws StorageException {
    List<Finding> whole =
        Inspected.of(store, BLOCK, RecoverMode.PROCESS, Portions.STANDARD).damages();
    List<Finding> parts = Inspected.of(store, BLOCK, RecoverMode.PROCESS, SMALL).damages();
    assertThat(parts).as("looked at in small portions").hasSameSizeAs(whole);
    return whole;
  }

  private void assertFound(String what, String words) throws StorageException {
    List<Finding> found = inspect();
    assertThat(found)
        .as("%s %s in %s", what, words, found)
        .anySatisfy(
            finding -> {
              assertThat(finding.what()).isEqualTo(what);
              assertThat(finding.line()).contains(words);
            });
  }

  // ---- entries of the map

  /** Changes the three longs of an entry of page 1 of the checkpoint. */
  private void changeEntry(int entry, UnaryOperator<long[]> change) throws StorageException {
    try (StoreFile file = store.open("map.1")) {
      ByteBuffer page = MapLayout.page();
      file.read(MapLayout.PAGE_BYTES, page);
      long[] longs = MapLayout.decode(page.flip(), MapLayout.ENTRIES, 1, 1, "map.1");
      int at = entry * MapLayout.ENTRY_LONGS;
      long[] changed = change.apply(new long[] {longs[at], longs[at + 1], longs[at + 2]});
      assertThat(changed).isNotEqualTo(new long[] {longs[at], longs[at + 1], longs[at + 2]});
      System.arraycopy(changed, 0, longs, at, changed.length);
      MapLayout.encode(page, MapLayout.ENTRIES, 1, 1, longs, longs.length);
      file.writeAll(MapLayout.PAGE_BYTES, page);
    }
  }

  /** The entries of the checkpoint, to see what the tests change. */
  private int entry(boolean live, int number) throws StorageException {
    int[] found = {-1, 0};
    MapFile.open(
            new MapPages(0),
            store,
            1,
            EngineFixture.VOLUME,
            BLOCK,
            (track, isLive, of, mask, base) -> {
              if (isLive == live && of == number && found[0] < 0 && base >= -16) {
                found[0] = found[1];
              }
              found[1]++;
            })
        .close();
    assertThat(found[0]).as("an entry live=%s number=%d", live, number).isNotNegative();
    return found[0];
  }

  @Test
  void aPieceWithABaseOutsideOfTheSpillIsFound() throws Exception {
    changeEntry(entry(false, 2), e -> new long[] {e[0], e[1], 1 << 20});
    assertFound("spill", "at least 4294"); // 4 GiB and a few blocks
  }

  @Test
  void aPieceWithABaseBeforeTheSpillIsFound() throws Exception {
    changeEntry(entry(false, 2), e -> new long[] {e[0], e[1], -100});
    assertFound("owner", "a place in the spill");
  }

  @Test
  void twoOwnersOfABlockOfTheSpillAreFoundWithTheirNames() throws Exception {
    changeEntry(entry(false, 2), e -> new long[] {e[0], e[1], e[2] + 1});
    assertFound("owner", "one owner, got ");
    assertFound("owner", " and ");
  }

  @Test
  void twoOwnersOfAHomeAreFound() throws Exception {
    changeEntry(entry(false, 3), e -> new long[] {e[0], e[1], Place.HOME});
    assertFound("owner", "one owner of its place in the home");
  }

  @Test
  void aPieceBehindTheEndOfTheVolumeIsFound() throws Exception {
    changeEntry(entry(false, 3), e -> new long[] {MapLayout.key(4, 1), e[1], e[2]});
    assertFound("map entry", "blocks of the volume, before 64, got block 64");
  }

  @Test
  void aPointThatIsNotThereOwnsNothing() throws Exception {
    changeEntry(entry(false, 2), e -> new long[] {e[0], MapLayout.owner(1), e[2]});
    assertFound("map entry", "a point that is there, got a piece of point 1");
  }

  @Test
  void aLiveBlockOlderThanAnOwnedOneIsFound() throws Exception {
    changeEntry(entry(true, 3), e -> new long[] {e[0], MapLayout.liveBorn(1), e[2]});
    assertFound("owner", "younger than point");
  }

  @Test
  void anEmptyOrOverlappingMaskAndAWrongOrderAreFound() throws Exception {
    changeEntry(entry(true, 1), e -> new long[] {e[0] & ~0xffffL, e[1], e[2]});
    assertFound("map entry", "mask 0000");
  }

  @Test
  void twoLivePlacesOfABlockAreFound() throws Exception {
    changeEntry(entry(true, 3), e -> new long[] {e[0] | 0xffff, e[1], e[2]});
    assertFound("map entry", "each block once in a live piece");
  }

  @Test
  void entriesOutOfOrderAreFound() throws Exception {
    changeEntry(0, e -> new long[] {MapLayout.key(3, 1), e[1], e[2]});
    assertFound("map entry", "entries by track");
  }

  // ---- records of the journal

  private static UnaryOperator<JournalRecord> change(
      Kind kind, UnaryOperator<JournalRecord> change) {
    return record -> record.kind() == kind ? change.apply(record) : record;
  }

  @ParameterizedTest
  @CsvSource({
    "RUN, base, -1, of the spill",
    "RUN, start, 62, of the volume",
    "RUN, start, 0, a block older than",
    "RUN, count, 0, of the volume",
    "RUN, point, 2, or the newest one",
    "RUN, point, 0, without a place",
    "ZERO, point, 0, as owner of what was there",
    "ZERO, start, 0, a block older than",
    "FILL, point, 1, or the newest one",
    "FREEZE, point, 2, a new point after 3",
    "DROP, point, 9, a point that is there",
  })
  void aRecordThatNoWriterMakesIsFound(Kind kind, String field, long value, String words)
      throws Exception {
    long at =
        JournalEdit.change(
            store,
            "journal.1",
            change(
                kind,
                r ->
                    new JournalRecord(
                        kind,
                        field.equals("count") ? (int) value : r.count(),
                        field.equals("point") ? (int) value : r.point(),
                        field.equals("start") ? value : r.start(),
                        field.equals("base") ? value : r.base())));
    assertFound("journal record", words);
    assertFound("journal record", "at byte " + at);
  }

  @Test
  void aRecordThatTakesABlockOfTheSpillTwiceIsFound() throws Exception {
    JournalEdit.change(
        store,
        "journal.1",
        change(Kind.RUN, r -> JournalRecord.run(r.start(), r.count(), 0, r.point())));
    assertFound("owner", "one owner, got ");
  }

  @Test
  void aSettleOfABlockAtHomeIsFound() throws Exception {
    JournalEdit.change(store, "journal.1", change(Kind.ZERO, r -> JournalRecord.settle(50, 1)));
    assertFound("journal record", "a block away from home");
  }

  // ---- bytes

  @ParameterizedTest
  @CsvSource({
    "engine, 0, 512",
    "engine, 4096, 4608",
    "map.1, 0, 64",
    "map.1, 4090, 4160",
    "map.1, 8192, 8260",
    "journal.1, 0, 512",
    "journal.1, 512, 700",
  })
  void everyFlippedByteIsFound(String name, int from, int to) throws Exception {
    try (StoreFile file = store.open(name)) {
      for (int at = from; at < to; at++) {
        byte was = flip(file, at);
        List<Finding> damages = Inspected.of(store, BLOCK, RecoverMode.PROCESS, SMALL).damages();
        assertThat(damages).as("byte %d of %s", at, name).isNotEmpty();
        assertThat(damages.get(0).line()).contains(name.substring(0, 3));
        file.write(at, Bytes.direct(new byte[] {was}));
      }
    }
    assertThat(inspect()).isEmpty();
  }

  private static byte flip(StoreFile file, int at) throws StorageException {
    ByteBuffer one = ByteBuffer.allocateDirect(1);
    file.read(at, one);
    byte was = one.get(0);
    file.write(at, Bytes.direct(new byte[] {(byte) (was ^ 1 << at % 8)}));
    return was;
  }

  @ParameterizedTest
  @ValueSource(strings = {"engine", "map.1", "journal.1", "spill"})
  void aMissingOrShortFileIsFound(String name) throws Exception {
    try (StoreFile file = store.open(name)) {
      file.setSize(name.equals("spill") ? BLOCK : 600);
    }
    assertThat(inspect()).as("short " + name).isNotEmpty();
    engine.close();
    store.delete(name);
    assertThat(inspect()).as("missing " + name).isNotEmpty();
  }

  /** A superblock of before checks for itself; the one after it does not look like that. */
  @Test
  void anOlderSuperblockIsFound() throws Exception {
    try (StoreFile file = store.open("engine")) {
      ByteBuffer older = ByteBuffer.allocateDirect(512);
      file.read(0, older);
      file.write(4096, older.flip());
    }
    assertFound("superblock", "an odd sequence");
  }

  @Test
  void theEngineOfAnotherVolumeIsFound() throws Exception {
    try (StoreFile file = store.open("engine")) {
      Superblock found = Superblock.read(store);
      Superblock other =
          new Superblock(found.sequence(), new UUID(9, 9), 1, 1, BLOCK, Superblock.State.JOURNAL);
      other.write(file);
    }
    assertFound("superblock", "wanted volume 00000000-0000-0001");
  }

  @Test
  void nothingIsChanged() throws Exception {
    store.refuse((file, kind, offset, length) -> kind.changes() ? Fault.READ_ONLY : null);
    assertThat(inspect()).isEmpty();
  }
}
