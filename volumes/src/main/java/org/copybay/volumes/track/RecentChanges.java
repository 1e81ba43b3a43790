package org.copybay.volumes.track;

import java.util.Arrays;

/**
 * What a map has learned since its last checkpoint, for a part of the tracks of a volume: live
 * pieces, which stand in place of older ones block by block, and pieces that points got, which only
 * add. Used under the lock of that part; only read once it is sealed.
 */
final class RecentChanges {
  private static final int NONE = -1;
  private static final long FREE = -1;

  // the tracks, by hash with linear probing
  private long[] tracks = filled(16);
  private int[] liveHeads = new int[16];
  private int[] ownedHeads = new int[16];
  private int trackCount;

  // the pieces of all tracks, each in the chain of its own; what a walk along one needs is together
  private long[] links = new long[16]; // the next piece and the mask
  private int[] numbers = new int[16];
  private long[] bases = new long[16];
  private int pieceCount;
  private int unused = NONE;

  private static long[] filled(int length) {
    long[] array = new long[length];
    Arrays.fill(array, FREE);
    return array;
  }

  private static long link(int next, int mask) {
    return (long) next << Integer.SIZE | mask;
  }

  private static int next(long link) {
    return (int) (link >> Integer.SIZE);
  }

  private static int mask(long link) {
    return (int) link;
  }

  // ---- looking

  /** Puts what is known of those live blocks of a track over what stands there. */
  void live(long track, int wanted, TrackPlaces into) {
    int slot = find(track);
    if (slot < 0) {
      return;
    }
    for (int piece = liveHeads[slot]; piece != NONE; ) {
      long link = links[piece];
      int found = mask(link) & wanted;
      if (found != 0) {
        into.put(found, bases[piece], numbers[piece]);
      }
      piece = next(link);
    }
  }

  /** Hands over the pieces of a track that points own, in no order. */
  void owned(long track, Pieces into) {
    int slot = find(track);
    if (slot < 0) {
      return;
    }
    for (int piece = ownedHeads[slot]; piece != NONE; piece = next(links[piece])) {
      into.owned(numbers[piece], mask(links[piece]), bases[piece]);
    }
  }

  /** The tracks that it knows of, in no order. */
  long[] tracks() {
    return Arrays.stream(tracks).filter(track -> track != FREE).toArray();
  }

  boolean isEmpty() {
    return trackCount == 0;
  }

  // ---- changing

  /** The live blocks of the mask lie there from now on. */
  void setLive(long track, int mask, long base, int born) {
    int slot = claim(track);
    takeLive(slot, mask);
    int head = liveHeads[slot]; // the newest, which a sequential writer goes on with
    if (head != NONE && bases[head] == base && numbers[head] == born) {
      links[head] |= mask;
    } else {
      liveHeads[slot] = add(mask, base, born, head);
    }
  }

  /** Takes the blocks of the mask out of the live pieces. */
  private void takeLive(int slot, int mask) {
    int before = NONE;
    for (int piece = liveHeads[slot]; piece != NONE; ) {
      long link = links[piece];
      int left = mask(link) & ~mask;
      if (left == 0) {
        unlink(slot, before, piece);
      } else {
        links[piece] = link(next(link), left);
        before = piece;
      }
      piece = next(link);
    }
  }

  private void unlink(int slot, int before, int piece) {
    int next = next(links[piece]);
    if (before == NONE) {
      liveHeads[slot] = next;
    } else {
      links[before] = link(next, mask(links[before]));
    }
    links[piece] = link(unused, 0);
    unused = piece;
  }

  /** The blocks of the mask, which the owner did not have, lie there from now on. */
  void addOwned(long track, int mask, long base, int owner) {
    int slot = claim(track);
    for (int piece = ownedHeads[slot]; piece != NONE; piece = next(links[piece])) {
      if (bases[piece] == base && numbers[piece] == owner) {
        links[piece] |= mask;
        return;
      }
      if (numbers[piece] != owner) {
        break; // the newest stand first: what follows is seldom of the same owner
      }
    }
    ownedHeads[slot] = add(mask, base, owner, ownedHeads[slot]);
  }

  private int add(int mask, long base, int number, int next) {
    int piece = unused;
    if (piece == NONE) {
      if (pieceCount == links.length) {
        growPieces();
      }
      piece = pieceCount++;
    } else {
      unused = next(links[piece]);
    }
    links[piece] = link(next, mask);
    bases[piece] = base;
    numbers[piece] = number;
    return piece;
  }

  private void growPieces() {
    int length = links.length + links.length / 2;
    links = Arrays.copyOf(links, length);
    numbers = Arrays.copyOf(numbers, length);
    bases = Arrays.copyOf(bases, length);
  }

  // ---- the hash

  private int find(long track) {
    int at = slot(track);
    while (tracks[at] != FREE) {
      if (tracks[at] == track) {
        return at;
      }
      at = (at + 1) & (tracks.length - 1);
    }
    return -1 - at;
  }

  private int slot(long track) {
    long mixed = track * 0x9e3779b97f4a7c15L;
    return (int) (mixed >>> 32) & (tracks.length - 1);
  }

  private int claim(long track) {
    int at = find(track);
    if (at >= 0) {
      return at;
    }
    if (trackCount >= tracks.length / 2) {
      growTracks();
      at = find(track);
    }
    int slot = -1 - at;
    tracks[slot] = track;
    liveHeads[slot] = NONE;
    ownedHeads[slot] = NONE;
    trackCount++;
    return slot;
  }

  private void growTracks() {
    long[] oldTracks = tracks;
    int[] oldLive = liveHeads;
    int[] oldOwned = ownedHeads;
    tracks = filled(oldTracks.length * 2);
    liveHeads = new int[tracks.length];
    ownedHeads = new int[tracks.length];
    for (int i = 0; i < oldTracks.length; i++) {
      if (oldTracks[i] != FREE) {
        int slot = -1 - find(oldTracks[i]);
        tracks[slot] = oldTracks[i];
        liveHeads[slot] = oldLive[i];
        ownedHeads[slot] = oldOwned[i];
      }
    }
  }
}
