package org.copybay.volumes.track;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.Objects;
import org.copybay.volumes.Fault;
import org.copybay.volumes.Image;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.journal.Journal;
import org.copybay.volumes.journal.JournalRecord;
import org.jspecify.annotations.Nullable;

/**
 * Every change of the map of a volume: its record, then the map (P1), and the space that it
 * released. Changes of blocks are made with their tracks locked, changes of the points with the
 * gate closed.
 */
final class TrackChanges {
  private static final long MOST_TRACKS = 1 << 26; // in a record, which counts blocks

  private final TrackMap map;
  private final Unfilled unfilled = new Unfilled();
  private final Object releasedLock = new Object();

  @GuardedBy("releasedLock")
  private Released released = new Released();

  private volatile @Nullable Journal journal; // volatile: set once, before requests arrive
  private volatile @Nullable MapSpare spare; // volatile: the same
  private volatile boolean broken; // volatile: set by a change that failed half made
  private volatile PointSet points; // volatile: replaced with the gate closed, read by all

  /** Over a map as its last checkpoint has it; without a journal, it can only be replayed. */
  TrackChanges(TrackMap map, PointSet points) {
    this.map = map;
    this.points = points;
  }

  /** From now on changes are written there, and take space for the map. */
  void record(Journal newJournal, MapSpare newSpare) {
    journal = newJournal;
    spare = newSpare;
  }

  MapSpare spare() {
    return Objects.requireNonNull(spare, "no change before the journal is open");
  }

  Journal journal() {
    return Objects.requireNonNull(journal, "no change before the journal is open");
  }

  /** STORE_FAILED when the journal has a change that the map could not make: a mount makes it. */
  void requireWhole() throws StorageException {
    if (broken) {
      throw new StorageException(
          Fault.STORE_FAILED,
          "the map of the volume could not be read",
          "copybay umount and mount it again");
    }
  }

  /** Makes the change of a record that was found at the start. */
  void replay(JournalRecord change) throws StorageException {
    switch (change.kind()) {
      case FREEZE ->
          points = points.with(PointSet.Point.made(change.point(), change.start(), change.base()));
      case LOCK -> points = points.locked(change.point(), change.start());
      case DROP -> points = points.without(change.point());
      case BARRIER -> {}
      case PREPARE, SWITCH, FILLED -> unfilled.apply(change, null);
      case RUN, ZERO, SETTLE, FILL, FILL_ANEW, FILL_ZERO ->
          map.apply(change, points.lastNumber(), new Released());
    }
  }

  /** The next point has a number after that one. */
  void noteLast(int number) {
    points = new PointSet(points.points(), Math.max(number, points.lastNumber()));
  }

  // ---- points

  PointSet points() {
    return points;
  }

  /** The number of the newest point, 0 for none. */
  int newest() {
    return points.newest();
  }

  /** Makes a point; returns its number. The gate is closed. */
  int freeze(long sizeBytes, long timeMillis) throws StorageException {
    int number = points.lastNumber() + 1;
    spare().need(1);
    journal().append(JournalRecord.freeze(number, sizeBytes, timeMillis));
    points = points.with(PointSet.Point.made(number, sizeBytes, timeMillis));
    return number;
  }

  /** Drops a point; one that is not there is no error. The gate is closed. */
  void drop(int number) throws StorageException {
    if (points.has(number)) {
      journal().append(JournalRecord.drop(number));
      points = points.without(number);
    }
  }

  /** Lets nobody drop a point before a time; a lock only grows. The gate is closed. */
  void lock(int number, long untilMillis) throws StorageException {
    if (points.has(number) && points.get(number).lockedUntilMillis() < untilMillis) {
      spare().need(1);
      journal().append(JournalRecord.lock(number, untilMillis));
      points = points.locked(number, untilMillis);
    }
  }

  // ---- blocks

  void run(long block, int count, long base, int owner) throws StorageException {
    change(JournalRecord.run(block, count, base, owner));
  }

  void fill(long block, int count, long base, int point) throws StorageException {
    change(JournalRecord.fill(block, count, base, point));
  }

  void fillAnew(long block, int count, long base, int born) throws StorageException {
    change(JournalRecord.fillAnew(block, count, base, born));
  }

  void fillZero(long block, int count, int point) throws StorageException {
    change(JournalRecord.fillZero(block, count, point));
  }

  void zero(long block, int count, int owner) throws StorageException {
    change(JournalRecord.zero(block, count, owner));
  }

  void settle(long block, int count) throws StorageException {
    change(JournalRecord.settle(block, count));
  }

  private void change(JournalRecord change) throws StorageException {
    long last = Geometry.track(change.start() + change.count() - 1);
    spare().need((int) (last - Geometry.track(change.start())) + 1);
    journal().append(change);
    Released now = new Released();
    boolean applied = false;
    try {
      map.apply(change, points.lastNumber(), now);
      applied = true;
    } finally {
      broken |= !applied;
    }
    if (!now.isEmpty()) {
      synchronized (releasedLock) {
        released.addAll(now);
      }
    }
  }

  // ---- what is unfilled

  /** Which blocks show what an origin holds. */
  Unfilled unfilled() {
    return unfilled;
  }

  /** Prepares those blocks of each of the tracks for the next switch. In the gate. */
  void prepare(long track, long count, int mask) throws StorageException {
    for (long done = 0; done < count; done += MOST_TRACKS) {
      int blocks = (int) block(Math.min(MOST_TRACKS, count - done));
      note(JournalRecord.prepare(block(track + done), blocks, mask));
    }
  }

  /** Takes the space that a switch needs besides the journal's, so that it fails for none. */
  void needSwitch() throws StorageException {
    spare().need(1);
  }

  /**
   * Switches what is shown, also as of points that are made later, after {@link #needSwitch}. The
   * gate is closed.
   */
  void switchTo(Unfilled.Where where, long blocks, long stamp, @Nullable Image origin)
      throws StorageException {
    JournalRecord change = JournalRecord.switchTo(where.code(), points.lastNumber(), blocks, stamp);
    journal().append(change);
    unfilled.apply(change, origin);
  }

  /** The tracks have bytes of their own; they are locked. */
  void filled(long track, long count) throws StorageException {
    note(JournalRecord.filled(block(track), Math.toIntExact(block(count))));
  }

  private static long block(long track) {
    return track * Geometry.TRACK_BLOCKS;
  }

  private void note(JournalRecord change) throws StorageException {
    spare().need(1);
    journal().append(change);
    unfilled.apply(change, null);
  }

  // ---- space

  /** Takes over what was released until now. */
  Released takeReleased() {
    synchronized (releasedLock) {
      Released taken = released;
      released = new Released();
      return taken;
    }
  }

  /** Blocks that were released and are not free yet. */
  int releasedCount() {
    synchronized (releasedLock) {
      return released.count();
    }
  }

  /** Closes the journal, if there is one. */
  void close() {
    Journal open = journal;
    if (open != null) {
      open.close();
    }
  }
}
