package org.copybay.volumes.track;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.journal.Journal;
import org.copybay.volumes.journal.JournalReader;
import org.copybay.volumes.store.StoreFile;
import org.copybay.volumes.store.TrackStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The start of an engine: makes its files, or finds what they say. The steps of a start, each of
 * which may be the last one before a crash:
 *
 * <ol>
 *   <li>the superblock names checkpoint and journal; the journal is replayed in memory
 *   <li>home and spill are synced: what is there now, and replayed, is durable
 *   <li>a new checkpoint is written, if anything was replayed
 *   <li>the superblock names it, and no journal
 *   <li>a new segment is begun, with a new salt, in a file that nothing names
 *   <li>the superblock names both
 * </ol>
 */
final class Recovery {
  private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);

  private Recovery() {}

  /** What an engine begins with. */
  record Start(Superblock superblock, TrackFiles files, TrackMap map, TrackChanges changes) {}

  /**
   * Makes the files of an engine that has nothing to say yet, durable before this returns; an error
   * leaves none, but those of an earlier one that could not be removed.
   */
  static Start create(TrackSetting setting) throws StorageException {
    EngineFiles.retireLeft(setting.store());
    List<Runnable> open = new ArrayList<>();
    boolean made = false;
    try {
      Start start = create(setting, open);
      made = true;
      return start;
    } finally {
      if (!made) {
        open.forEach(Runnable::run); // a file that is open would keep its space
        EngineFiles.deleteUnmade(setting.store());
      }
    }
  }

  /**
   * The same, which may leave some.
   *
   * @param closing gets what closes those that are open
   */
  private static Start create(TrackSetting setting, List<Runnable> closing)
      throws StorageException {
    TrackStore store = setting.store();
    UUID volume = setting.volume().get().id();
    int blockBytes = setting.geometry().blockBytes();
    MapFile map;
    try (MapWriter writer = new MapWriter(store, 0, volume, blockBytes)) {
      map = writer.finish(PointSet.EMPTY, Unfilled.Kept.NONE, setting.pages());
    }
    closing.add(map::close);
    MapSpare spare = new MapSpare(store, map.sizeBytes());
    spare.begin();
    StoreFile spill = store.create(TrackFiles.SPILL);
    closing.add(spill::close);
    Journal journal = Journal.create(store, 0, 1, setting.volume().get());
    closing.add(journal::close);
    Superblock superblock = new Superblock(0, volume, 0, 0, blockBytes, Superblock.State.JOURNAL);
    try (StoreFile file = store.create(Superblock.FILE)) {
      file.reserve(0, Superblock.FILE_BYTES); // the other copy is written later
      superblock.write(file);
    }
    store.syncNames();
    TrackMap tracks = new TrackMap(map, new TrackMap.Known());
    TrackChanges changes = new TrackChanges(tracks, PointSet.EMPTY);
    changes.record(journal, spare);
    TrackFiles files = new TrackFiles(setting.geometry(), store.home(), spill);
    return new Start(superblock, files, tracks, changes);
  }

  /**
   * Finds what survived. CORRUPT when something is missing that must be there.
   *
   * @param lastPoint a number that was given to a point, which may have been lost; 0 for none
   */
  static Start open(TrackSetting setting, boolean readOnly, int lastPoint) throws StorageException {
    List<Runnable> closing = new ArrayList<>();
    boolean whole = false;
    try {
      Found found = find(setting, lastPoint, closing);
      Start start = readOnly ? found.start : begin(setting, found, closing);
      whole = true;
      return start;
    } finally {
      if (!whole) {
        closing.forEach(Runnable::run);
      }
    }
  }

  /** What survived, and the number of the last record that counts. */
  private record Found(Start start, long end) {}

  private static Found find(TrackSetting setting, int lastPoint, List<Runnable> closing)
      throws StorageException {
    TrackStore store = setting.store();
    Superblock.Copies copies = Superblock.readBoth(store);
    Superblock found = copies.newest();
    UUID volume = setting.volume().get().id();
    requireSame(found, volume, setting.geometry());
    TrackMap.Known known = new TrackMap.Known();
    SpillExtent extent = new SpillExtent();
    MapFile checkpoint =
        MapFile.open(
            setting.pages(),
            store,
            found.map(),
            volume,
            found.blockBytes(),
            (track, live, number, mask, base) -> {
              known.learn(track, live, mask, base);
              extent.piece(mask, base);
            });
    closing.add(checkpoint::close);
    TrackMap map = new TrackMap(checkpoint, known);
    TrackChanges changes = new TrackChanges(map, checkpoint.points());
    Unfilled.Kept unfilled = checkpoint.unfilled();
    for (Unfilled.Run run : unfilled.runs()) {
      if (!run.fits(blocks(setting))) {
        throw MapLayout.damaged(MapFile.fileName(found.map()), "it has " + run);
      }
    }
    changes.unfilled().learn(unfilled);
    long end = replay(setting, copies, changes, extent);
    changes.noteLast(lastPoint);
    StoreFile spill = store.open(TrackFiles.SPILL);
    closing.add(spill::close);
    extent.require(setting.geometry(), spill);
    TrackFiles files = new TrackFiles(setting.geometry(), store.home(), spill);
    return new Found(new Start(found, files, map, changes), end);
  }

  private static void requireSame(Superblock found, UUID volume, Geometry geometry)
      throws StorageException {
    if (!found.volume().equals(volume) || found.blockBytes() != geometry.blockBytes()) {
      throw MapLayout.damaged(
          Superblock.FILE, "it belongs to volume " + found.volume() + ", want " + volume);
    }
  }

  /** Returns the number of the last record that counts. */
  private static long replay(
      TrackSetting setting, Superblock.Copies copies, TrackChanges changes, SpillExtent extent)
      throws StorageException {
    Superblock found = copies.newest();
    if (!hasJournal(setting.store(), copies)) {
      return 0;
    }
    JournalReader reader =
        JournalReader.open(setting.store(), found.segment(), found.volume(), setting.recover());
    long blocks = blocks(setting);
    reader.replayPlaced(
        setting.store(),
        (file, offset, number, change) -> {
          if (!Unfilled.fits(change, blocks)) {
            throw MapLayout.damaged(
                file, "record " + number + " at " + offset + " is none of this volume: " + change);
          }
          extent.change(change);
          changes.replay(change);
        });
    return reader.end();
  }

  /** The blocks of the volume, whose home an interrupted change may have left longer. */
  private static long blocks(TrackSetting setting) throws StorageException {
    long home = setting.store().home().size();
    return setting.geometry().blocks(Math.max(home, setting.volume().get().sizeBytes()));
  }

  /** Whether the journal is to be replayed; where a superblock is lost, it may have said so. */
  private static boolean hasJournal(TrackStore store, Superblock.Copies copies)
      throws StorageException {
    Superblock found = copies.newest();
    if (copies.lost() >= 0) {
      LOG.warn(
          "volume={} {}: the superblock at byte {} does not check, the other one counts",
          found.volume(),
          Superblock.FILE,
          copies.lost());
      return true;
    }
    return hasJournal(store, found);
  }

  /**
   * Whether the journal is to be replayed. A start first names a checkpoint without one, then both:
   * where the write of that second superblock was lost, the journal tells that it was there.
   */
  static boolean hasJournal(TrackStore store, Superblock found) throws StorageException {
    return found.state() == Superblock.State.JOURNAL
        || JournalReader.used(store, found.segment(), found.volume());
  }

  private static Start begin(TrackSetting setting, Found survived, List<Runnable> closing)
      throws StorageException {
    Start found = survived.start;
    found.files.sync();
    long map = found.superblock.map();
    PointSet points = found.changes.points();
    MapFile before = found.map.checkpoint();
    Unfilled unfilled = found.changes.unfilled();
    if (found.map.changed() || !points.equals(before.points()) || unfilled.changed()) {
      map++;
      MapFile now =
          Checkpointing.write(
                  setting,
                  found.map.seal(),
                  points,
                  unfilled.keep(unfilled.seal()),
                  map,
                  new Released())
              .file();
      closing.add(now::close);
      found.map.switchTo(now);
      before.close();
    }
    long segment = found.superblock.segment() + 2;
    Superblock without = found.superblock.next(map, segment, Superblock.State.CHECKPOINT);
    Superblock with = without.next(map, segment, Superblock.State.JOURNAL);
    try (StoreFile file = setting.store().open(Superblock.FILE)) {
      without.write(file);
      Journal journal =
          Journal.create(setting.store(), segment, survived.end + 1, setting.volume().get());
      closing.add(journal::close);
      found.changes.record(
          journal, new MapSpare(setting.store(), found.map.checkpoint().sizeBytes()));
      with.write(file);
    }
    return new Start(with, found.files, found.map, found.changes);
  }
}
