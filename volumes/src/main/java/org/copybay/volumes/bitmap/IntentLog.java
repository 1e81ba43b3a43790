package org.copybay.volumes.bitmap;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import org.copybay.volumes.Extent;
import org.copybay.volumes.Fault;
import org.copybay.volumes.LockRank;
import org.copybay.volumes.RankedLock;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.journal.RecoverMode;
import org.copybay.volumes.store.StoreFile;
import org.copybay.volumes.store.TrackStore;
import org.copybay.volumes.track.ChangeObserver;
import org.jspecify.annotations.Nullable;

/*
 * Definitions. A zone is a large piece of the volume. A generation is a set of zones, in one of two
 * sectors. A zone is entered in a generation when the sector that names it is synced.
 *
 * INV-1 A change is made only while all of its zones are entered in the generation that was the
 *       current one at some moment of the change.
 * INV-2 A generation is deleted only after every change that it was current for has ended, and then
 *       the volume, and the bits of every bitmap, were synced.
 * INV-3 The header names a new run only after what the run before left was made good: after power
 *       loss every bit of every zone of both generations set and synced, after the death of a
 *       process all synced.
 * INV-4 Sectors are written by one thread at a time, the one that made `busy` true.
 *
 *   one generation ── advance: a new current one ──▶ two ── changes end, all is synced ──▶ one
 *
 * A crash leaves: a sector old or new (P4), so a zone that nobody changed yet, or has just been
 * entered, may be named or not; while there are two generations both count.
 */
/**
 * Where a volume may have changed lately, durable before it does. After power loss the bits of the
 * write bitmaps that were not synced may be lost; the log names the zones that they lie in, and all
 * regions of these are set. A volume without a write bitmap needs no log.
 *
 * <p>Any thread may call any method, unless it says otherwise. A change in zones that are entered
 * takes no lock and waits for nothing.
 */
final class IntentLog implements ChangeObserver, AutoCloseable {
  private static final long LONG_NANOS = TimeUnit.HOURS.toNanos(1);

  /** A generation and its sector. */
  private static final class Generation {
    private final int slot;
    private final ZoneSet entered;

    // guarded by the lock of the log
    private final long[] wanted = new long[IntentLayout.ZONE_WORDS];

    private Generation(int slot, ZoneSet entered) {
      this.slot = slot;
      this.entered = entered;
    }
  }

  // set once
  private final StoreFile file;
  private final ZoneGrain grain;
  private final IntentLayout.Header before;
  private final List<ZoneSet> found;
  private final RankedLock advancing = new RankedLock(LockRank.BITMAPS);
  private final RankedLock lock = new RankedLock(LockRank.INTENT);
  private final Condition freed = lock.condition();
  private final ByteBuffer sector = Direct.allocate(Sealed.SECTOR_BYTES); // of who is busy

  // volatile: replaced under the lock, read by every change
  private volatile Generation current;
  private volatile long size;

  // guarded by the lock
  private @Nullable Generation old;
  private boolean busy;

  private IntentLog(
      StoreFile file, ZoneGrain grain, long size, IntentLayout.Header before, List<ZoneSet> found) {
    this.file = file;
    this.grain = grain;
    this.size = size;
    this.before = before;
    this.found = found;
    this.current = generation(0);
  }

  private Generation generation(int slot) {
    return new Generation(slot, new ZoneSet(grain.zoneBytes(size), grain.maxZones()));
  }

  // ---- start and stop

  /** Makes a log as after a clean stop, which survives power loss. */
  static IntentLog create(TrackStore store, String name, ZoneGrain grain, long size)
      throws StorageException {
    IntentLayout.Header header = new IntentLayout.Header(true, 0, store.origin());
    StoreFile file = store.create(name);
    boolean whole = false;
    try {
      file.setSize(IntentLayout.FILE_BYTES);
      file.reserve(0, IntentLayout.FILE_BYTES);
      Direct.write(file, 0, header.encode());
      file.flush();
      store.syncNames();
      whole = true;
      return new IntentLog(file, grain, size, header, List.of());
    } finally {
      if (!whole) {
        file.close();
        store.delete(name);
      }
    }
  }

