package org.copybay.volumes.track;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.copybay.volumes.BlockDevice;
import org.copybay.volumes.Extent;
import org.copybay.volumes.Fault;
import org.copybay.volumes.Image;
import org.copybay.volumes.LockRank;
import org.copybay.volumes.RankedLock;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.store.TrackStore;
import org.jspecify.annotations.Nullable;

/*
 * INV-1 A volume without an engine is what its home says. It gets one with its first point, and
 *       loses it when there is no point and every block is at home.
 * INV-2 The engine changes only with the gate closed; who reads has entered an epoch before he looks
 *       at it, so it is closed only when nobody uses it.
 */
/**
 * The layer that keeps points in time, over the files of a volume. Writes and zeroing pass the gate
 * of the {@link AnnouncingDevice} above before they come here, and find filled what they need.
 */
public final class TrackDevice implements BlockDevice, Image, AutoCloseable {
  // set once
  private final TrackStore store;
  private final Passages gate;
  private final Passages epochs;
  private final JournalRoom room;
  private final SpillLimit limit = new SpillLimit(Geometry.STANDARD.blockBytes());
  private final Upkeep upkeep;
  private final TrackUse use;
  private final TrackSetting setting;
  private final RankedLock engineLock;
  private final TrackOrigin origin = new TrackOrigin(this);
  private final OriginReader.OwnBytes ownBytes = this::readOwn;
  private final OriginReader.OwnHoles ownHoles = this::seekOwn;
  private final OriginReader reader;
  private final DevicePoints points;

  private int freezing; // guarded by engineLock: points being made, which need the engine

  private volatile @Nullable TrackEngine engine; // volatile: replaced with the gate closed
  private volatile boolean restartWanted; // volatile: set by repair, unset by the upkeep

  private TrackDevice(TrackStore store, TrackUse use) {
    this.store = store;
    this.use = use;
    gate = new Passages(use.number());
    epochs = new Passages(Long.MAX_VALUE); // waited for with no gate closed
    reader = new OriginReader(epochs, this::engine);
    upkeep = new Upkeep(use.volume().get().name(), this::keepUp);
    room = new JournalRoom(upkeep::wake);
    engineLock = new RankedLock(LockRank.ENGINE, use.number());
    setting =
        new TrackSetting(
            store,
            use.volume(),
            gate,
            epochs,
            room,
            limit,
            upkeep::wake,
            use.pages(),
            use.recover(),
            Geometry.STANDARD,
            TrackSetting.JOURNAL_BYTES);
    points = new DevicePoints(setting, use, origin, reader, this::engine);
  }

  /** Opens what lies in the store. CORRUPT when the engine finds damage. */
  public static TrackDevice open(TrackStore store, TrackUse use, boolean readOnly)
      throws StorageException {
    TrackDevice device = new TrackDevice(store, use);
    TrackEngine found = TrackEngine.open(device.setting, readOnly);
    device.engine = found;
    if (found != null && !readOnly) {
      device.upkeep.wake();
    }
    return device;
  }

  /** The gate that every change passes; before it, the room of the journal is waited for. */
  public Passages gate() {
    return gate;
  }

  /** Where blocks come from that were not filled yet. */
  public TrackOrigin origin() {
    return origin;
  }

  @Nullable TrackEngine engine() {
    return engine;
  }

  void wakeUpkeep() {
    upkeep.wake();
  }

  /** Waits until the journal has room; called before the gate is entered. */
  void awaitRoom() throws StorageException {
    room.await();
  }

  /** Waits until a write that found the spill full may be tried again; else throws that. */
  void awaitSpill(SpillFullException full) throws StorageException {
    if (!limit.waits()) {
      throw full;
    }
    limit.await(this::spillBytes);
  }

  /**
   * Limits what the points of the volume may need beside its home; from then on a write that needs
   * more fails with NO_SPACE, or waits.
   *
   * @param bytes the most, 0 for no limit
   * @param waits whether it waits
   */
  public void limitSpill(long bytes, boolean waits) {
    limit.set(bytes, waits);
  }

  /** Writes that wait now for room below that limit. */
  public int waitingWrites() {
    return limit.waiting();
  }

