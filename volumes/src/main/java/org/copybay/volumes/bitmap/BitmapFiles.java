package org.copybay.volumes.bitmap;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.store.Entries;
import org.copybay.volumes.store.StoreFile;
import org.copybay.volumes.store.TrackStore;

/** The files that write bitmaps keep beside a home, for who deletes or checks the volume. */
public final class BitmapFiles {
  /** How the name of a bitmap, and so of its file, begins; a uuid follows. */
  public static final String PREFIX = "bitmap-";

  private static final Pattern NAMES =
      Pattern.compile(PREFIX + "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}(\\.blocks)?");

  private BitmapFiles() {}

  /** Those in the directory of a volume; what somebody else put there is none. */
  public static List<Path> in(Path directory) throws IOException {
    List<Path> found = new ArrayList<>();
    for (Path entry : Entries.of(directory)) {
      String name = String.valueOf(entry.getFileName());
      boolean named = name.equals(BitmapSet.LOG_NAME) || NAMES.matcher(name).matches();
      if (named && Files.isRegularFile(entry, LinkOption.NOFOLLOW_LINKS)) {
        found.add(entry);
      }
    }
    return found;
  }

  /**
   * Reads the headers of these bitmaps of an open volume, and its intent log, from their disk and
   * compares the checksums; bits have none. CORRUPT, UNSUPPORTED.
   */
  public static void check(TrackStore store, List<String> bitmaps) throws StorageException {
    for (String name : bitmaps) {
      try (StoreFile file = fromDisk(store, name)) {
        BitmapFile.header(file, name);
      }
    }
    if (!bitmaps.isEmpty()) {
      try (StoreFile file = fromDisk(store, BitmapSet.LOG_NAME)) {
        checkLog(file);
      }
    }
  }

  private static StoreFile fromDisk(TrackStore store, String name) throws StorageException {
    if (!store.exists(name)) {
      throw new StorageException(Fault.CORRUPT, "the file " + name + " of a write bitmap is gone");
    }
    StoreFile file = store.open(name);
    file.dropCached(0, file.size());
    return file;
  }

  /** A generation may be written at this moment. */
  private static void checkLog(StoreFile file) throws StorageException {
    try {
      IntentLayout.read(file, BitmapSet.LOG_NAME, IntentLayout.MAX_ZONES);
    } catch (StorageException e) {
      IntentLayout.read(file, BitmapSet.LOG_NAME, IntentLayout.MAX_ZONES);
    }
  }
}
