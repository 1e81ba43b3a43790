package org.copybay.volumes.bitmap;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.store.FileFailure;
import org.copybay.volumes.store.StoreFile;
import org.copybay.volumes.store.TrackStore;

/**
 * The files that write bitmaps keep beside a home, for who deletes or checks the volume. Bitmaps
 * have names of their own, so their files are known by how they begin.
 */
public final class BitmapFiles {
  private BitmapFiles() {}

  /** Those in the directory of a volume; what somebody else put there is none. */
  public static List<Path> in(Path directory) throws IOException {
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      for (Path entry : entries) {
        if (Files.isRegularFile(entry, LinkOption.NOFOLLOW_LINKS) && isOne(entry)) {
          found.add(entry);
        }
      }
    }
    return found;
  }

  /**
   * Reads those in the directory of a store from their disk and compares their checksums; bits have
   * none. Nobody writes to them. CORRUPT, UNSUPPORTED.
   */
  public static void check(TrackStore store, Path directory) throws StorageException {
    List<Path> files;
    try {
      files = in(directory);
    } catch (IOException e) {
      throw FileFailure.of("list " + directory, e);
    }
    for (Path file : files) {
      check(store, String.valueOf(file.getFileName()));
    }
  }

  static void check(TrackStore store, String name) throws StorageException {
    try (StoreFile file = store.open(name)) {
      file.dropCached(0, file.size());
      if (name.equals(BitmapSet.LOG_NAME)) {
        IntentLayout.read(file, name, IntentLayout.MAX_ZONES);
      } else if (magic(file) != BitmapLayout.MAGIC && name.endsWith(SavedRefinement.SUFFIX)) {
        SavedRefinement.check(file, name);
      } else {
        BitmapFile.header(file, name);
      }
    }
  }

  private static long magic(StoreFile file) throws StorageException {
    return file.size() < Long.BYTES ? 0 : Direct.read(file, 0, Long.BYTES).getLong();
  }

  private static boolean isOne(Path file) throws IOException {
    if (file.endsWith(BitmapSet.LOG_NAME)) {
      return true;
    }
    try (InputStream bytes = Files.newInputStream(file)) {
      byte[] first = bytes.readNBytes(Long.BYTES);
      long magic =
          first.length < Long.BYTES
              ? 0
              : ByteBuffer.wrap(first).order(ByteOrder.LITTLE_ENDIAN).getLong();
      return magic == BitmapLayout.MAGIC || magic == RefinementLayout.MAGIC;
    }
  }
}
