package org.copybay.volumes.media;

import java.nio.ByteBuffer;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.MemberBytes;
import org.copybay.volumes.bitmap.WriteBitmap;

/**
 * Writes to a medium whose sectors are written once. What is there may be written again as it is,
 * and a writer that ended inside of a sector may go on there. The lock of the medium guards it.
 */
final class WriteOnce {
  private static final int COMPARE_BYTES = 1 << 16;
  private static final long NO_TAIL = -1;

  // set once
  private final MemberBytes bytes;
  private final MediaType type;
  private final int sectorBytes;

  // guarded by the lock of the medium
  private long tail = NO_TAIL; // where its writer may go on inside of its last sector

  WriteOnce(MemberBytes bytes, MediaType type, int sectorBytes) {
    this.bytes = bytes;
    this.type = type;
    this.sectorBytes = sectorBytes;
  }

  /** The last sector is used up, whole or not. */
  void settle() {
    tail = NO_TAIL;
  }

  /**
   * Checks all of it before the first byte changes, then writes what is not there yet (P1, P9).
   * READ_ONLY, naming the sector.
   */
  void write(String name, long offset, ByteBuffer source, WriteBitmap written)
      throws StorageException {
    long end = offset + source.remaining();
    long open = tail; // for all of this request
    int start = source.position();
    for (long at = offset; at < end; ) {
      long stop = stretch(written, at, end, open);
      if (isWritten(written, at, open)) {
        requireSame(
            name, written, at, source.duplicate().position(start + (int) (at - offset)), stop - at);
      }
      at = stop;
    }
    for (long at = offset; at < end; ) {
      long stop = stretch(written, at, end, open);
      if (!isWritten(written, at, open)) {
        int from = start + (int) (at - offset);
        boolean inLast = stop % sectorBytes != 0;
        tail = NO_TAIL; // a write that fails uses its sectors up
        bytes.write(at, source.duplicate().position(from).limit(from + (int) (stop - at)));
        tail = inLast ? stop : NO_TAIL;
      }
      at = stop;
    }
    source.position(source.limit());
  }

  /** The end of the bytes from that one on that are all written, or all not. */
  private long stretch(WriteBitmap written, long at, long end, long open) {
    if (open != NO_TAIL && at / sectorBytes == open / sectorBytes && at < open) {
      return Math.min(end, open);
    }
    long sector = at / sectorBytes;
    if (isWritten(written, at, open)) {
      long stop = written.nextClearRegion(sector) * sectorBytes;
      long limit = open == NO_TAIL ? Long.MAX_VALUE : open;
      return Math.min(end, at < limit ? Math.min(stop, limit) : stop);
    }
    long next = written.nextRegion(open == at ? sector + 1 : sector);
    return next < 0 ? end : Math.min(end, next * sectorBytes);
  }

  private boolean isWritten(WriteBitmap written, long at, long open) {
    return at != open && written.isSet(at / sectorBytes);
  }

  private void requireSame(
      String name, WriteBitmap written, long offset, ByteBuffer wanted, long length)
      throws StorageException {
    ByteBuffer there = ByteBuffer.allocateDirect((int) Math.min(length, COMPARE_BYTES));
    for (long done = 0; done < length; done += there.limit()) {
      there.clear().limit((int) Math.min(there.capacity(), length - done));
      bytes.read(offset + done, there);
      ByteBuffer piece = wanted.slice(wanted.position() + (int) done, there.limit());
      int difference = piece.mismatch(there.flip());
      if (difference >= 0) {
        throw overwrites(name, written, (offset + done + difference) / sectorBytes);
      }
    }
  }

  private StorageException overwrites(String name, WriteBitmap written, long sector) {
    long next = free(written, sector);
    return new StorageException(
        Fault.READ_ONLY,
        "WORM-OVERWRITE: sector "
            + sector
            + " of volume "
            + name
            + " is written, and "
            + type.word()
            + " writes a sector once",
        next < 0 ? "no sector is free" : "sector " + next + " is the next that is free");
  }

  /** The first free sector behind that one, or -1. */
  private static long free(WriteBitmap written, long sector) {
    long next = written.nextClearRegion(sector);
    return next < written.regions() ? next : -1;
  }
}
