package org.copybay.volumes.track;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.store.StoreFile;
import org.copybay.volumes.store.TrackStore;

/**
 * A checkpoint of a map, which never changes: entries in order, found by the first track of each
 * page, which is in memory (8 bytes for each 170 entries). Any thread may call.
 */
final class MapFile implements AutoCloseable {
  private static final ThreadLocal<ByteBuffer> PAGE = ThreadLocal.withInitial(MapLayout::page);
  private static final int READ_AHEAD_PAGES = 64;

  private final MapPages cache;
  private final long cacheNumber = MapPages.newFile();
  private final String name;
  private final StoreFile file;
  private final MapLayout.Head head;
  private final PointSet points;
  private final long[] firstTracks; // of each page of entries

  MapFile(
      MapPages cache,
      String name,
      StoreFile file,
      MapLayout.Head head,
      PointSet points,
      long[] firstTracks) {
    this.cache = cache;
    this.name = name;
    this.file = file;
    this.head = head;
    this.points = points;
    this.firstTracks = firstTracks;
  }

  /** The file of the checkpoint with that number. */
  static String fileName(long number) {
    return "map." + number % 2;
  }

  /** Takes the entries of a checkpoint in order. */
  @FunctionalInterface
  interface Entries {
    void entry(long track, boolean live, int number, int mask, long base) throws StorageException;
  }

  /** Opens a checkpoint and reads all of it once. CORRUPT. */
  static MapFile open(
      MapPages cache, TrackStore store, long number, UUID volume, int blockBytes, Entries entries)
      throws StorageException {
    String name = fileName(number);
    StoreFile file = store.open(name);
    boolean opened = false;
    try {
      ByteBuffer page = MapLayout.page();
      file.read(0, page);
      MapLayout.Head head = MapLayout.Head.decode(page.flip(), name);
      if (head.number() != number
          || !head.volume().equals(volume)
          || head.blockBytes() != blockBytes) {
        throw MapLayout.damaged(name, "it is not checkpoint " + number + " of volume " + volume);
      }
      long[] firstTracks = readEntries(file, name, head, entries);
      PointSet points = readPoints(file, name, head);
      readUnfilled(file, name, head);
      opened = true;
      return new MapFile(cache, name, file, head, points, firstTracks);
    } finally {
      if (!opened) {
        file.close();
      }
    }
  }

  /** Reads all of a checkpoint from its disk. CORRUPT. */
  static void check(TrackStore store, long number, UUID volume, int blockBytes)
      throws StorageException {
    try (StoreFile file = store.open(fileName(number))) {
      file.dropCached(0, file.size());
    }
    Entries nobody = (track, live, owner, mask, base) -> {};
    open(new MapPages(0), store, number, volume, blockBytes, nobody).close();
  }

  private static long[] readEntries(
      StoreFile file, String name, MapLayout.Head head, Entries entries) throws StorageException {
    long[] firstTracks = new long[head.entryPages()];
    Scan scan = new Scan(file, name, head);
    for (int i = 0; i < firstTracks.length; i++) {
      long[] page = scan.page(i);
      firstTracks[i] = MapLayout.track(page[0]);
      handOver(page, entries);
    }
    return firstTracks;
  }

  private static void handOver(long[] page, Entries entries) throws StorageException {
    for (int at = 0; at < page.length; at += MapLayout.ENTRY_LONGS) {
      entries.entry(
          MapLayout.track(page[at]),
          MapLayout.live(page[at + 1]),
          MapLayout.number(page[at + 1]),
          MapLayout.mask(page[at]),
          page[at + 2]);
    }
  }

  private static PointSet readPoints(StoreFile file, String name, MapLayout.Head head)
      throws StorageException {
    List<PointSet.Point> points = new ArrayList<>();
    for (int i = 0; i < head.pointPages(); i++) {
      int index = 1 + head.entryPages() + i;
      long[] page = read(file, name, head, MapLayout.POINTS, index);
      for (int at = 0; at < page.length; at += MapLayout.ENTRY_LONGS) {
        points.add(MapLayout.point(page, at));
      }
    }
    return new PointSet(points, head.lastPoint());
  }

  private static List<Unfilled.Run> readUnfilled(StoreFile file, String name, MapLayout.Head head)
      throws StorageException {
    List<Unfilled.Run> runs = new ArrayList<>();
    int first = 1 + head.entryPages() + head.pointPages();
    for (int i = 0; i < head.unfilledPages(); i++) {
      long[] page = read(file, name, head, MapLayout.UNFILLED, first + i);
      for (int at = 0; at < page.length; at += MapLayout.ENTRY_LONGS) {
        runs.add(
            new Unfilled.Run(
                MapLayout.track(page[at]),
                page[at + 1],
                MapLayout.mask(page[at]),
                page[at + 2] == 1));
      }
    }
    return runs;
  }

