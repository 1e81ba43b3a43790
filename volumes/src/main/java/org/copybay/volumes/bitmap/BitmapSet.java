package org.copybay.volumes.bitmap;

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
 * changes: the log first, then of each bitmap the blocks and the bits, then the data (P3). Without
 * a bitmap there is no log and nothing is done.
 *
 * <p>Any thread may call any method, unless it says otherwise. "While no change is under way" means
 * that the caller lets no change begin and the last one has ended (a closed gate). Which bitmaps
 * there are is the caller's to remember; their names are names of files.
 */
public final class BitmapSet implements ChangeObserver, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(BitmapSet.class);

  /** The file of the log. */
  public static final String LOG_NAME = "intent";

  // set once
  private final TrackStore store;
  private final ChangesInFlight changes;
  private final VolumeSync volume;
  private final ZoneGrain zones;

  // volatile: replaced while no change is under way, read by every change
  private volatile Kept kept = Kept.NONE;
  private volatile @Nullable IntentLog log;
  private volatile long size;

  // volatile: set by whoever meets it, looked at by every change
  private volatile @Nullable String failure; // of a file: what was synced is in doubt
  private volatile boolean ended;

  private @Nullable LastStop lastStop; // set once, before others see it; null without bitmaps

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
   * @throws StorageException NOT_FOUND, CORRUPT, UNSUPPORTED: a bitmap or the log is missing or
   *     damaged, and no bitmap of the volume can be trusted; another fault is one of the disk
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
      set.take(BitmapStart.recover(store, names, size, zones, mode, volume));
    }
    return set;
  }

  /**
   * Opens the bitmaps of a volume that nothing may change, to look at them. NOT_FOUND, CORRUPT;
   * READ_ONLY when power loss must be made good first.
   */
  public static BitmapSet openForReading(
      TrackStore store, List<String> names, long size, RecoverMode mode) throws StorageException {
    BitmapSet set = new BitmapSet(store, size, ZoneGrain.USUAL, () -> {}, () -> {});
    set.ended = true;
    if (!names.isEmpty()) {
      set.take(BitmapStart.look(store, names, size, mode));
    }
    return set;
  }

  private void take(BitmapStart start) {
    log = start.log();
    lastStop = start.stop();
    kept = new Kept(List.copyOf(start.bitmaps()), List.of());
  }

  /** Also what a sync before may have lost. */
  private void rewriteAll() throws StorageException {
    for (WriteBitmap bitmap : kept.all()) {
      bitmap.rewrite();
    }
  }

  private void syncAll() throws StorageException {
    volume.sync();
    for (WriteBitmap bitmap : kept.all()) {
      bitmap.flush();
    }
  }

  // ---- facts

  /** The bitmaps, in the order in which they were added. */
  public List<WriteBitmap> bitmaps() {
    return kept.told();
  }

  /**
   * Whether the last run ended cleanly, so that nothing that was written then is in doubt; also
   * where there was none.
   */
  public boolean stoppedCleanly() {
    return lastStop == null || lastStop == LastStop.CLEAN;
  }

  /** The bitmap of that name, resting or not, or null. */
  public @Nullable WriteBitmap findOrNull(String name) {
    return kept.findOrNull(name);
  }

  /** The bitmap of that name. NOT_FOUND. */
  public WriteBitmap find(String name) throws StorageException {
    WriteBitmap bitmap = findOrNull(name);
    if (bitmap == null) {
      throw new StorageException(Fault.NOT_FOUND, "the write bitmap was deleted");
    }
    return bitmap;
  }

  /** Bytes of the volume. */
  public long size() {
    return size;
  }

  /** How many zones the volume has for its intent log, 0 without one. */
  public int zones() {
    IntentLog now = log;
    return now == null ? 0 : now.zones();
  }

  /** How many of them power loss would set, apart from a generation that is being deleted. */
  public int zonesEntered() {
    IntentLog now = log;
    return now == null ? 0 : Math.min(now.zonesEntered(), now.zones());
  }

  // ---- changes

  /** Why the files of the bitmaps cannot be relied on any more, or null. */
  public @Nullable String failure() {
    return failure;
  }

  @Override
  public void prepare(long offset, long length) throws StorageException {
    IntentLog now = log;
    if (now != null && !kept.told().isEmpty()) {
      guarded(() -> now.aboutToChange(offset, length));
    }
  }

  @Override
  public void aboutToChange(long offset, long length) throws StorageException {
    List<WriteBitmap> now = kept.told();
    if (now.isEmpty()) {
      return;
    }
    IntentLog intent = log;
    if (intent == null) {
      throw new IllegalStateException("bitmaps without an intent log");
    }
    if (ended) {
      throw new StorageException(Fault.CLOSED, "the write bitmaps of the volume are closed");
    }
    try {
      intent.aboutToChange(offset, length);
      for (int i = 0; i < now.size(); i++) { // no iterator for each write
        now.get(i).aboutToChange(offset, length);
      }
    } catch (StorageException e) {
      throw noted(e);
    }
  }

  /**
   * Begins a new generation of the intent log and deletes the one before, which waits for changes
   * in flight and syncs: a thread in the background calls it from time to time, so that power loss
   * does not set too much.
   */
  public void advance() throws StorageException {
    IntentLog now = log;
    if (now != null && !ended) {
      guarded(() -> now.advance(changes, this::syncAll));
    }
  }

  private void guarded(VolumeSync step) throws StorageException {
    try {
      step.sync();
    } catch (StorageException e) {
      throw noted(e);
    }
  }

  /** The disk failed: what was written to it, or synced, is in doubt until {@link #repair}. */
  private StorageException noted(StorageException e) {
    if (e.fault() == Fault.STORE_FAILED) {
      failure = e.getMessage();
    }
    return e;
  }

  /**
   * After a sync failed, of the volume too, while nothing changes it: what was not synced may be
   * what it was before, so that it all counts as changed. Writes everything again and syncs.
   * STORE_FAILED, NO_SPACE.
   */
  public void repair() throws StorageException {
    IntentLog intent = log;
    failure = "its repair did not end"; // until it does
    if (intent != null) {
      intent.repair();
      for (Extent extent : intent.zonesNow()) {
        for (WriteBitmap bitmap : kept.all()) {
          bitmap.setWhole(extent.offset(), extent.length());
        }
      }
      rewriteAll();
    }
    failure = null;
  }

  // ---- which bitmaps there are; one thread at a time

  /**
   * Makes a bitmap of clear bits, which survives power loss, for {@link #add}. NO_SPACE: nothing is
   * left of it, but perhaps the log.
   */
  public WriteBitmap create(String name, Grain grain) throws StorageException {
    if (log == null) {
      log = BitmapStart.log(store, zones, size);
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
    kept = kept.withTold(bitmap);
  }

  /** Lets a bitmap see no more changes, while none is under way; {@link #delete} may follow. */
  public void remove(WriteBitmap bitmap) {
    kept = kept.without(bitmap);
  }

  /**
   * Lets a bitmap of the set see no more changes, while none is under way: from here on somebody
   * else sets and clears its bits. It is saved, synced and made good after power loss like the
   * others; {@link #wake} lets it see changes again.
   */
  public void rest(WriteBitmap bitmap) {
    kept = kept.withResting(bitmap);
  }

  /** Ends {@link #rest}, while no change is under way. */
  public void wake(WriteBitmap bitmap) {
    kept = kept.withTold(bitmap);
  }

  /** Closes a bitmap that is in no set, and removes its files. */
  public void delete(WriteBitmap bitmap) throws StorageException {
    bitmap.close();
    deleteFiles(bitmap.name());
  }

  /** Removes the files of a bitmap that nobody has open; none is no error. */
  public void deleteFiles(String name) throws StorageException {
    deleteFiles(store, name);
  }

  /** {@link #deleteFiles(String)} of a set that is not open. */
  public static void deleteFiles(TrackStore store, String name) throws StorageException {
    store.delete(name);
    store.delete(SavedRefinement.name(name));
  }

  // ---- size and end

  /**
   * Follows a larger size before the volume has it. What is added counts as changed, and survives
   * power loss as that (P3): where the volume was cut before, somebody may hold other bytes of it.
   * After an error, and where the volume does not get the size, {@link #shrink} follows. NO_SPACE.
   * Also in changes; one thread at a time.
   */
  public void extend(long newSize) throws StorageException {
    long before = size;
    for (WriteBitmap bitmap : kept.all()) {
      bitmap.reserve(newSize);
    }
    follow(newSize);
    for (WriteBitmap bitmap : kept.all()) {
      bitmap.grow(newSize);
      bitmap.setWhole(before, newSize - before);
      bitmap.flush();
    }
  }

  /** Follows the size of a volume, as long as it has no bitmap. */
  public void follow(long newSize) {
    size = newSize;
    IntentLog intent = log;
    if (intent != null) {
      intent.resize(newSize);
    }
  }

  /**
   * Follows a smaller size, while no change, no reset and no copier is under way. After an error no
   * bit is too little.
   */
  public void shrink(long newSize) throws StorageException {
    follow(newSize);
    for (WriteBitmap bitmap : kept.all()) {
      bitmap.shrink(newSize);
    }
  }

  /**
   * Saves all for a clean stop: changes that are under way end first, later ones are CLOSED. No
   * reset or copier is under way, and only {@link #close} may follow. After an error, and without
   * this, the run ends as if the process had died.
   */
  public void stop() throws StorageException {
    IntentLog intent = log;
    if (intent == null || ended || failure != null) {
      return;
    }
    ended = true;
    changes.awaitEarlier();
    syncAll();
    for (WriteBitmap bitmap : kept.all()) {
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
      forget(bitmap);
    }
  }

  /** What was saved of them in part is no damage, and gone. */
  private void forget(WriteBitmap bitmap) {
    try {
      store.delete(SavedRefinement.name(bitmap.name()));
    } catch (StorageException e) {
      LOG.warn("blocks of write bitmap {}: {}", bitmap.name(), e.getMessage());
    }
  }

  /** Closes all files; nothing is saved. */
  @Override
  public void close() {
    for (WriteBitmap bitmap : kept.all()) {
      bitmap.close();
    }
    IntentLog intent = log;
    if (intent != null) {
      intent.close();
    }
  }
}
