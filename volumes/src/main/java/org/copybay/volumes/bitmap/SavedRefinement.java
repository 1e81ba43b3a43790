package org.copybay.volumes.bitmap;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.store.StoreFile;
import org.copybay.volumes.store.TrackStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The file of masks that a clean stop leaves; {@link RefinementLayout} says how. */
final class SavedRefinement {
  static final String SUFFIX = ".blocks";

  private static final Logger LOG = LoggerFactory.getLogger(SavedRefinement.class);
  private static final int BUFFER_BYTES = 64 * 1024;

  private SavedRefinement() {}

  /** The file beside that of the bits. */
  static String name(String bitmap) {
    return bitmap + SUFFIX;
  }

  /**
   * Writes and syncs the masks of all set regions. A region that a copier took and did not clear is
   * saved with all of its blocks.
   */
  static void save(TrackStore store, WriteBitmap bitmap, long run) throws StorageException {
    try (StoreFile file = store.create(name(bitmap.name()))) {
      ByteBuffer buffer = Direct.allocate(BUFFER_BYTES);
      CRC32C crc = new CRC32C();
      long at = RefinementLayout.FIRST_MASK_OFFSET;
      long masks = 0;
      if (bitmap.grain().single()) {
        masks = bitmap.regionsSet(); // how many, and no mask: each would say its one block
      } else {
        for (long r = bitmap.nextRegion(0); r >= 0; r = bitmap.nextRegion(r + 1)) {
          int mask = bitmap.changed(r);
          buffer.putInt(mask != 0 ? mask : bitmap.grain().mask(r, bitmap.size()));
          masks++;
          if (!buffer.hasRemaining()) {
            at += write(file, at, buffer, crc);
          }
        }
        write(file, at, buffer, crc);
      }
      RefinementLayout header =
          new RefinementLayout(run, bitmap.size(), masks, (int) crc.getValue());
      file.writeAll(0, header.encode());
      file.flush();
    }
  }

  private static int write(StoreFile file, long at, ByteBuffer buffer, CRC32C crc)
      throws StorageException {
    int length = buffer.flip().remaining();
    crc.update(buffer.duplicate());
    file.writeAll(at, buffer);
    buffer.clear();
    return length;
  }

  /**
   * Gives a bitmap without masks those that the given run saved. Where it saved none, or they are
   * damaged, the bitmap stays as it is: every block of a set region counts as changed. CORRUPT
   * where it saved another number of them than regions are set now: a bit was lost since (P3).
   */
  static void load(TrackStore store, WriteBitmap bitmap, long run) throws StorageException {
    String name = name(bitmap.name());
    if (!store.exists(name)) {
      return;
    }
    long lost;
    try (StoreFile file = store.open(name)) {
      RefinementLayout header =
          RefinementLayout.decode(Direct.read(file, 0, Sealed.SECTOR_BYTES), name);
      if (header.run() != run || header.volumeBytes() != bitmap.size()) {
        return;
      }
      if (header.masks() == bitmap.regionsSet()) {
        if (!bitmap.grain().single()) {
          load(file, bitmap, header);
        }
        return;
      }
      lost = header.masks();
    } catch (StorageException e) {
      if (e.fault() != Fault.CORRUPT && e.fault() != Fault.UNSUPPORTED) {
        throw e;
      }
      bitmap.forgetBlocks();
      LOG.warn("all blocks of changed regions count as changed: {}", e.getMessage());
      return;
    }
    throw new StorageException(
        Fault.CORRUPT,
        "write bitmap "
            + bitmap.name()
            + " is not as the clean stop left it: want "
            + lost
            + " changed regions, got "
            + bitmap.regionsSet());
  }

  private static void load(StoreFile file, WriteBitmap bitmap, RefinementLayout header)
      throws StorageException {
    CRC32C crc = new CRC32C();
    long at = RefinementLayout.FIRST_MASK_OFFSET;
    long end = at + header.masks() * Integer.BYTES;
    long region = -1;
    while (at < end) {
      ByteBuffer masks = Direct.read(file, at, (int) Math.min(BUFFER_BYTES, end - at));
      crc.update(masks.duplicate());
      at += masks.remaining();
      while (masks.hasRemaining()) {
        region = bitmap.nextRegion(region + 1);
        bitmap.loadMask(region, masks.getInt());
      }
    }
    if ((int) crc.getValue() != header.maskCrc()) {
      throw new StorageException(
          Fault.CORRUPT,
          "refinement "
              + name(bitmap.name())
              + " checksum of masks: want="
              + Integer.toHexString((int) crc.getValue())
              + " got="
              + Integer.toHexString(header.maskCrc()));
    }
  }
}
