package org.copybay.volumes.evidence;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.store.StoreFile;
import org.copybay.volumes.store.TrackStore;
import org.jspecify.annotations.Nullable;

/**
 * Some hashes of tracks, sorted, which never change. A look-up reads one page, which the fence
 * finds: the first entry of each page, in memory (12 bytes for each 145 entries). Any thread may
 * call; CLOSED when others took its place.
 */
final class SheetFile implements AutoCloseable {
  private static final ThreadLocal<ByteBuffer> PAGE = ThreadLocal.withInitial(SheetLayout::page);

  private final Inventory.Named named;
  private final StoreFile file;
  private final SheetLayout.Head head;
  private final Fence fence;
  private final List<SealedPoint> points;
  private final EvidenceCache cache;
  private final long cacheNumber = EvidenceCache.newNumber();

  SheetFile(
      Inventory.Named named,
      StoreFile file,
      SheetLayout.Head head,
      Fence fence,
      List<SealedPoint> points,
      EvidenceCache cache) {
    this.named = named;
    this.file = file;
    this.head = head;
    this.fence = fence;
    this.points = List.copyOf(points);
    this.cache = cache;
  }

  /** Opens a sheet; reads what is not entries. CORRUPT. */
  static SheetFile open(TrackStore store, Inventory.Named named, UUID volume, EvidenceCache cache)
      throws StorageException {
    String name = EvidenceFiles.sheet(named.slot());
    StoreFile file = openNamed(store, name);
    boolean opened = false;
    try {
      ByteBuffer page = PAGE.get().clear();
      file.read(0, page);
      SheetLayout.Head head = SheetLayout.Head.decode(page.flip(), volume, named.number(), name);
      if (file.size() != head.bytes()) {
        throw SheetLayout.damaged(name, "its length: want=" + head.bytes() + " got=" + file.size());
      }
      Fence fence = readFence(file, head, name);
      List<SealedPoint> points = readPoints(file, head, name);
      opened = true;
      return new SheetFile(named, file, head, fence, points, cache);
    } finally {
      if (!opened) {
        file.close();
      }
    }
  }

  private static StoreFile openNamed(TrackStore store, String name) throws StorageException {
    try {
      return store.open(name);
    } catch (StorageException e) {
      throw e.fault() == Fault.NOT_FOUND ? SheetLayout.damaged(name, "it is not there") : e;
    }
  }

  private static Fence readFence(StoreFile file, SheetLayout.Head head, String name)
      throws StorageException {
    long[] tracks = new long[head.entryPages()];
    int[] points = new int[head.entryPages()];
    int at = 0;
    for (int i = 0; i < head.fencePages(); i++) {
      ByteBuffer page = PAGE.get();
      int count = read(file, head, SheetLayout.FENCE, 1 + head.entryPages() + i, page, name);
      for (int j = 0; j < count && at < tracks.length; j++) {
        tracks[at] = SheetLayout.fenceTrack(page, j);
        points[at] = SheetLayout.fencePoint(page, j);
        at++;
      }
    }
    if (at != tracks.length) {
      throw SheetLayout.damaged(name, "its fence: want=" + tracks.length + " got=" + at);
    }
    return new Fence(tracks, points);
  }

  private static List<SealedPoint> readPoints(StoreFile file, SheetLayout.Head head, String name)
      throws StorageException {
    List<SealedPoint> points = new ArrayList<>();
    int first = 1 + head.entryPages() + head.fencePages();
    for (int i = 0; i < head.pointPages(); i++) {
      ByteBuffer page = PAGE.get();
      int count = read(file, head, SheetLayout.POINTS, first + i, page, name);
      for (int j = 0; j < count; j++) {
        points.add(SheetLayout.point(page, j));
      }
    }
    return points;
  }

  /** Reads a page; returns how many records it has. CORRUPT. */
  private static int read(
      StoreFile file, SheetLayout.Head head, short kind, int index, ByteBuffer page, String name)
      throws StorageException {
    file.read((long) index * SheetLayout.PAGE_BYTES, page.clear());
    return SheetLayout.requirePage(page.flip(), kind, index, head, name);
  }

  // ---- facts

  Inventory.Named named() {
    return named;
  }

  String name() {
    return EvidenceFiles.sheet(named.slot());
  }

  SheetLayout.Head head() {
    return head;
  }

  StoreFile file() {
    return file;
  }

  Fence fence() {
    return fence;
  }

  /** The sealed points of which it has entries, oldest first, also those that were dropped. */
  List<SealedPoint> points() {
    return points;
  }

  // ---- looking

  /** The hash of a track as of a point, as far as this sheet knows: null where it has none. */
  @Nullable TrackHash find(long track, int point) throws StorageException {
    int index = fence.page(track, point);
    if (index < 0) {
      return null;
    }
    ByteBuffer page = page(index);
    int at = last(page, track, point);
    return at >= 0 && SheetLayout.entryTrack(page, at) == track
        ? SheetLayout.entryHash(page, at)
        : null;
  }

  /** The first track at or after that one of which it has an entry, or -1. */
  long nextTrack(long track) throws StorageException {
    int index = fence.page(track, 0);
    if (index >= 0) {
      ByteBuffer page = page(index);
      int at = last(page, track, 0) + 1;
      if (at < page.getShort(6)) {
        return SheetLayout.entryTrack(page, at);
      }
    }
    return index + 1 < fence.pages() ? fence.track(index + 1) : -1;
  }

  /** The last entry of a page that is that one or stands before it; -1 for none. */
  private static int last(ByteBuffer page, long track, int point) {
    int low = 0;
    int high = page.getShort(6);
    while (low < high) {
      int middle = (low + high) >>> 1;
      long found = SheetLayout.entryTrack(page, middle);
      if (Fence.isAfter(found, SheetLayout.entryPoint(page, middle), track, point)) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low - 1;
  }

  private ByteBuffer page(int index) throws StorageException {
    return cache.page(cacheNumber, index, this::load);
  }

  private ByteBuffer load(int index) throws StorageException {
    ByteBuffer page = PAGE.get();
    int count = read(file, head, SheetLayout.ENTRIES, 1 + index, page, name());
    ByteBuffer copy = ByteBuffer.allocate(SheetLayout.PAGE_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    copy.put(page).clear();
    assert count == copy.getShort(6) : "count=" + count;
    return copy;
  }

  @Override
  public void close() {
    file.close();
  }
}
