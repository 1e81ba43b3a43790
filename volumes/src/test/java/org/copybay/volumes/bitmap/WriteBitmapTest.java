package org.copybay.volumes.bitmap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import org.copybay.volumes.Bytes;
import org.copybay.volumes.Extent;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One write bitmap: what it names, what is in its file, what copiers do with it. */
final class WriteBitmapTest {
  private static final int REGION = 127 * 512;
  private static final int REGIONS = 40_000; // two pages
  private static final long SIZE = (REGIONS - 1L) * REGION + 100;

  @TempDir Path directory;

  private HookedStore store;
  private WriteBitmap bitmap;

  @BeforeEach
  void create() throws Exception {
    store = HookedStore.create(directory);
    bitmap = WriteBitmap.create(store, "b", Grain.SECTORS_127, SIZE);
    store.forget();
  }

  @AfterEach
  void close() {
    store.noHook();
    bitmap.close();
    store.close();
  }

  // ---- P3: never too little

  @Test
  void aBitIsInTheFileWhenTheAnnouncementReturns() throws Exception {
    bitmap.aboutToChange(5L * REGION, 1);

    assertThat(store.done()).containsExactly("write b");
    assertThat(fileByte(0)).isEqualTo(1 << 5);
    assertThat(bitmap.isSet(5)).isTrue();
  }

  @Test
  void aSetBitIsWrittenOnce() throws Exception {
    bitmap.aboutToChange(0, 10);
    bitmap.aboutToChange(20, 4096);
    bitmap.aboutToChange(REGION - 1, 1);

    assertThat(store.done()).containsExactly("write b");
  }

  @Test
  void aChangeIsRefusedWhenItsBitCannotBeWrittenAndNothingIsPublished() throws Exception {
    store.refuse("b");

    assertThatThrownBy(() -> bitmap.aboutToChange(0, 1))
        .isInstanceOfSatisfying(
            StorageException.class, e -> assertThat(e.fault()).isEqualTo(Fault.NO_SPACE));
    assertThat(bitmap.regionsSet()).isZero();
    assertThat(bitmap.isSet(0)).isFalse();

    store.noHook();
    bitmap.aboutToChange(0, 1); // had the bit been seen, nothing would be written now
    assertThat(fileByte(0)).isEqualTo(1);
  }

  @Test
  void aWordThatIsWrittenInPiecesIsWrittenWholeOrTheChangeIsRefused() throws Exception {
    store.hook(
        (what, file, source) -> source.limit(Math.min(source.limit(), source.position() + 3)));
    bitmap.aboutToChange(60L * REGION, 1);
    assertThat(fileByte(7)).isEqualTo(1 << 4);

    int[] calls = {0};
    store.hook(
        (what, file, source) -> {
          if (calls[0]++ > 0) {
            throw new StorageException(Fault.STORE_FAILED, "short");
          }
          source.limit(source.position() + 3);
        });
    assertThatThrownBy(() -> bitmap.aboutToChange(61L * REGION, 1))
        .isInstanceOf(StorageException.class);
    assertThat(bitmap.isSet(61)).isFalse();
  }

  @Test
  void anotherChangeOfTheRegionWaitsUntilTheBitIsInTheFile() throws Exception {
    CountDownLatch writing = new CountDownLatch(1);
    CountDownLatch mayWrite = new CountDownLatch(1);
    store.hook(
        (what, file, source) -> {
          writing.countDown();
          await(mayWrite);
        });
    CountDownLatch secondDone = new CountDownLatch(1);
    Thread first = started(() -> bitmap.aboutToChange(0, 1));
    await(writing);
    Thread second =
        started(
            () -> {
              bitmap.aboutToChange(0, 1);
              secondDone.countDown();
            });

    boolean early = secondDone.await(100, java.util.concurrent.TimeUnit.MILLISECONDS);
    mayWrite.countDown();
    first.join();
    second.join();

    assertThat(early).as("P3: the bit was seen before it was in the file").isFalse();
    assertThat(secondDone.getCount()).isZero();
  }

  @Test
  void aRestartKeepsTheBitsAndCountsAllTheirBlocks() throws Exception {
    bitmap.aboutToChange(3L * REGION + 10_000, 1);
    bitmap.aboutToChange(39_999L * REGION, 100);

    reopen();

    assertThat(bitmap.changedRegions(0, 9)).containsExactly(new Run(3, 1), new Run(39_999, 1));
    long firstBlock = 3L * REGION / 4096;
    assertThat(bitmap.changedBlocks(0, 1))
        .containsExactly(new Run(firstBlock, (4L * REGION - 1) / 4096 - firstBlock + 1));
    bitmap.aboutToChange(3L * REGION + 10_000, 1); // makes masks: they must not be of this only
    assertThat(bitmap.changedBlocks(0, 1).get(0).count()).isGreaterThan(15);
  }

  // ---- what it names

