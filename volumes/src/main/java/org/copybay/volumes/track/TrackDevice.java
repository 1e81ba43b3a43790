package org.copybay.volumes.track;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Supplier;
import org.copybay.volumes.BlockDevice;
import org.copybay.volumes.Extent;
import org.copybay.volumes.Fault;
import org.copybay.volumes.Image;
import org.copybay.volumes.LockRank;
import org.copybay.volumes.RankedLock;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.journal.RecoverMode;
import org.copybay.volumes.journal.VolumeIdentity;
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
 * of the {@link AnnouncingDevice} above before they come here.
 */
public final class TrackDevice implements BlockDevice, Image, AutoCloseable {
  // set once
  private final TrackStore store;
  private final Passages gate;
  private final Passages epochs;
  private final JournalRoom room;
  private final Upkeep upkeep;
  private final TrackSetting setting;
  private final RankedLock engineLock;

  private volatile @Nullable TrackEngine engine; // volatile: replaced with the gate closed

  /**
   * What a device is made for.
   *
   * @param number orders the gates of volumes; no other volume of the bay has it
   * @param volume what the files say of the volume
   * @param pages of maps in memory
   * @param recover what a start takes the death of the one before for
   */
  public record Use(
      long number, Supplier<VolumeIdentity> volume, MapPages pages, RecoverMode recover) {}

