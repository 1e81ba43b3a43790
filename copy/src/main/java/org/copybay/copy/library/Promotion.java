package org.copybay.copy.library;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.copybay.copy.library.MediumFacts.CopyOf;

/** What becomes of the copies of a cartridge that is destroyed. Needs the lock of the library. */
record Promotion(Tapes tapes) {

  /** The new rows of its copies: the oldest one that is whole is no copy any more. */
  Map<TapeCartridge, TapeRecord> of(TapeRecord source) {
    List<TapeCartridge> copies =
        tapes.cartridges().stream()
            .filter(each -> isCopyOf(each, source))
            .sorted(
                Comparator.comparing((TapeCartridge each) -> each.row().medium().damage() != null)
                    .thenComparing(each -> Objects.requireNonNull(each.row().medium().copy()).at()))
            .toList();
    Map<TapeCartridge, TapeRecord> rows = new LinkedHashMap<>();
    if (!copies.isEmpty()) {
      TapeRecord first = copies.get(0).row();
      rows.put(copies.get(0), first.with(first.medium().with(null)));
      for (TapeCartridge each : copies.subList(1, copies.size())) {
        MediumFacts medium = each.row().medium();
        CopyOf copy = Objects.requireNonNull(medium.copy());
        rows.put(each, each.row().with(medium.with(copy.of(first))));
      }
    }
    return rows;
  }

  private static boolean isCopyOf(TapeCartridge each, TapeRecord source) {
    CopyOf copy = each.row().medium().copy();
    return copy != null && copy.source().equals(source.id());
  }
}