  /** Fills what a change of these bytes needs; called before the gate is entered. */
  void fillBefore(long offset, long length) throws StorageException {
    TrackEngine now = engine;
    if (now != null) {
      now.fillBefore(offset, length);
    }
  }

  /** Whether that is to be done again: a switch or a point came after it. In the gate. */
  boolean needsFill(long offset, long length) throws StorageException {
    TrackEngine now = engine;
    return now != null && now.needsFill(offset, length);
  }

  // ---- bytes

  @Override
  public void read(long offset, ByteBuffer target) throws StorageException {
    reader.read(0, offset, target, ownBytes);
  }

  /** What lies in home and spill. */
  private void readOwn(long offset, ByteBuffer target) throws StorageException {
    TrackEngine now = engine;
    if (now == null) {
      store.home().read(offset, target);
    } else {
      now.read(0, offset, target);
    }
  }

  @Override
  public int write(long offset, ByteBuffer source) throws StorageException {
    TrackEngine now = engine;
    return now == null ? store.home().writeAcross(offset, source) : now.write(offset, source);
  }

  @Override
  public void zero(long offset, long length, boolean keepSpace) throws StorageException {
    TrackEngine now = engine;
    if (now == null) {
      store.home().zero(offset, length, keepSpace);
    } else {
      now.zero(offset, length, keepSpace, store.home().size());
    }
  }

  @Override
  public void flush() throws StorageException {
    int ticket = epochs.enter();
    try {
      TrackEngine now = engine;
      if (now == null) {
        store.home().flush();
      } else {
        now.flush();
      }
    } finally {
      epochs.leave(ticket);
    }
  }

  /** The first byte of data, or of a hole, at or after the offset; the end when there is none. */
  @Override
  public long seek(long offset, long end, boolean data) throws StorageException {
    return reader.seek(0, offset, end, data, ownHoles);
  }

  private long seekOwn(long offset, long end, boolean data) throws StorageException {
    TrackEngine now = engine;
    if (now != null) {
      return now.seek(0, offset, end, data);
    }
    long found = data ? store.home().nextData(offset) : store.home().nextHole(offset);
    return found < 0 ? end : Math.min(found, end);
  }

  @Override
  public long nextData(long offset) throws StorageException {
    long end = store.home().size();
    long found = offset >= end ? -1 : seek(offset, end, true);
    return found >= end ? -1 : found;
  }

  @Override
  public long nextHole(long offset) throws StorageException {
    long end = store.home().size();
    return offset >= end ? -1 : seek(offset, end, false);
  }

  // ---- points

  /** What they hold, and how they are dropped. */
  public DevicePoints points() {
    return points;
  }

  /** The file, in the directory of a volume, that has what does not lie at its home. */
  public static Path spill(Path directory) {
    return directory.resolve(TrackFiles.SPILL);
  }

  @Nullable Extent nextUnfilled(long offset) {
    return reader.nextShown(0, offset);
  }

  /**
   * Makes ready for a point: the engine is there, and what was written until now is durable, so
   * that little is left to do at the instant. {@link #endFreeze} follows, unless this throws. One
   * thread for each volume.
   *
   * @return the number that the next point will have
   */
  public int prepareFreeze() throws StorageException {
    flush();
    return hold().nextPoint();
  }

  /** Keeps the engine, which is made if there is none, until {@link #endFreeze}. */
  TrackEngine hold() throws StorageException {
    try (var held = engineLock.enter()) {
      TrackEngine now = engine;
      if (now == null) {
        now = TrackEngine.create(setting);
        try (var closed = gate.close()) {
          engine = now;
        }
      }
      freezing++;
      return now;
    }
  }

  /** Lets go of the engine, which stays if somebody needs it. */
  public void endFreeze() {
    try (var held = engineLock.enter()) {
      freezing--;
    }
    TrackEngine now = engine;
    if (now != null && now.points().isEmpty()) {
      upkeep.wake(); // no point was made
    }
  }

  /** Makes the point of a {@link Freeze}; the gate is closed. AGAIN. */
  void freezeClosed(Freeze wanted, long timeMillis) throws StorageException {
    TrackEngine now = engine;
    if (now == null || now.nextPoint() != wanted.number()) {
      throw new StorageException(Fault.AGAIN, "another point was made or dropped", "try again");
    }
    now.freeze(wanted.sizeBytes(), timeMillis);
  }

