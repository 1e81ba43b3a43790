package org.copybay.volumes.bitmap;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.copybay.volumes.Extent;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.journal.RecoverMode;
import org.copybay.volumes.store.TrackStore;
import org.copybay.volumes.track.ChangeObserver;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The write bitmaps of one volume and the intent log that they share, as one observer of its
 * changes: the log first, then of each bitmap the blocks and the bits, then the data. Without a
 * bitmap there is no log and nothing is done.
 *
 * <p>Any thread may call any method, unless it says otherwise. "While no change is under way" means
 * that the caller lets no change begin and the last one has ended (a closed gate). Which bitmaps
 * there are is the caller's to remember; their names are names of files.
 */
public final class BitmapSet implements ChangeObserver, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(BitmapSet.class);

  /** The file of the log. */
  static final String LOG_NAME = "intent";

  // set once
  private final TrackStore store;
  private final ChangesInFlight changes;
  private final VolumeSync volume;
  private final ZoneGrain zones;

  // volatile: replaced while no change is under way, read by every change
  private volatile WriteBitmap[] bitmaps = {};
  private volatile @Nullable IntentLog log;
  private volatile long size;

  private BitmapSet(
      TrackStore store, long size, ZoneGrain zones, ChangesInFlight changes, VolumeSync volume) {
    this.store = store;
    this.size = size;
    this.zones = zones;
    this.changes = changes;
    this.volume = volume;
  }

  /**
   * Opens the bitmaps of a volume and makes good what the last run left, before any change. With
   * names, the volume is synced unless the last run stopped cleanly.
   *
   * @param names of all bitmaps of the volume, none twice
   * @param size bytes of the volume
   * @throws StorageException NOT_FOUND, CORRUPT: a bitmap or the log is missing or damaged, and no
   *     bitmap of the volume can be trusted
   */
  public static BitmapSet open(
      TrackStore store,
      List<String> names,
      long size,
      RecoverMode mode,
      ChangesInFlight changes,
      VolumeSync volume)
      throws StorageException {
    return open(store, names, size, ZoneGrain.USUAL, mode, changes, volume);
  }

  static BitmapSet open(
      TrackStore store,
      List<String> names,
      long size,
      ZoneGrain zones,
      RecoverMode mode,
      ChangesInFlight changes,
      VolumeSync volume)
      throws StorageException {
    BitmapSet set = new BitmapSet(store, size, zones, changes, volume);
    if (!names.isEmpty()) {
      boolean whole = false;
      try {
        set.recover(names, mode);
        whole = true;
      } finally {
        if (!whole) {
          set.close();
        }
      }
    }
    return set;
  }

  private void recover(List<String> names, RecoverMode mode) throws StorageException {
    IntentLog opened = IntentLog.open(store, LOG_NAME, zones, size);
    log = opened;
    LastStop stop = opened.lastStop(mode, store);
    for (String name : names) {
      install(WriteBitmap.open(store, name, size));
    }
    if (stop == LastStop.CLEAN) {
      for (WriteBitmap bitmap : bitmaps) {
        SavedRefinement.load(store, bitmap, opened.lastRun());
      }
    } else {
      if (stop == LastStop.POWER_LOSS) {
        setAll(opened.lastZones());
      }
      syncAll();
    }
    opened.begin(store);
    for (String name : names) {
      store.delete(SavedRefinement.name(name)); // of an ended run: what is left of it is ignored
    }
  }

  private void setAll(List<Extent> changed) throws StorageException {
    for (WriteBitmap bitmap : bitmaps) {
      for (Extent extent : changed) {
        bitmap.aboutToChange(extent.offset(), extent.length());
      }
    }
  }

  private void syncAll() throws StorageException {
    volume.sync();
    for (WriteBitmap bitmap : bitmaps) {
      bitmap.flush();
    }
  }

  // ---- facts

  /** The bitmaps, in the order in which they were added. */
  public List<WriteBitmap> bitmaps() {
    return List.of(bitmaps);
  }

  /** The bitmap of that name. NOT_FOUND. */
  public WriteBitmap find(String name) throws StorageException {
    for (WriteBitmap bitmap : bitmaps) {
      if (bitmap.name().equals(name)) {
        return bitmap;
      }
    }
    throw new StorageException(Fault.NOT_FOUND, "no write bitmap " + name);
  }

  /** How many zones the volume has for its intent log, 0 without one. */
  public int zones() {
    IntentLog now = log;
    return now == null ? 0 : now.zones();
  }

  /** How many of them power loss would set, apart from a generation that is being deleted. */
  public int zonesEntered() {
    IntentLog now = log;
    return now == null ? 0 : now.zonesEntered();
  }

  // ---- changes

  /**
   * May be called before a change begins, outside of what {@link #aboutToChange} must be called in:
   * it does the waiting for a sync, so that the change itself, which a freeze waits for, has none
   * to do as a rule.
   */
  public void prepare(long offset, long length) throws StorageException {
    IntentLog now = log;
    if (now != null && bitmaps.length > 0) {
      now.aboutToChange(offset, length);
    }
  }

  @Override
  public void aboutToChange(long offset, long length) throws StorageException {
    WriteBitmap[] now = bitmaps;
    if (now.length == 0) {
      return;
    }
    IntentLog intent = log;
    if (intent == null) {
      throw new IllegalStateException("bitmaps without an intent log");
    }
    intent.aboutToChange(offset, length);
    for (WriteBitmap bitmap : now) {
      bitmap.aboutToChange(offset, length);
    }
  }

  /**
   * Begins a new generation of the intent log and deletes the one before, which waits for changes
   * in flight and syncs: a thread in the background calls it from time to time, so that power loss
   * does not set too much.
   */
  public void advance() throws StorageException {
    IntentLog now = log;
    if (now != null) {
      now.advance(changes, this::syncAll);
    }
  }

  // ---- which bitmaps there are; one thread at a time

  /**
   * Makes a bitmap of clear bits, which survives power loss, for {@link #add}. NO_SPACE: nothing is
   * left of it.
   */
  public WriteBitmap create(String name, Grain grain) throws StorageException {
    if (log == null) {
      IntentLog made = IntentLog.create(store, LOG_NAME, zones, size);
      made.begin(store);
      log = made;
    }
    return WriteBitmap.create(store, name, grain, size);
  }

  /**
   * Lets a bitmap see the changes from here on, while no change is under way. It may be relied on
   * once the volume was synced after this: the changes before it are in no log.
   */
  public void add(WriteBitmap bitmap) {
    if (bitmap.size() != size) {
      throw new IllegalArgumentException(
          "write bitmap " + bitmap.name() + " is of size " + bitmap.size() + ", want " + size);
    }
    install(bitmap);
  }

  private void install(WriteBitmap bitmap) {
    WriteBitmap[] now = bitmaps;
    WriteBitmap[] more = Arrays.copyOf(now, now.length + 1);
    more[now.length] = bitmap;
    bitmaps = more;
  }

  /** Lets a bitmap see no more changes, while none is under way; {@link #delete} may follow. */
  public void remove(WriteBitmap bitmap) {
    List<WriteBitmap> left = new ArrayList<>(bitmaps());
    left.remove(bitmap);
    bitmaps = left.toArray(WriteBitmap[]::new);
  }

  /** Closes a bitmap that is in no set, and removes its files. */
  public void delete(WriteBitmap bitmap) throws StorageException {
    bitmap.close();
    store.delete(bitmap.name());
    store.delete(SavedRefinement.name(bitmap.name()));
  }

  // ---- size and end

  /** Makes room for a larger size, before {@link #resize} to it. NO_SPACE. */
  public void reserve(long newSize) throws StorageException {
    for (WriteBitmap bitmap : bitmaps) {
      bitmap.reserve(newSize);
    }
  }

  /**
   * Follows a new size of the volume, while no change, no reset and no copier is under way. To grow
   * does no I/O and fails never; an error in shrinking leaves no bit too little.
   */
  public void resize(long newSize) throws StorageException {
    size = newSize;
    IntentLog intent = log;
    if (intent != null) {
      intent.resize(newSize);
    }
    for (WriteBitmap bitmap : bitmaps) {
      bitmap.resize(newSize);
    }
  }

  /**
   * Saves all for a clean stop, while no change, reset, copier or {@link #advance} is under way;
   * only {@link #close} may follow. After an error, and without this, the run ends as if the
   * process had died.
   */
  public void stop() throws StorageException {
    IntentLog intent = log;
    if (intent == null) {
      return;
    }
    syncAll();
    for (WriteBitmap bitmap : bitmaps) {
      save(bitmap, intent.run());
    }
    store.syncNames();
    intent.stop(store);
  }

  /** The next start can do without the blocks: it takes those of set regions all for changed. */
  private void save(WriteBitmap bitmap, long run) {
    try {
      SavedRefinement.save(store, bitmap, run);
    } catch (StorageException e) {
      LOG.warn("blocks of write bitmap {} are not saved: {}", bitmap.name(), e.getMessage());
    }
  }

  /** Closes all files; nothing is saved. */
  @Override
  public void close() {
    for (WriteBitmap bitmap : bitmaps) {
      bitmap.close();
    }
    IntentLog intent = log;
    if (intent != null) {
      intent.close();
    }
  }
}
