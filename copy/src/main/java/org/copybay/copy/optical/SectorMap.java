package org.copybay.copy.optical;

import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.List;
import org.copybay.copy.engine.DataRanges;
import org.copybay.volumes.Extent;
import org.copybay.volumes.Image;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bitmap.Run;
import org.copybay.volumes.bitmap.WriteBitmap;
import org.copybay.volumes.media.Medium;
import org.copybay.volumes.media.Writes;
import org.jspecify.annotations.Nullable;

/** Which sectors of a medium were written at an instant. Not changed once it is made. */
final class SectorMap {
  private final BitSet written;
  private final int sectorBytes;

  private SectorMap(BitSet written, int sectorBytes) {
    this.written = written;
    this.sectorBytes = sectorBytes;
  }

  /** As it is now; the caller keeps everybody from changing it. */
  static SectorMap of(Medium medium) throws StorageException {
    BitSet written = new BitSet();
    WriteBitmap map = medium.written();
    for (long at = map.nextRegion(0); at >= 0; ) {
      long end = map.nextClearRegion(at);
      written.set((int) at, (int) end);
      at = map.nextRegion(end);
    }
    return new SectorMap(written, medium.sectorBytes());
  }

  /**
   * As it was when a point was made: the sectors that did not change since and are written now, and
   * of the others those that held something then, or are written and hold zeros now. A sector of
   * zeros that was overwritten or erased since may be left out, but not the last one.
   *
   * @param end of the last sector that was written then
   * @param since what changed since the point, or a moment before, or null where that is not known
   */
  static SectorMap asOf(Medium medium, Image point, long end, @Nullable WriteBitmap since)
      throws StorageException {
    SectorMap map = of(medium);
    int sectors = (int) (end / map.sectorBytes);
    map.written.clear(sectors, Math.max(sectors, map.written.length()));
    boolean erasable = medium.type().writes() == Writes.AGAIN;
    ByteBuffer sector = ByteBuffer.allocateDirect(medium.sectorBytes());
    for (int at = 0; at < sectors; at++) {
      long offset = (long) at * map.sectorBytes;
      boolean now = map.written.get(at);
      boolean unsure = since == null || since.touches(offset, map.sectorBytes);
      if (unsure && (now || erasable)) {
        map.written.set(at, wasWritten(medium, point, offset, now, sector));
      }
    }
    if (sectors > 0) {
      map.written.set(sectors - 1);
    }
    return map;
  }

  /** One that cannot be read counts as written: who copies it says so. */
  private static boolean wasWritten(
      Medium medium, Image point, long offset, boolean now, ByteBuffer sector) {
    try {
      point.read(offset, sector.clear());
      if (!isZero(sector.flip())) {
        return true;
      }
      if (now) {
        medium.image().read(offset, sector.clear());
      }
      return now && isZero(sector.flip());
    } catch (StorageException e) {
      return true;
    }
  }

  static boolean isZero(ByteBuffer bytes) {
    for (int i = 0; i < bytes.limit(); i++) {
      if (bytes.get(i) != 0) {
        return false;
      }
    }
    return true;
  }

  /** The end of the last sector that is written. */
  long end() {
    return (long) written.length() * sectorBytes;
  }

  /** Bytes of the sectors that are written. */
  long bytes() {
    return (long) written.cardinality() * sectorBytes;
  }

  /** Whether all sectors that are written in another one, of the same size, are so in this. */
  boolean hasAll(WriteBitmap other) {
    for (long at = other.nextRegion(0); at >= 0; ) {
      long end = other.nextClearRegion(at);
      if (written.nextClearBit((int) at) < end) {
        return false;
      }
      at = other.nextRegion(end);
    }
    return true;
  }

  /** The written sectors as ranges. */
  DataRanges ranges() {
    return offset -> {
      int at = written.nextSetBit((int) (offset / sectorBytes));
      if (at < 0) {
        return null;
      }
      long start = Math.max(offset, (long) at * sectorBytes);
      return new Extent(start, (long) written.nextClearBit(at) * sectorBytes - start);
    };
  }

  /** What changed blocks of a bitmap name, as ranges of whole sectors. */
  static DataRanges changed(WriteBitmap bitmap, int sectorBytes) {
    return offset -> {
      int block = bitmap.grain().blockBytes();
      var runs = bitmap.changedBlocks(offset / block, 1);
      if (runs.isEmpty()) {
        return null;
      }
      Run run = runs.get(0);
      long start = Math.max(offset, run.first() * block / sectorBytes * sectorBytes);
      long end = (run.end() * block + sectorBytes - 1) / sectorBytes * sectorBytes;
      return new Extent(start, end - start);
    };
  }

  /** What is in the one and in the other. */
  static DataRanges both(DataRanges one, DataRanges other) {
    return offset -> {
      long at = offset;
      while (true) {
        Extent a = one.next(at);
        Extent b = a == null ? null : other.next(a.offset());
        if (a == null || b == null) {
          return null;
        }
        long start = Math.max(a.offset(), b.offset());
        if (start < a.end()) {
          return new Extent(start, Math.min(a.end(), b.end()) - start);
        }
        at = start;
      }
    };
  }

  /** What is not in a list, in order. */
  static DataRanges without(DataRanges data, List<Extent> holes) {
    return offset -> {
      long at = offset;
      while (true) {
        Extent found = data.next(at);
        if (found == null) {
          return null;
        }
        long start = found.offset();
        long end = found.end();
        for (Extent hole : holes) {
          if (hole.offset() <= start && hole.end() > start) {
            start = hole.end();
          } else if (hole.offset() > start) {
            end = Math.min(end, hole.offset());
          }
        }
        if (start < end) {
          return new Extent(start, end - start);
        }
        at = start;
      }
    };
  }
}
