package org.copybay.volumes.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.store.SimulatedStore;
import org.junit.jupiter.api.Test;

/** Which entries a merge keeps. */
final class SheetMergeTest {
  private static final UUID VOLUME = new UUID(1, 2);
  private static final TrackHash A = new TrackHash(1, 1);
  private static final TrackHash B = new TrackHash(2, 2);
  private static final TrackHash ZERO = TrackHash.ZERO;

  private final SimulatedStore store = new SimulatedStore(1, 1);
  private final EvidenceCache cache = new EvidenceCache(1 << 16, 0);
  private int sheets;

  /** One entry. */
  private record Entry(long track, int point, TrackHash hash) {}

  private SheetFile sheet(int oldest, int newest, Entry... entries) throws StorageException {
    Inventory.Named named = new Inventory.Named(sheets, ++sheets);
    try (SheetWriter writer = new SheetWriter(store, named, VOLUME, cache)) {
      for (Entry entry : entries) {
        writer.add(entry.track, entry.point, entry.hash);
      }
      return writer.finish(oldest, newest, List.of());
    }
  }

  private List<Entry> merged(boolean isAll, int[] live, SheetFile... of) throws StorageException {
    Inventory.Named named = new Inventory.Named(sheets, ++sheets);
    try (SheetWriter writer = new SheetWriter(store, named, VOLUME, cache)) {
      assertThat(new SheetMerge(List.of(of), live, isAll).run(writer, () -> false)).isTrue();
      SheetFile sheet = writer.finish(1, 100, List.of());
      List<Entry> found = new ArrayList<>();
      SheetCursor cursor = new SheetCursor(sheet);
      for (; cursor.track() < Long.MAX_VALUE; cursor.next()) {
        found.add(new Entry(cursor.track(), cursor.point(), cursor.hash()));
      }
      return found;
    }
  }

  private static int[] live(int... numbers) {
    return numbers;
  }

  @Test
  void eachPointThatIsThereKeepsTheEntryItNeeds() throws Exception {
    SheetFile one = sheet(1, 4, new Entry(7, 1, A), new Entry(7, 3, B), new Entry(9, 2, A));
    SheetFile two = sheet(5, 5, new Entry(7, 5, A));

    assertThat(merged(true, live(1, 2, 3, 4, 5), one, two))
        .containsExactly(
            new Entry(7, 1, A), new Entry(7, 3, B), new Entry(7, 5, A), new Entry(9, 2, A));
    assertThat(merged(true, live(4, 5), one, two))
        .containsExactly(new Entry(7, 3, B), new Entry(7, 5, A), new Entry(9, 2, A));
    assertThat(merged(true, live(2), one, two))
        .containsExactly(new Entry(7, 1, A), new Entry(9, 2, A));
    assertThat(merged(true, live(6), one, two))
        .containsExactly(new Entry(7, 5, A), new Entry(9, 2, A));
  }

  @Test
  void zerosAreKeptWhereSomethingStandsBelow() throws Exception {
    SheetFile one = sheet(2, 2, new Entry(1, 2, ZERO), new Entry(2, 2, A));
    SheetFile two = sheet(3, 3, new Entry(1, 3, A), new Entry(2, 3, ZERO));

    assertThat(merged(true, live(2, 3), one, two))
        .containsExactly(new Entry(1, 3, A), new Entry(2, 2, A), new Entry(2, 3, ZERO));
    assertThat(merged(true, live(3), one, two)).containsExactly(new Entry(1, 3, A));
    assertThat(merged(false, live(2, 3), one, two))
        .as("an older sheet may have the track")
        .containsExactly(
            new Entry(1, 2, ZERO), new Entry(1, 3, A), new Entry(2, 2, A), new Entry(2, 3, ZERO));
  }

  @Test
  void aMergeThatIsStoppedSaysSo() throws Exception {
    SheetFile one = sheet(1, 1, new Entry(7, 1, A));
    Inventory.Named named = new Inventory.Named(sheets, ++sheets);
    try (SheetWriter writer = new SheetWriter(store, named, VOLUME, cache)) {
      assertThat(new SheetMerge(List.of(one), live(1), true).run(writer, () -> true)).isFalse();
    }
    assertThat(store.exists(EvidenceFiles.sheet(named.slot()))).isFalse();
  }
}
