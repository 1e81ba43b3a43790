package org.copybay.volumes.track;

import java.util.List;
import java.util.UUID;
import org.copybay.volumes.Fault;
import org.copybay.volumes.Findings;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.journal.JournalReader;
import org.copybay.volumes.journal.RecoverMode;
import org.copybay.volumes.journal.VolumeIdentity;
import org.copybay.volumes.store.StoreFile;
import org.copybay.volumes.store.TrackStore;
import org.jspecify.annotations.Nullable;

/*
 * Memory is bounded whatever the volume is: of the checkpoint 8 bytes for each page are kept; the
 * journal is replayed for one range of tracks at a time (TrackRanges), and the blocks of the spill
 * are ticked off in one window at a time (SpillClaims). Another range costs a pass over the journal,
 * another window a pass over everything.
 */
/**
 * The track engine of a volume that nobody has open: what a start would find, looked at more
 * closely and without changing anything. First each file by itself, then, where they are sound, the
 * map that they make together.
 */
public final class EngineInspection {
  private static final long PAGES_BYTES = 2 << 20;

  private final TrackStore store;
  private final VolumeIdentity volume;
  private final Geometry geometry;
  private final Portions portions;
  private final Findings findings;

  private EngineInspection(
      TrackStore store,
      VolumeIdentity volume,
      Geometry geometry,
      Portions portions,
      Findings findings) {
    this.portions = portions;
    this.store = store;
    this.volume = volume;
    this.geometry = geometry;
    this.findings = findings;
  }

  /**
   * A point in time that the engine knows.
   *
   * @param number 1 or more
   * @param sizeBytes the size of the volume then
   * @param timeMillis since 1970
   */
  public record Point(int number, long sizeBytes, long timeMillis) {}

  /**
   * Looks at what the engine keeps beside the home.
   *
   * @param volume what the catalogue says of the volume
   * @param recover what the end of the last run is taken for
   * @return the points that a start would find; null when that cannot be told, which is reported
   */
  public static @Nullable List<Point> run(
      TrackStore store, VolumeIdentity volume, RecoverMode recover, Findings findings)
      throws StorageException {
    return run(store, volume, Geometry.STANDARD, Portions.STANDARD, recover, findings);
  }

  static @Nullable List<Point> run(
      TrackStore store,
      VolumeIdentity volume,
      Geometry geometry,
      Portions portions,
      RecoverMode recover,
      Findings findings)
      throws StorageException {
    EngineInspection inspection = new EngineInspection(store, volume, geometry, portions, findings);
    EnginePresence.Missing missing = EnginePresence.missing(store, volume.id());
    if (missing != null) {
      findings.damage("superblock", Superblock.FILE, missing.wanted(), missing.got());
      return null;
    }
    return EnginePresence.blank(store) ? List.of() : inspection.run(recover);
  }

  private @Nullable List<Point> run(RecoverMode recover) throws StorageException {
    UUID id = volume.id();
    Superblock superblock = SuperblockInspection.run(store, id, geometry, findings);
    if (superblock != null && superblock.state() == Superblock.State.RETIRED) {
      return List.of();
    }
    if (superblock == null
        || !MapInspection.run(store, superblock, homeBlocks(), findings)
        || !spillThere()) {
      return null;
    }
    JournalReader journal = null;
    if (Recovery.hasJournal(store, superblock)) {
      journal = journal(superblock, recover);
      if (journal == null) {
        return null;
      }
    }
    SpillExtent extent = new SpillExtent();
    try (MapFile checkpoint =
        MapFile.open(
            new MapPages(PAGES_BYTES),
            store,
            superblock.map(),
            id,
            geometry.blockBytes(),
            (track, live, owner, mask, base) -> extent.piece(mask, base))) {
      return points(checkpoint, journal, extent);
    }
  }

  private boolean spillThere() throws StorageException {
    boolean there = store.exists(TrackFiles.SPILL);
    if (!there) {
      findings.damage("spill", TrackFiles.SPILL, "the file", "no file");
    }
    return there;
  }

  // ---- the journal by itself

