package org.copybay.volumes.format;

import java.util.List;
import org.copybay.volumes.Extent;
import org.copybay.volumes.Image;
import org.copybay.volumes.StorageException;

/** Which file of a medium has which of its bytes; without a known format all is one file. */
public final class MediumFiles {
  private final long size;

  private MediumFiles(long size) {
    this.size = size;
  }

  /** Reads the directories of a medium of so many bytes. STORE_FAILED, CORRUPT. */
  public static MediumFiles read(Image image, long size) throws StorageException {
    return new MediumFiles(size);
  }

  /** All files, by path. */
  public List<MediumFile> all() {
    return List.of(new MediumFile("/", size));
  }

  /** The files with data in a range; empty where all of it is structure of the format. */
  public List<String> filesAt(Extent range) {
    return range.offset() < size ? List.of("/") : List.of();
  }
}