  // ---- upkeep

  private void keepUp() throws StorageException {
    TrackEngine now = engine;
    if (now == null) {
      room.setFull(false); // a fill that ended late may have said so of a journal that is gone
      return;
    }
    if (restartWanted) {
      restart(now);
      return;
    }
    try {
      now.upkeep(upkeep::stopped);
    } catch (StorageException e) {
      if (e.fault() == Fault.STORE_FAILED && now.syncLost()) {
        use.failed().accept(e.getMessage());
      }
      throw e;
    }
    if (now.dispensable()) {
      retire(now);
    }
    if (now.upkeepWanted()) {
      upkeep.wake();
    }
  }

  /** Makes it a plain volume again; an engine that is found again says what is true as well. */
  private void retire(TrackEngine now) throws StorageException {
    try (var held = engineLock.enter()) {
      now.flush();
      try (var closed = gate.close()) {
        if (freezing > 0 || !now.dispensable() || now.upkeepWanted()) {
          return;
        }
        engine = null;
      }
      epochs.awaitEarlier();
      now.retire();
    }
  }

  /**
   * After a sync failed and every byte could be read: where it was a fence of an engine, back to
   * what was fenced before (P4).
   */
  public void repair() throws StorageException {
    store.home().forgive();
    TrackEngine now = engine;
    if (now != null && now.syncLost()) {
      restartWanted = true;
      upkeep.awaitTurn();
      if (restartWanted) {
        throw new StorageException(
            Fault.STORE_FAILED, "the map of the volume could not be made anew", "try again");
      }
    }
    flush();
  }

  /** Waits until what is to be kept up now was tried once. */
  public void awaitUpkeep() {
    upkeep.awaitTurn();
  }

  /**
   * Reads superblock, map and journal from the disk, as a start would, and compares the checksums.
   * Waits for the turn of upkeep. CORRUPT says what is wrong and where.
   */
  public void check() throws StorageException {
    look(TrackEngine::check);
  }

  /**
   * Whether its spill has every block that is in use. Waits for the turn of upkeep. CORRUPT when
   * somebody cut it under the bay.
   */
  public void requireUncut() throws StorageException {
    look(TrackEngine::requireUncut);
  }

  /** A look at the engine, between turns of upkeep. */
  @FunctionalInterface
  private interface Look {
    void at(TrackEngine found) throws StorageException;
  }

  private void look(Look look) throws StorageException {
    upkeep.between(
        () -> {
          TrackEngine now = engine;
          if (now != null) {
            look.at(now);
          }
        });
  }

  /** Begins again behind the last barrier, with nobody inside. */
  private void restart(TrackEngine now) throws StorageException {
    try (var held = engineLock.enter();
        var closed = gate.close();
        var nobody = epochs.close()) {
      engine = TrackEngine.restart(setting, now);
      use.restarted().run();
      restartWanted = false;
    }
    now.close();
    upkeep.wake();
  }

  // ---- facts

  /** Whether it is more than a plain image now. */
  public boolean engaged() {
    return engine != null;
  }

  /** Bytes whose live content is in the spill. */
  public long awayBytes() {
    TrackEngine now = engine;
    return now == null ? 0 : now.awayBytes();
  }

  /** Lets what is read next of home and spill come from the disk, as far as it lies there. */
  public void dropCached() throws StorageException {
    int ticket = epochs.enter();
    try {
      store.home().dropCached(0, store.home().size());
      TrackEngine now = engine;
      if (now != null) {
        now.dropCached();
      }
    } finally {
      epochs.leave(ticket);
    }
  }

  /** Bytes of the spill that are in use. */
  public long spillBytes() {
    TrackEngine now = engine;
    return now == null ? 0 : now.spillBytes();
  }

  /** Ends the thread of upkeep, and closes all files. */
  @Override
  public void close() {
    limit.close();
    upkeep.stop();
    TrackEngine now = engine;
    if (now != null) {
      now.close();
    }
    store.close();
  }
}
