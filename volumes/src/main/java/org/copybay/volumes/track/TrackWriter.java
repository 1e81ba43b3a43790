package org.copybay.volumes.track;

import java.nio.ByteBuffer;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.store.TrackStore;

/**
 * Writes to a volume that has points: what the newest point needs is left where it is, and the new
 * bytes go to the spill; everything else is written in place. A request is cut into runs of blocks
 * that are written alike; a block that is covered in part is completed from its current bytes.
 *
 * <p>The order of a run (P1, P5): the new bytes, the record, the map, all with the tracks locked.
 * So a crash or an error before the record leaves the volume as it was.
 */
final class TrackWriter {
  private final Geometry geometry;
  private final TrackMap map;
  private final TrackFiles files;
  private final SpillSpace space;
  private final TrackChanges changes;

  TrackWriter(
      Geometry geometry, TrackMap map, TrackFiles files, SpillSpace space, TrackChanges changes) {
    this.geometry = geometry;
    this.map = map;
    this.files = files;
    this.space = space;
    this.changes = changes;
  }

  /**
   * What becomes of a run.
   *
   * @param end the first block after it
   * @param inPlace whether its bytes are written where they lie; else to the spill
   * @param owner the point that gets the blocks that are replaced, 0 for none
   */
  private record Fate(long end, boolean inPlace, int owner) {}

  /**
   * Writes source.remaining() bytes. What is unfilled of the tracks that they touch, they cover
   * block by block, and no point shows it.
   *
   * @return the bytes that were written: all, unless an error came after the first
   */
  int write(long offset, ByteBuffer source) throws StorageException {
    changes.requireWhole();
    int limit = source.limit();
    int start = source.position();
    boolean more = true;
    while (more && source.position() < limit) {
      long at = offset + source.position() - start;
      int room = TrackStore.PIECE_BYTES - (int) (at % TrackStore.PIECE_BYTES);
      source.limit(source.position() + Math.min(limit - source.position(), room));
      try {
        writeSpan(new Span(geometry, at, at + source.remaining()), source);
      } catch (StorageException e) {
        if (source.position() == start) {
          throw e;
        }
        more = false; // the error is left to the next call
      } finally {
        source.limit(limit);
      }
    }
    return source.position() - start;
  }

  /** Writes all, within a piece; leaves the buffer behind what was written, also when it throws. */
  private void writeSpan(Span span, ByteBuffer source) throws StorageException {
    int limit = source.limit();
    int start = source.position();
    long locked = map.lock(Geometry.track(span.first()), Geometry.track(span.last()));
    try {
      TrackPlan plan = new TrackPlan(map);
      plan.live(span.first(), span.last());
      for (long block = span.first(); block <= span.last(); ) {
        Fate fate = fate(span, plan, block);
        source.limit(source.position() + span.length(block, fate.end));
        block = writeRun(span, plan, block, fate, source);
        source.limit(limit);
      }
    } finally {
      try {
        noteFilled(span, source.position() - start, source);
      } finally {
        map.unlock(locked);
      }
    }
  }

  /**
   * Tracks whose unfilled blocks were all written have bytes of their own now. What was written of
   * one that was not written so far does not count: nobody sees it.
   */
  private void noteFilled(Span span, int written, ByteBuffer source) throws StorageException {
    Unfilled unfilled = changes.unfilled();
    if (!unfilled.any()) {
      return;
    }
    long end = span.from() + written;
    long last = Geometry.track(span.last());
    for (long track = unfilled.next(Geometry.track(span.first())); track >= 0 && track <= last; ) {
      long first = track;
      while (track <= last && isWritten(unfilled.mask(track), track, span, end)) {
        track++;
      }
      boolean noted = false;
      try {
        if (track > first) {
          changes.filled(first, track - first);
          noted = true;
        }
      } finally {
        if (!noted) {
          takeBack(unfilled.mask(first), first, span, end, source);
        }
      }
      track = noted ? unfilled.next(track) : -1;
    }
  }

  private void takeBack(int mask, long track, Span span, long end, ByteBuffer source) {
    long block = track * Geometry.TRACK_BLOCKS + Integer.numberOfTrailingZeros(mask);
    long kept = Math.max(span.from(), Math.min(end, geometry.offset(block)));
    source.position(source.position() - (int) (end - kept));
  }

  private boolean isWritten(int mask, long track, Span span, long end) {
    if (mask == 0) {
      return false;
    }
    int count = Integer.SIZE - Integer.numberOfLeadingZeros(mask);
    return end >= Math.min(span.to(), geometry.offset(track * Geometry.TRACK_BLOCKS + count));
  }