  @Test
  void itNamesRegionsBlocksAndBytes() throws Exception {
    bitmap.aboutToChange(8192, 4096);
    bitmap.aboutToChange(REGION - 1, 2); // one block, the border between two regions
    bitmap.aboutToChange(32_768L * REGION, 1); // the first region of the second page
    bitmap.aboutToChange(SIZE - 1, 1);

    assertThat(bitmap.regionsSet()).isEqualTo(4);
    assertThat(bitmap.changedRegions(0, 9))
        .containsExactly(new Run(0, 2), new Run(32_768, 1), new Run(39_999, 1));
    assertThat(bitmap.changedBlocks(0, 9))
        .containsExactly(
            new Run(2, 1),
            new Run(15, 1),
            new Run(32_768L * REGION / 4096, 1),
            new Run((SIZE - 1) / 4096, 1));
    assertThat(bitmap.changedBlocks(3, 1)).containsExactly(new Run(15, 1));
    assertThat(bitmap.changedBytes()).isEqualTo(3 * 4096 + SIZE % 4096);
    assertThat(bitmap.nextRegion(2)).isEqualTo(32_768);
    assertThat(bitmap.nextRegion(40_000)).isEqualTo(-1);
  }

  @Test
  void neighboursAcrossWordsAndPagesAreOneRun() throws Exception {
    bitmap.aboutToChange(32_700L * REGION, 200L * REGION);

    assertThat(bitmap.changedRegions(0, 9)).containsExactly(new Run(32_700, 200));
    assertThat(bitmap.changedBlocks(0, 9)).hasSize(1);
    assertThat(bitmap.regionsSet()).isEqualTo(200);
  }

  @Test
  void theMapIsTheBitsOfTheFile() throws Exception {
    bitmap.aboutToChange(9L * REGION, 1);
    bitmap.aboutToChange(39_999L * REGION, 1);

    byte[] map = map();

    assertThat(map).hasSize(5000);
    assertThat(map[1]).isEqualTo((byte) 2);
    assertThat(map[4999]).isEqualTo((byte) 128);
    ByteBuffer part = ByteBuffer.allocate(2);
    bitmap.map(0, part);
    assertThat(part.array()).containsExactly(0, 2);
  }

