package org.copybay.volumes.track;

import java.nio.ByteBuffer;
import java.util.BitSet;
import org.copybay.volumes.Extent;
import org.copybay.volumes.StorageException;

/**
 * What an origin has of the unfilled blocks of some tracks that follow each other, read with no
 * track locked. Of one thread, which has the buffer.
 */
final class OriginPiece {
  private final Geometry geometry;
  private final Unfilled.State state;
  private final long track;
  private final int count;
  private final ByteBuffer buffer;
  private final long size;
  private final BitSet data = new BitSet(); // blocks that are not holes, from the first one on
  private long dataBytes;

  /**
   * Takes tracks from that one on.
   *
   * @param count how many; the buffer has room for them
   * @param size bytes of the volume
   */
  OriginPiece(
      Geometry geometry,
      Unfilled.State state,
      long track,
      int count,
      ByteBuffer buffer,
      long size) {
    this.geometry = geometry;
    this.state = state;
    this.track = track;
    this.count = count;
    this.buffer = buffer;
    this.size = size;
  }

  /** Reads what is unfilled by now, where there is data. What an {@link OriginData} throws. */
  OriginPiece read(OriginData origins) throws StorageException {
    long end = Math.min(size, geometry.offset(block() + (long) count * Geometry.TRACK_BLOCKS));
    for (long at = geometry.offset(block()); at < end; ) {
      long from = state.boundary(geometry, at, end, true);
      at = state.boundary(geometry, from, end, false);
      read(origins, from, at);
    }
    return this;
  }

  private void read(OriginData origins, long from, long to) throws StorageException {
    for (long at = from; at < to; ) {
      Extent found = origins.next(state, at, to);
      if (found.length() == 0) {
        return;
      }
      long start = geometry.offset(geometry.block(found.offset()));
      long stop = Math.min(to, geometry.offset(geometry.blocks(found.end())));
      OriginData.required(state.origin()).read(start, bytes(start, stop));
      dataBytes += stop - start;
      data.set((int) (geometry.block(start) - block()), (int) (geometry.blocks(stop) - block()));
      at = stop;
    }
  }

  private long block() {
    return track * Geometry.TRACK_BLOCKS;
  }

  /** What was so when it was read. */
  Unfilled.State state() {
    return state;
  }

  /** The first track. */
  long track() {
    return track;
  }

  /** How many tracks. */
  int count() {
    return count;
  }

  /** Bytes of the volume when it was read. */
  long size() {
    return size;
  }

  /** Bytes that were read. */
  long dataBytes() {
    return dataBytes;
  }

  /** Whether a block of these tracks has data. */
  boolean hasData(long block) {
    return data.get((int) (block - block()));
  }

  /** These bytes of the volume, in the buffer. */
  ByteBuffer bytes(long from, long to) {
    long start = geometry.offset(block());
    return buffer.clear().limit((int) (to - start)).position((int) (from - start));
  }
}