  private static long[] read(
      StoreFile file, String name, MapLayout.Head head, short kind, int index)
      throws StorageException {
    ByteBuffer page = PAGE.get().clear();
    file.read((long) index * MapLayout.PAGE_BYTES, page);
    return MapLayout.decode(page.flip(), kind, index, head.number(), name);
  }

  /** Reads pages in order, many at once. */
  private static final class Scan {
    private final StoreFile file;
    private final String name;
    private final MapLayout.Head head;
    private final ByteBuffer buffer =
        ByteBuffer.allocateDirect(READ_AHEAD_PAGES * MapLayout.PAGE_BYTES);
    private int bufferFirst = -READ_AHEAD_PAGES;

    Scan(StoreFile file, String name, MapLayout.Head head) {
      this.file = file;
      this.name = name;
      this.head = head;
    }

    long[] page(int entryPage) throws StorageException {
      if (entryPage >= bufferFirst + READ_AHEAD_PAGES || entryPage < bufferFirst) {
        int count = Math.min(READ_AHEAD_PAGES, head.entryPages() - entryPage);
        buffer.clear().limit(count * MapLayout.PAGE_BYTES);
        file.read((1L + entryPage) * MapLayout.PAGE_BYTES, buffer);
        bufferFirst = entryPage;
      }
      int at = (entryPage - bufferFirst) * MapLayout.PAGE_BYTES;
      ByteBuffer page = buffer.slice(at, MapLayout.PAGE_BYTES).order(ByteOrder.LITTLE_ENDIAN);
      return MapLayout.decode(page, MapLayout.ENTRIES, 1 + entryPage, head.number(), name);
    }
  }

  // ---- looking

  long number() {
    return head.number();
  }

  PointSet points() {
    return points;
  }

  /** What is unfilled. CORRUPT. */
  Unfilled.Kept unfilled() throws StorageException {
    return new Unfilled.Kept(head.mark(), head.stamp(), readUnfilled(file, name, head));
  }

  /** Bytes of the file. */
  long sizeBytes() {
    return head.bytes();
  }

  /** Hands over every entry, past the cache. */
  void forEach(Entries entries) throws StorageException {
    Scan scan = new Scan(file, name, head);
    for (int i = 0; i < head.entryPages(); i++) {
      handOver(scan.page(i), entries);
    }
  }

  /** Hands over the entries of the tracks [from, to), past the cache. */
  void forEach(long from, long to, Entries entries) throws StorageException {
    Scan scan = new Scan(file, name, head);
    for (int i = firstPage(from); i < firstTracks.length && firstTracks[i] < to; i++) {
      handOver(
          scan.page(i),
          (track, live, number, mask, base) -> {
            if (track >= from && track < to) {
              entries.entry(track, live, number, mask, base);
            }
          });
    }
  }

  /** Puts the live blocks of a track that are not at home. */
  void live(long track, TrackPlaces into) throws StorageException {
    walk(
        track,
        (page, at) -> {
          if (!MapLayout.live(page[at + 1])) {
            return false;
          }
          into.put(MapLayout.mask(page[at]), page[at + 2], MapLayout.number(page[at + 1]));
          return true;
        });
  }

  /** Takes the pieces of a track that points own. */
  @FunctionalInterface
  interface OwnedPieces {
    /** One piece; returns whether more are wanted. */
    boolean owned(int owner, int mask, long base);
  }

  /** Hands over the pieces of a track, by rising owner, from that owner on. */
  void owned(long track, int from, OwnedPieces into) throws StorageException {
    walk(
        track,
        (page, at) -> {
          int owner = MapLayout.number(page[at + 1]);
          return MapLayout.live(page[at + 1])
              || owner < from
              || into.owned(owner, MapLayout.mask(page[at]), page[at + 2]);
        });
  }

  /** Takes an entry where it stands in its page; returns whether more are wanted. */
  @FunctionalInterface
  private interface Visit {
    boolean entry(long[] page, int at);
  }

  private void walk(long track, Visit visit) throws StorageException {
    for (int index = firstPage(track); index < firstTracks.length; index++) {
      if (firstTracks[index] > track) {
        return;
      }
      long[] page = cache.get(cacheNumber, index, i -> read(file, name, head, (short) 1, 1 + i));
      for (int at = firstEntry(page, track); at < page.length; at += MapLayout.ENTRY_LONGS) {
        if (MapLayout.track(page[at]) != track || !visit.entry(page, at)) {
          return;
        }
      }
    }
  }

  /** The first page that may have entries of the track. */
  private int firstPage(long track) {
    int found = Arrays.binarySearch(firstTracks, track);
    int at = found >= 0 ? found : -2 - found;
    while (at > 0 && firstTracks[at] == track) {
      at--; // the track may begin in the page before
    }
    return Math.max(at, 0);
  }

  private static int firstEntry(long[] page, long track) {
    int low = 0;
    int high = page.length / MapLayout.ENTRY_LONGS;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (MapLayout.track(page[middle * MapLayout.ENTRY_LONGS]) < track) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low * MapLayout.ENTRY_LONGS;
  }

  @Override
  public void close() {
    file.close();
  }
}
