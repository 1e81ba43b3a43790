package org.copybay.volumes.bitmap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.concurrent.CountDownLatch;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.junit.jupiter.api.Test;

/** One write bitmap: what it names, what is in its file, what copiers do with it. */
final class WriteBitmapTest extends OneBitmap {
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