  /** Opens a log as the last run left it. NOT_FOUND, CORRUPT. */
  static IntentLog open(TrackStore store, String name, ZoneGrain grain, long size)
      throws StorageException {
    StoreFile file = store.open(name);
    boolean whole = false;
    try {
      if (file.size() < IntentLayout.FILE_BYTES) {
        throw new StorageException(
            Fault.CORRUPT,
            "intent log "
                + name
                + " is too short: want "
                + IntentLayout.FILE_BYTES
                + " bytes, got "
                + file.size());
      }
      IntentLayout.Header header =
          IntentLayout.Header.decode(Direct.read(file, 0, Sealed.SECTOR_BYTES), name);
      List<ZoneSet> found = new ArrayList<>();
      for (int slot = 0; slot < IntentLayout.SLOTS; slot++) {
        ByteBuffer read = Direct.read(file, IntentLayout.slotOffset(slot), Sealed.SECTOR_BYTES);
        String what = "intent log " + name + " generation " + slot;
        found.add(IntentLayout.decode(read, what, grain.maxZones()));
      }
      whole = true;
      return new IntentLog(file, grain, size, header, List.copyOf(found));
    } finally {
      if (!whole) {
        file.close();
      }
    }
  }

  /** How the last run ended, seen from where this one is. */
  LastStop lastStop(RecoverMode mode, TrackStore store) throws StorageException {
    if (before.clean()) {
      return LastStop.CLEAN;
    }
    return mode.lostUnsynced(before.origin(), store.origin())
        ? LastStop.POWER_LOSS
        : LastStop.PROCESS_DEATH;
  }

  /** The number of the last run. */
  long lastRun() {
    return before.run();
  }

  /** The number of this run. */
  long run() {
    return before.run() + 1;
  }

  /** What the last run may have changed lately, of a volume of today's size. */
  List<Extent> lastZones() {
    List<Extent> extents = new ArrayList<>();
    for (ZoneSet zones : found) {
      extents.addAll(zones.extents(size));
    }
    return extents;
  }

  /** Begins this run (INV-3); called once, before the first change. */
  void begin(TrackStore store) throws StorageException {
    forgetZones();
    writeHeader(new IntentLayout.Header(false, run(), store.origin()));
  }

  /** Ends this run cleanly: the volume and its bitmaps are synced, and no change comes any more. */
  void stop(TrackStore store) throws StorageException {
    try (var held = advancing.enter()) {
      forgetZones();
      writeHeader(new IntentLayout.Header(true, run(), store.origin()));
    }
  }

  private void forgetZones() throws StorageException {
    for (int slot = 0; slot < IntentLayout.SLOTS; slot++) {
      writeZeros(slot);
    }
    file.flush();
  }

  private void writeZeros(int slot) throws StorageException {
    Direct.write(file, IntentLayout.slotOffset(slot), Direct.allocate(Sealed.SECTOR_BYTES));
  }

  private void writeHeader(IntentLayout.Header header) throws StorageException {
    Direct.write(file, 0, header.encode());
    file.flush();
  }

  // ---- changes

  /**
   * The zones of the range are entered; the bitmaps come next, then the data. Called within the
   * change, see {@link ChangesInFlight}. STORE_FAILED: the data must not change.
   */
  @Override
  public void aboutToChange(long offset, long length) throws StorageException {
    if (length > 0 && !current.entered.has(offset, offset + length)) {
      enter(offset, offset + length);
    }
  }

  private void enter(long offset, long end) throws StorageException {
    for (Generation turn = turn(offset, end); turn != null; turn = turn(offset, end)) {
      writeWanted(turn);
    }
  }

  /**
   * Waits until the zones are entered in the current generation, or until it is this thread's turn
   * to write what is wanted.
   *
   * @return the generation to write, with the turn; null when the zones are in
   */
  private @Nullable Generation turn(long offset, long end) {
    try (var held = lock.enter()) {
      while (true) {
        Generation now = current;
        if (now.entered.has(offset, end)) {
          return null;
        }
        want(now, offset, end);
        if (!busy) {
          busy = true;
          return now;
        }
        RankedLock.await(freed, LONG_NANOS);
      }
    }
  }

