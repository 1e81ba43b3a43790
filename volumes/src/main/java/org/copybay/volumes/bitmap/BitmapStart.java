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
    return opened(made, start -> made.begin(store)).log;
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
    return opened(
        IntentLog.open(store, BitmapSet.LOG_NAME, zones, size),
        start -> {
          for (String name : names) {
            start.bitmaps.add(WriteBitmap.open(store, name, size));
          }
          start.makeGood(store, mode, volume);
        });
  }

  /** Opens them to look at, changing nothing; {@link BitmapSet#openForReading}. */
  static BitmapStart look(TrackStore store, List<String> names, long size, RecoverMode mode)
      throws StorageException {
    return opened(
        IntentLog.open(store, BitmapSet.LOG_NAME, ZoneGrain.USUAL, size),
        start -> {
          LastStop stop = start.log.lastStop(mode, store);
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
        });
  }

  /** What there is to do over an open log. */
  @FunctionalInterface
  private interface Steps {
    void run(BitmapStart start) throws StorageException;
  }

  /** Closes all when a step fails. */
  private static BitmapStart opened(IntentLog log, Steps steps) throws StorageException {
    BitmapStart start = new BitmapStart(log, new ArrayList<>());
    boolean whole = false;
    try {
      steps.run(start);
      whole = true;
      return start;
    } finally {
      if (!whole) {
        log.close();
        start.bitmaps.forEach(WriteBitmap::close);
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
}
