package org.copybay.volumes.track;

import java.util.ArrayList;
import java.util.List;
import org.copybay.volumes.Image;
import org.copybay.volumes.journal.JournalRecord;
import org.jspecify.annotations.Nullable;

/*
 * INV-1 A block that is unfilled shows what the origin holds of it, live and as of every point that
 *       was made after the switch; what lies at its place is what older points hold, or nothing.
 * INV-2 It ceases to be unfilled by one record of its track, after the bytes that make it whole were
 *       written, and before anything else is written there. Only a switch, with the gate closed,
 *       makes blocks unfilled: what somebody writes is never covered again (P1, P2).
 * INV-3 No point that was made after a switch is there when the next one is made, unless no block is
 *       unfilled.
 */
/**
 * Which blocks of a volume have no bytes of their own, but show those of an origin, until they are
 * filled. A record of the journal is behind every change. Any thread may look.
 */
final class Unfilled {
  /** What a switch does. */
  enum Where {
    /** The blocks that were prepared are unfilled, besides those that are. */
    PREPARED(1),
    /** All blocks are unfilled. */
    ALL(2),
    /** No block is: each has the bytes that lie at its place. */
    NONE(3),
    /** Nothing changes, and what was prepared is not to be. */
    UNPREPARED(4);

    private final int code;

    Where(int code) {
      this.code = code;
    }

    int code() {
      return code;
    }

    /** Null for a code of another version. */
    static @Nullable Where of(int code) {
      for (Where each : values()) {
        if (each.code == code) {
          return each;
        }
      }
      return null;
    }
  }

  // volatile: replaced as a whole with the gate closed, or before requests arrive
  private volatile State state = new State(new TrackMasks(), 0, 0, null, 0);

  private volatile TrackMasks prepared = new TrackMasks(); // volatile: replaced likewise

  // volatile: set by every change, unset when a checkpoint holds it
  private volatile boolean changed;

  /**
   * Since the last switch.
   *
   * @param blocks that are unfilled
   * @param mark the number of the last point that was made before it
   * @param stamp what it was given to be known by, 0 before the first
   * @param origin holds the bytes of the blocks; null while nobody has said
   * @param generation rises with each switch
   */
  record State(TrackMasks blocks, int mark, long stamp, @Nullable Image origin, long generation) {

    /** Whether a point, or 0 for the live volume, shows what the origin holds. */
    boolean shows(int point) {
      return blocks.trackCount() > 0 && (point == 0 || point > mark);
    }

    /**
     * The first byte at or after that one whose block is unfilled, or is not; at most the end.
     *
     * @param isUnfilled which of both is looked for
     */
    long boundary(Geometry geometry, long offset, long end, boolean isUnfilled) {
      long block = geometry.block(offset);
      while (geometry.offset(block) < end) {
        long track = Geometry.track(block);
        int mask = blocks.mask(track) >>> Geometry.index(block);
        if ((mask & 1) != 0 == isUnfilled) {
          return Math.max(offset, geometry.offset(block));
        }
        int same = Integer.numberOfTrailingZeros(isUnfilled ? mask : ~mask);
        int left = Geometry.TRACK_BLOCKS - Geometry.index(block);
        if (same < left) {
          block += same;
        } else if (isUnfilled) {
          long next = blocks.next(track + 1);
          block = next < 0 ? geometry.blocks(end) : next * Geometry.TRACK_BLOCKS;
        } else {
          block += left;
        }
      }
      return end;
    }
  }

  // ---- looking

  /** What is so now. */
  State now() {
    return state;
  }

  /** Whether any block is unfilled. */
  boolean any() {
    return state.blocks.trackCount() > 0;
  }

  /** Whether any block is prepared. */
  boolean prepared() {
    return prepared.trackCount() > 0;
  }

  /** Whether a start would have something to know. */
  boolean needed() {
    return any() || prepared();
  }

  /** The unfilled blocks of a track. */
  int mask(long track) {
    return state.blocks.mask(track);
  }

  /** The first track at or after that one that has an unfilled block, or -1. */
  long next(long track) {
    return state.blocks.next(track);
  }

  /** The blocks of a track that are prepared. */
  int preparedMask(long track) {
    return prepared.mask(track);
  }

  // ---- changing

  /** Says what holds the bytes of unfilled blocks, before requests arrive. */
  void setOrigin(@Nullable Image origin) {
    State now = state;
    state = new State(now.blocks, now.mark, now.stamp, origin, now.generation);
  }

  /**
   * Another engine has taken over, with the gate closed: what was read for a fill is not to be put.
   */
  void end() {
    State now = state;
    state = new State(new TrackMasks(), now.mark, now.stamp, null, now.generation + 1);
    prepared = new TrackMasks();
  }

