package org.copybay.copy.library;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.copybay.volumes.Fault;
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
    if (row.files().home() != null) {
      letOthersRead();
    }
    NativeFile.syncEntry(directory);
  }

  /** What lies outside of the bay is for everybody who can read its disk. */
  private void letOthersRead() throws StorageException {
    try {
      Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
      for (String name : new String[] {TAPE, Cartridge.INDEX}) {
        Files.setPosixFilePermissions(
            directory.resolve(name), PosixFilePermissions.fromString("rw-r--r--"));
      }
    } catch (UnsupportedOperationException e) {
      return; // such a disk has no modes
    } catch (IOException e) {
      throw FileFailure.of("chmod " + directory, e);
    }
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

  /**
   * Removes them; nothing that is not there is missed. STORE_FAILED where the directory above is
   * not there: a disk that is not mounted still has them.
   */
  void remove() throws StorageException {
    Path parent = directory.getParent();
    if (parent != null && !Files.isDirectory(parent)) {
      throw new StorageException(
          Fault.STORE_FAILED, parent + " is not there", "mount its disk, or make the directory");
    }
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
