package org.copybay.volumes.track;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
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
 * What no writer says of unfilled blocks, although every checksum is right, is found by an
 * inspection, and a start refuses what it cannot go on with (P8).
 */
final class UnfilledInspectionTest {
  private static final int BLOCK = 4096;
  private static final int BLOCKS = 100; // 6 tracks and a part
  private static final int SIZE = BLOCK * BLOCKS - 1000;

  private final SimulatedStore store = new SimulatedStore(SIZE, 1);
  private EngineFixture engine;

  /**
   * Checkpoint 1 in map.1: point 1, and unfilled are track 1, some of 3 and 4, and prepared is 5.
   * After it, in journal.1: a FREEZE, FILLED of track 1, a PREPARE of track 6, a SWITCH.
   */
  @BeforeEach
  void makeEngine() throws StorageException {
    engine = new EngineFixture(store, BLOCK, 1 << 20, RecoverMode.AUTO);
    engine.write(0, Bytes.random(1, SIZE));
    assertThat(engine.freeze()).isEqualTo(1);
    Map<Long, Integer> masks = Map.of(1L, 0xffff, 3L, 0x00ff, 4L, 0x00ff);
    assertThat(engine.switchTo(Bytes.random(2, SIZE), 9, masks)).isTrue();
    engine.engine().prepare(5, 1, 0x0f00);
    engine.drop(1);
    engine.upkeep();
    assertThat(engine.freeze()).isEqualTo(2);
    assertThat(engine.fillNext(1, 1)).isNotNull();
    engine.drop(2);
    engine.engine().prepare(6, 1, 0x000f);
    engine.origins.put(10L, Bytes.random(3, SIZE));
    engine.engine().switchTo(Unfilled.Where.PREPARED, 0, 10, null);
    engine.engine().flush();
    assertThat(inspect()).isEmpty();
    assertThat(engine.engine().unfilled().mask(6)).isEqualTo(0x000f);
    start().close();
  }

  private List<Finding> inspect() throws StorageException {
    return Inspected.of(store, BLOCK, RecoverMode.PROCESS, Portions.STANDARD).damages();
  }

  private EngineFixture start() throws StorageException {
    return new EngineFixture(store.afterProcessDeath(), BLOCK, 1 << 20, RecoverMode.PROCESS);
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

  private void assertRefused(String file) {
    assertThatThrownBy(this::start)
        .isInstanceOfSatisfying(
            StorageException.class,
            e -> {
              assertThat(e.fault()).isEqualTo(Fault.CORRUPT);
              assertThat(e.getMessage()).contains(file + " is damaged");
            });
  }

  // ---- the map

  private MapLayout.Head head(StoreFile file) throws StorageException {
    ByteBuffer page = MapLayout.page();
    file.read(0, page);
    return MapLayout.Head.decode(page.flip(), "map.1");
  }

  /** Changes the three longs of a run of the last page of the checkpoint. */
  private void changeRun(int run, UnaryOperator<long[]> change) throws StorageException {
    try (StoreFile file = store.open("map.1")) {
      MapLayout.Head head = head(file);
      assertThat(head.unfilledPages()).isEqualTo(1);
      int index = (int) (head.bytes() / MapLayout.PAGE_BYTES) - 1;
      ByteBuffer page = MapLayout.page();
      file.read((long) index * MapLayout.PAGE_BYTES, page);
      long[] longs = MapLayout.decode(page.flip(), MapLayout.UNFILLED, index, 1, "map.1");
      assertThat(longs).hasSize(3 * MapLayout.ENTRY_LONGS);
      int at = run * MapLayout.ENTRY_LONGS;
      long[] changed = change.apply(new long[] {longs[at], longs[at + 1], longs[at + 2]});
      System.arraycopy(changed, 0, longs, at, changed.length);
      MapLayout.encode(page, MapLayout.UNFILLED, index, 1, longs, longs.length);
      file.writeAll((long) index * MapLayout.PAGE_BYTES, page);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "7, 1, 0xff, true", // behind the end
    "5, 3, 0xff, true",
    "0, 0, 0xff, true",
    "0, -1, 0xff, true",
    "0, 0x7fffffffffffffff, 0xff, true",
    "0xffffffffffff, 1, 0xff, true",
    "2, 1, 0, true",
    "0, 1, 0xff, false", // before the run before it: harmless, but no writer does it
  })
  void aRunThatCannotBeIsFound(String track, String count, String mask, boolean refused)
      throws Exception {
    changeRun(
        1,
        run ->
            new long[] {
              MapLayout.key(Long.decode(track), Integer.decode(mask)), Long.decode(count), run[2]
            });

    assertFound("map entry", "runs of tracks in order, before block 100");
    if (refused) {
      assertRefused("map.1");
    } else {
      start().close();
    }
  }

  @Test
  void aRunOfAnotherKindIsFound() throws Exception {
    changeRun(1, run -> new long[] {run[0], run[1], 2});

    assertFound("map entry", "unfilled from track 3");
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 2, 1000})
  void aMarkBeyondTheLastPointIsFound(int mark) throws Exception {
    try (StoreFile file = store.open("map.1")) {
      MapLayout.Head was = head(file);
      MapLayout.Head head =
          new MapLayout.Head(
              was.number(),
              was.volume(),
              was.blockBytes(),
              was.lastPoint(),
              was.entryPages(),
              was.pointPages(),
              was.unfilledPages(),
              mark,
              was.stamp(),
              was.locked());
      file.writeAll(0, head.encode());
    }

    assertFound("map entry", "a mark from 0 to 1, got mark " + mark);
  }

