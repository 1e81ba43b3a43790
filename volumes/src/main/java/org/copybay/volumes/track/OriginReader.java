package org.copybay.volumes.track;

import java.nio.ByteBuffer;
import java.util.function.Supplier;
import org.copybay.volumes.Extent;
import org.copybay.volumes.Fault;
import org.copybay.volumes.Image;
import org.copybay.volumes.StorageException;
import org.jspecify.annotations.Nullable;

/**
 * Reads of a volume that has unfilled blocks, live or as of a point: its own bytes in an epoch,
 * those of the origin outside of it, since the origin may be a point of this very volume. Any
 * thread may call.
 */
final class OriginReader {
  /** Of unfilled blocks, looked at for one question, in an epoch that others may wait for. */
  private static final long SEEK_BYTES = 1L << 30;

  private final Passages epochs;
  private final Supplier<@Nullable TrackEngine> engines;

  OriginReader(Passages epochs, Supplier<@Nullable TrackEngine> engines) {
    this.epochs = epochs;
    this.engines = engines;
  }

  /** Reads what a volume holds itself, in an epoch. NOT_FOUND when the point was dropped. */
  @FunctionalInterface
  interface OwnBytes {
    void read(long offset, ByteBuffer target) throws StorageException;
  }

  /** Reads live bytes, or as of a point. */
  void read(int point, long offset, ByteBuffer target, OwnBytes own) throws StorageException {
    int start = target.position();
    int limit = target.limit();
    boolean more = true;
    while (more) {
      long at = offset + (target.position() - start);
      Stretch from = readOwn(point, at, target, limit, own);
      if (from != null) {
        readOrigin(from, offset + (target.position() - start), target, limit);
      }
      more = target.position() < limit;
    }
  }

  /** Bytes of an origin, from where own ones end. */
  private record Stretch(TrackEngine engine, Unfilled.State state, long end) {}

  /** Reads up to the first byte that the origin has, and says how many those are; null if none. */
  private @Nullable Stretch readOwn(
      int point, long offset, ByteBuffer target, int limit, OwnBytes own) throws StorageException {
    int ticket = epochs.enter();
    try {
      TrackEngine engine = engines.get();
      Unfilled.State state = engine == null ? null : engine.unfilled().now();
      if (engine == null || state == null || !state.shows(point)) {
        own.read(offset, target);
        return null;
      }
      long end = offset + limit - target.position();
      long first = state.boundary(engine.geometry(), offset, end, true);
      target.limit(target.position() + (int) (first - offset));
      own.read(offset, target); // no byte may be left of it: the point may be gone
      target.limit(limit);
      return first == end
          ? null
          : new Stretch(engine, state, state.boundary(engine.geometry(), first, end, false));
    } finally {
      epochs.leave(ticket);
    }
  }

  /** What was filled, or switched, meanwhile is left to the next turn. */
  private void readOrigin(Stretch from, long offset, ByteBuffer target, int limit)
      throws StorageException {
    int start = target.position();
    target.limit(start + (int) (from.end - offset));
    try {
      OriginData.required(from.state.origin()).read(offset, target);
    } catch (StorageException e) {
      if (e.fault() != Fault.NOT_FOUND || isStill(from, offset)) {
        throw e;
      }
      target.position(start);
    } finally {
      target.limit(limit);
    }
  }

  private boolean isStill(Stretch from, long offset) {
    return engines.get() == from.engine
        && from.engine.unfilled().now().generation() == from.state.generation()
        && from.state.boundary(from.engine.geometry(), offset, from.end, true) == offset;
  }

  // ---- holes

  /** Looks for data or a hole of what a volume holds itself, in an epoch. NOT_FOUND. */
  @FunctionalInterface
  interface OwnHoles {
    long seek(long offset, long end, boolean data) throws StorageException;
  }

  /** The first byte of data, or of a hole, at or after the offset; the end when there is none. */
  long seek(int point, long offset, long end, boolean data, OwnHoles own) throws StorageException {
    long at = offset;
    while (at < end) {
      long stop;
      long found;
      Stretch from;
      int ticket = epochs.enter();
      try {
        TrackEngine engine = engines.get();
        Unfilled.State state = engine == null ? null : engine.unfilled().now();
        if (engine == null || state == null || !state.shows(point)) {
          return own.seek(at, end, data);
        }
        stop = state.boundary(engine.geometry(), at, end, true);
        found = own.seek(at, stop, data); // NOT_FOUND also where there is nothing to look at
        long most = Math.min(end, stop + SEEK_BYTES);
        from = new Stretch(engine, state, state.boundary(engine.geometry(), stop, most, false));
      } finally {
        epochs.leave(ticket);
      }
      if (found < stop) {
        return found;
      }
      if (stop < end) {
        found = seekOrigin(from, stop, data);
        if (found < from.end) {
          return found;
        }
      }
      at = from.end;
    }
    return end;
  }

  /** Where that is filled, or switched, meanwhile, all of it counts as data: it may be. */
  private long seekOrigin(Stretch from, long offset, boolean data) throws StorageException {
    try {
      Image origin = OriginData.required(from.state.origin());
      return origin.seek(offset, from.end, data);
    } catch (StorageException e) {
      if (e.fault() != Fault.NOT_FOUND || isStill(from, offset)) {
        throw e;
      }
      return data ? offset : from.end;
    }
  }

  /**
   * Blocks of the bytes from an offset on, in one track, that show the origin as of a point, or
   * live if that is 0; null where there are none.
   */
  @Nullable Extent nextShown(int point, long offset) {
    TrackEngine engine = engines.get();
    Unfilled.State state = engine == null ? null : engine.unfilled().now();
    if (engine == null || state == null || !state.shows(point)) {
      return null;
    }
    Geometry geometry = engine.geometry();
    long block = geometry.block(offset);
    long track = state.blocks().next(Geometry.track(block));
    while (track >= 0) {
      int index = track > Geometry.track(block) ? 0 : Geometry.index(block);
      int mask = state.blocks().mask(track) >>> index << index;
      if (mask != 0) {
        int from = Integer.numberOfTrailingZeros(mask);
        int count = Integer.numberOfTrailingZeros(~(mask >>> from));
        long first = track * Geometry.TRACK_BLOCKS + from;
        return new Extent(geometry.offset(first), geometry.offset(count));
      }
      track = state.blocks().next(track + 1);
    }
    return null;
  }
}
