package org.copybay.volumes.bitmap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.copybay.volumes.Bytes;
import org.copybay.volumes.Extent;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.journal.RecoverMode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The bitmaps of one volume through starts and stops of every kind. */
final class BitmapSetTest {
  private static final long TRACK = 64 << 10;
  private static final long ZONE = 4 << 20;
  private static final long SIZE = 10 * ZONE;

  @TempDir Path directory;

  private HookedStore store;
  private BitmapSet set;
  private int volumeSyncs;

  @BeforeEach
  void create() throws Exception {
    store = HookedStore.create(directory);
    set = open(RecoverMode.AUTO);
  }

  @AfterEach
  void close() {
    store.noHook();
    set.close();
    store.close();
  }

  @Test
  void withoutABitmapNothingIsDone() throws Exception {
    set.aboutToChange(0, 4096);
    set.prepare(0, 4096);
    set.advance();
    set.stop();

    assertThat(store.done()).isEmpty();
    assertThat(store.exists("intent")).isFalse();
    assertThat(volumeSyncs).isZero();
  }

  @Test
  void theZoneIsDurableFirstThenEachBitmapIsWritten() throws Exception {
    start("a", Grain.TRACK);
    start("b", Grain.SECTORS_127);
    store.forget();

    set.aboutToChange(0, 4096);

    assertThat(store.done()).containsExactly("write intent", "sync intent", "write a", "write b");
  }

  @Test
  void whatIsPreparedNeedsNoSyncWithinTheChange() throws Exception {
    start("a", Grain.TRACK);
    set.prepare(0, 4096);
    store.forget();

    set.aboutToChange(0, 4096);

    assertThat(store.done()).containsExactly("write a");
  }

  @Test
  void aBitmapSeesWhatChangesFromItsStartToItsEnd() throws Exception {
    WriteBitmap a = start("a", Grain.TRACK);
    set.aboutToChange(0, 1);
    WriteBitmap b = start("b", Grain.TRACK);
    set.aboutToChange(TRACK, 1);
    set.remove(a);
    set.aboutToChange(2 * TRACK, 1);
    set.delete(a);

    assertThat(b.changedRegions(0, 9)).containsExactly(new Run(1, 2));
    assertThat(set.bitmaps()).containsExactly(b);
    assertThat(set.find("b")).isSameAs(b);
    assertThatThrownBy(() -> set.find("a")).isInstanceOf(StorageException.class);
    assertThat(store.exists("a")).isFalse();
  }

  // ---- stops

  @Test
  void aCleanStopKeepsTheBlocks() throws Exception {
    start("a", Grain.TRACK);
    start("b", Grain.SECTORS_127);
    set.aboutToChange(TRACK + 4096, 4096);
    set.aboutToChange(SIZE - 1, 1);
    set.stop();
    assertThat(volumeSyncs).isEqualTo(1);

    reopen(RecoverMode.AUTO, "a", "b");

    for (WriteBitmap bitmap : set.bitmaps()) {
      assertThat(bitmap.changedBlocks(0, 9))
          .containsExactly(new Run(17, 1), new Run(SIZE / 4096 - 1, 1));
      assertThat(bitmap.changedBytes()).isEqualTo(8192);
    }
  }

  @Test
  void theDeathOfTheProcessKeepsTheBitsOnly() throws Exception {
    start("a", Grain.TRACK);
    set.aboutToChange(TRACK + 4096, 4096);

    reopen(RecoverMode.AUTO, "a");

    assertThat(bitmap().changedRegions(0, 9)).containsExactly(new Run(1, 1));
    assertThat(bitmap().changedBlocks(0, 9)).containsExactly(new Run(16, 16));
    assertThat(volumeSyncs).as("what the zones stood for is safe now").isEqualTo(1);
  }

  @Test
  void powerLossSetsAllRegionsOfTheZonesOfBothGenerations() throws Exception {
    start("a", Grain.TRACK);
    set.aboutToChange(3 * ZONE, 1);
    set.aboutToChange(7 * ZONE, 1);
    loseBits("a");
    store.losePower();

    reopen(RecoverMode.AUTO, "a");

    assertThat(bitmap().changedRegions(0, 9))
        .containsExactly(new Run(3 * 64, 64), new Run(7 * 64, 64));
    assertThat(bitmap().changedBytes()).isEqualTo(2 * ZONE);
  }

