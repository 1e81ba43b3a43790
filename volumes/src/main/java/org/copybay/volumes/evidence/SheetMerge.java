package org.copybay.volumes.evidence;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.copybay.volumes.StorageException;

/*
 * INV-1 Of a track, the points that need an entry are the sealed ones from its own on, up to the
 *       next entry. One that none needs is left out: no later sealing does either, since it begins
 *       at a sealed point that is there, and looks at every track that changed since that.
 * INV-2 Sheets that are merged are the newest ones, so the entry behind the last is none.
 */
/**
 * Makes one sheet of some that follow each other, the newest among them, and leaves out the entries
 * that no point needs. Used by one thread.
 */
final class SheetMerge {
  private final List<SheetCursor> cursors = new ArrayList<>(); // by rising points
  private final int[] live; // the numbers of the sealed points that are there, in order
  private final boolean isAll;

  // of the track that is looked at
  private int[] points = new int[16];
  private TrackHash[] hashes = new TrackHash[16];
  private int count;

  /**
   * Goes over these sheets.
   *
   * @param live numbers of the sealed points that are there, in order
   * @param isAll whether these are all sheets
   */
  SheetMerge(List<SheetFile> sheets, int[] live, boolean isAll) throws StorageException {
    for (SheetFile sheet : sheets) {
      cursors.add(new SheetCursor(sheet));
    }
    this.live = live;
    this.isAll = isAll;
  }

  /** Writes the entries; false when it was stopped. */
  boolean run(SheetWriter into, BooleanSupplier stopped) throws StorageException {
    for (long track = next(); track < Long.MAX_VALUE; track = next()) {
      if (stopped.getAsBoolean()) {
        return false;
      }
      take(track);
      write(track, into);
    }
    return true;
  }

  private long next() {
    long track = Long.MAX_VALUE;
    for (SheetCursor cursor : cursors) {
      track = Math.min(track, cursor.track());
    }
    return track;
  }

  private void take(long track) throws StorageException {
    count = 0;
    for (SheetCursor cursor : cursors) {
      while (cursor.track() == track) {
        if (count == points.length) {
          points = Arrays.copyOf(points, count * 2);
          hashes = Arrays.copyOf(hashes, count * 2);
        }
        points[count] = cursor.point();
        hashes[count] = cursor.hash();
        count++;
        cursor.next();
      }
    }
  }

  private void write(long track, SheetWriter into) throws StorageException {
    boolean isBelow = !isAll; // whether something stands before the next entry
    for (int i = 0; i < count; i++) {
      boolean needed = isNeeded(points[i], i + 1 < count ? points[i + 1] : Integer.MAX_VALUE);
      if (needed && (isBelow || !hashes[i].isZero())) {
        into.add(track, points[i], hashes[i]);
        isBelow = true;
      }
    }
  }

  /** Whether a sealed point of [from, next) is there. */
  private boolean isNeeded(int from, int next) {
    int found = Arrays.binarySearch(live, from);
    int at = found >= 0 ? found : -1 - found;
    return at < live.length && live[at] < next;
  }
}
