package org.copybay.volumes.bitmap;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.nio.ByteBuffer;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.store.StoreFile;
import org.copybay.volumes.store.TrackStore;

/** The bits of one write bitmap on disk; {@link BitmapLayout} says where. */
final class BitmapFile implements AutoCloseable {
  /** A page of words on its way to the file; threads that set bits are few. */
  private static final ThreadLocal<ByteBuffer> SCRATCH =
      ThreadLocal.withInitial(() -> Direct.allocate(BitmapLayout.PAGE_BYTES));

  private final StoreFile file;
  private final Grain grain;

  private BitmapFile(StoreFile file, Grain grain) {
    this.file = file;
    this.grain = grain;
  }

  /** Makes a file of clear bits that survives power loss, with space for all of them. NO_SPACE. */
  static BitmapFile create(TrackStore store, String name, Grain grain, long volumeBytes)
      throws StorageException {
    long bytes = BitmapLayout.fileBytes(grain.regions(volumeBytes));
    return new BitmapFile(Direct.create(store, name, bytes, BitmapLayout.encode(grain)), grain);
  }

  /** Opens a file for reading and writing. NOT_FOUND, CORRUPT. */
  static BitmapFile open(TrackStore store, String name) throws StorageException {
    StoreFile file = store.open(name);
    boolean whole = false;
    try {
      Grain grain = header(file, name);
      whole = true;
      return new BitmapFile(file, grain);
    } finally {
      if (!whole) {
        file.close();
      }
    }
  }

  /** The grain that its header says. CORRUPT. */
  @CanIgnoreReturnValue
  static Grain header(StoreFile file, String name) throws StorageException {
    if (file.size() < BitmapLayout.BITS_OFFSET) {
      throw new StorageException(
          Fault.CORRUPT,
          "write bitmap " + name + " is too short: want a header, got " + file.size() + " bytes");
    }
    return BitmapLayout.decode(Direct.read(file, 0, Sealed.SECTOR_BYTES), name);
  }

  Grain grain() {
    return grain;
  }

  /**
   * Refuses a file that does not hold every bit of a volume of that size: what is not there would
   * be read as clear (P3). A longer one is what an interrupted change of size left. CORRUPT.
   */
  void requireWhole(long volumeBytes, String name) throws StorageException {
    long least = leastBytes(grain.regions(volumeBytes));
    if (file.size() < least) {
      throw new StorageException(
          Fault.CORRUPT,
          "write bitmap "
              + name
              + " is too short: want at least "
              + least
              + " bytes, got "
              + file.size());
    }
  }

  /** Bytes up to the last word of that many regions: a {@link #cut} may end there. */
  static long leastBytes(long regions) {
    return BitmapLayout.wordOffset((regions + Long.SIZE - 1) / Long.SIZE);
  }

  /** Gives it the length and the space that a volume of that size needs. NO_SPACE. */
  void extend(long volumeBytes) throws StorageException {
    long wanted = BitmapLayout.fileBytes(grain.regions(volumeBytes));
    if (file.size() < wanted) {
      file.setSize(wanted);
    }
    file.reserve(0, wanted);
  }

  /** Cuts off the words that a volume of that size does not need. */
  void cut(long volumeBytes) throws StorageException {
    file.setSize(leastBytes(grain.regions(volumeBytes)));
    extend(volumeBytes);
  }

  /** An empty buffer of this thread for the words of one page, until its next call. */
  static ByteBuffer scratch() {
    return SCRATCH.get().clear();
  }

  /** Writes words from that one on. After an error each byte of them is the old or the new one. */
  void writeWords(long firstWord, ByteBuffer words) throws StorageException {
    file.writeAll(BitmapLayout.wordOffset(firstWord), words);
  }

  /** Reads words from that one on. */
  void readWords(long firstWord, ByteBuffer target) throws StorageException {
    file.read(BitmapLayout.wordOffset(firstWord), target);
  }

  /** Makes every word that was written survive power loss. */
  void flush() throws StorageException {
    file.flush();
  }

  /** Lets {@link #flush} be tried again after it failed. */
  void forgive() {
    file.forgive();
  }

  @Override
  public void close() {
    file.close();
  }
}
