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
 * @param stop how it ended
 */
record BitmapStart(IntentLog log, List<WriteBitmap> bitmaps, LastStop stop) {

  /** Makes the intent log of a volume that gets its first bitmap, in its first run. */
  static IntentLog log(TrackStore store, ZoneGrain zones, long size) throws StorageException {
    IntentLog made = IntentLog.create(store, BitmapSet.LOG_NAME, zones, size);
    return opened(made, LastStop.CLEAN, start -> made.begin(store)).log;
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
    return opened(
        log,
        stop(log, mode, store),
        start -> {
          for (String name : names) {
            start.bitmaps.add(WriteBitmap.open(store, name, size));
          }
          start.makeGood(store, volume);
        });
  }

  /** Opens them to look at, changing nothing; {@link BitmapSet#openForReading}. */
  static BitmapStart look(TrackStore store, List<String> names, long size, RecoverMode mode)
      throws StorageException {
    IntentLog log = IntentLog.open(store, BitmapSet.LOG_NAME, ZoneGrain.USUAL, size);
    return opened(
        log,
        stop(log, mode, store),
        start -> {
          if (start.stop == LastStop.POWER_LOSS) {
            throw new StorageException(
                Fault.READ_ONLY,
                "write bitmaps must be brought up to date after power loss",
                "mount the bay once without -o ro");
          }
          for (String name : names) {
            start.bitmaps.add(WriteBitmap.openForReading(store, name, size));
          }
          start.loadBlocks(store);
        });
  }

  /** What there is to do over an open log. */
  @FunctionalInterface
  private interface Steps {
    void run(BitmapStart start) throws StorageException;
  }

  /** Closes all when a step fails. */
  private static BitmapStart opened(IntentLog log, LastStop stop, Steps steps)
      throws StorageException {
    BitmapStart start = new BitmapStart(log, new ArrayList<>(), stop);
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

  private static LastStop stop(IntentLog log, RecoverMode mode, TrackStore store)
      throws StorageException {
    boolean known = false;
    try {
      LastStop stop = log.lastStop(mode, store);
      known = true;
      return stop;
    } finally {
      if (!known) {
        log.close();
      }
    }
  }

  private void makeGood(TrackStore store, VolumeSync volume) throws StorageException {
    loadBlocks(store);
    if (stop != LastStop.CLEAN) {
      volume.sync();
      for (WriteBitmap bitmap : bitmaps) {
        makeGood(bitmap);
      }
    }
    log.begin(store);
    for (WriteBitmap bitmap : bitmaps) { // of an ended run: what is left of it is ignored
      store.delete(SavedRefinement.name(bitmap.name()));
    }
  }

  private void makeGood(WriteBitmap bitmap) throws StorageException {
    if (stop != LastStop.POWER_LOSS) {
      bitmap.flush();
      return;
    }
    for (Extent extent : log.lastZones()) {
      bitmap.setWhole(extent.offset(), extent.length());
    }
    bitmap.rewrite(); // what is read may be in memory only, after a sync that failed
  }

  private void loadBlocks(TrackStore store) throws StorageException {
    if (stop == LastStop.CLEAN) {
      for (WriteBitmap bitmap : bitmaps) {
        SavedRefinement.load(store, bitmap, log.lastRun());
      }
    }
  }
}