  private TrackDevice(TrackStore store, Use use) {
    this.store = store;
    gate = new Passages(use.number());
    epochs = new Passages(Long.MAX_VALUE); // waited for with no gate closed
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
            upkeep::wake,
            use.pages(),
            use.recover(),
            Geometry.STANDARD,
            TrackSetting.JOURNAL_BYTES);
  }

  /** Opens what lies in the store. CORRUPT when the engine finds damage. */
  public static TrackDevice open(TrackStore store, Use use, boolean readOnly)
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

  /** Waits until the journal has room; called before the gate is entered. */
  void awaitRoom() throws StorageException {
    room.await();
  }

  // ---- bytes

  @Override
  public void read(long offset, ByteBuffer target) throws StorageException {
    int ticket = epochs.enter();
    try {
      TrackEngine now = engine;
      if (now == null) {
        store.home().read(offset, target);
      } else {
        now.read(0, offset, target);
      }
    } finally {
      epochs.leave(ticket);
    }
  }

  @Override
  public int write(long offset, ByteBuffer source) throws StorageException {
    TrackEngine now = engine;
    return now == null ? store.home().write(offset, source) : now.write(offset, source);
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
  public long seek(long offset, long end, boolean data) throws StorageException {
    int ticket = epochs.enter();
    try {
      TrackEngine now = engine;
      if (now != null) {
        return now.seek(0, offset, end, data);
      }
      long found = data ? store.home().nextData(offset) : store.home().nextHole(offset);
      return found < 0 ? end : Math.min(found, end);
    } finally {
      epochs.leave(ticket);
    }
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

  /** Reads target.remaining() bytes as of a point. NOT_FOUND when it was dropped. */
  public void readPoint(int point, long offset, ByteBuffer target) throws StorageException {
    int ticket = epochs.enter();
    try {
      withPoint(point).read(point, offset, target);
    } finally {
      epochs.leave(ticket);
    }
  }

  /** {@link #seek} as of a point. NOT_FOUND when it was dropped. */
  public long seekPoint(int point, long offset, long end, boolean data) throws StorageException {
    int ticket = epochs.enter();
    try {
      return withPoint(point).seek(point, offset, end, data);
    } finally {
      epochs.leave(ticket);
    }
  }

  /**
   * The next blocks of 4096 bytes at or after an offset, a multiple of that, which were changed
   * since a point; null when there are no more. Neighbours may come one by one. NOT_FOUND when the
   * point was dropped.
   */
  public @Nullable Extent changedSince(int point, long offset) throws StorageException {
    int ticket = epochs.enter();
    try {
      return withPoint(point).changed(point, offset);
    } finally {
      epochs.leave(ticket);
    }
  }

  private TrackEngine withPoint(int point) throws StorageException {
    TrackEngine now = engine;
    if (now == null || !now.hasPoint(point)) {
      throw new StorageException(Fault.NOT_FOUND, "the point was dropped");
    }
    return now;
  }

  /** The numbers of its points, oldest first. */
  public List<Integer> points() {
    TrackEngine now = engine;
    return now == null ? List.of() : now.points().stream().map(PointSet.Point::number).toList();
  }

  /**
   * Makes ready for a point: the engine is there, and what was written until now is durable, so
   * that little is left to do at the instant. One thread for each volume.
   *
   * @return the number that the next point will have
   */
  public int prepareFreeze() throws StorageException {
    int next;
    try (var held = engineLock.enter()) {
      TrackEngine now = engine;
      if (now == null) {
        now = TrackEngine.create(setting);
        try (var closed = gate.close()) {
          engine = now;
        }
      }
      next = now.nextPoint();
    }
    flush();
    return next;
  }

  /**
   * What is to become a point.
   *
   * @param device of the volume
   * @param number that {@link #prepareFreeze} returned
   * @param sizeBytes of the volume
   */
  public record Freeze(TrackDevice device, int number, long sizeBytes) {}

  /**
   * Makes a point of each volume at one instant, at which all gates are closed: what was
   * acknowledged before is in, what was not is in whole requests or not. Durable after a {@link
   * #flush} of each. On an error there is none, or one that {@link #drop} finds later. P7.
   *
   * @param volumes by the number of their gates
   */
  public static void freeze(List<Freeze> volumes, long timeMillis) throws StorageException {
    Deque<Passages.Closed> closed = new ArrayDeque<>();
    List<Freeze> made = new ArrayList<>();
    boolean whole = false;
    try {
      volumes.forEach(volume -> closed.push(volume.device.gate.close()));
      for (Freeze volume : volumes) {
        volume.device.freeze(volume, timeMillis);
        made.add(volume);
      }
      whole = true;
    } finally {
      if (!whole) {
        for (Freeze volume : made) {
          volume.device.dropClosed(volume.number);
        }
      }
      closed.forEach(Passages.Closed::close);
    }
  }

  private void freeze(Freeze wanted, long timeMillis) throws StorageException {
    TrackEngine now = engine;
    if (now == null || now.nextPoint() != wanted.number) {
      throw new StorageException(Fault.AGAIN, "another point was made or dropped", "try again");
    }
    now.freeze(wanted.sizeBytes, timeMillis);
  }

  /** Drops a point; one that is not there is no error. Durable after a {@link #flush}. */
  public void drop(int number) throws StorageException {
    try (var closed = gate.close()) {
      dropClosed(number);
    }
  }

  private void dropClosed(int number) throws StorageException {
    TrackEngine now = engine;
    if (now != null) {
      now.drop(number);
    }
  }

  // ---- upkeep

  private void keepUp() throws StorageException {
    TrackEngine now = engine;
    if (now == null) {
      return;
    }
    now.upkeep(upkeep::stopped);
    if (now.dispensable()) {
      retire(now);
    }
    if (now.upkeepWanted()) {
      upkeep.wake();
    }
  }

  /** Makes it a plain volume again; what an engine that is found again says is true as well. */
  private void retire(TrackEngine now) throws StorageException {
    try (var held = engineLock.enter()) {
      now.flush();
      try (var closed = gate.close()) {
        if (!now.dispensable() || now.upkeepWanted()) {
          return;
        }
        engine = null;
      }
      epochs.awaitEarlier();
      now.close();
      EngineFiles.delete(store);
    }
  }

  /**
   * After a fence failed and every byte could be read: makes durable what there is now, the map
   * too. STORE_FAILED, NO_SPACE.
   */
  public void repair() throws StorageException {
    TrackEngine now = engine;
    store.home().forgive();
    if (now != null) {
      now.forgive();
      upkeep.awaitTurn();
      if (now.checkpointWanted()) {
        throw new StorageException(
            Fault.STORE_FAILED, "the map of the volume could not be written", "try again");
      }
    }
    flush();
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

  /** Bytes of the spill that are in use. */
  public long spillBytes() {
    TrackEngine now = engine;
    return now == null ? 0 : now.spillBytes();
  }

  /** Ends the thread of upkeep, and closes all files. */
  @Override
  public void close() {
    upkeep.stop();
    TrackEngine now = engine;
    if (now != null) {
      now.close();
    }
    store.close();
  }
}