  @Test
  void whatPowerLossSetIsDurableBeforeTheLogForgetsIt() throws Exception {
    start("a", Grain.TRACK);
    set.aboutToChange(0, 1);
    store.losePower();
    set.close();
    store.forget();

    set = open(RecoverMode.AUTO, "a");

    assertThat(store.done().indexOf("sync a"))
        .isGreaterThan(store.done().lastIndexOf("write a"))
        .isLessThan(store.done().indexOf("write intent"));
  }

  @Test
  void savedBlocksCountOnlyAfterTheStopThatSavedThem() throws Exception {
    start("a", Grain.TRACK);
    set.aboutToChange(0, 1);
    set.stop();
    byte[] saved = bytes("a.blocks");
    reopen(RecoverMode.AUTO, "a");
    set.aboutToChange(4096, 1);
    put("a.blocks", saved); // as if its removal were lost with the power

    reopen(RecoverMode.AUTO, "a");
    assertThat(bitmap().changedBytes()).as("P3").isEqualTo(TRACK);

    set.aboutToChange(4096, 1);
    store.refuse("a.blocks");
    set.stop();
    store.noHook();
    put("a.blocks", saved);
    reopen(RecoverMode.AUTO, "a");
    assertThat(bitmap().changedBytes()).as("P3: saved by an earlier run").isEqualTo(TRACK);
  }

  @Test
  void damagedSavedBlocksAreAllBlocks() throws Exception {
    start("a", Grain.TRACK);
    set.aboutToChange(0, 1);
    set.stop();
    byte[] saved = bytes("a.blocks");
    saved[512] ^= 2;
    put("a.blocks", saved);

    reopen(RecoverMode.AUTO, "a");

    assertThat(bitmap().changedBytes()).isEqualTo(TRACK);
  }

  @Test
  void whatACopierHadTakenAtACleanStopIsNotForgotten() throws Exception {
    start("a", Grain.TRACK);
    set.aboutToChange(0, 1);
    assertThat(bitmap().take(0, 1).extents()).containsExactly(new Extent(0, 4096));
    set.stop();

    reopen(RecoverMode.AUTO, "a");

    assertThat(bitmap().changedBytes()).as("P3: taken, not copied").isEqualTo(TRACK);
  }

  @Test
  void aStopThatCannotSyncIsNotClean() throws Exception {
    start("a", Grain.TRACK);
    set.aboutToChange(0, 1);
    store.hook(
        (what, file, source) -> {
          if (what.equals("sync") && file.equals("a")) {
            throw new StorageException(Fault.STORE_FAILED, "lost");
          }
        });
    assertThatThrownBy(() -> set.stop()).isInstanceOf(StorageException.class);
    store.noHook();

    reopen(RecoverMode.POWER, "a");

    assertThat(bitmap().changedBytes()).isEqualTo(ZONE);
  }

  @Test
  void afterARepairThatDidNotEndNoStopIsClean() throws Exception {
    start("a", Grain.TRACK);
    set.aboutToChange(0, 1);
    bitmap().reset(() -> {});
    store.hook(
        (what, file, source) -> {
          throw new StorageException(Fault.STORE_FAILED, "lost");
        });
    assertThatThrownBy(() -> set.repair()).isInstanceOf(StorageException.class);
    store.noHook();
    set.stop();

    reopen(RecoverMode.POWER, "a");

    assertThat(bitmap().changedBytes()).isEqualTo(ZONE);
  }

  @Test
  void aMissingLogIsAnErrorBecauseNoBitCanBeTrusted() throws Exception {
    start("a", Grain.TRACK);
    set.close();
    store.delete("intent");

    assertThatThrownBy(() -> open(RecoverMode.AUTO, "a"))
        .isInstanceOfSatisfying(
            StorageException.class, e -> assertThat(e.fault()).isEqualTo(Fault.NOT_FOUND));
  }

  // ---- one that rests

  @Test
  void oneThatRestsSeesNoChangeUntilItIsWoken() throws Exception {
    start("a", Grain.TRACK);
    WriteBitmap b = start("b", Grain.TRACK);
    set.aboutToChange(0, 1);
    set.rest(b);
    set.aboutToChange(TRACK, 1);
    assertThat(b.changedRegions(0, 9)).containsExactly(new Run(0, 1));

    set.wake(b);
    set.aboutToChange(2 * TRACK, 1);
    assertThat(b.changedRegions(0, 9)).containsExactly(new Run(0, 1), new Run(2, 1));
    set.remove(b);
    assertThat(set.findOrNull("b")).isNull();
    b.close();
  }

