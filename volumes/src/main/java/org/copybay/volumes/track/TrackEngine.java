package org.copybay.volumes.track;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import org.copybay.volumes.Extent;
import org.copybay.volumes.Fault;
import org.copybay.volumes.Image;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.journal.RecoverMode;
import org.jspecify.annotations.Nullable;

/**
 * The engine of one volume that has, or had, points in time. Writes and zeroing are called inside
 * the gate, where {@link #needsFill} says no, and enter an epoch, reads are called inside one; any
 * number of threads may call. {@link #upkeep} belongs to one thread.
 */
final class TrackEngine implements AutoCloseable {
  private final TrackSetting setting;
  private final TrackFiles files;
  private final TrackMap map;
  private final TrackChanges changes;
  private final TrackFence fence;
  private final TrackReader reader;
  private final TrackWriter writer;
  private final TrackZeroer zeroer;
  private final TrackFiller filler;
  private final SpillSpace space;
  private final EngineUpkeep upkeep;

  private TrackEngine(TrackSetting setting, Recovery.Start start) {
    this.setting = setting;
    this.files = start.files();
    this.map = start.map();
    this.changes = start.changes();
    Geometry geometry = setting.geometry();
    space = new SpillSpace(setting.limit(), geometry.blockBytes());
    fence = new TrackFence(files, changes);
    reader = new TrackReader(geometry, map, files);
    writer = new TrackWriter(geometry, map, files, space, changes);
    zeroer = new TrackZeroer(geometry, map, files, writer, changes);
    filler = new TrackFiller(setting, map, files, writer, changes);
    upkeep = new EngineUpkeep(setting, start, fence, space);
  }

  /** Makes the engine of a volume that has none, durable before this returns. */
  static TrackEngine create(TrackSetting setting) throws StorageException {
    return new TrackEngine(setting, Recovery.create(setting));
  }

  /** Finds the engine of a volume, or null when it has none. CORRUPT. */
  static @Nullable TrackEngine open(TrackSetting setting, boolean readOnly)
      throws StorageException {
    if (!EnginePresence.of(setting.store(), setting.volume().get().id())) {
      if (!readOnly) {
        EngineFiles.tidyRetired(setting.store());
      }
      return null;
    }
    TrackEngine engine = started(setting, Recovery.open(setting, readOnly, 0));
    if (!readOnly) {
      engine.upkeep.wantSweep();
    }
    return engine;
  }

  /**
   * Finds what another engine of the same volume had made durable, after its sync failed; that one
   * is only to be closed then. Numbers of points that were lost are not given again. The gate is
   * closed.
   */
  static TrackEngine restart(TrackSetting setting, TrackEngine failed) throws StorageException {
    Recovery.Start start =
        Recovery.open(
            setting.recovering(RecoverMode.POWER), false, failed.changes.points().lastNumber());
    setting.room().setFull(false);
    TrackEngine engine = started(setting, start);
    engine.upkeep.wantSweep();
    Unfilled.State before = failed.changes.unfilled().now();
    if (engine.unfilled().now().stamp() == before.stamp()) {
      engine.unfilled().setOrigin(before.origin());
    }
    failed.unfilled().end();
    return engine;
  }

  private static TrackEngine started(TrackSetting setting, Recovery.Start start)
      throws StorageException {
    TrackEngine engine = new TrackEngine(setting, start);
    engine.map.checkpoint().forEach((track, live, number, mask, base) -> engine.use(mask, base));
    engine.space.reach(setting.geometry().block(engine.files.spill().size()));
    return engine;
  }

  private void use(int mask, long base) {
    Released places = new Released();
    places.add(mask, base);
    places.drain((first, length) -> space.use(first, length));
  }

  // ---- bytes

  /** Reads target.remaining() bytes as of a point, or live when that is 0. */
  void read(int point, long offset, ByteBuffer target) throws StorageException {
    if (target.hasRemaining()) {
      reader.read(point, offset, target);
    }
  }

