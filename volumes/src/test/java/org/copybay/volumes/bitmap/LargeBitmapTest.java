package org.copybay.volumes.bitmap;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.journal.RecoverMode;
import org.copybay.volumes.store.SimulatedStore;
import org.copybay.volumes.store.StoreFile;
import org.copybay.volumes.store.TrackStore;
import org.junit.jupiter.api.Test;

/** A bitmap whose saved blocks take more than a piece of a store that refuses such a write. */
final class LargeBitmapTest {
  private static final int SIZE = TrackStore.PIECE_BYTES / 2 + 50_000;

  private final SimulatedStore store = new SimulatedStore(SIZE, 1);

  private BitmapSet open(List<String> names) throws StorageException {
    return BitmapSet.open(store, names, SIZE, RecoverMode.AUTO, () -> {}, () -> {});
  }

  @Test
  void blocksOfManyRegionsAreSavedAndLoaded() throws Exception {
    try (BitmapSet set = open(List.of())) {
      set.add(set.create("b", new Grain(2, 1)));
      for (int region = 0; region < SIZE / 2; region++) {
        set.aboutToChange(2L * region, 1);
      }
      set.stop();
    }
    try (StoreFile file = store.open("b.blocks")) {
      assertThat(file.size()).isEqualTo(512 + SIZE / 2 * 4L);
    }

    try (BitmapSet set = open(List.of("b"))) {
      assertThat(set.find("b").changedBlocks(0, 3))
          .containsExactly(new Run(0, 1), new Run(2, 1), new Run(4, 1));
    }
  }
}
