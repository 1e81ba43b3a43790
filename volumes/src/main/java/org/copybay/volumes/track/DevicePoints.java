package org.copybay.volumes.track;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.copybay.volumes.Extent;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.jspecify.annotations.Nullable;

/**
 * The points of one volume: what they hold, and how they are dropped and locked. {@link
 * TrackDevice} makes them. Any thread may call.
 */
public final class DevicePoints {
  private static final int DROPPED_AT_ONCE = 256;

  // set once
  private final Supplier<@Nullable TrackEngine> engines; // asked in an epoch, or the gate
  private final Passages gate;
  private final Passages epochs;
  private final TrackUse use;
  private final TrackOrigin origin;
  private final OriginReader reader;
  private final PointChanges changes;

  DevicePoints(
      TrackSetting setting,
      TrackUse use,
      TrackOrigin origin,
      OriginReader reader,
      Supplier<@Nullable TrackEngine> engines) {
    this.engines = engines;
    this.gate = setting.gate();
    this.epochs = setting.epochs();
    this.use = use;
    this.origin = origin;
    this.reader = reader;
    changes = new PointChanges(epochs, engines, reader);
  }

  /**
   * Reads target.remaining() bytes as of a point. NOT_FOUND when it was dropped, also when another
   * has its number by now.
   *
   * @param timeMillis its instant
   */
  public void read(int point, long timeMillis, long offset, ByteBuffer target)
      throws StorageException {
    reader.read(point, offset, target, (at, into) -> with(point, timeMillis).read(point, at, into));
  }

  /** {@link TrackDevice#seek} as of a point. NOT_FOUND. */
  public long seek(int point, long timeMillis, long offset, long end, boolean data)
      throws StorageException {
    return reader.seek(
        point,
        offset,
        end,
        data,
        (from, to, wanted) -> with(point, timeMillis).seek(point, from, to, wanted));
  }

  /**
   * The next blocks of 4096 bytes at or after an offset, a multiple of that, which were changed
   * since a point; null when there are no more. Neighbours may come one by one. NOT_FOUND.
   */
  public @Nullable Extent changedSince(int point, long timeMillis, long offset)
      throws StorageException {
    Extent shown = point > origin.mark() ? null : reader.nextShown(0, offset);
    int ticket = epochs.enter();
    try {
      return first(with(point, timeMillis).changed(point, offset), shown);
    } finally {
      epochs.leave(ticket);
    }
  }

  /** The same, of blocks that do not lie at home as of a point. */
  public @Nullable Extent away(int point, long timeMillis, long offset) throws StorageException {
    Extent shown = reader.nextShown(point, offset); // before it is filled: it may lie there then
    int ticket = epochs.enter();
    try {
      return first(with(point, timeMillis).away(point, offset), shown);
    } finally {
      epochs.leave(ticket);
    }
  }

  /**
   * The next track at or after an offset whose bytes may differ between two points of the volume,
   * whole, also past its end; null when there are none. NOT_FOUND when one of the points was
   * dropped.
   */
  public @Nullable Extent changedBetween(PointId earlier, PointId later, long offset)
      throws StorageException {
    return changes.next(earlier, later, offset);
  }

  private static @Nullable Extent first(@Nullable Extent one, @Nullable Extent other) {
    boolean isOne = one != null && (other == null || one.offset() <= other.offset());
    return isOne ? one : other;
  }

  private TrackEngine with(int point, long timeMillis) throws StorageException {
    TrackEngine now = engines.get();
    if (now == null || !now.hasPoint(point, timeMillis)) {
      throw new StorageException(Fault.NOT_FOUND, "the point was dropped");
    }
    return now;
  }

  /** Whether it has the point of that number that was made at that instant. */
  public boolean has(int number, long timeMillis) {
    TrackEngine now = engines.get();
    return now != null && now.hasPoint(number, timeMillis);
  }

  /**
   * Drops a point; one that is not there is no error. Durable after a {@link TrackDevice#flush}.
   * FORBIDDEN while it is locked, whoever asks.
   *
   * @param timeMillis its instant: a later point may have the same number
   */
  public void drop(int number, long timeMillis) throws StorageException {
    drop(List.of(new PointId(number, timeMillis)));
  }

  /**
   * Drops points, as {@link #drop(int, long)}; in between, writers go on. FORBIDDEN where one is
   * locked; the others are dropped all the same.
   */
  public void drop(List<PointId> points) throws StorageException {
    StorageException locked = null;
    for (int from = 0; from < points.size(); from += DROPPED_AT_ONCE) {
      int to = Math.min(from + DROPPED_AT_ONCE, points.size());
      long now = use.nowMillis().getAsLong(); // no writer waits for it
      try (var closed = gate.close()) {
        for (PointId point : points.subList(from, to)) {
          locked = dropUnlocked(point, now, locked);
        }
      }
    }
    if (locked != null) {
      throw locked;
    }
  }

  private @Nullable StorageException dropUnlocked(
      PointId point, long nowMillis, @Nullable StorageException before) throws StorageException {
    try {
      if (has(point.number(), point.timeMillis())) {
        dropClosed(point.number(), nowMillis);
      }
      return before;
    } catch (StorageException e) {
      if (e.fault() != Fault.FORBIDDEN) {
        throw e;
      }
      return e;
    }
  }

  /**
   * Lets nobody drop a point before a time, which it keeps in its own record; a lock only grows.
   * Durable after a {@link TrackDevice#flush}. NOT_FOUND, OUT_OF_RANGE.
   *
   * @param timeMillis its instant
   * @param untilMillis since 1970, until the year 2106; rounded up to a second
   */
  public void lock(int number, long timeMillis, long untilMillis) throws StorageException {
    requireLockable(untilMillis);
    try (var closed = gate.close()) {
      with(number, timeMillis).lock(number, untilMillis);
    }
  }

  /** OUT_OF_RANGE for a time that no record of a point can have. */
  public static void requireLockable(long untilMillis) throws StorageException {
    if (untilMillis > MapLayout.LAST_LOCK_MILLIS) {
      throw new StorageException(
          Fault.OUT_OF_RANGE,
          "a lock ends at " + Instant.ofEpochMilli(MapLayout.LAST_LOCK_MILLIS) + " at the latest");
    }
  }

  /** Until when a point is locked, in ms since 1970; 0 for one that is not, or is not there. */
  public long lockedUntil(int number, long timeMillis) {
    TrackEngine now = engines.get();
    return now == null || !now.hasPoint(number, timeMillis) ? 0 : now.lockedUntil(number);
  }

  /** {@link #drop} of one that was just made; the gate is closed. */
  void dropClosed(int number) throws StorageException {
    dropClosed(number, use.nowMillis().getAsLong());
  }

  private void dropClosed(int number, long nowMillis) throws StorageException {
    TrackEngine now = engines.get();
    if (now == null) {
      return;
    }
    long until = now.lockedUntil(number);
    if (until > nowMillis) {
      throw new StorageException(
          Fault.FORBIDDEN,
          "point "
              + number
              + " of volume "
              + use.volume().get().name()
              + " is locked until "
              + Instant.ofEpochMilli(until));
    }
    now.drop(number);
  }

  /**
   * Bytes that each point keeps from being overwritten, by number. It goes through the whole map.
   */
  public NavigableMap<Integer, Long> preservedBytes() throws StorageException {
    int ticket = epochs.enter();
    try {
      TrackEngine now = engines.get();
      return now == null ? new TreeMap<>() : now.preservedBytes();
    } finally {
      epochs.leave(ticket);
    }
  }
}
