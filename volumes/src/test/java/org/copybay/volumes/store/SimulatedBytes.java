package org.copybay.volumes.store;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.copybay.volumes.store.SimulatedStore.Loss;

/**
 * The bytes of one simulated file: what its readers see, what the disk has, and of every sector and
 * of the size what else the disk may have got since the last sync. Its store guards it.
 */
final class SimulatedBytes {
  /* Definitions
   *
   * A sector is an array that never changes once it is in a map, so copies of a file share them; a
   * sector of no map is a hole. Bytes of a sector past the end of the file are zeros.
   *
   * A sector or size with changes since the last sync has a list of everything that the disk may
   * have: first its old bytes, unless it lay past both ends of the file (it had none), last those
   * that readers see. What the list would hold beyond VERSIONS is forgotten at random, never the
   * first and the last. A sector without a list is as the disk has it, or was lost by a failed sync.
   */
  static final int SECTOR = 512;

  private static final int VERSIONS = 8;
  private static final byte[] HOLE = new byte[SECTOR];

  private final Random random;
  private final Map<Integer, byte[]> now = new HashMap<>();
  private final Map<Integer, byte[]> durable = new HashMap<>();
  private final Map<Integer, List<byte[]>> unsynced = new HashMap<>();
  private final BitSet data = new BitSet(); // the keys of now
  private final BitSet reserved = new BitSet();
  private final BitSet durableReserved = new BitSet();
  private boolean reservedChanged;
  private long size;
  private long durableSize;
  private final List<Long> unsyncedSizes = new ArrayList<>();

  SimulatedBytes(Random random) {
    this.random = random;
  }

  long size() {
    return size;
  }

  /** Sectors that have data or are reserved. */
  long sectors() {
    BitSet both = (BitSet) data.clone();
    both.or(reserved);
    return both.cardinality();
  }

  /** How many bytes from there on can be written with so many more sectors. */
  int room(long offset, int length, long free) {
    if (free == Long.MAX_VALUE) {
      return length;
    }
    long left = free;
    for (int s = sector(offset); start(s) < offset + length; s++) {
      if (!data.get(s) && !reserved.get(s) && --left < 0) {
        return (int) Math.max(0, start(s) - offset);
      }
    }
    return length;
  }

  /** How many sectors of a range have no space. */
  long missing(long offset, long length) {
    long missing = 0;
    for (int s = sector(offset); start(s) < offset + length; s++) {
      missing += data.get(s) || reserved.get(s) ? 0 : 1;
    }
    return missing;
  }

  void read(long offset, ByteBuffer target) {
    long at = offset;
    while (target.hasRemaining()) {
      int from = (int) (at % SECTOR);
      int n = Math.min(SECTOR - from, target.remaining());
      target.put(now.getOrDefault(sector(at), HOLE), from, n);
      at += n;
    }
  }

  /** Writes that many bytes of the source. */
  void write(long offset, ByteBuffer source, int length) {
    for (long at = offset; at < offset + length; ) {
      int from = (int) (at % SECTOR);
      int n = (int) Math.min(SECTOR - from, offset + length - at);
      byte[] bytes = now.getOrDefault(sector(at), HOLE).clone();
      source.get(bytes, from, n);
      put(sector(at), bytes);
      at += n;
    }
    if (length > 0 && offset + length > size) {
      resize(offset + length);
    }
  }

  /** Zeros what lies inside the file; whole sectors become holes, reserved or not. */
  void zero(long offset, long length, boolean keepSpace) {
    int first = sector(offset + SECTOR - 1);
    int end = sector(offset + length);
    zeroPart(offset, Math.min(start(first), offset + length));
    if (first <= end) {
      for (int s = data.nextSetBit(first); s >= 0 && s < end; s = data.nextSetBit(s + 1)) {
        put(s, HOLE);
      }
      zeroPart(Math.max(offset, start(end)), offset + length);
    }
    if (keepSpace) {
      reserve(offset, length);
    } else if (first < end) {
      reserved.clear(first, end);
      reservedChanged = true;
    }
  }

  /** Zeros a part of one sector that has data. */
  private void zeroPart(long from, long to) {
    byte[] bytes = now.get(sector(from));
    if (bytes != null && from < to) {
      byte[] zeroed = bytes.clone();
      for (long at = from; at < to; at++) {
        zeroed[(int) (at % SECTOR)] = 0;
      }
      put(sector(from), zeroed);
    }
  }

  void reserve(long offset, long length) {
    reserved.set(sector(offset), sector(offset + length + SECTOR - 1));
    reservedChanged = true;
  }

  /** Cuts it, which zeros what is cut, or extends it by a hole. */
  void setSize(long newSize) {
    if (newSize < size) {
      int first = sector(newSize + SECTOR - 1);
      zeroPart(newSize, Math.min(size, start(first)));
      for (int s = data.nextSetBit(first); s >= 0; s = data.nextSetBit(s + 1)) {
        put(s, HOLE);
      }
      reserved.clear(first, Math.max(first, reserved.length()));
      reservedChanged = true;
    }
    resize(newSize);
  }

