package org.copybay.volumes.track;

import org.copybay.volumes.Findings;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.journal.JournalReader;
import org.copybay.volumes.journal.JournalRecord;
import org.copybay.volumes.store.TrackStore;
import org.jspecify.annotations.Nullable;

/**
 * A journal replayed in memory over a checkpoint, as a start would, but for one range of tracks at
 * a time. Each record must be one that its writer could have made of the map before it; one that
 * could not is reported, and left out where the map would not take it. Used by one thread.
 */
final class ReplayInspection {
  private static final String WHAT = "journal record";

  private final TrackStore store;
  private final MapFile checkpoint;
  private final @Nullable JournalReader journal;
  private final long homeBlocks;
  private final Findings findings;

  private PointSet points = PointSet.EMPTY;
  private String where = "";

  ReplayInspection(
      TrackStore store,
      MapFile checkpoint,
      @Nullable JournalReader journal,
      long homeBlocks,
      Findings findings) {
    this.store = store;
    this.checkpoint = checkpoint;
    this.journal = journal;
    this.homeBlocks = homeBlocks;
    this.findings = findings;
  }

  /** The points after the last replay. */
  PointSet points() {
    return points;
  }

  /** Goes over all records once: those about points, and whether each is inside of the volume. */
  TrackRanges count(Portions portions, SpillExtent extent) throws StorageException {
    TrackRanges ranges =
        new TrackRanges(Geometry.track(homeBlocks + Geometry.TRACK_BLOCKS - 1), portions);
    replay(
        true,
        change -> {
          if (requireInside(change)) {
            requirePoint(change);
            ranges.count(change);
            extent.change(change);
          }
        });
    return ranges;
  }

  /** Takes the records about blocks. */
  @FunctionalInterface
  private interface BlockChange {
    void change(JournalRecord change) throws StorageException;
  }

  private void replay(boolean tell, BlockChange blocks) throws StorageException {
    points = checkpoint.points();
    if (journal == null) {
      return;
    }
    journal.replayPlaced(
        store,
        (file, offset, number, change) -> {
          where = file + " record " + number + " at byte " + offset;
          switch (change.kind()) {
            case FREEZE -> freeze(change, tell);
            case DROP -> drop(change, tell);
            case LOCK -> lock(change, tell);
            case BARRIER -> {}
            case PREPARE, SWITCH, FILLED -> unfilled(change, tell);
            case RUN, ZERO, SETTLE, FILL, FILL_ANEW, FILL_ZERO -> blocks.change(change);
          }
        });
  }

  private void freeze(JournalRecord change, boolean tell) {
    boolean next = change.point() > points.lastNumber() && change.start() >= 0;
    if (next) {
      points = points.with(PointSet.Point.made(change.point(), change.start(), change.base()));
    } else if (tell) {
      findings.damage(
          WHAT,
          where,
          "a new point after " + points.lastNumber(),
          "point " + change.point() + " of " + change.start() + " bytes");
    }
  }

  private void lock(JournalRecord change, boolean tell) {
    int point = change.point();
    boolean longer = points.has(point) && points.get(point).lockedUntilMillis() < change.start();
    if (!longer && tell) {
      findings.damage(WHAT, where, "a longer lock of a point that is there", change);
    }
    points = points.locked(point, change.start());
  }

  private void drop(JournalRecord change, boolean tell) {
    if (!points.has(change.point()) && tell) {
      findings.damage(WHAT, where, "a point that is there", "drop of point " + change.point());
    }
    points = points.without(change.point());
  }

  /** Whole tracks of the volume, or a switch that its writer could have made. */
  private void unfilled(JournalRecord change, boolean tell) {
    if (!tell) {
      return;
    }
    boolean ofPoint =
        change.kind() != JournalRecord.Kind.SWITCH || change.point() == points.lastNumber();
    if (!ofPoint || !Unfilled.fits(change, homeBlocks)) {
      findings.damage(
          WHAT,
          where,
          "whole tracks of " + homeBlocks + " blocks, or a switch after " + points.lastNumber(),
          change);
    }
  }

  private boolean inside(JournalRecord change) {
    boolean named =
        switch (change.kind()) {
          case RUN, FILL, FILL_ANEW -> change.base() >= 0;
          default -> true;
        };
    return named
        && change.count() > 0
        && change.start() >= 0
        && change.start() <= homeBlocks - change.count();
  }