  private @Nullable JournalReader journal(Superblock superblock, RecoverMode recover)
      throws StorageException {
    try {
      JournalReader journal = JournalReader.open(store, superblock.segment(), volume.id(), recover);
      noteJournal(journal);
      return journal;
    } catch (IllegalArgumentException e) {
      findings.damage("journal", "journal." + superblock.segment() % 2, "records", e.toString());
    } catch (StorageException e) {
      if (e.fault() != Fault.CORRUPT) {
        throw e;
      }
      findings.damage(
          "journal",
          "segment " + superblock.segment() + " and on",
          "every record up to the last that was synced",
          e.getMessage());
    }
    return null;
  }

  private void noteJournal(JournalReader journal) {
    long lost = journal.last() - journal.end();
    if (lost > 0) {
      findings.note(
          "journal",
          "records " + (journal.end() + 1) + " to " + journal.last(),
          "a barrier behind the last record",
          lost + " records that no barrier covers",
          "after power loss the next mount gives them up: they were never synced");
    }
    VolumeIdentity said = journal.volume();
    if (!said.name().equals(volume.name()) || said.sizeBytes() != volume.sizeBytes()) {
      findings.note(
          "journal",
          "head",
          volume.name() + " of " + volume.sizeBytes() + " bytes",
          said.name() + " of " + said.sizeBytes() + " bytes",
          "it says what the volume was when the segment began; the next one says what it is");
    }
  }

  // ---- the map of all of it

  /** Where the home was cut, that was said elsewhere. */
  private long homeBlocks() throws StorageException {
    return geometry.blocks(Math.max(store.home().size(), volume.sizeBytes()));
  }

  private List<Point> points(
      MapFile checkpoint, @Nullable JournalReader journal, SpillExtent extent)
      throws StorageException {
    ReplayInspection replay =
        new ReplayInspection(store, checkpoint, journal, homeBlocks(), findings);
    List<TrackRanges.Range> ranges = replay.count(portions, extent).ranges();
    long spillBlocks = spillBlocks(extent);
    long window = 0;
    do {
      SpillClaims claims =
          new SpillClaims(window, Math.min(portions.windowBlocks(), spillBlocks - window));
      Findings told = window == 0 ? findings : new Findings(); // the rest was said in the first
      OwnerInspection owners = new OwnerInspection(claims, told);
      owners(replay, ranges, owners, window == 0);
      if (!claims.doubled().isEmpty()) {
        claims.name();
        owners(replay, ranges, new OwnerInspection(claims, new Findings()), false);
        claims.doubled().forEach((block, by) -> twoOwners(block, by));
      }
      window += portions.windowBlocks();
    } while (window < spillBlocks);
    return replay.points().points().stream()
        .map(point -> new Point(point.number(), point.sizeBytes(), point.timeMillis()))
        .toList();
  }

  private long spillBlocks(SpillExtent extent) throws StorageException {
    try (StoreFile spill = store.open(TrackFiles.SPILL)) {
      SpillExtent.Cut cut = extent.cut(geometry, spill);
      if (cut != null) {
        findings.damage("spill", TrackFiles.SPILL, cut.wanted(), cut.got());
      }
      return geometry.block(spill.size());
    }
  }

  private static void owners(
      ReplayInspection replay, List<TrackRanges.Range> ranges, OwnerInspection owners, boolean tell)
      throws StorageException {
    TrackPlaces live = new TrackPlaces();
    for (TrackRanges.Range range : ranges) {
      TrackMap map = replay.map(range, tell);
      int last = replay.points().lastNumber();
      for (long track = map.nextMapped(range.from()); track >= 0; ) {
        map.owned(track, owners::owned);
        map.live(track, Geometry.WHOLE_TRACK, live);
        owners.track(track, live, last);
        track = map.nextMapped(track + 1);
      }
    }
  }

  private void twoOwners(long block, List<String> by) {
    findings.damage(
        "owner",
        TrackFiles.SPILL + " block " + block + " at byte " + geometry.offset(block),
        "one owner",
        String.join(" and ", by));
  }
}
