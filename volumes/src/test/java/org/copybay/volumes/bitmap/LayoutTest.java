package org.copybay.volumes.bitmap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.copybay.volumes.Extent;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.journal.RecoverMode;
import org.copybay.volumes.store.Origin;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The files byte for byte, against ones that were made by another program from docs/FORMAT.md. */
final class LayoutTest {
  private static final long SIZE = (10 << 20) + 100;
  private static final Origin ORIGIN =
      new Origin(UUID.fromString("00112233-4455-6677-8899-aabbccddeeff"), 0x0102030405060708L);

  @TempDir Path directory;

  private HookedStore store;

  @BeforeEach
  void create() throws Exception {
    store = HookedStore.create(directory);
    store.moveTo(ORIGIN);
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void filesAreWrittenAsTheyAlwaysWere() throws Exception {
    try (BitmapSet set = open()) {
      set.add(set.create("bitmap", Grain.SECTORS_127));
      set.aboutToChange((4 << 20) + 5000, 1);
      set.aboutToChange(SIZE - 1, 1);

      assertThat(bytes("bitmap")).isEqualTo(golden("bitmap"));
      assertThat(bytes("intent")).isEqualTo(golden("intent"));
      set.stop();
      assertThat(bytes("bitmap.blocks")).isEqualTo(golden("bitmap.blocks"));
    }
  }

  @Test
  void filesAreReadAsTheyAlwaysWere() throws Exception {
    put("bitmap");
    put("bitmap.blocks");
    put("intent");

    try (IntentLog log = IntentLog.open(store, "intent", ZoneGrain.USUAL, SIZE)) {
      assertThat(log.lastStop(RecoverMode.AUTO, store)).isEqualTo(LastStop.PROCESS_DEATH);
      assertThat(log.lastRun()).isEqualTo(1);
      assertThat(log.lastZones()).containsExactly(new Extent(4 << 20, SIZE - (4 << 20)));
    }
    try (WriteBitmap bitmap = WriteBitmap.open(store, "bitmap", SIZE)) {
      SavedRefinement.load(store, bitmap, 1);
      assertThat(bitmap.grain()).isEqualTo(Grain.SECTORS_127);
      assertThat(bitmap.changedRegions(0, 9)).containsExactly(new Run(64, 1), new Run(161, 1));
      assertThat(bitmap.changedBlocks(0, 9)).containsExactly(new Run(1025, 1), new Run(2560, 1));
    }
  }

  @Test
  void aNewerVersionIsRefused() throws Exception {
    var sector = BitmapLayout.encode(Grain.TRACK);
    sector.putInt(BitmapLayout.VERSION_OFFSET, 2);
    Sealed.seal(sector);

    assertThatThrownBy(() -> BitmapLayout.decode(sector, "b"))
        .isInstanceOfSatisfying(
            StorageException.class, e -> assertThat(e.fault()).isEqualTo(Fault.UNSUPPORTED));
  }

  @Test
  void everyByteThatAChecksumCoversIsChecked() throws Exception {
    requireEveryByte("bitmap", 0, 512);
    requireEveryByte("bitmap.blocks", 0, 520);
    requireEveryByte("intent", 0, 512);
    requireEveryByte("intent", 4096, 4608);
    requireEveryByte("intent", 8192, 8704);
  }

  private void requireEveryByte(String name, int from, int to) throws Exception {
    put(name);
    BitmapFiles.check(store, directory);
    byte[] sound = golden(name);
    for (int i = from; i < to; i++) {
      byte[] flipped = sound.clone();
      flipped[i] ^= (byte) (1 << i % 8);
      Files.write(directory.resolve(name), flipped);
      assertThatThrownBy(() -> BitmapFiles.check(store, name))
          .as("byte %d of %s", i, name)
          .isInstanceOfSatisfying(
              StorageException.class, e -> assertThat(e.fault()).isEqualTo(Fault.CORRUPT))
          .hasMessageContaining(name)
          .hasMessageContaining("want=")
          .hasMessageContaining("got=");
    }
    put(name);
    BitmapFiles.check(store, directory);
  }

  private BitmapSet open() throws StorageException {
    return BitmapSet.open(store, List.of(), SIZE, RecoverMode.AUTO, () -> {}, () -> {});
  }

  private byte[] bytes(String name) throws IOException {
    return Files.readAllBytes(directory.resolve(name));
  }

  private void put(String name) throws IOException {
    Files.write(directory.resolve(name), golden(name));
  }

  private static byte[] golden(String name) throws IOException {
    try (InputStream in = LayoutTest.class.getResourceAsStream("/golden/v1/" + name + ".bin")) {
      return in.readAllBytes();
    }
  }
}