  @Test
  void oneThatRestsOutlivesStopsAsItsOwnerLeftIt() throws Exception {
    start("a", Grain.TRACK);
    WriteBitmap b = start("b", Grain.TRACK);
    set.rest(b);
    b.aboutToChange(TRACK + 4096, 4096);
    set.aboutToChange(0, 1);
    set.stop();
    reopen(RecoverMode.AUTO, "a", "b");
    assertThat(set.find("b").changedBlocks(0, 9)).containsExactly(new Run(17, 1));

    set.rest(set.find("b"));
    set.aboutToChange(2 * TRACK, 1);
    reopen(RecoverMode.PROCESS, "a", "b");
    assertThat(set.find("b").changedRegions(0, 9)).containsExactly(new Run(1, 1));
  }

  @Test
  void powerLossSetsTheZonesOfBothGenerationsInOneThatRestsToo() throws Exception {
    start("a", Grain.TRACK);
    set.rest(start("b", Grain.TRACK));
    set.aboutToChange(3 * ZONE, 1);
    set.advance();
    set.aboutToChange(7 * ZONE, 1);
    store.losePower();

    reopen(RecoverMode.AUTO, "a", "b");

    assertThat(set.find("b").changedRegions(0, 9))
        .containsExactly(new Run(3 * 64, 64), new Run(7 * 64, 64));
  }

  @Test
  void aChangeOfGenerationSyncsOneThatRests() throws Exception {
    start("a", Grain.TRACK);
    set.rest(start("b", Grain.TRACK));
    set.aboutToChange(0, 1);
    set.advance(); // it was in use
    store.forget();
    set.advance();
    assertThat(store.done()).containsExactly("sync a", "sync b", "write intent", "sync intent");
  }

  @Test
  void whatIsAddedToTheVolumeIsSetInOneThatRests() throws Exception {
    start("a", Grain.TRACK);
    WriteBitmap b = start("b", Grain.TRACK);
    set.rest(b);
    set.extend(2 * SIZE);
    assertThat(b.changedRegions(0, 9)).containsExactly(new Run(SIZE / TRACK, SIZE / TRACK));
    set.shrink(SIZE);
    assertThat(b.regionsSet()).isZero();
  }

  // ---- generations and sizes

  @Test
  void aChangeOfGenerationSyncsTheVolumeAndEveryBitmap() throws Exception {
    start("a", Grain.TRACK);
    start("b", Grain.TRACK);
    set.aboutToChange(0, 1);
    assertThat(set.zones()).isEqualTo(10);
    set.advance(); // it was in use
    assertThat(set.zonesEntered()).isEqualTo(1);
    store.forget();
    volumeSyncs = 0;

    set.advance();

    assertThat(store.done()).containsExactly("sync a", "sync b", "write intent", "sync intent");
    assertThat(volumeSyncs).isEqualTo(1);
    assertThat(set.zonesEntered()).isZero();
  }

  @Test
  void bitmapsFollowTheSizeOfTheVolume() throws Exception {
    start("a", Grain.TRACK);
    set.extend(2 * SIZE);
    assertThat(set.zones()).isEqualTo(20);
    Run added = new Run(SIZE / TRACK, SIZE / TRACK);
    assertThat(bitmap().changedRegions(0, 9)).containsExactly(added);
    set.aboutToChange(2 * SIZE - 1, 1);
    assertThat(store.done()).endsWith("sync a", "write intent", "sync intent");

    set.shrink(SIZE);
    assertThat(bitmap().regionsSet()).isZero();
  }

  // ---- the test's own

  private BitmapSet open(RecoverMode mode, String... names) throws StorageException {
    return BitmapSet.open(store, List.of(names), SIZE, mode, () -> {}, () -> volumeSyncs++);
  }

  private void reopen(RecoverMode mode, String... names) throws StorageException {
    set.close();
    volumeSyncs = 0;
    set = open(mode, names);
  }

  private WriteBitmap start(String name, Grain grain) throws StorageException {
    WriteBitmap bitmap = set.create(name, grain);
    set.add(bitmap);
    return bitmap;
  }

  private WriteBitmap bitmap() {
    return set.bitmaps().get(0);
  }

  private void loseBits(String name) throws StorageException {
    try (var file = store.open(name)) {
      file.write(4096, Bytes.direct(new byte[4096]));
    }
  }

  private byte[] bytes(String name) throws StorageException {
    try (var file = store.open(name)) {
      byte[] bytes = new byte[(int) file.size()];
      Direct.read(file, 0, bytes.length).get(bytes);
      return bytes;
    }
  }

  private void put(String name, byte[] bytes) throws StorageException {
    try (var file = store.create(name)) {
      file.write(0, Bytes.direct(bytes));
    }
  }
}
