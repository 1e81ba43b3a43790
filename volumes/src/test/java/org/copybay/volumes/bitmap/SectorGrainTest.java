package org.copybay.volumes.bitmap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.journal.RecoverMode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Write bitmaps whose region is one sector. */
final class SectorGrainTest {
  private static final int S = 2048;
  private static final int SECTORS = 40_000; // two pages
  private static final long SIZE = (long) SECTORS * S;

  @TempDir Path directory;
  private HookedStore store;
  private WriteBitmap bitmap;

  @BeforeEach
  void create() throws Exception {
    store = HookedStore.create(directory);
    bitmap = WriteBitmap.create(store, "b", Grain.ofSectors(S), SIZE);
  }

  @AfterEach
  void close() {
    bitmap.close();
    store.close();
  }

  private void reopen() throws StorageException {
    bitmap.close();
    bitmap = WriteBitmap.open(store, "b", SIZE);
  }

  @Test
  void aWordNamesEachGrain() {
    for (int bytes = 512; bytes <= 65536; bytes *= 2) {
      Grain grain = Grain.ofSectors(bytes);
      assertThat(grain.single()).isTrue();
      assertThat(grain.word()).isEqualTo("sector-" + bytes);
      assertThat(Grain.ofWord(grain.word())).isEqualTo(grain);
    }
    for (Grain grain : new Grain[] {Grain.TRACK, Grain.SECTORS_127}) {
      assertThat(grain.single()).isFalse();
      assertThat(Grain.ofWord(grain.word())).isEqualTo(grain);
    }
    assertThatThrownBy(() -> Grain.ofWord("acre")).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aChangeSetsTheSectorsThatItTouches() throws Exception {
    bitmap.aboutToChange(3L * S - 1, 2);
    bitmap.aboutToChange(10L * S, S);
    bitmap.aboutToChange(32_767L * S, 2L * S); // in both pages

    assertThat(bitmap.changedRegions(0, 9))
        .containsExactly(new Run(2, 2), new Run(10, 1), new Run(32_767, 2));
    assertThat(bitmap.changedBlocks(0, 9)).isEqualTo(bitmap.changedRegions(0, 9));
    assertThat(bitmap.regionsSet()).isEqualTo(5);
    assertThat(bitmap.changedBytes()).isEqualTo(5L * S);
  }

  @Test
  void theLastAndTheNextClearOneAreFoundAcrossPages() throws Exception {
    assertThat(bitmap.lastRegion()).isEqualTo(-1);
    assertThat(bitmap.nextClearRegion(0)).isZero();
    bitmap.setWhole(0, 33_000L * S);

    assertThat(bitmap.lastRegion()).isEqualTo(32_999);
    assertThat(bitmap.nextClearRegion(0)).isEqualTo(33_000);
    assertThat(bitmap.nextClearRegion(33_001)).isEqualTo(33_001);
    assertThat(bitmap.nextClearRegion(SECTORS)).isEqualTo(SECTORS);
    bitmap.setAll();
    assertThat(bitmap.nextClearRegion(0)).isEqualTo(SECTORS);
    assertThat(bitmap.nextClearRegion(SECTORS - 1)).isEqualTo(SECTORS);
    assertThat(bitmap.lastRegion()).isEqualTo(SECTORS - 1);
  }

  @Test
  void theLastOneOfAnEmptySecondPageIsInTheFirst() throws Exception {
    bitmap.aboutToChange(64L * S - 1, 1);

    assertThat(bitmap.lastRegion()).isEqualTo(63);
    assertThat(bitmap.nextClearRegion(63)).isEqualTo(64);
  }

  @Test
  void aRestartKeepsThemAll() throws Exception {
    bitmap.aboutToChange(7L * S, 3L * S);
    byte[] map = map();

    reopen();

    assertThat(map()).isEqualTo(map);
    assertThat(map[0] & 0xff).isEqualTo(0x80);
    assertThat(map[1]).isEqualTo((byte) 3);
    assertThat(bitmap.changed(8)).isEqualTo(1);
    assertThat(bitmap.changed(6)).isZero();
  }

  private byte[] map() {
    ByteBuffer target = ByteBuffer.allocate((int) bitmap.mapBytes());
    bitmap.map(0, target);
    return target.array();
  }

  @Test
  void aResetClearsAllAndChangesAfterItAreThere() throws Exception {
    bitmap.aboutToChange(0, 100L * S);
    bitmap.reset(() -> {});
    assertThat(bitmap.regionsSet()).isZero();

    bitmap.aboutToChange(5L * S, 1);
    assertThat(bitmap.changedRegions(0, 9)).containsExactly(new Run(5, 1));
    assertThat(bitmap.changed(5)).isEqualTo(1);
    bitmap.reset(() -> {});
    assertThat(bitmap.regionsSet()).isZero();
    reopen();
    assertThat(bitmap.regionsSet()).isZero();
  }

  @Test
  void aResetKeepsWhatChangesWhileItWaits() throws Exception {
    bitmap.aboutToChange(0, 100L * S);

    bitmap.reset(
        () -> {
          try {
            bitmap.aboutToChange(50L * S, 2L * S); // set already
            bitmap.aboutToChange(300L * S, S);
          } catch (StorageException e) {
            throw new AssertionError(e);
          }
        });

    assertThat(bitmap.changedRegions(0, 9)).containsExactly(new Run(50, 2), new Run(300, 1));
    reopen();
    assertThat(bitmap.changedRegions(0, 9)).containsExactly(new Run(50, 2), new Run(300, 1));
  }

  @Test
  void aChangeThatBeginsDuringAResetIsNeverLost() throws Exception {
    var threads = Executors.newFixedThreadPool(1);
    try {
      for (int round = 0; round < 300; round++) {
        AtomicBoolean begun = new AtomicBoolean();
        long sector = round * 3L;
        bitmap.aboutToChange(0, 1000L * S);
        Future<?> change =
            threads.submit(
                () -> {
                  while (!begun.get()) {
                    Thread.onSpinWait();
                  }
                  bitmap.aboutToChange(sector * S, S);
                  return null;
                });
        bitmap.reset(() -> begun.set(true)); // the change begins after it, so it is there
        change.get(10, TimeUnit.SECONDS);

        assertThat(bitmap.isSet(sector)).as("round " + round).isTrue();
      }
    } finally {
      threads.shutdown();
    }
  }

  @Test
  void nobodyTakesBlocksOfIt() throws Exception {
    bitmap.aboutToChange(0, S);

    assertThatThrownBy(() -> bitmap.take(0, 1))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("no blocks to take");
  }

  @Test
  void anotherOneOfItsGrainIncludesIt() throws Exception {
    bitmap.aboutToChange(5L * S, 3L * S);
    WriteBitmap other = WriteBitmap.create(store, "c", Grain.ofSectors(S), SIZE);

    other.include(bitmap);

    assertThat(other.changedRegions(0, 9)).containsExactly(new Run(5, 3));
    assertThat(other.touches(4L * S, S + 1)).isTrue();
    assertThat(other.touches(8L * S, S)).isFalse();
    other.close();
  }

  @Test
  void powerLossSetsTheZonesThatWereInUseAndACleanStopKeepsItExact() throws Exception {
    CrashStore disk = CrashStore.create(1 << 20);
    ZoneGrain zones = new ZoneGrain(32 * 512, 64, 1);
    BitmapSet set =
        BitmapSet.open(disk, List.of(), 1 << 20, zones, RecoverMode.AUTO, () -> {}, () -> {});
    set.add(set.create("b", Grain.ofSectors(512)));
    disk.syncNames();
    set.aboutToChange(20 * 512, 512);

    CrashStore powerless = disk.afterPowerLoss(new Random(1), CrashStore.Loss.NONE);
    WriteBitmap lost = find(powerless, zones, RecoverMode.AUTO);
    assertThat(lost.changedRegions(0, 9)).containsExactly(new Run(0, 32));
    lost.close();
    set.stop();
    WriteBitmap clean = find(disk, zones, RecoverMode.AUTO);
    assertThat(clean.changedRegions(0, 9)).containsExactly(new Run(20, 1));
  }

  private static WriteBitmap find(CrashStore disk, ZoneGrain zones, RecoverMode mode)
      throws StorageException {
    return BitmapSet.open(disk, List.of("b"), 1 << 20, zones, mode, () -> {}, () -> {}).find("b");
  }
}
