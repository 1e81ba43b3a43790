package org.copybay.volumes.track;

import java.util.Arrays;
import java.util.Comparator;
import org.copybay.volumes.StorageException;

/**
 * Makes a checkpoint of the one before and of what was sealed since, and leaves out what no point
 * needs: the pieces of a dropped point pass, block by block, to the newest point before it that
 * lacks the block; what nobody takes is released. Used by one thread.
 */
final class MapMerge {
  private static final Comparator<Owned> BY_OWNER =
      Comparator.comparingInt(Owned::owner).thenComparingLong(Owned::base);

  private final TrackMap.Sealed from;
  private final PointSet points;
  private final MapWriter to;
  private final Released released;

  private final long[] changed; // the tracks that were sealed, in order
  private int changedAt;

  private final TrackPlaces live = new TrackPlaces();
  private Owned[] owned = new Owned[16];
  private int ownedCount;
  private long track = -1;
  private boolean freedHomes;

  /** A piece that a point owns. */
  private record Owned(int owner, int mask, long base) {}

  MapMerge(TrackMap.Sealed from, PointSet points, MapWriter to, Released released) {
    this.from = from;
    this.points = points;
    this.to = to;
    this.released = released;
    this.changed = from.tracks();
  }

  /**
   * Writes every entry.
   *
   * @return whether a block at home lost its owner
   */
  boolean run() throws StorageException {
    from.before().forEach(this::take);
    end();
    for (; changedAt < changed.length; changedAt++) {
      begin(changed[changedAt]);
      write();
    }
    return freedHomes;
  }

  private void take(long ofTrack, boolean isLive, int number, int mask, long base)
      throws StorageException {
    if (ofTrack != track) {
      end();
      for (; changedAt < changed.length && changed[changedAt] < ofTrack; changedAt++) {
        begin(changed[changedAt]);
        write();
      }
      begin(ofTrack);
    }
    if (isLive) {
      live.put(mask, base, number);
    } else {
      add(number, mask, base);
    }
  }

  private void begin(long newTrack) {
    track = newTrack;
    live.reset();
    ownedCount = 0;
  }

  /** The track that came from the checkpoint is whole. */
  private void end() throws StorageException {
    if (track < 0) {
      return;
    }
    write();
    if (changedAt < changed.length && changed[changedAt] == track) {
      changedAt++;
    }
    track = -1;
  }

  private void add(int owner, int mask, long base) {
    if (ownedCount == owned.length) {
      owned = Arrays.copyOf(owned, ownedCount * 2);
    }
    owned[ownedCount++] = new Owned(owner, mask, base);
  }

  private void write() throws StorageException {
    if (changedAt < changed.length && changed[changedAt] == track) {
      from.of(track).live(track, Geometry.WHOLE_TRACK, live);
      from.of(track).owned(track, this::add);
    }
    writeLive();
    Arrays.sort(owned, 0, ownedCount, BY_OWNER);
    writeOwned();
  }

  /** A block at home, born before every point that is there, needs no entry. */
  private void writeLive() throws StorageException {
    int left = 0;
    for (int i = 0; i < Geometry.TRACK_BLOCKS; i++) {
      boolean absent = live.place[i] == Place.HOME && live.born[i] < points.oldest();
      left |= absent ? 0 : 1 << i;
    }
    while (left != 0) {
      int first = Integer.numberOfTrailingZeros(left);
      long base = Place.base(live.place[first], first);
      int same = 0;
      for (int rest = left; rest != 0; rest &= rest - 1) {
        int i = Integer.numberOfTrailingZeros(rest);
        boolean fits = Place.base(live.place[i], i) == base && live.born[i] == live.born[first];
        same |= fits ? 1 << i : 0;
      }
      to.live(track, same, base, live.born[first]);
      left &= ~same;
    }
  }

  /** Pieces come by rising owner: of each point's, the first that has a block is the one. */
  private void writeOwned() throws StorageException {
    int heir = 0;
    int seen = 0;
    int mask = 0; // of the piece that is to be written, which may grow
    long base = 0;
    for (int i = 0; i < ownedCount; i++) {
      Owned piece = owned[i];
      int point = points.floor(piece.owner());
      int kept = point == 0 ? 0 : piece.mask() & (point == heir ? ~seen : -1);
      if (point != heir || piece.base() != base) {
        writeOwned(mask, base, heir);
        mask = 0;
      }
      seen = point == heir ? seen | piece.mask() : piece.mask();
      heir = point;
      base = piece.base();
      mask |= kept;
      release(piece.mask() & ~kept, base);
    }
    writeOwned(mask, base, heir);
  }

  private void writeOwned(int mask, long base, int owner) throws StorageException {
    if (mask != 0) {
      to.owned(track, mask, base, owner);
    }
  }

  private void release(int mask, long base) {
    if (mask != 0) {
      freedHomes |= base == Place.HOME;
      released.add(mask, base);
    }
  }
}
