package org.copybay.copy.smartcopy;

import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.copybay.copy.library.MediumCondition;
import org.copybay.copy.library.MediumFacts.CopyOf;
import org.copybay.copy.library.MediumKind;
import org.copybay.copy.library.TapeCartridge;
import org.copybay.copy.library.Tapes;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.jspecify.annotations.Nullable;

/**
 * Which cartridge holds what another one held: its copies, or what it is a copy of (Data Protector,
 * "Restoring from media copies": the set with the best availability and quality is taken, of equals
 * the one whose location has the better priority).
 */
record RestoreChoice(Tapes tapes) {

  /** The copies of a cartridge, the best to restore from first. */
  List<TapeCartridge> copiesOf(TapeCartridge source) {
    return tapes.cartridges().stream()
        .filter(each -> isCopyOf(each, source))
        .sorted(
            Comparator.comparing((TapeCartridge each) -> !tapes.isReachable(each))
                .thenComparing(each -> !copy(each).isOf(source.contents()))
                .thenComparing(each -> isPoor(each))
                .thenComparing(each -> each.row().place().library() == null)
                .thenComparing(each -> tapes.locations().priority(each.row()))
                .thenComparing(each -> copy(each).at(), Comparator.reverseOrder()))
        .toList();
  }

  private static CopyOf copy(TapeCartridge each) {
    return Objects.requireNonNull(each.row().medium().copy());
  }

  private boolean isPoor(TapeCartridge each) {
    return tapes.pools().condition(each.row()) == MediumCondition.POOR;
  }

  private static boolean isCopyOf(TapeCartridge each, TapeCartridge source) {
    CopyOf copy = each.row().medium().copy();
    return copy != null && copy.source().equals(source.row().id());
  }

  /** What a cartridge is a copy of, or null where that is gone. */
  @Nullable TapeCartridge sourceOf(TapeCartridge copy) {
    CopyOf of = copy.row().medium().copy();
    return of == null
        ? null
        : tapes.cartridges().stream()
            .filter(each -> each.row().id().equals(of.source()))
            .findFirst()
            .orElse(null);
  }

  /** What the lost or damaged one is restored from. NOT_FOUND, NO_PAIR. */
  TapeCartridge from(TapeCartridge lost, @Nullable String named) throws StorageException {
    List<TapeCartridge> copies = copiesOf(lost);
    TapeCartridge source = sourceOf(lost);
    if (named != null) {
      TapeCartridge from = tapes.cartridge(named);
      if (!copies.contains(from) && !from.equals(source)) {
        throw new StorageException(
            Fault.NO_PAIR,
            "cartridges " + from.barcode() + " and " + lost.barcode() + " are no copies of another",
            "tape show barcode=" + lost.barcode());
      }
      return from;
    }
    TapeCartridge best = source != null ? source : copies.isEmpty() ? null : copies.get(0);
    if (best == null) {
      throw new StorageException(
          Fault.NOT_FOUND,
          "there is no copy of cartridge " + lost.barcode(),
          "tape copy from=BARCODE makes one");
    }
    return best;
  }

  /**
   * Refuses a restore that would lose something. NO_MEDIUM where the disk of the one that is read
   * is away; READ_ONLY, FORBIDDEN.
   *
   * @param force whether what was written since the copy may go; never what is protected
   */
  void require(TapeCartridge lost, TapeCartridge from, boolean force) throws StorageException {
    tapes.requireReachable(
        from, "attach its disk, or tape restore barcode=" + lost.barcode() + " from=another copy");
    if (lost.row().tab()) {
      throw new StorageException(
          Fault.READ_ONLY,
          "cartridge " + lost.barcode() + " is write-protected: its tab is set",
          "tape protect barcode=" + lost.barcode() + " tab=off");
    }
    boolean guarded =
        lost.row().medium().protection().holds(tapes.now()) || lost.row().kind() == MediumKind.WORM;
    if (!force || guarded) {
      requireSameContent(lost, from);
    }
  }

  /** FORBIDDEN where the lost one holds what the other never had, which would be overwritten. */
  private void requireSameContent(TapeCartridge lost, TapeCartridge from) throws StorageException {
    CopyOf copy = isCopyOf(from, lost) ? from.row().medium().copy() : lost.row().medium().copy();
    TapeCartridge source = isCopyOf(from, lost) ? lost : from;
    if (copy == null || !copy.isOf(source.contents())) {
      throw new StorageException(
          Fault.FORBIDDEN,
          "cartridge "
              + source.barcode()
              + " was written since it was copied: what is restored is something else",
          "tape restore barcode=" + lost.barcode() + " force=yes");
    }
  }
}
