package org.copybay.volumes.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Which sheets are merged. */
final class MergePlanTest {
  private static SheetLayout.Head sheet(int pages) {
    return new SheetLayout.Head(new UUID(0, 0), 1, 1, 1, pages - 1, 0, 0, 1);
  }

  private static int from(int... pages) {
    return MergePlan.from(IntStream.of(pages).mapToObj(MergePlanTest::sheet).toList());
  }

  @Test
  void fewSheetsAreLeftAlone() {
    assertThat(from()).isEqualTo(-1);
    assertThat(from(1000, 1, 1, 1, 1, 1, 1)).isEqualTo(-1);
  }

  @Test
  void largeOldSheetsAreLeftAloneUntilTheNewOnesAreAsLarge() {
    assertThat(from(1000, 3, 3, 3, 3, 3, 3, 3)).isEqualTo(1);
    assertThat(from(20, 3, 3, 3, 3, 3, 3, 3)).isZero();
    assertThat(from(1000, 500, 200, 100, 50, 20, 5, 3)).isEqualTo(6);
  }

  @Test
  void aPageIsWrittenAFewTimesOnly() {
    List<Integer> sheets = new ArrayList<>(List.of(100_000));
    long written = 0;
    for (int i = 0; i < 2000; i++) {
      int from = MergePlan.from(sheets.stream().map(MergePlanTest::sheet).toList());
      if (from >= 0) {
        List<Integer> merged = sheets.subList(from, sheets.size());
        int pages = merged.stream().mapToInt(Integer::intValue).sum();
        written += pages;
        merged.clear();
        sheets.add(pages);
      }
      sheets.add(3);
      assertThat(sheets).hasSizeLessThanOrEqualTo(MergePlan.MOST_SHEETS);
    }

    assertThat(written).isLessThan(2000 * 3 * 8);
  }

  @Test
  void manyDroppedPointsAreWorthAMergeOfAll() {
    assertThat(MergePlan.isWorthwhile(20, 11)).isFalse();
    assertThat(MergePlan.isWorthwhile(20, 9)).isTrue();
    assertThat(MergePlan.isWorthwhile(9, 1)).isFalse();
  }
}
