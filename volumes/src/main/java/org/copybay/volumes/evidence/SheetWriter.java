package org.copybay.volumes.evidence;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.store.StoreFile;
import org.copybay.volumes.store.TrackStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes a sheet: the entries in their order, then {@link #finish}. Nothing names the file yet, so
 * a crash on the way leaves what the next opening removes. Used by one thread.
 */
final class SheetWriter implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SheetWriter.class);
  private static final int BATCH_PAGES = 16;

  private final TrackStore store;
  private final Inventory.Named named;
  private final UUID volume;
  private final EvidenceCache cache;
  private final StoreFile file;
  private final ByteBuffer batch = ByteBuffer.allocateDirect(BATCH_PAGES * SheetLayout.PAGE_BYTES);
  private ByteBuffer page = batch;
  private int pages; // that were ended
  private int used; // records of the page
  private long entries;
  private long[] fenceTracks = new long[16];
  private int[] fencePoints = new int[16];
  private boolean finished;

  SheetWriter(TrackStore store, Inventory.Named named, UUID volume, EvidenceCache cache)
      throws StorageException {
    this.cache = cache;
    this.store = store;
    this.named = named;
    this.volume = volume;
    this.file = store.create(EvidenceFiles.sheet(named.slot()));
    turn();
  }

  private void turn() {
    page = batch.slice(batch.position(), SheetLayout.PAGE_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    SheetLayout.begin(page);
    used = 0;
  }

  long entries() {
    return entries;
  }

  /** Adds an entry, by rising track, and point of a track. */
  void add(long track, int point, TrackHash hash) throws StorageException {
    if (used == 0) {
      if (pages == fenceTracks.length) {
        fenceTracks = Arrays.copyOf(fenceTracks, pages * 2);
        fencePoints = Arrays.copyOf(fencePoints, pages * 2);
      }
      fenceTracks[pages] = track;
      fencePoints[pages] = point;
    }
    SheetLayout.putEntry(page, track, point, hash);
    entries++;
    ended(SheetLayout.ENTRIES);
  }

  /** A record was added to the page. */
  private void ended(short kind) throws StorageException {
    used++;
    if (used == SheetLayout.perPage(kind)) {
      endPage(kind);
    }
  }

  private void endPage(short kind) throws StorageException {
    if (used == 0) {
      return;
    }
    SheetLayout.end(page, kind, used, 1 + pages, named.number(), volume);
    batch.position(batch.position() + SheetLayout.PAGE_BYTES);
    pages++;
    if (!batch.hasRemaining()) {
      writeBatch();
    }
    turn();
  }

  private void writeBatch() throws StorageException {
    int count = batch.flip().remaining() / SheetLayout.PAGE_BYTES;
    file.writeAll((1L + pages - count) * SheetLayout.PAGE_BYTES, batch);
    batch.clear();
  }

  /**
   * Adds the sealed points, makes the sheet durable, name and all, and opens it.
   *
   * @param oldest point of which it has entries
   * @param newest point of which it has entries
   */
  SheetFile finish(int oldest, int newest, List<SealedPoint> points) throws StorageException {
    endPage(SheetLayout.ENTRIES);
    int entryPages = pages;
    for (int i = 0; i < entryPages; i++) {
      page.putLong(fenceTracks[i]).putInt(fencePoints[i]);
      ended(SheetLayout.FENCE);
    }
    endPage(SheetLayout.FENCE);
    int fencePages = pages - entryPages;
    for (SealedPoint point : points) {
      SheetLayout.putPoint(page, point);
      ended(SheetLayout.POINTS);
    }
    endPage(SheetLayout.POINTS);
    writeBatch();
    int pointPages = pages - entryPages - fencePages;
    SheetLayout.Head head =
        new SheetLayout.Head(
            volume, named.number(), oldest, newest, entryPages, fencePages, pointPages, entries);
    file.writeAll(0, head.encode());
    file.flush();
    store.syncNames();
    finished = true;
    Fence fence =
        new Fence(Arrays.copyOf(fenceTracks, entryPages), Arrays.copyOf(fencePoints, entryPages));
    return new SheetFile(named, file, head, fence, points, cache);
  }

  /** Gives up a file that was not finished. */
  @Override
  public void close() {
    if (!finished) {
      file.close();
      try {
        store.delete(EvidenceFiles.sheet(named.slot()));
      } catch (StorageException e) {
        LOG.warn("a sheet of evidence that was given up: {}", e.getMessage());
      }
    }
  }
}
