package org.copybay.copy.library;

import org.copybay.volumes.StorageException;
import org.copybay.volumes.drive.DriveEvents;
import org.copybay.volumes.drive.LoadedTape;
import org.copybay.volumes.drive.TapeDrive;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What drives tell. */
record DriveWatch(Tapes tapes) implements DriveEvents {
  private static final Logger LOG = LoggerFactory.getLogger(DriveWatch.class);

  @Override
  public void beforeChange(TapeDrive drive, LoadedTape tape) throws StorageException {
    tapes.bay().requireChangeable();
  }

  @Override
  public void sessionEnded(TapeDrive drive, LoadedTape tape) {
    TapeCartridge cartridge = tapes.cartridgeOrNull(tape.barcode());
    if (cartridge == null) {
      return;
    }
    try {
      tapes.changer().noteContents(cartridge);
    } catch (StorageException e) {
      LOG.warn("cartridge={}: {}", tape.barcode(), e.getMessage());
    }
    tapes.news().sessionEnded(cartridge);
  }
}
