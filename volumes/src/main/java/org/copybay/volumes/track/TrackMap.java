package org.copybay.volumes.track;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.copybay.volumes.LockRank;
import org.copybay.volumes.RankedLock;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.journal.JournalRecord;
import org.jspecify.annotations.Nullable;

/*
 * INV-1 Every block in home or spill has one owner: the live map or one point. The map never
 *       names a block of the spill twice.
 * INV-2 The content of block b as of point k lies where the smallest owner of b that is k or later
 *       says, also when that owner was dropped; where none has b, it is the live block.
 * INV-3 Where the map says nothing of a block, it is live, at home, and born 0: before any point.
 * INV-4 A home that a point owns is named by that point's piece until a checkpoint has found that
 *       no point needs it.
 */
/**
 * Where the blocks of one volume lie, live and as of each point: what was learned since the last
 * checkpoint, what a checkpoint that is being written will hold, and the last one. Each method that
 * names a track is called with that track locked.
 */
final class TrackMap {
  private static final int PARTS = Long.SIZE;

  private final RankedLock[] locks = new RankedLock[PARTS];
  private final TrackSet mapped;
  private final AtomicLong away;

  // volatile: replaced as a whole, under the closed gate or by the only thread of checkpoints
  private volatile Parts parts;

  /** What look-ups pass, the newest first. */
  private record Parts(
      List<RecentChanges> active, @Nullable List<RecentChanges> sealed, MapFile checkpoint) {}

  /** What is in memory of every track. */
  static final class Known {
    private final TrackSet mapped = new TrackSet();
    private final AtomicLong away = new AtomicLong();

    /** Takes an entry of the checkpoint. */
    void learn(long track, boolean live, int mask, long base) {
      mapped.add(track);
      if (live && base != Place.HOME) {
        away.addAndGet(Integer.bitCount(mask));
      }
    }
  }

  TrackMap(MapFile checkpoint, Known known) {
    this.mapped = known.mapped;
    this.away = known.away;
    for (int i = 0; i < PARTS; i++) {
      locks[i] = new RankedLock(LockRank.TRACK, i);
    }
    parts = new Parts(none(), null, checkpoint);
  }

  private static List<RecentChanges> none() {
    return Stream.generate(RecentChanges::new).limit(PARTS).toList();
  }

  // ---- locks

  /**
   * Locks the tracks [first, last], and others with them.
   *
   * @return what {@link #unlock} needs
   */
  long lock(long first, long last) {
    long count = last - first + 1;
    long which = count >= PARTS ? -1L : Long.rotateLeft((1L << count) - 1, (int) (first % PARTS));
    for (long left = which; left != 0; left &= left - 1) {
      var held = locks[Long.numberOfTrailingZeros(left)].enter();
      assert held != null;
    }
    return which;
  }

  void unlock(long which) {
    for (long left = which; left != 0; left &= left - 1) {
      locks[Long.numberOfTrailingZeros(left)].exit();
    }
  }

  private static int part(long track) {
    return (int) (track % PARTS);
  }

  // ---- looking

  /**
   * The first track at or after that one of which the map may know something, or -1. Needs no lock.
   */
  long nextMapped(long track) {
    return mapped.next(track);
  }

  /** Blocks whose live content is not at home. Needs no lock. */
  long awayCount() {
    return away.get();
  }

  /** Where those live blocks of a track lie; what stands at others is of no use. */
  void live(long track, int wanted, TrackPlaces into) throws StorageException {
    into.reset();
    if (!mapped.has(track)) {
      return;
    }
    Parts now = parts;
    now.checkpoint.live(track, into);
    if (now.sealed != null) {
      now.sealed.get(part(track)).live(track, wanted, into);
    }
    now.active.get(part(track)).live(track, wanted, into);
  }

  /** Where the blocks of a track lie as of a point. */
  void image(long track, int point, TrackPlaces into) throws StorageException {
    live(track, Geometry.WHOLE_TRACK, into);
    int changed = 0;
    for (int i = 0; i < Geometry.TRACK_BLOCKS; i++) {
      changed |= into.born[i] >= point ? 1 << i : 0;
    }
    if (changed != 0) {
      owned(track, point, new FirstOwner(changed, point, into));
    }
  }

  /** Hands over the pieces of a track whose owner is that point or a later one. */
  private void owned(long track, int from, FirstOwner into) throws StorageException {
    Parts now = parts;
    now.active.get(part(track)).owned(track, into);
    if (now.sealed != null) {
      now.sealed.get(part(track)).owned(track, into);
    }
    now.checkpoint.owned(track, from, into::fromCheckpoint);
  }

  /** Finds the smallest owner of each block, from a point on. */
  private static final class FirstOwner implements Pieces {
    private final int wanted;
    private final int point;
    private final TrackPlaces into;
    private final int[] owners = new int[Geometry.TRACK_BLOCKS]; // 0: none yet

    FirstOwner(int wanted, int point, TrackPlaces into) {
      this.wanted = wanted;
      this.point = point;
      this.into = into;
    }

    @Override
    public void owned(int owner, int mask, long base) {
      if (owner < point) {
        return;
      }
      for (int left = mask & wanted; left != 0; left &= left - 1) {
        int i = Integer.numberOfTrailingZeros(left);
        if (owners[i] == 0 || owner < owners[i]) {
          owners[i] = owner;
          into.place[i] = Place.of(base, i);
        }
      }
    }

    /** Owners rise here: no more are wanted once each block has a smaller one. */
    boolean fromCheckpoint(int owner, int mask, long base) {
      owned(owner, mask, base);
      for (int left = wanted; left != 0; left &= left - 1) {
        int found = owners[Integer.numberOfTrailingZeros(left)];
        if (found == 0 || found > owner) {
          return true;
        }
      }
      return false;
    }
  }

