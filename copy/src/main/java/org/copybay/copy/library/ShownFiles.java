package org.copybay.copy.library;

import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.tape.Cartridge;
import org.copybay.volumes.tape.TapeView;

/** The tape files of cartridges, which lie between their filemarks. Any thread may call. */
public record ShownFiles(Tapes tapes) {
  /** How many tape files a cartridge has; a blank one is not opened for that. */
  public int count(TapeCartridge cartridge) throws StorageException {
    try (var held = tapes.enter()) {
      if (isBlank(cartridge)) {
        return 0;
      }
      Cartridge opened = tapes.use(cartridge);
      try {
        return TapeView.files(opened);
      } finally {
        cartridge.release(opened);
      }
    }
  }

  /**
   * Opens one tape file of a cartridge, for reading, wherever it is. NOT_FOUND.
   *
   * @param file its number, from 0
   */
  public ShownTape show(TapeCartridge cartridge, int file) throws StorageException {
    try (var held = tapes.enter()) {
      if (isBlank(cartridge)) {
        throw noFile(cartridge, file);
      }
      Cartridge opened = tapes.use(cartridge);
      boolean shown = false;
      try {
        if (file >= TapeView.files(opened)) {
          throw noFile(cartridge, file);
        }
        TapeView view = TapeView.file(opened, cartridge.cached(tapes.bay().cache()), file);
        shown = true;
        return new ShownTape(tapes, cartridge, opened, view);
      } finally {
        if (!shown) {
          cartridge.release(opened);
        }
      }
    }
  }

  private static boolean isBlank(TapeCartridge cartridge) {
    return !cartridge.row().files().formatted() || cartridge.shown().objects() == 0;
  }

  private static StorageException noFile(TapeCartridge cartridge, int file) {
    return new StorageException(
        Fault.NOT_FOUND, "cartridge " + cartridge.barcode() + " has no tape file " + (file + 1));
  }
}
