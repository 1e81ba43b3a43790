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

/**
 * The files that write bitmaps keep beside a home, for who deletes the volume. Bitmaps have names
 * of their own, so their files are known by how they begin.
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