  private boolean requireInside(JournalRecord change) {
    boolean inside = inside(change);
    if (!inside) {
      findings.damage(
          WHAT, where, "blocks before " + homeBlocks + " of the volume, and of the spill", change);
    }
    return inside;
  }

  private void requirePoint(JournalRecord change) {
    boolean right =
        switch (change.kind()) {
          case FILL, FILL_ZERO -> points.has(change.point());
          case FILL_ANEW -> change.point() >= 0 && change.point() <= points.lastNumber();
          case SETTLE -> true;
          default -> change.point() == 0 || change.point() == points.newest();
        };
    if (!right) {
      findings.damage(WHAT, where, "no point, or the newest one, " + points.newest(), change);
    }
  }

  // ---- one range

  /**
   * Replays what the journal says of a range, over what the checkpoint does.
   *
   * @param tell whether records that no writer could have made are reported
   */
  TrackMap map(TrackRanges.Range range, boolean tell) throws StorageException {
    TrackMap.Known known = new TrackMap.Known();
    checkpoint.forEach(
        range.from(),
        range.to(),
        (track, live, number, mask, base) -> known.learn(track, live, mask, base));
    TrackMap map = new TrackMap(checkpoint, known);
    TrackPlaces places = new TrackPlaces();
    Released nobody = new Released();
    replay(
        false,
        change -> {
          if (!inside(change)) {
            return;
          }
          long last = Geometry.track(change.start() + change.count() - 1);
          long from = Math.max(Geometry.track(change.start()), range.from());
          for (long track = from; track <= Math.min(last, range.to() - 1); track++) {
            JournalRecord part = part(change, track);
            if (tell) {
              map.live(track, mask(part), places);
              requirePossible(map, track, part, places);
            }
            map.apply(part, points.lastNumber(), nobody);
            nobody.clear();
          }
        });
    return map;
  }

  private static int mask(JournalRecord part) {
    int index = Geometry.index(part.start());
    return Geometry.mask(index, index + part.count());
  }

  /** What a record says of one track. */
  private static JournalRecord part(JournalRecord change, long track) {
    long start = Math.max(change.start(), track * Geometry.TRACK_BLOCKS);
    long end = Math.min(change.start() + change.count(), (track + 1) * Geometry.TRACK_BLOCKS);
    boolean placed = change.kind() != JournalRecord.Kind.SETTLE;
    long base = placed ? change.base() + (start - change.start()) : 0;
    return new JournalRecord(change.kind(), (int) (end - start), change.point(), start, base);
  }

  /** Whether the writer could have made the record of the blocks as they were before. */
  private void requirePossible(TrackMap map, long track, JournalRecord part, TrackPlaces before)
      throws StorageException {
    int owned = part.kind() == JournalRecord.Kind.SETTLE ? map.ownedHomes(track) : 0;
    for (int left = mask(part); left != 0; left &= left - 1) {
      int i = Integer.numberOfTrailingZeros(left);
      String wrong = impossible(part, before.place[i], before.born[i], (owned & 1 << i) != 0);
      if (wrong != null) {
        findings.damage(
            WHAT, where + ", block " + (track * Geometry.TRACK_BLOCKS + i), wrong, part);
        return;
      }
    }
  }

  /** What the block had to be instead, or null. */
  private @Nullable String impossible(JournalRecord part, long place, int born, boolean homeOwned) {
    return switch (part.kind()) {
      case SETTLE ->
          place == Place.HOME || homeOwned
              ? "a block away from home, whose home no point owns"
              : null;
      case FILL, FILL_ZERO -> born >= part.point() ? olderThan(part.point(), born) : null;
      case FILL_ANEW ->
          place != Place.ZERO || born > part.point()
              ? "a block without a place, not younger than " + part.point()
              : null;
      case RUN ->
          part.point() == 0 && place != Place.ZERO
              ? "a block without a place, or a point that gets it"
              : wrongOwner(part, born);
      default -> wrongOwner(part, born);
    };
  }

  private @Nullable String wrongOwner(JournalRecord part, int born) {
    if (part.point() == 0) {
      return born < points.newest()
          ? "point " + points.newest() + " as owner of what was there, born at " + born
          : null;
    }
    return born >= part.point() ? olderThan(part.point(), born) : null;
  }

  private static String olderThan(int point, int born) {
    return "a block older than point " + point + ", not born at " + born;
  }
}