  private void want(Generation now, long offset, long end) {
    assert lock.isHeld();
    int first = now.entered.zoneOf(offset);
    int last = now.entered.zoneOf(end - 1);
    boolean sequential = first > 0 && isWanted(now, first - 1);
    if (sequential && size > 0) {
      last = Math.max(last, Math.min(first + grain.ahead() - 1, now.entered.zoneOf(size - 1)));
    }
    for (int z = first; z <= last; z++) {
      now.wanted[z >> 6] |= 1L << z;
    }
  }

  private static boolean isWanted(Generation now, int zone) {
    return (now.wanted[zone >> 6] & 1L << zone) != 0;
  }

  /** With the turn: one write and one sync for all who wait. */
  private void writeWanted(Generation now) throws StorageException {
    long[] zones = null;
    try {
      long[] wanted = wanted(now);
      IntentLayout.encode(sector, now.entered.zoneBytes(), wanted);
      Direct.write(file, IntentLayout.slotOffset(now.slot), sector);
      file.flush();
      zones = wanted;
    } finally {
      endTurn(now, zones);
    }
  }

  private long[] wanted(Generation now) {
    try (var held = lock.enter()) {
      return now.wanted.clone();
    }
  }

  private void endTurn(Generation now, long @Nullable [] zones) {
    try (var held = lock.enter()) {
      if (zones != null) {
        now.entered.add(zones);
      }
      busy = false;
      freed.signalAll();
    }
  }

  // ---- generations

  /** How many zones are entered in the current generation. */
  int zonesEntered() {
    return current.entered.count();
  }

  /** How many zones there are. */
  int zones() {
    return size == 0 ? 0 : current.entered.zoneOf(size - 1) + 1;
  }

  /**
   * Begins a new generation and deletes the one before (INV-2). After an error there are two, and
   * the next call goes on with the older one.
   *
   * @param all syncs the volume, all that holds a copy of its writes, and every bitmap
   */
  void advance(ChangesInFlight changes, VolumeSync all) throws StorageException {
    try (var held = advancing.enter()) {
      Generation ending = beginGeneration();
      changes.awaitEarlier();
      all.sync();
      delete(ending);
    }
  }

  private Generation beginGeneration() {
    try (var held = lock.enter()) {
      Generation ending = old;
      if (ending == null) {
        ending = current;
        old = ending;
        current = generation(1 - ending.slot);
      }
      return ending;
    }
  }

  private void delete(Generation ending) throws StorageException {
    awaitTurn();
    try {
      writeZeros(ending.slot);
      file.flush();
      forgetOld();
    } finally {
      endTurn(ending, null);
    }
  }

  private void awaitTurn() {
    try (var held = lock.enter()) {
      while (busy) {
        RankedLock.await(freed, LONG_NANOS);
      }
      busy = true;
    }
  }

  private void forgetOld() {
    try (var held = lock.enter()) {
      old = null;
    }
  }

  /** Writes again what a failed sync may have lost, and lets syncs be tried again. */
  void repair() throws StorageException {
    awaitTurn();
    try {
      file.forgive();
      for (Generation generation : generations()) {
        IntentLayout.encode(sector, generation.entered.zoneBytes(), wanted(generation));
        Direct.write(file, IntentLayout.slotOffset(generation.slot), sector);
      }
      file.flush();
    } finally {
      endTurn(current, null);
    }
  }

  private List<Generation> generations() {
    try (var held = lock.enter()) {
      Generation ending = old;
      return ending == null ? List.of(current) : List.of(ending, current);
    }
  }

  /**
   * Follows a new size of the volume. What was added belongs to the last zone until the next
   * generation, which has zones that fit.
   */
  void resize(long newSize) {
    size = newSize;
  }

  /** Closes its file; nothing is saved. */
  @Override
  public void close() {
    file.close();
  }
}