  @Test
  void aChangeOutsideOfTheVolumeIsAMistake() {
    assertThatThrownBy(() -> bitmap.aboutToChange(SIZE, 1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  // ---- copiers

  @Test
  void whatWasCopiedIsClear() throws Exception {
    bitmap.aboutToChange(0, 1);
    bitmap.aboutToChange(2L * REGION - 1, 2);

    Taken taken = bitmap.take(0, 100);
    assertThat(taken.regionCount()).isEqualTo(3);
    assertThat(taken.extents())
        .containsExactly(
            new Extent(0, 4096),
            // the block on the border, a part in each of both regions
            new Extent(31 * 4096, 4096));
    assertThat(bitmap.regionsSet()).isEqualTo(3);
    bitmap.clear(taken);

    assertThat(bitmap.regionsSet()).isZero();
    assertThat(fileByte(0)).isZero();
  }

  @Test
  void aBlockOnTheBorderOfARegionThatWasNotTakenIsCutThere() throws Exception {
    bitmap.aboutToChange(REGION - 1, 2);

    Taken taken = bitmap.take(0, 1);
    assertThat(taken.extents()).containsExactly(new Extent(15 * 4096, REGION - 15 * 4096));
    bitmap.clear(taken);

    assertThat(bitmap.changedRegions(0, 9)).containsExactly(new Run(1, 1));
    assertThat(bitmap.changedBlocks(0, 9)).containsExactly(new Run(15, 1));
  }

  @Test
  void whatChangedWhileItWasCopiedStaysSet() throws Exception {
    bitmap.aboutToChange(0, 1);
    bitmap.aboutToChange(REGION, 1);
    Taken taken = bitmap.take(0, 100);
    bitmap.aboutToChange(8192, 1);

    bitmap.clear(taken);

    assertThat(bitmap.changedRegions(0, 9)).containsExactly(new Run(0, 1));
    assertThat(bitmap.changedBlocks(0, 9)).containsExactly(new Run(2, 1));
    assertThat(fileByte(0)).isEqualTo(1);
  }

  @Test
  void whatWasPutBackIsTakenAgainWithWhatChangedMeanwhile() throws Exception {
    bitmap.aboutToChange(0, 1);
    Taken taken = bitmap.take(0, 100);
    bitmap.aboutToChange(8192, 1);

    bitmap.putBack(taken);

    assertThat(bitmap.take(0, 100).extents())
        .containsExactly(new Extent(0, 4096), new Extent(8192, 4096));
  }

  @Test
  void aClearingThatCannotBeWrittenIsAnErrorAndTheNextChangeSetsTheBitInTheFile() throws Exception {
    bitmap.aboutToChange(0, 1);
    Taken taken = bitmap.take(0, 100);
    store.refuse("b");
    assertThatThrownBy(() -> bitmap.clear(taken)).isInstanceOf(StorageException.class);
    store.noHook();
    store.forget();

    bitmap.aboutToChange(0, 1);

    assertThat(store.done()).as("P3: the word may be in the file as clear").contains("write b");
    assertThat(fileByte(0)).isEqualTo(1);
  }

  @Test
  void takingGoesByRegionsAcrossPages() throws Exception {
    bitmap.aboutToChange(32_700L * REGION, 200L * REGION);

    bitmap.clear(bitmap.take(32_760, 20));

    assertThat(bitmap.changedRegions(0, 9))
        .containsExactly(new Run(32_700, 60), new Run(32_780, 120));
  }

  // ---- reset

  @Test
  void aResetClearsAllButWhatEndsAfterIt() throws Exception {
    bitmap.aboutToChange(0, 1);
    bitmap.aboutToChange(3L * REGION, 1);

    bitmap.reset(() -> announce(3L * REGION + 5000, 1));

    assertThat(bitmap.changedRegions(0, 9)).containsExactly(new Run(3, 1));
    long changed = (3L * REGION + 5000) / 4096;
    assertThat(bitmap.changedBlocks(0, 9)).containsExactly(new Run(changed, 1));
    assertThat(fileByte(0)).isEqualTo(1 << 3);
  }

  @Test
  void aResetKeepsWhatACopierTookFromAChangeThatHasNotEnded() throws Exception {
    bitmap.reset(
        () -> {
          announce(0, 1);
          bitmap.take(0, 1);
        });

    assertThat(bitmap.isSet(0)).as("P3: not copied yet").isTrue();
  }

  @Test
  void aResetAfterARestartClearsWhatHasNoMasks() throws Exception {
    bitmap.aboutToChange(0, 1);
    reopen();

    bitmap.reset(() -> {});

    assertThat(bitmap.regionsSet()).isZero();
    assertThat(map()).containsOnly(0);
  }

  // ---- sizes

  @Test
  void aLargerVolumeIsCoveredAndWhatWasAddedIsClear() throws Exception {
    bitmap.aboutToChange(0, 1);
    long larger = 70_000L * REGION;
    bitmap.reserve(larger);
    bitmap.resize(larger);

    assertThat(bitmap.regions()).isEqualTo(70_000);
    assertThat(bitmap.regionsSet()).isEqualTo(1);
    bitmap.aboutToChange(larger - 1, 1);
    reopen();
    assertThat(bitmap.changedRegions(0, 9)).containsExactly(new Run(0, 1), new Run(69_999, 1));
  }

  @Test
  void whatASmallerVolumeCutOffDoesNotComeBack() throws Exception {
    bitmap.aboutToChange(0, SIZE);
    bitmap.resize(10L * REGION);
    assertThat(bitmap.regionsSet()).isEqualTo(10);

    bitmap.reserve(SIZE);
    bitmap.resize(SIZE);
    assertThat(bitmap.changedRegions(0, 9)).containsExactly(new Run(0, 10));
    reopen();
    assertThat(bitmap.changedRegions(0, 9)).containsExactly(new Run(0, 10));
  }

  @Test
  void aFullDiskRefusesAFile() {
    store.refuse("c");

    assertThatThrownBy(() -> WriteBitmap.create(store, "c", Grain.TRACK, SIZE))
        .isInstanceOf(StorageException.class);
    assertThat(store.exists("c")).isFalse();
  }

  @Test
  void aDamagedHeaderIsNamed() throws Exception {
    try (var file = store.open("b")) {
      file.write(20, Bytes.direct((byte) 9));
    }

    assertThatThrownBy(() -> WriteBitmap.open(store, "b", SIZE))
        .isInstanceOfSatisfying(
            StorageException.class, e -> assertThat(e.fault()).isEqualTo(Fault.CORRUPT))
        .hasMessageContaining("write bitmap b checksum");
  }

  // ---- the test's own

  private void reopen() throws StorageException {
    long size = bitmap.size();
    bitmap.close();
    bitmap = WriteBitmap.open(store, "b", size);
  }

  private byte[] map() {
    ByteBuffer target = ByteBuffer.allocate((int) bitmap.mapBytes());
    bitmap.map(0, target);
    return target.array();
  }

  private int fileByte(int at) throws StorageException {
    try (var file = store.open("b")) {
      return Direct.read(file, 4096 + at, 1).get() & 0xff;
    }
  }

  private void announce(long offset, long length) {
    try {
      bitmap.aboutToChange(offset, length);
    } catch (StorageException e) {
      throw new AssertionError(e);
    }
  }

  /** Something that may fail. */
  @FunctionalInterface
  interface Step {
    void run() throws Exception;
  }

  static Thread started(Step step) {
    Thread thread =
        new Thread(
            () -> {
              try {
                step.run();
              } catch (Exception e) {
                throw new AssertionError(e);
              }
            });
    thread.start();
    return thread;
  }

  static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
