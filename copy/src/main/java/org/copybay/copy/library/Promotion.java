package org.copybay.copy.library;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.copybay.copy.library.MediumFacts.CopyOf;
import org.copybay.copy.library.TapeRecord.Contents;

/**
 * What becomes of the copies of a cartridge that is destroyed. One that a job makes anew is left
 * alone. Needs the lock of the library.
 */
record Promotion(Tapes tapes) {

  /**
   * The new rows of its copies. One of them is no copy any more: a whole one before a damaged one,
   * the oldest of what the source holds now, else of its newest life. Those that hold the same are
   * copies of that one; what others hold has no other copy, so they are none any more.
   */
  Map<TapeCartridge, TapeRecord> of(TapeRecord source) {
    List<TapeCartridge> copies =
        tapes.cartridges().stream()
            .filter(each -> isCopyOf(each, source))
            .sorted(bestFirst(source.contents()))
            .toList();
    Map<TapeCartridge, TapeRecord> rows = new LinkedHashMap<>();
    if (!copies.isEmpty()) {
      TapeRecord first = copies.get(0).row();
      for (TapeCartridge each : copies) {
        CopyOf copy = copy(each);
        boolean same = !each.equals(copies.get(0)) && copy.sameAs(copy(copies.get(0)));
        rows.put(each, each.row().with(each.row().medium().with(same ? copy.of(first) : null)));
      }
    }
    return rows;
  }

  private static Comparator<TapeCartridge> bestFirst(Contents now) {
    return Comparator.comparing((TapeCartridge each) -> each.row().medium().damage() != null)
        .thenComparing(each -> !copy(each).isOf(now))
        .thenComparing(each -> copy(each).lives(), Comparator.reverseOrder())
        .thenComparing(each -> copy(each).objects(), Comparator.reverseOrder())
        .thenComparing(each -> copy(each).at());
  }

  private static CopyOf copy(TapeCartridge each) {
    return Objects.requireNonNull(each.row().medium().copy());
  }

  /** Neither in the making, nor written anew in a drive that it is in. */
  private static boolean isCopyOf(TapeCartridge each, TapeRecord source) {
    TapeRecord row = each.row();
    CopyOf copy = row.medium().copy();
    return copy != null
        && copy.source().equals(source.id())
        && row.medium().job() == null
        && row.contents().lives() == each.contents().lives();
  }
}
