package org.copybay.volumes.bitmap;

import java.util.ArrayList;
import java.util.List;
import org.copybay.volumes.Extent;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.journal.RecoverMode;
import org.copybay.volumes.store.TrackStore;

/**
 * What the last run of a volume with write bitmaps left.
 *
 * @param log the intent log
 * @param bitmaps in the order of their names
 */
record BitmapStart(IntentLog log, List<WriteBitmap> bitmaps) {

  /** Makes the intent log of a volume that gets its first bitmap, in its first run. */
  static IntentLog log(TrackStore store, ZoneGrain zones, long size) throws StorageException {
    IntentLog made = IntentLog.create(store, BitmapSet.LOG_NAME, zones, size);
    boolean begun = false;
    try {
      made.begin(store);
      begun = true;
      return made;
    } finally {
      if (!begun) {
        made.close();
      }
    }
  }

  /** Opens what must be there and makes it good, before any change; {@link BitmapSet#open}. */
  static BitmapStart recover(
      TrackStore store,
      List<String> names,
      long size,
      ZoneGrain zones,
      RecoverMode mode,
      VolumeSync volume)
      throws StorageException {
    IntentLog log = IntentLog.open(store, BitmapSet.LOG_NAME, zones, size);
    BitmapStart start = new BitmapStart(log, new ArrayList<>());
    boolean whole = false;
    try {
      for (String name : names) {
        start.bitmaps.add(WriteBitmap.open(store, name, size));
      }
      start.makeGood(store, mode, volume);
      whole = true;
      return start;
    } finally {
      if (!whole) {
        start.close();
      }
    }
  }

  private void makeGood(TrackStore store, RecoverMode mode, VolumeSync volume)
      throws StorageException {
    LastStop stop = log.lastStop(mode, store);
    loadBlocks(store, stop);
    if (stop != LastStop.CLEAN) {
      volume.sync();
      for (WriteBitmap bitmap : bitmaps) {
        makeGood(bitmap, stop);
      }
    }
    log.begin(store);
    for (WriteBitmap bitmap : bitmaps) { // of an ended run: what is left of it is ignored
      store.delete(SavedRefinement.name(bitmap.name()));
    }
  }

  private void makeGood(WriteBitmap bitmap, LastStop stop) throws StorageException {
    if (stop != LastStop.POWER_LOSS) {
      bitmap.flush();
      return;
    }
    for (Extent extent : log.lastZones()) {
      bitmap.setWhole(extent.offset(), extent.length());
    }
    bitmap.rewrite(); // what is read may be in memory only, after a sync that failed
  }

  private void loadBlocks(TrackStore store, LastStop stop) throws StorageException {
    if (stop == LastStop.CLEAN) {
      for (WriteBitmap bitmap : bitmaps) {
        SavedRefinement.load(store, bitmap, log.lastRun());
      }
    }
  }

  /** Opens them to look at, changing nothing; {@link BitmapSet#openForReading}. */
  static BitmapStart look(TrackStore store, List<String> names, long size, RecoverMode mode)
      throws StorageException {
    IntentLog log = IntentLog.open(store, BitmapSet.LOG_NAME, ZoneGrain.USUAL, size);
    BitmapStart start = new BitmapStart(log, new ArrayList<>());
    boolean whole = false;
    try {
      LastStop stop = log.lastStop(mode, store);
      if (stop == LastStop.POWER_LOSS) {
        throw new StorageException(
            Fault.READ_ONLY,
            "write bitmaps must be brought up to date after power loss",
            "mount the bay once without -o ro");
      }
      for (String name : names) {
        start.bitmaps.add(WriteBitmap.openForReading(store, name, size));
      }
      start.loadBlocks(store, stop);
      whole = true;
      return start;
    } finally {
      if (!whole) {
        start.close();
      }
    }
  }

  private void close() {
    log.close();
    bitmaps.forEach(WriteBitmap::close);
  }
}