  /**
   * Returns the first block that is left: a run of free space may be shorter than what is alike.
   */
  private long writeRun(Span span, TrackPlan plan, long block, Fate fate, ByteBuffer source)
      throws StorageException {
    if (fate.inPlace) {
      int within = geometry.within(span.from(block));
      while (source.hasRemaining()) { // where space ends, the next turn says so
        within += files.write(plan.place(block), block, within, source);
      }
      return fate.end;
    }
    return redirect(
        span,
        plan,
        block,
        fate.end,
        source,
        (first, count, base) -> changes.run(first, count, base, fate.owner));
  }

  // ---- what is alike

  private Fate fate(Span span, TrackPlan plan, long block) {
    int newest = changes.newest();
    boolean preserved = plan.born(block) < newest;
    boolean inPlace = !preserved && plan.place(block) != Place.ZERO;
    long end = block + 1;
    while (end <= span.last() && alike(plan, end, newest, preserved, inPlace)) {
      end++;
    }
    return new Fate(end, inPlace, preserved ? newest : 0);
  }

  private static boolean alike(
      TrackPlan plan, long block, int newest, boolean preserved, boolean inPlace) {
    if (plan.born(block) < newest != preserved) {
      return false;
    }
    return inPlace
        ? Place.follows(plan.place(block - 1), plan.place(block))
        : preserved || plan.place(block) == Place.ZERO;
  }

  // ---- to the spill

  /** Blocks from one on that are to lie in that run of the spill. */
  private record Redirect(Span span, TrackPlan plan, long block, SpillSpace.Run run) {
    long place(long ofBlock) {
      return run.first() + (ofBlock - block);
    }

    long end() {
      return block + run.count();
    }
  }

  /** Records that so many blocks lie in the spill now. */
  @FunctionalInterface
  interface Recording {
    void record(long block, int count, long base) throws StorageException;
  }

  /**
   * Writes as many of the blocks [block, end) as there is space for, their track is locked; returns
   * the first that is left.
   */
  long redirect(
      Span span, TrackPlan plan, long block, long end, ByteBuffer source, Recording recording)
      throws StorageException {
    Redirect to = new Redirect(span, plan, block, space.take((int) (end - block)));
    int start = source.position();
    long done = block;
    boolean recorded = false;
    try {
      done = copy(to, source);
      recording.record(block, (int) (done - block), to.run.first());
      recorded = true;
      return done;
    } finally {
      long kept = recorded ? done : block;
      if (kept < to.end()) {
        space.give(to.place(kept), (int) (to.end() - kept));
      }
      source.position(recorded ? start + span.length(block, done) : start);
    }
  }

  /** Puts whole blocks into the spill; returns the first that is not, after the first at least. */
  private long copy(Redirect to, ByteBuffer source) throws StorageException {
    long block = to.block;
    try {
      while (block < to.end()) {
        block =
            to.span.partial(block) ? copyPartial(to, block, source) : copyWhole(to, block, source);
      }
    } catch (StorageException e) {
      if (block == to.block) {
        throw e;
      }
    }
    return block;
  }

  private long copyWhole(Redirect to, long block, ByteBuffer source) throws StorageException {
    int limit = source.limit();
    int start = source.position();
    long end = Math.min(to.end(), geometry.block(to.span.to()));
    source.limit(start + (int) geometry.offset(end - block));
    try {
      int done = 0;
      while (done < geometry.blockBytes()) {
        done += files.write(to.place(block), block, done, source);
      }
      long blocks = geometry.block(done);
      source.position(start + (int) geometry.offset(blocks));
      return block + blocks;
    } finally {
      source.limit(limit);
    }
  }

  /** A block that is covered in part, with its other bytes as they are now. */
  private long copyPartial(Redirect to, long block, ByteBuffer source) throws StorageException {
    ByteBuffer whole = ByteBuffer.allocateDirect(geometry.blockBytes());
    long offset = geometry.offset(block);
    int there = geometry.blockBytes();
    if (to.plan.place(block) == Place.HOME) {
      there = (int) Math.max(0, Math.min(there, files.home().size() - offset));
    }
    files.read(to.plan.place(block), block, 0, whole.limit(there));
    whole.clear().position(geometry.within(to.span.from(block)));
    int limit = source.limit();
    source.limit(source.position() + to.span.length(block, block + 1));
    whole.put(source);
    source.limit(limit);
    whole.clear();
    while (whole.hasRemaining()) {
      files.write(to.place(block), block, whole.position(), whole);
    }
    return block + 1;
  }
}
