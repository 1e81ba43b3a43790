package org.copybay.volumes.bitmap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.copybay.volumes.Bytes;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.journal.RecoverMode;
import org.copybay.volumes.store.SimulatedStore;
import org.copybay.volumes.store.StoreFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bits that changed while nobody had the volume open: a clear bit would be a lie (P3). */
final class CleanStopTest {
  private static final int SIZE = 1 << 20;

  private final SimulatedStore store = new SimulatedStore(SIZE, 1);

  private BitmapSet open(List<String> names) throws StorageException {
    return BitmapSet.open(store, names, SIZE, RecoverMode.AUTO, () -> {}, () -> {});
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 0x7f, 0xff01})
  void bitsThatAreFewerOrMoreThanTheStopLeftAreLost(int bits) throws Exception {
    try (BitmapSet set = open(List.of())) {
      set.add(set.create("b", new Grain(4096, 4096)));
      set.aboutToChange(0, 8 * 4096);
      set.stop();
    }
    try (StoreFile file = store.open("b")) {
      file.write(
          BitmapLayout.wordOffset(0), Bytes.direct(new byte[] {(byte) bits, (byte) (bits >> 8)}));
    }

    assertThatThrownBy(() -> open(List.of("b")).close())
        .isInstanceOfSatisfying(
            StorageException.class, e -> assertThat(e.fault()).isEqualTo(Fault.CORRUPT))
        .hasMessageContaining("want 8 changed regions, got " + Integer.bitCount(bits));
    assertThatThrownBy(
            () -> BitmapSet.openForReading(store, List.of("b"), SIZE, RecoverMode.AUTO).close())
        .hasMessageContaining("is not as the clean stop left it");
  }

  @Test
  void whatCannotBeSavedIsNotLeftInPart(@TempDir Path directory) throws Exception {
    try (HookedStore full = HookedStore.create(directory);
        BitmapSet set =
            BitmapSet.open(full, List.of(), SIZE, RecoverMode.AUTO, () -> {}, () -> {})) {
      set.add(set.create("b", Grain.TRACK));
      set.aboutToChange(0, 4096);
      full.refuse(SavedRefinement.name("b"));

      set.stop();

      assertThat(full.exists(SavedRefinement.name("b"))).isFalse();
    }
  }

  @Test
  void ofRegionsOfOneBlockOnlyTheirNumberIsSaved() throws Exception {
    try (BitmapSet set = open(List.of())) {
      set.add(set.create("b", new Grain(4096, 4096)));
      set.aboutToChange(0, 100 * 4096);
      set.stop();
    }
    try (StoreFile file = store.open(SavedRefinement.name("b"))) {
      assertThat(file.size()).isEqualTo(RefinementLayout.FIRST_MASK_OFFSET);
    }
    try (BitmapSet set = open(List.of("b"))) {
      assertThat(set.find("b").regionsSet()).isEqualTo(100);
    }
  }
}
