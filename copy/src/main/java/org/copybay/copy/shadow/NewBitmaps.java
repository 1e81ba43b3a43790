package org.copybay.copy.shadow;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bitmap.BitmapSet;
import org.copybay.volumes.bitmap.VolumeSync;
import org.copybay.volumes.bitmap.WriteBitmap;
import org.copybay.volumes.journal.RecoverMode;
import org.copybay.volumes.store.DirectoryStore;
import org.copybay.volumes.store.FileFailure;
import org.copybay.volumes.store.HomeFile;
import org.copybay.volumes.store.NativeFile;
import org.copybay.volumes.track.Passages;

/** Makes the write bitmaps of a set, under its lock. */
final class NewBitmaps {
  private NewBitmaps() {}

  /**
   * Makes the bitmaps of a new set, all clear; what a crash left of an earlier try goes. NO_SPACE.
   */
  static SetBitmaps create(
      Path directory, String about, long size, Passages gate, VolumeSync members)
      throws StorageException {
    return create(directory, about, size, gate, members, false);
  }

  /**
   * The same for a set whose bitmaps were lost: its members may differ everywhere. That survives a
   * crash before the files are there without which they count as lost again (P3). NO_SPACE.
   */
  static SetBitmaps createAfterLoss(
      Path directory, String about, long size, Passages gate, VolumeSync members)
      throws StorageException {
    return create(directory, about, size, gate, members, true);
  }

  private static SetBitmaps create(
      Path directory, String about, long size, Passages gate, VolumeSync members, boolean doubt)
      throws StorageException {
    StoppedBitmaps.remove(directory);
    HomeFile home = null;
    BitmapSet set = null;
    boolean made = false;
    try {
      Files.createDirectories(directory);
      Path file = directory.resolve(SetBitmaps.ABOUT);
      Files.writeString(file, about, StandardCharsets.UTF_8);
      home = HomeFile.open(file, 0);
      home.flush();
      DirectoryStore store = new DirectoryStore(home, false);
      set = BitmapSet.open(store, List.of(), size, RecoverMode.AUTO, gate::awaitEarlier, members);
      addAll(set, doubt);
      store.syncNames();
      NativeFile.syncEntry(directory);
      syncParent(directory);
      SetBitmaps bitmaps = SetBitmaps.ofNew(store, set, gate, members);
      made = true;
      return bitmaps;
    } catch (IOException e) {
      throw FileFailure.of("make " + directory, e);
    } finally {
      if (!made) {
        SetBitmaps.close(set, home);
      }
    }
  }

  private static void addAll(BitmapSet set, boolean doubt) throws StorageException {
    for (String name : SetBitmaps.fixed()) { // merge first
      WriteBitmap bitmap = set.create(name, SetBitmaps.GRAIN);
      set.add(bitmap);
      if (doubt && name.equals(SetBitmaps.MERGE)) {
        bitmap.setAll();
        bitmap.flush();
      }
    }
  }

  /** Of the first set of a bay, whose directory was just made. */
  private static void syncParent(Path directory) throws StorageException {
    Path parent = directory.toAbsolutePath().getParent();
    if (parent != null) {
      NativeFile.syncEntry(parent);
    }
  }
}