  /** Whether a writer could have made a record of a volume of so many blocks, if it is of these. */
  static boolean fits(JournalRecord change, long volumeBlocks) {
    return switch (change.kind()) {
      case PREPARE, FILLED ->
          Geometry.index(change.start()) == 0
              && Geometry.index(change.count()) == 0
              && fits(Geometry.track(change.start()), Geometry.track(change.count()), volumeBlocks)
              && (change.point() & ~Geometry.WHOLE_TRACK) == 0;
      case SWITCH ->
          Where.of(change.count()) != null
              && change.point() >= 0
              && change.start() >= 0
              && change.start() <= volumeBlocks;
      default -> true;
    };
  }

  /** Whether tracks are some of a volume. */
  private static boolean fits(long first, long count, long volumeBlocks) {
    long tracks = Geometry.track(volumeBlocks + Geometry.TRACK_BLOCKS - 1);
    return first >= 0 && count > 0 && count <= tracks && first <= tracks - count;
  }

  /** Makes the change of a record, as its writer and as a replay of one that {@link #fits}. */
  void apply(JournalRecord change, @Nullable Image origin) {
    long first = Geometry.track(change.start());
    long end = Geometry.track(change.start() + change.count() + Geometry.TRACK_BLOCKS - 1);
    switch (change.kind()) {
      case PREPARE -> prepared.add(first, end, change.point());
      case FILLED -> state.blocks.clear(first, end);
      case SWITCH -> switchTo(change, origin);
      default -> throw new IllegalArgumentException("no change of what is filled: " + change);
    }
    changed = true;
  }

  private void switchTo(JournalRecord change, @Nullable Image origin) {
    Where where = Where.of(change.count());
    if (where == null) {
      throw new IllegalArgumentException("a switch of another version: " + change);
    }
    if (where != Where.UNPREPARED) {
      TrackMasks next =
          switch (where) {
            case PREPARED -> TrackMasks.both(state.blocks, prepared);
            case ALL -> all(change.start());
            case NONE, UNPREPARED -> new TrackMasks();
          };
      state = new State(next, change.point(), change.base(), origin, state.generation + 1);
    }
    prepared = new TrackMasks(); // who looks at both looks here first
  }

  private static TrackMasks all(long count) {
    TrackMasks all = new TrackMasks();
    long whole = Geometry.track(count);
    all.add(0, whole, Geometry.WHOLE_TRACK);
    int rest = Geometry.index(count);
    if (rest > 0) {
      all.add(whole, whole + 1, Geometry.mask(0, rest));
    }
    return all;
  }

  // ---- checkpoints

  /**
   * What a checkpoint holds of it.
   *
   * @param mark of the last switch
   * @param stamp of the last switch
   * @param runs of tracks
   */
  record Kept(int mark, long stamp, List<Run> runs) {
    static final Kept NONE = new Kept(0, 0, List.of());
  }

  /**
   * Tracks that have the same mask.
   *
   * @param track the first
   * @param count how many
   * @param mask of each
   * @param isPrepared whether they are only prepared
   */
  record Run(long track, long count, int mask, boolean isPrepared) {
    /** Whether it can be one of a volume of so many blocks. */
    boolean fits(long volumeBlocks) {
      return mask != 0 && Unfilled.fits(track, count, volumeBlocks);
    }
  }

  /** What was so when a checkpoint began, and is not in the records that are replayed over it. */
  record Sealed(int mark, long stamp, TrackMasks prepared) {}

  /** Begins a checkpoint; the gate is closed, or nobody changes anything. */
  Sealed seal() {
    State now = state;
    return new Sealed(now.mark, now.stamp, prepared);
  }

  /**
   * What it is, while it may change: every record since it was sealed is replayed over it, and
   * comes to the same. So what the first switch since then takes must be what was prepared before
   * it, never what was prepared for the next one; of that only those tracks may lack by now that
   * were filled after the switch.
   */
  Kept keep(Sealed sealed) {
    changed = false;
    List<Run> runs = new ArrayList<>();
    state.blocks.forEach((track, count, mask) -> runs.add(new Run(track, count, mask, false)));
    sealed.prepared.forEach((track, count, mask) -> runs.add(new Run(track, count, mask, true)));
    return new Kept(sealed.mark, sealed.stamp, runs);
  }

  /** Whether it changed since the last {@link #keep}, or {@link #learn}. */
  boolean changed() {
    return changed;
  }

  /** Takes what a checkpoint holds; called once. */
  void learn(Kept kept) {
    TrackMasks blocks = new TrackMasks();
    for (Run run : kept.runs) {
      (run.isPrepared ? prepared : blocks).add(run.track, run.track + run.count, run.mask);
    }
    state = new State(blocks, kept.mark, kept.stamp, null, 0);
  }
}