  long nextData(long offset) {
    int s = offset < size ? data.nextSetBit(sector(offset)) : -1;
    return s < 0 ? -1 : Math.max(offset, start(s));
  }

  long nextHole(long offset) {
    return offset < size
        ? Math.min(size, Math.max(offset, start(data.nextClearBit(sector(offset)))))
        : -1;
  }

  private void resize(long newSize) {
    remember(unsyncedSizes, newSize, 0);
    size = newSize;
  }

  private void put(int sector, byte[] bytes) {
    List<byte[]> versions = unsynced.get(sector);
    if (versions == null) {
      versions = new ArrayList<>(2);
      if (start(sector) < Math.max(size, durableSize)) {
        versions.add(durable.getOrDefault(sector, HOLE));
      }
      unsynced.put(sector, versions);
    }
    remember(versions, bytes, 1);
    see(sector, bytes);
  }

  private void see(int sector, byte[] bytes) {
    if (bytes == HOLE) {
      now.remove(sector);
    } else {
      now.put(sector, bytes);
    }
    data.set(sector, bytes != HOLE);
  }

  private <T> void remember(List<T> versions, T version, int keptFirst) {
    versions.add(version);
    if (versions.size() > VERSIONS) {
      versions.remove(keptFirst + random.nextInt(VERSIONS - keptFirst));
    }
  }

  /** Brings everything to the disk. */
  void sync() {
    unsynced.keySet().forEach(this::syncSector);
    unsynced.clear();
    syncSize();
  }

  private void syncSector(int sector) {
    byte[] bytes = now.get(sector);
    if (bytes == null) {
      durable.remove(sector);
    } else {
      durable.put(sector, bytes);
    }
  }

  private void syncSize() {
    unsyncedSizes.clear();
    durableSize = size;
    if (reservedChanged) {
      durableReserved.clear();
      durableReserved.or(reserved);
      reservedChanged = false;
    }
  }

  /**
   * A sync that failed: of each unsynced sector it is random whether it came to the disk. One that
   * did not is taken for clean; readers see its new bytes still, or already the old ones again.
   */
  void failSync() {
    for (int sector : List.copyOf(unsynced.keySet())) {
      if (random.nextBoolean()) {
        syncSector(sector);
      } else if (random.nextBoolean()) {
        see(sector, durable.getOrDefault(sector, HOLE));
      }
    }
    unsynced.clear();
    // What came to the disk past its end is found only with a size that covers it.
  }

  /** The same file with its own future. */
  SimulatedBytes copy(Random itsRandom) {
    SimulatedBytes copy = new SimulatedBytes(itsRandom);
    copy.now.putAll(now);
    copy.durable.putAll(durable);
    unsynced.forEach((sector, versions) -> copy.unsynced.put(sector, new ArrayList<>(versions)));
    copy.data.or(data);
    copy.reserved.or(reserved);
    copy.durableReserved.or(durableReserved);
    copy.reservedChanged = reservedChanged;
    copy.size = size;
    copy.durableSize = durableSize;
    copy.unsyncedSizes.addAll(unsyncedSizes);
    return copy;
  }

  /** The file that is found when the power came back, all of it on the disk. */
  SimulatedBytes afterPowerLoss(Random choice, Loss loss, Random itsRandom) {
    SimulatedBytes left = new SimulatedBytes(itsRandom);
    durable.forEach(left::see);
    unsynced.forEach((sector, versions) -> left.see(sector, found(choice, loss, sector, versions)));
    left.size = Long.MAX_VALUE;
    left.setSize(
        switch (loss) {
          case DROP_ALL -> durableSize;
          case KEEP_ALL -> size;
          case RANDOM, ZERO -> {
            int which = choice.nextInt(unsyncedSizes.size() + 1);
            yield which == 0 ? durableSize : unsyncedSizes.get(which - 1);
          }
        });
    left.durable.putAll(left.now);
    left.unsynced.clear();
    left.reserved.or(loss == Loss.KEEP_ALL ? reserved : durableReserved);
    left.reservedChanged = true;
    left.syncSize();
    return left;
  }

  private byte[] found(Random choice, Loss loss, int sector, List<byte[]> versions) {
    byte[] old = durable.getOrDefault(sector, HOLE);
    return switch (loss) {
      case DROP_ALL -> old;
      case KEEP_ALL -> versions.get(versions.size() - 1);
      case RANDOM -> versions.get(choice.nextInt(versions.size()));
      case ZERO -> {
        int which = choice.nextInt(versions.size() + (old == HOLE ? 1 : 0));
        yield which == versions.size() ? HOLE : versions.get(which);
      }
    };
  }

  private static int sector(long offset) {
    return Math.toIntExact(offset / SECTOR);
  }

  private static long start(int sector) {
    return (long) sector * SECTOR;
  }
}