  int write(long offset, ByteBuffer source) throws StorageException {
    assert !needsFill(offset, source.remaining()) : "offset=" + offset;
    int written = source.hasRemaining() ? writeOrFree(offset, source) : 0;
    lookAtJournal();
    return written;
  }

  /** Where it has grown long, a checkpoint is wanted, and in the end waited for. */
  private void lookAtJournal() {
    long journal = changes.journal().sizeBytes();
    if (journal > setting.journalBytes()) {
      upkeep.wantCheckpoint();
      if (journal > 2 * setting.journalBytes() && !setting.room().full()) {
        setting.room().setFull(true);
      }
    }
  }

  private int writeOrFree(long offset, ByteBuffer source) throws StorageException {
    try {
      return writeInEpoch(offset, source);
    } catch (StorageException e) {
      throw freeing(e);
    }
  }

  /** Where space has ended, some may be free after a turn of upkeep. */
  private StorageException freeing(StorageException e) {
    if (e.fault() == Fault.NO_SPACE && upkeepWanted()) {
      setting.wake().run();
    }
    return e;
  }

  /** What is looked up stays open until the write has ended. */
  private int writeInEpoch(long offset, ByteBuffer source) throws StorageException {
    int ticket = setting.epochs().enter();
    try {
      return writer.write(offset, source);
    } finally {
      setting.epochs().leave(ticket);
    }
  }

  void zero(long offset, long length, boolean keepSpace, long volumeSize) throws StorageException {
    assert !needsFill(offset, length) : "offset=" + offset;
    int ticket = setting.epochs().enter();
    try {
      zeroer.zero(offset, length, keepSpace, volumeSize);
    } finally {
      setting.epochs().leave(ticket);
    }
  }

  /** Makes everything that was acknowledged before survive power loss (P2). */
  void flush() throws StorageException {
    fence.await();
  }

  /** {@link TrackReader#seek}. */
  long seek(int point, long offset, long end, boolean data) throws StorageException {
    return reader.seek(point, offset, end, data);
  }

  /** {@link TrackReader#changed}, from the block that begins at the offset. */
  @Nullable Extent changed(int point, long offset) throws StorageException {
    return reader.changed(point, setting.geometry().block(offset));
  }

  /** {@link TrackReader#away}, from the block that has the offset in it. */
  @Nullable Extent away(int point, long offset) throws StorageException {
    return reader.away(point, setting.geometry().block(offset));
  }

  /** {@link TrackReader#ownedBetween}. */
  TrackReader.Looked ownedBetween(long track, int earlier, int later, int most)
      throws StorageException {
    return reader.ownedBetween(track, earlier, later, most);
  }

  // ---- what is unfilled

  Geometry geometry() {
    return setting.geometry();
  }

  /** Which blocks show what an origin holds. */
  Unfilled unfilled() {
    return changes.unfilled();
  }

  /** {@link TrackFiller#before}. */
  void fillBefore(long offset, long length) throws StorageException {
    try {
      filler.before(offset, length);
    } catch (StorageException e) {
      throw freeing(e);
    }
    lookAtJournal();
  }

  /** {@link TrackFiller#neededBefore}. */
  boolean needsFill(long offset, long length) throws StorageException {
    return filler.neededBefore(offset, length);
  }

  /** {@link TrackFiller#next}; where the journal is too long, a checkpoint is waited for. */
  TrackOrigin.@Nullable Filled fillNext(long track, ByteBuffer buffer) throws StorageException {
    setting.room().await();
    TrackOrigin.Filled filled = filler.next(track, buffer);
    lookAtJournal();
    return filled;
  }

  /** Prepares blocks of tracks for the next switch; in the gate, or while it is closed. */
  void prepare(long track, long count, int mask) throws StorageException {
    changes.prepare(track, count, mask);
  }

  /** {@link TrackChanges#needSwitch}. */
  void needSwitch() throws StorageException {
    changes.needSwitch();
  }

  /** {@link TrackChanges#switchTo} for all that the volume has; the gate is closed. */
  void switchTo(Unfilled.Where where, long bytes, long stamp, @Nullable Image origin)
      throws StorageException {
    changes.switchTo(where, setting.geometry().blocks(bytes), stamp, origin);
  }