  /** The blocks of a track whose home a point owns. */
  int ownedHomes(long track) throws StorageException {
    int[] mask = new int[1];
    owned(track, (owner, blocks, base) -> mask[0] |= base == Place.HOME ? blocks : 0);
    return mask[0];
  }

  /** Hands over every piece of a track that a point got, also one that was dropped since. */
  void owned(long track, Pieces into) throws StorageException {
    Parts now = parts;
    now.active.get(part(track)).owned(track, into);
    if (now.sealed != null) {
      now.sealed.get(part(track)).owned(track, into);
    }
    now.checkpoint.owned(
        track,
        0,
        (owner, blocks, base) -> {
          into.owned(owner, blocks, base);
          return true;
        });
  }

  /** Whether a point of [from, to) owns a block of a track, or did when it was dropped. */
  boolean ownedBetween(long track, int from, int to) throws StorageException {
    Parts now = parts;
    boolean[] found = new boolean[1];
    Pieces into = (owner, blocks, base) -> found[0] |= owner >= from && owner < to;
    now.active.get(part(track)).owned(track, into);
    if (now.sealed != null) {
      now.sealed.get(part(track)).owned(track, into);
    }
    if (!found[0]) {
      now.checkpoint.owned(
          track,
          from,
          (owner, blocks, base) -> {
            into.owned(owner, blocks, base);
            return false; // owners rise: the first is enough
          });
    }
    return found[0];
  }

  // ---- changing

  /**
   * Makes the change of a record about blocks, as its writer and as a replay; all its tracks are
   * locked.
   *
   * @param lastPoint the number of the last point that was made before it
   * @param released takes the blocks of the spill that nothing names any more
   */
  void apply(JournalRecord change, int lastPoint, Released released) throws StorageException {
    long end = change.start() + change.count();
    TrackPlaces places = new TrackPlaces();
    for (long block = change.start(); block < end; ) {
      long track = Geometry.track(block);
      long trackStart = track * Geometry.TRACK_BLOCKS;
      int to = (int) Math.min(Geometry.TRACK_BLOCKS, end - trackStart);
      int mask = Geometry.mask(Geometry.index(block), to);
      live(track, mask, places);
      mapped.add(track);
      long base = change.base() + (trackStart - change.start());
      switch (change.kind()) {
        case RUN -> replace(track, mask, places, change.point(), base, lastPoint, released);
        case ZERO -> replace(track, mask, places, change.point(), Place.ZERO, lastPoint, released);
        case FILL -> replace(track, mask, places, change.point(), base, change.point(), released);
        case FILL_ANEW -> replace(track, mask, places, 0, base, change.point(), released);
        case FILL_ZERO ->
            replace(track, mask, places, change.point(), Place.ZERO, change.point(), released);
        case SETTLE -> settle(track, mask, places, released);
        default -> throw new IllegalArgumentException("no change of blocks: " + change);
      }
      block = trackStart + to;
    }
  }

  private void replace(
      long track, int mask, TrackPlaces old, int owner, long base, int born, Released released) {
    RecentChanges changes = parts.active.get(part(track));
    for (int left = mask; left != 0; ) {
      long oldBase =
          Place.base(
              old.place[Integer.numberOfTrailingZeros(left)], Integer.numberOfTrailingZeros(left));
      int same = sameBase(left, old, oldBase);
      if (owner != 0) {
        changes.addOwned(track, same, oldBase, owner);
      } else {
        released.add(same, oldBase);
      }
      away.addAndGet(
          (base == Place.HOME ? 0 : Integer.bitCount(same))
              - (oldBase == Place.HOME ? 0 : Integer.bitCount(same)));
      left &= ~same;
    }
    changes.setLive(track, mask, base, born);
  }

  /** The blocks of the mask whose places make one piece with that base. */
  private static int sameBase(int mask, TrackPlaces places, long base) {
    int same = 0;
    for (int left = mask; left != 0; left &= left - 1) {
      int i = Integer.numberOfTrailingZeros(left);
      same |= Place.base(places.place[i], i) == base ? 1 << i : 0;
    }
    return same;
  }

  private void settle(long track, int mask, TrackPlaces old, Released released) {
    for (int left = mask; left != 0; left &= left - 1) {
      int i = Integer.numberOfTrailingZeros(left);
      replace(track, 1 << i, old, 0, Place.HOME, old.born[i], released);
    }
  }

  // ---- checkpoints

  /** What a checkpoint is made of. */
  record Sealed(List<RecentChanges> changes, MapFile before) {
    /** The tracks that changed, in order. */
    long[] tracks() {
      return changes.stream()
          .flatMapToLong(part -> Arrays.stream(part.tracks()))
          .sorted()
          .toArray();
    }

    RecentChanges of(long track) {
      return changes.get(part(track));
    }
  }

  /** Begins a checkpoint; called with the gate closed, or again after one that failed. */
  Sealed seal() {
    Parts now = parts;
    if (now.sealed == null) {
      now = new Parts(none(), now.active, now.checkpoint);
      parts = now;
    }
    return new Sealed(Objects.requireNonNull(now.sealed), now.checkpoint);
  }

  /** Whether a checkpoint was begun and not ended. */
  boolean sealed() {
    return parts.sealed != null;
  }

  /** Ends a checkpoint, which holds what was sealed; the one before is closed by the caller. */
  void switchTo(MapFile checkpoint) {
    parts = new Parts(parts.active, null, checkpoint);
  }

  MapFile checkpoint() {
    return parts.checkpoint;
  }

  /** Whether anything was learned since the checkpoint. */
  boolean changed() {
    Parts now = parts;
    return now.sealed != null || !now.active.stream().allMatch(RecentChanges::isEmpty);
  }
}
