package org.copybay.volumes.track;

import java.util.Arrays;
import java.util.Comparator;
import org.copybay.volumes.Findings;

/**
 * The rule that every block of home and spill has one owner, looked at for one track after the
 * other: each with its live places and every piece that points got. Of the spill only {@link
 * SpillClaims} sees more than one track. Used by one thread.
 */
final class OwnerInspection {
  private static final String WHAT = "owner";

  private final SpillClaims claims;
  private final Findings findings;

  private Piece[] pieces = new Piece[16];
  private int pieceCount;

  /** What a point got. */
  private record Piece(int owner, int mask, long base) {}

  OwnerInspection(SpillClaims claims, Findings findings) {
    this.claims = claims;
    this.findings = findings;
  }

  /** Adds a piece of the track that comes next. */
  void owned(int owner, int mask, long base) {
    if (pieceCount == pieces.length) {
      pieces = Arrays.copyOf(pieces, pieceCount * 2);
    }
    pieces[pieceCount++] = new Piece(owner, mask, base);
  }

  /**
   * Looks at a track, and forgets its pieces.
   *
   * @param live where its live blocks lie
   * @param lastPoint the number of the last point that was ever made
   */
  void track(long track, TrackPlaces live, int lastPoint) {
    int homes = 0;
    for (int i = 0; i < Geometry.TRACK_BLOCKS; i++) {
      long block = track * Geometry.TRACK_BLOCKS + i;
      homes |= live.place[i] == Place.HOME ? 1 << i : 0;
      boolean known = live.place[i] != Place.HOME || live.born[i] != 0;
      if (known) {
        place(block, live.place[i], "the live block");
      }
      if (live.born[i] < 0 || live.born[i] > lastPoint) {
        wrong(block, "a birth from 0 to " + lastPoint, live.born[i]);
      }
    }
    Arrays.sort(pieces, 0, pieceCount, Comparator.comparingInt(Piece::owner));
    int seen = 0;
    for (int p = 0; p < pieceCount; p++) {
      Piece piece = pieces[p];
      boolean sameOwner = p > 0 && pieces[p - 1].owner == piece.owner;
      seen = sameOwner ? seen : 0;
      requireOwner(track, piece, lastPoint);
      for (int left = piece.mask; left != 0; left &= left - 1) {
        int i = Integer.numberOfTrailingZeros(left);
        block(track * Geometry.TRACK_BLOCKS + i, piece, i, (seen & 1 << i) != 0, live.born[i]);
      }
      seen |= piece.mask;
      homes = homes(track, piece, homes);
    }
    pieceCount = 0;
  }

  private void requireOwner(long track, Piece piece, int lastPoint) {
    if (piece.owner < 1 || piece.owner > lastPoint) {
      wrong(
          track * Geometry.TRACK_BLOCKS,
          "an owner from point 1 to " + lastPoint,
          "point " + piece.owner);
    }
  }

  private void block(long block, Piece piece, int index, boolean twice, int born) {
    String who = "point " + piece.owner;
    place(block, Place.of(piece.base, index), who);
    if (twice) {
      wrong(block, "one place for " + who, "two");
    }
    if (born < piece.owner) {
      wrong(block, "a live block that is younger than " + who + ", which has an older one", born);
    }
  }

  /** The homes that have an owner after that piece. */
  private int homes(long track, Piece piece, int homes) {
    if (piece.base != Place.HOME) {
      return homes;
    }
    for (int left = piece.mask & homes; left != 0; left &= left - 1) {
      wrong(
          track * Geometry.TRACK_BLOCKS + Integer.numberOfTrailingZeros(left),
          "one owner of its place in the home",
          "point " + piece.owner + " and another one");
    }
    return homes | piece.mask;
  }

  private void place(long block, long place, String who) {
    if (place == Place.HOME || place == Place.ZERO) {
      return;
    }
    if (place < 0) {
      wrong(block, "a place in the spill for " + who, "place " + place);
    } else {
      claims.claim(place, () -> who + " " + block);
    }
  }

  private void wrong(long block, String wanted, Object got) {
    findings.damage(WHAT, "block " + block, wanted, got);
  }
}
