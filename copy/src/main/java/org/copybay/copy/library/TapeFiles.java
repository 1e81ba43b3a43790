package org.copybay.copy.library;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.journal.RecoverMode;
import org.copybay.volumes.store.DirectoryStore;
import org.copybay.volumes.store.FileFailure;
import org.copybay.volumes.store.HomeFile;
import org.copybay.volumes.store.NativeFile;
import org.copybay.volumes.tape.Cartridge;

/**
 * The directory of one cartridge: its tape file, a SIMH tape image, its index, and its label. Made
 * when it is loaded first.
 *
 * @param directory of it
 */
public record TapeFiles(Path directory) {
  /** The tape file. */
  static final String TAPE = "tape.tap";

  /**
   * Makes them for a blank cartridge, in place of what a crash left. They survive power loss.
   *
   * @param lives how often it counts as written anew
   */
  void format(TapeRecord row, int lives) throws StorageException {
    try {
      Path parent = directory.getParent();
      if (parent != null) {
        Files.createDirectories(parent);
        NativeFile.syncEntry(parent);
      }
      remove();
      Files.createDirectory(directory);
    } catch (IOException e) {
      throw FileFailure.of("make " + directory, e);
    }
    try (DirectoryStore store =
        new DirectoryStore(HomeFile.create(directory.resolve(TAPE)), false)) {
      Cartridge.format(row.id(), lives, store);
    }
    NativeFile.syncEntry(directory);
  }

  /** Opens what it holds. */
  Cartridge open(TapeRecord row, RecoverMode mode, boolean readOnly) throws StorageException {
    Path tape = directory.resolve(TAPE);
    HomeFile home = readOnly ? HomeFile.openForReading(tape, 0) : HomeFile.open(tape, 0);
    DirectoryStore store = new DirectoryStore(home, readOnly);
    boolean opened = false;
    try {
      Cartridge cartridge = Cartridge.open("cartridge " + row.barcode(), store, mode, readOnly);
      opened = true;
      return cartridge;
    } finally {
      if (!opened) {
        store.close();
      }
    }
  }

  /** Removes them; nothing that is not there is missed. */
  void remove() throws StorageException {
    if (!Files.exists(directory)) {
      return;
    }
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      for (Path entry : entries) {
        Files.delete(entry);
      }
      Files.delete(directory);
    } catch (IOException e) {
      throw FileFailure.of("remove " + directory, e);
    }
  }
}
