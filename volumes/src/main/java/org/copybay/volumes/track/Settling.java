package org.copybay.volumes.track;

import java.nio.ByteBuffer;
import java.util.function.BooleanSupplier;
import org.copybay.volumes.StorageException;

/**
 * Brings live blocks home whose home no point owns any more. The copy, its record and the map are
 * one step under the lock of the track, so that a write meets the block in one place or the other;
 * its place in the spill is free again only behind a barrier. Runs in the thread of checkpoints: a
 * home that a checkpoint found to be without owner has no reader left.
 */
final class Settling {
  private final Geometry geometry;
  private final TrackMap map;
  private final TrackFiles files;
  private final TrackChanges changes;
  private final Passages gate;
  private final ByteBuffer buffer;

  Settling(Geometry geometry, TrackMap map, TrackFiles files, TrackChanges changes, Passages gate) {
    this.geometry = geometry;
    this.map = map;
    this.files = files;
    this.changes = changes;
    this.gate = gate;
    this.buffer = ByteBuffer.allocateDirect(geometry.blockBytes() * Geometry.TRACK_BLOCKS);
  }

  /** Goes over all tracks once, or until it is told to stop. */
  void run(BooleanSupplier stopped) throws StorageException {
    for (long track = map.nextMapped(0); track >= 0; track = map.nextMapped(track + 1)) {
      if (stopped.getAsBoolean() || map.awayCount() == 0) {
        return;
      }
      int ticket = gate.enter();
      try {
        settle(track);
      } finally {
        gate.leave(ticket);
      }
    }
  }

  private void settle(long track) throws StorageException {
    long locked = map.lock(track, track);
    try {
      TrackPlaces live = new TrackPlaces();
      map.live(track, Geometry.WHOLE_TRACK, live);
      int away = 0;
      for (int i = 0; i < Geometry.TRACK_BLOCKS; i++) {
        away |= live.place[i] == Place.HOME ? 0 : 1 << i;
      }
      if (away != 0) {
        settle(track, away & ~map.ownedHomes(track), live);
      }
    } finally {
      map.unlock(locked);
    }
  }

  private void settle(long track, int blocks, TrackPlaces live) throws StorageException {
    for (int left = blocks; left != 0; ) {
      int from = Integer.numberOfTrailingZeros(left);
      int to = from + 1;
      while (to < Geometry.TRACK_BLOCKS
          && (left & 1 << to) != 0
          && Place.follows(live.place[to - 1], live.place[to])) {
        to++;
      }
      long block = track * Geometry.TRACK_BLOCKS + from;
      int brought = bringHome(live.place[from], block, to - from);
      changes.settle(block, brought);
      left &= ~Geometry.mask(from, from + brought);
    }
  }

  /** Returns how many of the blocks are at home, at least one: fewer where space ends. */
  private int bringHome(long place, long block, int count) throws StorageException {
    if (place == Place.ZERO) {
      files.zero(Place.HOME, block, count, false);
      return count;
    }
    long inHome = files.home().size() - geometry.offset(block);
    buffer.clear().limit((int) Math.min(inHome, geometry.offset(count)));
    files.read(place, block, 0, buffer);
    buffer.flip();
    try {
      while (buffer.hasRemaining()) {
        files.write(Place.HOME, block, buffer.position(), buffer);
      }
      return count;
    } catch (StorageException e) {
      int whole = (int) geometry.block(buffer.position());
      if (whole == 0) {
        throw e;
      }
      return whole;
    }
  }
}