  @Test
  void everyFlippedByteOfAPageOfRunsIsFoundAndRefused() throws Exception {
    try (StoreFile file = store.open("map.1")) {
      long from = head(file).bytes() - MapLayout.PAGE_BYTES;
      for (long at = from; at < from + 100; at++) {
        ByteBuffer one = ByteBuffer.allocateDirect(1);
        file.read(at, one);
        byte was = one.get(0);
        file.write(at, Bytes.direct((byte) (was ^ 1 << at % 8)));
        assertFound("map", "map.1 page " + from / MapLayout.PAGE_BYTES);
        assertRefused("map.1");
        file.write(at, Bytes.direct(was));
      }
    }
    assertThat(inspect()).isEmpty();
  }

  @Test
  void aPageOfRunsThatIsNotThereIsFoundAndRefused() throws Exception {
    try (StoreFile file = store.open("map.1")) {
      file.setSize(head(file).bytes() - MapLayout.PAGE_BYTES);
    }

    assertFound("map", "a file of ");
    assertThatThrownBy(this::start)
        .isInstanceOfSatisfying(
            StorageException.class, e -> assertThat(e.fault()).isEqualTo(Fault.CORRUPT));
  }

  // ---- the journal

  @ParameterizedTest
  @CsvSource({
    "FILLED, start, 17, true", // no whole track
    "FILLED, count, 15, true",
    "FILLED, count, 0, true",
    "FILLED, count, -16, true",
    "FILLED, start, -16, true",
    "FILLED, start, 112, true", // behind the end
    "FILLED, count, 112, true",
    "FILLED, start, 9223372036854775792, true",
    "PREPARE, start, 8, true",
    "PREPARE, start, 112, true",
    "PREPARE, count, 2147483632, true",
    "PREPARE, point, 65536, true",
    "PREPARE, point, -1, true",
    "SWITCH, count, 0, true", // another version
    "SWITCH, count, 5, true",
    "SWITCH, count, -1, true",
    "SWITCH, start, 101, true",
    "SWITCH, start, -1, true",
    "SWITCH, point, -1, true",
    "SWITCH, point, 1, false",
    "SWITCH, point, 3, false",
  })
  void aRecordThatNoWriterMakesIsFound(Kind kind, String field, long value, boolean refused)
      throws Exception {
    long at =
        JournalEdit.change(
            store,
            "journal.1",
            r ->
                r.kind() != kind
                    ? r
                    : new JournalRecord(
                        kind,
                        field.equals("count") ? (int) value : r.count(),
                        field.equals("point") ? (int) value : r.point(),
                        field.equals("start") ? value : r.start(),
                        r.base()));

    assertFound("journal record", "whole tracks of 100 blocks, or a switch after 2");
    assertFound("journal record", "at byte " + at);
    if (refused) {
      assertRefused("journal.1");
    } else {
      start().close();
    }
  }
}
