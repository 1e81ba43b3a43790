package org.copybay.volumes.track;

import java.util.Objects;
import java.util.UUID;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.journal.Journal;
import org.copybay.volumes.journal.JournalCheck;
import org.copybay.volumes.store.StoreFile;
import org.jspecify.annotations.Nullable;

/**
 * Checkpoints of a map while it is in use. The steps of one:
 *
 * <ol>
 *   <li>with the gate closed, a new segment of the journal is begun, and what the map has learned
 *       until then is sealed
 *   <li>a fence: what was sealed is durable, and so are the bytes that it names
 *   <li>the new checkpoint is written and synced
 *   <li>the superblock names it, and the new segment: this is the commit
 *   <li>once all reads that were begun before have ended, the old checkpoint is closed, and the
 *       space that the new one does not name is free
 * </ol>
 *
 * <p>An error leaves what was sealed where it is, and the next call goes on there. One thread.
 */
final class Checkpointing {
  private final TrackSetting setting;
  private final TrackMap map;
  private final TrackChanges changes;
  private final TrackFence fence;

  private Superblock superblock;
  private @Nullable PointSet sealedPoints;
  private Unfilled.@Nullable Sealed sealedUnfilled;
  private long sealedSegment; // the first segment that the new checkpoint does not hold

  Checkpointing(TrackSetting setting, Recovery.Start start, TrackFence fence) {
    this.setting = setting;
    this.map = start.map();
    this.changes = start.changes();
    this.fence = fence;
    this.superblock = start.superblock();
  }

  /** The one in force. */
  Superblock superblock() {
    return superblock;
  }

  /** Whether one was begun and failed. */
  boolean begun() {
    return map.sealed();
  }

  /**
   * Makes a checkpoint.
   *
   * @param released takes what is free when {@link Passages#awaitEarlier} has returned
   * @return whether a block at home lost its owner
   */
  boolean run(Released released) throws StorageException {
    if (sealedPoints == null) {
      seal();
    }
    PointSet points = Objects.requireNonNull(sealedPoints);
    Unfilled.Sealed sealed = Objects.requireNonNull(sealedUnfilled);
    Unfilled.Kept unfilled = changes.unfilled().keep(sealed); // what it says is behind the fence
    fence.await();
    MapFile before = map.checkpoint();
    Released unnamed = new Released();
    Written written = write(setting, map.seal(), points, unfilled, superblock.map() + 1, unnamed);
    Superblock next =
        superblock.next(superblock.map() + 1, sealedSegment, Superblock.State.JOURNAL);
    boolean committed = false;
    try (StoreFile file = setting.store().open(Superblock.FILE)) {
      next.write(file);
      committed = true;
    } finally {
      if (!committed) {
        written.file.close();
      }
    }
    superblock = next;
    map.switchTo(written.file);
    changes.spare().written(written.file.sizeBytes());
    sealedPoints = null;
    sealedUnfilled = null;
    setting.epochs().awaitEarlier();
    before.close();
    released.addAll(unnamed);
    return written.freedHomes;
  }

  /** Whether what a start would find is on the disk as it must be. CORRUPT. */
  void check() throws StorageException {
    Journal journal = changes.journal();
    long last = journal.last();
    fence.await();
    UUID volume = superblock.volume();
    superblock.check(setting.store());
    MapFile.check(setting.store(), superblock.map(), volume, superblock.blockBytes());
    JournalCheck.run(setting.store(), volume, superblock.segment(), journal.segment(), last);
  }

  private void seal() throws StorageException {
    fence.await(); // so that little is left for the one after
    Journal journal = changes.journal();
    try (var closed = setting.gate().close()) {
      journal.begin(setting.volume().get());
      map.seal();
      changes.spare().seal();
      sealedUnfilled = changes.unfilled().seal();
      sealedPoints = changes.points();
      sealedSegment = journal.segment();
    }
  }

  /** A checkpoint that is durable and that nothing names yet. */
  record Written(MapFile file, boolean freedHomes) {}

  static Written write(
      TrackSetting setting,
      TrackMap.Sealed sealed,
      PointSet points,
      Unfilled.Kept unfilled,
      long number,
      Released unnamed)
      throws StorageException {
    UUID volume = setting.volume().get().id();
    int blockBytes = setting.geometry().blockBytes();
    try (MapWriter writer = new MapWriter(setting.store(), number, volume, blockBytes)) {
      boolean freedHomes = new MapMerge(sealed, points, writer, unnamed).run();
      return new Written(writer.finish(points, unfilled, setting.pages()), freedHomes);
    }
  }
}
