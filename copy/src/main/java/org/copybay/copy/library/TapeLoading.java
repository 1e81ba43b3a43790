package org.copybay.copy.library;

import org.copybay.copy.library.TapeRecord.Place;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Bay;
import org.copybay.volumes.bay.Catalogue;
import org.copybay.volumes.drive.TapeDrive;
import org.copybay.volumes.tape.Cartridge;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the tapes back at a mount. A cartridge is in the drive that it was in: there alone it can
 * have been written when the mount before ended, and what a crash left half done is ended there.
 */
final class TapeLoading {
  private static final Logger LOG = LoggerFactory.getLogger(TapeLoading.class);

  private final Tapes tapes;
  private final Bay bay;

  TapeLoading(Tapes tapes) {
    this.tapes = tapes;
    this.bay = tapes.bay();
  }

  void run() throws StorageException {
    tapes.pools().load();
    tapes.locations().load();
    try (var held = tapes.enter()) {
      for (LibraryRecord row : bay.catalogue().read(TapeTable::libraries)) {
        tapes.put(tapes.newLibrary(row));
      }
      for (TapeRecord row : bay.catalogue().read(TapeTable::cartridges)) {
        bay.useInode(row.inode());
        tapes.put(new TapeCartridge(row));
      }
      if (!bay.readOnly()) {
        removeGone();
        adopt();
        tapes.labels().repair();
      }
      for (TapeCartridge each : tapes.cartridges()) {
        if (each.row().place().isInDrive()) {
          putIntoDrive(each);
        }
      }
    }
  }

  private void removeGone() throws StorageException {
    for (Gone each : bay.catalogue().read(TapeTable::gone)) {
      try {
        tapes.copies().removeGone(each);
      } catch (StorageException e) { // the next mount tries again
        LOG.warn("tape directory={} is not removed yet: {}", each.directory(), e.getMessage());
      }
    }
  }

  /** What has files in the bay, but no row: the catalogue was made anew. */
  private void adopt() throws StorageException {
    TapeAdoption adoption =
        new TapeAdoption(tapes, null).look(() -> Place.shelf("its catalogue was made anew"));
    if (!adoption.found().isEmpty()) {
      bay.catalogue().change(connection -> adoption.record(connection, adoption.found()));
      adoption.show(adoption.found());
    }
  }

  private void putInto(TapeCartridge cartridge, TapeDrive drive) throws StorageException {
    Cartridge opened = tapes.use(cartridge);
    boolean put = false;
    try {
      TapeOpening.requireLife(cartridge.row(), opened);
      tapes.changer().put(cartridge, opened, drive);
      put = true;
    } finally {
      if (!put) {
        cartridge.release(opened);
      }
    }
    tapes.changer().noteContents(cartridge);
  }

  private void putIntoDrive(TapeCartridge cartridge) throws StorageException {
    TapeRecord row = cartridge.row();
    TapeDrive drive = tapes.driveOrNull(row.place().drive());
    String why = "no library has drive nst" + row.place().drive();
    try {
      if (drive != null) {
        putInto(cartridge, drive);
        return;
      }
    } catch (StorageException e) {
      why = e.getMessage();
    }
    LOG.error("cartridge={} is not in its drive: {}", row.barcode(), why);
    String library = row.place().library();
    Place back = library == null ? Place.shelf("") : Place.slot(library, row.place().element());
    if (bay.readOnly()) {
      cartridge.setRow(row.at(back));
    } else {
      tapes.record(cartridge, row.at(back), Catalogue.Change.NOTHING);
    }
    cartridge.setTrouble(why);
  }
}
