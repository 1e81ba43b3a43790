package org.copybay.copy.shadow;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bitmap.BitmapSet;
import org.copybay.volumes.journal.RecoverMode;
import org.copybay.volumes.store.DirectoryStore;
import org.copybay.volumes.store.Entries;
import org.copybay.volumes.store.FileFailure;
import org.copybay.volumes.store.HomeFile;
import org.copybay.volumes.store.NativeFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The write bitmaps of a set that is not mounted. */
final class StoppedBitmaps {
  private static final Logger LOG = LoggerFactory.getLogger(StoppedBitmaps.class);

  private StoppedBitmaps() {}

  /**
   * The bytes that a member lacks by its bitmap: all of the set where only a mount can tell; empty
   * where the next mount will find no bitmap of it that it can use.
   */
  static OptionalLong changedBytes(Path directory, UUID member, long size) {
    Path about = directory.resolve(SetBitmaps.ABOUT);
    try (DirectoryStore store = new DirectoryStore(HomeFile.openForReading(about, 0), true)) {
      String name = SetBitmaps.copyName(member);
      List<String> names = new ArrayList<>(SetBitmaps.fixed());
      names.add(name);
      BitmapSet set = BitmapSet.openForReading(store, names, size, RecoverMode.AUTO);
      try {
        return OptionalLong.of(set.find(name).changedBytes());
      } finally {
        set.close();
      }
    } catch (StorageException e) {
      LOG.info("directory={} member={}: {}", directory, member, e.getMessage());
      return SetBitmaps.isLoss(e) ? OptionalLong.empty() : OptionalLong.of(size);
    }
  }

  /** Removes the files of the bitmap of a member; what stays goes with the set. */
  static void delete(Path directory, UUID member) {
    Path about = directory.resolve(SetBitmaps.ABOUT);
    try (DirectoryStore store = new DirectoryStore(HomeFile.openForReading(about, 0), false)) {
      BitmapSet.deleteFiles(store, SetBitmaps.copyName(member));
    } catch (StorageException e) {
      LOG.info("directory={} member={}: {}", directory, member, e.getMessage());
    }
  }

  /** Removes all files of a set. */
  static void remove(Path directory) throws StorageException {
    if (!Files.isDirectory(directory)) {
      return;
    }
    try {
      for (Path file : Entries.of(directory)) {
        Files.deleteIfExists(file);
      }
      Files.deleteIfExists(directory);
    } catch (IOException e) {
      throw FileFailure.of("remove " + directory, e);
    }
    NativeFile.syncEntry(directory);
  }
}