  // ---- points

  /** The points, oldest first. */
  List<PointSet.Point> points() {
    return changes.points().points();
  }

  /** Whether it has the point of that number that was made at that instant. */
  boolean hasPoint(int number, long timeMillis) {
    return changes.points().has(number, timeMillis);
  }

  /** Makes a point; the gate is closed. Survives power loss after {@link #flush}. */
  int freeze(long sizeBytes, long timeMillis) throws StorageException {
    return changes.freeze(sizeBytes, timeMillis);
  }

  /** Drops a point; the gate is closed. Survives power loss after {@link #flush}. */
  void drop(int number) throws StorageException {
    changes.drop(number);
    upkeep.demandCheckpoint();
  }

  /** {@link TrackChanges#lock}. The gate is closed. */
  void lock(int number, long untilMillis) throws StorageException {
    changes.lock(number, untilMillis);
  }

  /** Until when a point is locked, in ms since 1970; 0 for one that is not, or is not there. */
  long lockedUntil(int number) {
    PointSet points = changes.points();
    return points.has(number) ? points.get(number).lockedUntilMillis() : 0;
  }

  /** The number that the next point will have; the gate is closed, or nobody makes one. */
  int nextPoint() {
    return changes.points().lastNumber() + 1;
  }

  // ---- upkeep

  /** Whether {@link #upkeep} has something to do. */
  boolean upkeepWanted() {
    return upkeep.wanted();
  }

  /** {@link EngineUpkeep#run}. */
  void upkeep(BooleanSupplier stopped) throws StorageException {
    upkeep.run(stopped);
  }

  /** {@link EngineUpkeep#check}. */
  void check() throws StorageException {
    upkeep.check();
  }

  /** Whether its spill is as long as it ever was. CORRUPT. */
  void requireUncut() throws StorageException {
    SpillExtent extent = new SpillExtent();
    try (var closed = setting.gate().close()) { // what is taken is written
      extent.reach(space.reached() - 1);
    }
    extent.require(setting.geometry(), files.spill());
  }

  // ---- facts

  /** Bytes whose live content is not at home. */
  long awayBytes() {
    return setting.geometry().offset(map.awayCount());
  }

  void dropCached() throws StorageException {
    files.spill().dropCached(0, files.spill().size());
  }

  /** Bytes in use in the spill. */
  long spillBytes() {
    return setting.geometry().offset(space.usedCount());
  }

  /**
   * Bytes that each point keeps from being overwritten, by number: what goes with it is freed, or
   * passes to the point before. Of what a dropped point had, the one before has it.
   */
  NavigableMap<Integer, Long> preservedBytes() throws StorageException {
    PointSet points = changes.points();
    NavigableMap<Integer, Long> found = new TreeMap<>();
    for (long track = map.nextMapped(0); track >= 0; track = map.nextMapped(track + 1)) {
      long which = map.lock(track, track);
      try {
        map.owned(
            track,
            (owner, mask, base) -> {
              int point = points.floor(owner);
              if (point != 0 && base != Place.ZERO) {
                found.merge(point, setting.geometry().offset(Integer.bitCount(mask)), Long::sum);
              }
            });
      } finally {
        map.unlock(which);
      }
    }
    return found;
  }

  /** Whether a fence failed, and only a restart helps. */
  boolean syncLost() {
    return fence.lost();
  }

  /** Whether the volume is what its home says, and nothing depends on the engine. */
  boolean dispensable() {
    return changes.points().points().isEmpty()
        && map.awayCount() == 0
        && !changes.unfilled().needed();
  }

  /** Removes its files, when it is dispensable; nobody is inside the epochs. */
  void retire() throws StorageException {
    close();
    EngineFiles.retire(setting.store(), upkeep.superblock());
  }

  /** Closes its files; nobody is inside gate or epochs. */
  @Override
  public void close() {
    changes.close();
    map.checkpoint().close();
    files.close();
  }
}
