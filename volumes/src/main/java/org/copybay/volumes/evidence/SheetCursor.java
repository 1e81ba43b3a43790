package org.copybay.volumes.evidence;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.copybay.volumes.StorageException;

/** Goes over all entries of a sheet in order, past the cache. Used by one thread. */
final class SheetCursor {
  private static final int READ_AHEAD_PAGES = 16;

  private final SheetFile sheet;
  private final SheetLayout.Head head;
  private final ByteBuffer buffer =
      ByteBuffer.allocateDirect(READ_AHEAD_PAGES * SheetLayout.PAGE_BYTES);
  private ByteBuffer page = buffer;
  private int nextPage;
  private int bufferFirst;
  private int bufferEnd;
  private int count;
  private int at;

  private long track = -1;
  private int point;
  private TrackHash hash = TrackHash.ZERO;

  /** Stands at the first entry, if there is one. */
  SheetCursor(SheetFile sheet) throws StorageException {
    this.sheet = sheet;
    this.head = sheet.head();
    next();
  }

  /** Goes to the next entry. CORRUPT where it does not stand behind this one. */
  void next() throws StorageException {
    if (at == count && !turn()) {
      track = Long.MAX_VALUE;
      return;
    }
    long newTrack = SheetLayout.entryTrack(page, at);
    int newPoint = SheetLayout.entryPoint(page, at);
    if (newTrack < track
        || (newTrack == track && newPoint <= point)
        || newPoint < head.oldest()
        || newPoint > head.newest()) {
      throw SheetLayout.damaged(
          sheet.name(), "track " + newTrack + " of point " + newPoint + " is out of order");
    }
    track = newTrack;
    point = newPoint;
    hash = SheetLayout.entryHash(page, at);
    at++;
  }

  private boolean turn() throws StorageException {
    if (nextPage == head.entryPages()) {
      return false;
    }
    if (nextPage == bufferEnd) {
      bufferFirst = nextPage;
      bufferEnd = Math.min(head.entryPages(), nextPage + READ_AHEAD_PAGES);
      buffer.clear().limit((bufferEnd - bufferFirst) * SheetLayout.PAGE_BYTES);
      sheet.file().read((1L + nextPage) * SheetLayout.PAGE_BYTES, buffer);
      buffer.clear();
    }
    int from = (nextPage - bufferFirst) * SheetLayout.PAGE_BYTES;
    page = buffer.slice(from, SheetLayout.PAGE_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    count = SheetLayout.requirePage(page, SheetLayout.ENTRIES, 1 + nextPage, head, sheet.name());
    Fence fence = sheet.fence();
    if (fence.track(nextPage) != SheetLayout.entryTrack(page, 0)
        || fence.point(nextPage) != SheetLayout.entryPoint(page, 0)) {
      throw SheetLayout.damaged(sheet.name(), "its fence is not that of page " + (1 + nextPage));
    }
    at = 0;
    nextPage++;
    return true;
  }

  /** The track of the entry, or MAX_VALUE behind the last one. */
  long track() {
    return track;
  }

  int point() {
    return point;
  }

  TrackHash hash() {
    return hash;
  }
}
