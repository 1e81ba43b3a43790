package org.copybay.volumes.bay;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.copybay.volumes.BlockDevice;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Volume.Layers;
import org.copybay.volumes.cache.BlockCache;
import org.copybay.volumes.cache.CachedDevice;
import org.copybay.volumes.store.HomeFile;
import org.copybay.volumes.store.NativeFile;
import org.copybay.volumes.track.AnnouncingDevice;

/** The files of volumes, and the stack of layers that is built over each. */
final class VolumeFiles {
  private final BayLayout layout;
  private final BlockCache cache;

  VolumeFiles(BayLayout layout, BlockCache cache) {
    this.layout = layout;
    this.cache = cache;
  }

  /**
   * What a request to a mounted volume passes, top to bottom:
   *
   * <pre>
   *   AnnouncingDevice   tells the observers of a change before it is made
   *   CachedDevice       only with cache=block and a fixed size
   *   HomeFile           the plain raw image
   * </pre>
   */
  Layers stack(VolumeRecord row, HomeFile home, ActivityCounter activity) {
    BlockDevice bottom = home;
    if (row.cache() == CacheMode.BLOCK && row.state() != VolumeState.MAKING) {
      bottom = new CachedDevice(cache, home, row.size());
    }
    return new Layers(new AnnouncingDevice(List.of(activity), bottom), home);
  }

  /**
   * Makes directory and home of a new volume, durable before this returns. Nothing is left if not.
   */
  Layers make(VolumeRecord row, long size, ActivityCounter activity) throws StorageException {
    Path directory = layout.directory(row);
    try {
      Files.createDirectory(directory);
    } catch (NoSuchFileException e) {
      throw new StorageException(
          Fault.NOT_FOUND, "no directory " + directory.getParent(), "mkdir it first", e);
    } catch (IOException e) {
      throw failure("make " + directory, e);
    }
    boolean made = false;
    try {
      HomeFile home = HomeFile.create(layout.home(row));
      home.setSize(size);
      home.flush();
      NativeFile.syncDirectory(directory);
      NativeFile.syncEntry(directory);
      made = true;
      return stack(row, home, activity);
    } finally {
      if (!made) {
        remove(row);
      }
    }
  }

  /**
   * Opens the home of a row. Where the size was never fenced, power loss may have left the file
   * shorter: what was lost was never synced and reads as zeros. NOT_FOUND, CORRUPT.
   */
  Layers open(VolumeRecord row, ActivityCounter activity) throws StorageException {
    HomeFile home = HomeFile.open(layout.home(row), row.sizeSynced() ? row.size() : 0);
    if (home.status().size() < row.size()) {
      home.setSize(row.size());
    }
    return stack(row, home, activity);
  }

  /** Removes home and directory of a row; what is gone already is no error. */
  void remove(VolumeRecord row) throws StorageException {
    try {
      Files.deleteIfExists(layout.home(row));
      Files.deleteIfExists(layout.directory(row));
    } catch (IOException e) {
      throw failure("remove " + layout.directory(row), e);
    }
  }

  private static StorageException failure(String what, IOException e) {
    String why = String.valueOf(e.getMessage());
    Fault fault =
        why.contains("No space left") || why.contains("quota")
            ? Fault.NO_SPACE
            : e instanceof java.nio.file.AccessDeniedException ? Fault.DENIED : Fault.STORE_FAILED;
    return new StorageException(fault, what + ": " + why, null, e);
  }
}
