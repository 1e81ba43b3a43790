package org.copybay.volumes.track;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.store.StoreFile;
import org.copybay.volumes.store.TrackStore;

/**
 * Writes a checkpoint: the entries in their order, then {@link #finish}. Nothing reads the file
 * before its number stands in the superblock, so a crash on the way leaves nothing to undo. Used by
 * one thread.
 */
final class MapWriter implements AutoCloseable {
  private static final int BATCH_PAGES = 64;

  private final TrackStore store;
  private final long number;
  private final UUID volume;
  private final int blockBytes;
  private final StoreFile file;
  private final ByteBuffer batch =
      ByteBuffer.allocateDirect(BATCH_PAGES * MapLayout.PAGE_BYTES).order(ByteOrder.LITTLE_ENDIAN);
  private final long[] page = new long[MapLayout.PER_PAGE * MapLayout.ENTRY_LONGS];
  private int pageUsed;
  private int pages;
  private long[] firstTracks = new long[16];
  private boolean finished;

  MapWriter(TrackStore store, long number, UUID volume, int blockBytes) throws StorageException {
    this.store = store;
    this.number = number;
    this.volume = volume;
    this.blockBytes = blockBytes;
    this.file = MapSpare.open(store, number);
  }

  /** Adds a live entry; those of a track stand before its others. */
  void live(long track, int mask, long base, int born) throws StorageException {
    add(MapLayout.key(track, mask), MapLayout.liveBorn(born), base);
  }

  /** Adds an entry of a point, by rising owner. */
  void owned(long track, int mask, long base, int owner) throws StorageException {
    add(MapLayout.key(track, mask), MapLayout.owner(owner), base);
  }

  private void add(long key, long number, long base) throws StorageException {
    if (pageUsed == 0) {
      if (pages == firstTracks.length) {
        firstTracks = Arrays.copyOf(firstTracks, pages * 2);
      }
      firstTracks[pages] = MapLayout.track(key);
    }
    page[pageUsed++] = key;
    page[pageUsed++] = number;
    page[pageUsed++] = base;
    if (pageUsed == page.length) {
      endPage(MapLayout.ENTRIES);
    }
  }

  private void endPage(short kind) throws StorageException {
    int at = batch.position();
    ByteBuffer target = batch.slice(at, MapLayout.PAGE_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    MapLayout.encode(target, kind, 1 + pages, number, page, pageUsed);
    batch.position(at + MapLayout.PAGE_BYTES);
    pages++;
    pageUsed = 0;
    if (!batch.hasRemaining()) {
      writeBatch();
    }
  }

  private void writeBatch() throws StorageException {
    int count = batch.flip().remaining() / MapLayout.PAGE_BYTES;
    file.writeAll((1L + pages - count) * MapLayout.PAGE_BYTES, batch);
    batch.clear();
  }

  /** Adds the points and what is unfilled, makes the file durable and opens it. */
  MapFile finish(PointSet points, Unfilled.Kept unfilled, MapPages cache) throws StorageException {
    if (pageUsed > 0) {
      endPage(MapLayout.ENTRIES);
    }
    int entryPages = pages;
    writePoints(points.points());
    int pointPages = pages - entryPages;
    writeUnfilled(unfilled.runs());
    writeBatch();
    MapLayout.Head head =
        new MapLayout.Head(
            number,
            volume,
            blockBytes,
            points.lastNumber(),
            entryPages,
            pointPages,
            pages - entryPages - pointPages,
            unfilled.mark(),
            unfilled.stamp(),
            points.points().stream().anyMatch(point -> point.lockedUntilMillis() != 0));
    file.writeAll(0, head.encode());
    file.flush();
    store.syncNames();
    finished = true;
    long[] first = Arrays.copyOf(firstTracks, entryPages);
    return new MapFile(cache, MapFile.fileName(number), file, head, points, first);
  }

  private void writePoints(List<PointSet.Point> points) throws StorageException {
    for (PointSet.Point point : points) {
      page[pageUsed++] = MapLayout.pointKey(point);
      page[pageUsed++] = point.sizeBytes();
      page[pageUsed++] = point.timeMillis();
      if (pageUsed == page.length) {
        endPage(MapLayout.POINTS);
      }
    }
    if (pageUsed > 0) {
      endPage(MapLayout.POINTS);
    }
  }

  private void writeUnfilled(List<Unfilled.Run> runs) throws StorageException {
    for (Unfilled.Run run : runs) {
      page[pageUsed++] = MapLayout.key(run.track(), run.mask());
      page[pageUsed++] = run.count();
      page[pageUsed++] = run.isPrepared() ? 1 : 0;
      if (pageUsed == page.length) {
        endPage(MapLayout.UNFILLED);
      }
    }
    if (pageUsed > 0) {
      endPage(MapLayout.UNFILLED);
    }
  }

  /** Gives up a file that was not finished. */
  @Override
  public void close() {
    if (!finished) {
      file.close();
    }
  }
}
