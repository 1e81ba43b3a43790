package org.copybay.copy.library;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Catalogue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the labels beside the files of cartridges up to date. The transaction that changes what a
 * label has also notes that the label is behind; the note goes with a later one. So a mount writes
 * those that a crash or an error left behind, and need not look at the others: among ten thousand
 * cartridges each look may be a move of a disk's heads. All of it needs the lock LIBRARY.
 */
final class TapeLabels {
  private static final Logger LOG = LoggerFactory.getLogger(TapeLabels.class);

  private final Tapes tapes;

  // guarded by LIBRARY: barcodes whose label was written since, so that their notes can go
  private final Set<String> written = new HashSet<>();

  TapeLabels(Tapes tapes) {
    this.tapes = tapes;
  }

  /** Whether the label of a cartridge has to be written when its row changes. */
  static boolean behind(TapeRecord before, TapeRecord now) {
    return now.files().formatted()
        && (!before.files().formatted()
            || !TapeLabel.text(before, null).equals(TapeLabel.text(now, null)));
  }

  /** Changes rows, and notes that the labels of some are behind; then writes them. */
  void change(List<TapeRecord> behind, Catalogue.Change change) throws StorageException {
    behind.forEach(row -> written.remove(row.barcode()));
    tapes
        .bay()
        .catalogue()
        .change(
            connection -> {
              for (String barcode : written) {
                TapeTable.deleteUnlabelled(connection, barcode);
              }
              for (TapeRecord row : behind) {
                TapeTable.putUnlabelled(connection, row.barcode());
              }
              change.run(connection);
            });
    written.clear();
    behind.forEach(this::write);
  }

  /**
   * Writes one; where that fails it stays as it was until the next change, or mount. The label of
   * another cartridge stays what it is.
   */
  void write(TapeRecord row) {
    TapeFiles files = tapes.files(row);
    if (files.isOfAnother(row.id())) {
      LOG.warn("label of cartridge={}: {} is of another one", row.barcode(), files.directory());
      return;
    }
    try {
      TapeLabel.write(files.directory(), row, null);
      written.add(row.barcode());
    } catch (StorageException e) {
      LOG.warn("label of cartridge={}: {}", row.barcode(), e.getMessage());
    }
  }

  /** Writes those that are behind, at a mount. */
  void repair() throws StorageException {
    for (String barcode : tapes.bay().catalogue().read(TapeTable::unlabelled)) {
      TapeCartridge cartridge = tapes.cartridgeOrNull(barcode);
      if (cartridge == null || !cartridge.row().files().formatted()) {
        written.add(barcode);
      } else {
        write(cartridge.row());
      }
    }
    settle();
  }

  /** Takes away the notes of all that were written. */
  void settle() throws StorageException {
    if (!written.isEmpty()) {
      change(List.of(), Catalogue.Change.NOTHING);
    }
  }
}
