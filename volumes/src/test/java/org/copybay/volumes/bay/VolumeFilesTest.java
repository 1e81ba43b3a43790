package org.copybay.volumes.bay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.copybay.volumes.bay.Catalogue.Change.NOTHING;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.copybay.volumes.Bytes;
import org.copybay.volumes.bitmap.BitmapSet;
import org.copybay.volumes.bitmap.Grain;
import org.copybay.volumes.journal.RecoverMode;
import org.copybay.volumes.store.DirectoryStore;
import org.copybay.volumes.store.HomeFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a deleted volume leaves in its directory: nothing of its own. */
final class VolumeFilesTest {
  private static final int SIZE = 300_000;
  private static final List<String> OF_THE_ENGINE =
      List.of("engine", "map.0", "map.1", "journal.0", "journal.1", "spill");
  private static final String BITMAP = "bitmap-" + new UUID(1, 2);
  private static final List<String> OF_BITMAPS = List.of(BITMAP, BITMAP + ".blocks", "intent");

  @TempDir Path directory;

  private TestBay test;
  private Path home;

  @BeforeEach
  void makeEveryFile() throws Exception {
    test = TestBay.create(directory.resolve("bay"));
    Volume volume = test.createFilled("a", SIZE, 1);
    home = volume.home();
    test.bay.points().freeze(List.of(volume), "P", NOTHING);
    TestBay.write(volume, 0, Bytes.random(2, 5000));
    test.bay.points().drop("P", NOTHING);
    test.close();
    makeBitmap();
    for (String name : OF_THE_ENGINE) { // some are gone where the upkeep was quick
      if (!Files.exists(home.resolveSibling(name))) {
        Files.createFile(home.resolveSibling(name));
      }
    }
    test = TestBay.open(test.path);
  }

  private void makeBitmap() throws Exception {
    try (DirectoryStore store = new DirectoryStore(HomeFile.open(home, SIZE), false);
        BitmapSet set =
            BitmapSet.open(store, List.of(), SIZE, RecoverMode.AUTO, () -> {}, () -> {})) {
      set.add(set.create(BITMAP, Grain.TRACK));
      set.aboutToChange(5000, 1);
      set.stop();
    }
  }

  @AfterEach
  void close() {
    test.close();
  }

  @Test
  void everyFileOfADeletedVolumeGoes() throws Exception {
    assertThat(OF_BITMAPS).allSatisfy(name -> assertThat(home.resolveSibling(name)).exists());

    test.bay.remove("a");

    test.assertNothingLeftBehind();
    assertThat(home.getParent()).doesNotExist();
  }

  @Test
  void whatSomebodyElsePutThereStays() throws Exception {
    Path other = home.resolveSibling("bitmap-notes");
    Files.writeString(other, "CPBY");

    test.bay.remove("a");

    assertThat(home.getParent()).isDirectoryContaining(other::equals);
    assertThat(home.getParent().toFile().list()).hasSize(1);
  }
}
