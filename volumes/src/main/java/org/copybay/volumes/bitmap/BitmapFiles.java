package org.copybay.volumes.bitmap;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.store.FileFailure;
import org.copybay.volumes.store.StoreFile;
import org.copybay.volumes.store.TrackStore;

/** The files that write bitmaps keep beside a home, for who deletes or checks the volume. */
public final class BitmapFiles {
  /** How the name of a bitmap, and so of its file, begins. */
  public static final String PREFIX = "bitmap-";

  private BitmapFiles() {}

  /** Those in the directory of a volume; what somebody else put there is none. */
  public static List<Path> in(Path directory) throws IOException {
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      for (Path entry : entries) {
        String name = String.valueOf(entry.getFileName());
        if (name.equals(BitmapSet.LOG_NAME) || name.startsWith(PREFIX)) {
          found.add(entry);
        }
      }
    }
    return found;
  }

  /**
   * Reads those in the directory of a store from their disk and compares their checksums; bits have
   * none. CORRUPT, UNSUPPORTED.
   */
  public static void check(TrackStore store, Path directory) throws StorageException {
    List<Path> files;
    try {
      files = in(directory);
    } catch (IOException e) {
      throw FileFailure.of("list " + directory, e);
    }
    for (Path file : files) {
      String name = String.valueOf(file.getFileName());
      if (store.exists(name)) { // else it was deleted meanwhile
        check(store, name);
      }
    }
  }

  static void check(TrackStore store, String name) throws StorageException {
    try (StoreFile file = store.open(name)) {
      file.dropCached(0, file.size());
      if (name.equals(BitmapSet.LOG_NAME)) {
        checkLog(file, name);
      } else if (name.endsWith(SavedRefinement.SUFFIX)) {
        SavedRefinement.check(file, name);
      } else {
        BitmapFile.header(file, name);
      }
    }
  }

  /** A generation may be written at this moment. */
  private static void checkLog(StoreFile file, String name) throws StorageException {
    try {
      IntentLayout.read(file, name, IntentLayout.MAX_ZONES);
    } catch (StorageException e) {
      IntentLayout.read(file, name, IntentLayout.MAX_ZONES);
    }
  }
}
