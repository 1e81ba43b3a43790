package org.copybay.volumes.bitmap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.copybay.volumes.Bytes;
import org.copybay.volumes.Extent;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.junit.jupiter.api.Test;

/** What copiers, resets and new sizes do to one write bitmap. */
final class WriteBitmapCopyTest extends OneBitmap {
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
  void aResetKeepsWhatIsSetAsAWholeMeanwhile() throws Exception {
    bitmap.aboutToChange(0, 1);

    bitmap.reset(() -> setWhole(3L * REGION, 2L * REGION));

    assertThat(bitmap.changedRegions(0, 9)).containsExactly(new Run(3, 2));
    assertThat(bitmap.changed(3)).isEqualTo(Grain.SECTORS_127.mask(3, SIZE));
  }

  private void setWhole(long offset, long length) {
    try {
      bitmap.setWhole(offset, length);
    } catch (StorageException e) {
      throw new AssertionError(e);
    }
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
    bitmap.grow(larger);

    assertThat(bitmap.regions()).isEqualTo(70_000);
    assertThat(bitmap.regionsSet()).isEqualTo(1);
    bitmap.aboutToChange(larger - 1, 1);
    reopen();
    assertThat(bitmap.changedRegions(0, 9)).containsExactly(new Run(0, 1), new Run(69_999, 1));
  }

  @Test
  void whatASmallerVolumeCutOffDoesNotComeBack() throws Exception {
    bitmap.aboutToChange(0, SIZE);
    bitmap.shrink(10L * REGION);
    assertThat(bitmap.regionsSet()).isEqualTo(10);

    bitmap.reserve(SIZE);
    bitmap.grow(SIZE);
    assertThat(bitmap.changedRegions(0, 9)).containsExactly(new Run(0, 10));
    reopen();
    assertThat(bitmap.changedRegions(0, 9)).containsExactly(new Run(0, 10));
  }

  @Test
  void aFullDiskRefusesAFile() throws Exception {
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
}
