package org.copybay.volumes.format;

import java.util.List;
import org.copybay.volumes.Extent;
import org.copybay.volumes.StorageException;

/** The bytes of a directory, read one behind the other from its extents. One thread. */
final class DirectoryBytes {
  private final Sectors sectors;
  private final List<Extent> extents;
  private int next;
  private long at;
  private long left;
  private Block piece = new Block(0, new byte[0]);
  private int used;

  /** The first bytes of the extents, as many as that or as there are. */
  DirectoryBytes(Sectors sectors, List<Extent> extents, long length) {
    this.sectors = sectors;
    this.extents = extents;
    left = Math.min(length, extents.stream().mapToLong(Extent::length).sum());
  }

  /** How many bytes are to come. */
  long left() {
    return left;
  }

  /**
   * The next bytes, as many as that, with the offset of the first of them.
   *
   * @throws StorageException CORRUPT also where fewer are left or they lie outside of the medium
   */
  Block next(int length) throws StorageException {
    if (length > left) {
      throw FoundFiles.corrupt("a directory ends within an entry");
    }
    byte[] bytes = new byte[length];
    long offset = -1;
    for (int filled = 0; filled < length; ) {
      if (used == piece.length()) {
        fill();
      }
      offset = offset < 0 ? piece.offset() + used : offset;
      int part = Math.min(length - filled, piece.length() - used);
      System.arraycopy(piece.bytes(used, part), 0, bytes, filled, part);
      filled += part;
      used += part;
    }
    left -= length;
    return new Block(Math.max(offset, 0), bytes);
  }

  private void fill() throws StorageException {
    while (at == extents.get(next).length()) {
      next++;
      at = 0;
    }
    Extent extent = extents.get(next);
    int length = (int) Math.min(Sectors.MAX_BYTES, extent.length() - at);
    Block read = sectors.read(extent.offset() + at, length);
    if (read == null) {
      throw FoundFiles.corrupt(
          "the directory at byte " + extent.offset() + " lies outside of the medium");
    }
    piece = read;
    used = 0;
    at += length;
  }
}
