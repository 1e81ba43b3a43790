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
   * @param skipped whether it is left as it is
   * @param owner the point that gets the blocks that are replaced, 0 for none
   */
  private record Fate(long end, boolean inPlace, boolean skipped, int owner) {}

  /**
   * Writes source.remaining() bytes.
   *
   * @param since 0, or the point just after which the volume had these bytes: then only blocks that
   *     were not changed since are filled, and the request covers whole blocks
   * @return the bytes that were written or skipped: all, unless an error came after the first
   */
  int write(long offset, ByteBuffer source, int since) throws StorageException {
    changes.requireWhole();
    int limit = source.limit();
    int start = source.position();
    boolean more = true;
    while (more && source.position() < limit) {
      long at = offset + source.position() - start;
      int room = TrackStore.PIECE_BYTES - (int) (at % TrackStore.PIECE_BYTES);
      source.limit(source.position() + Math.min(limit - source.position(), room));
      try {
        writeSpan(new Span(geometry, at, at + source.remaining()), source, since);
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
  private void writeSpan(Span span, ByteBuffer source, int since) throws StorageException {
    int limit = source.limit();
    long locked = map.lock(Geometry.track(span.first()), Geometry.track(span.last()));
    try {
      TrackPlan plan = new TrackPlan(map);
      plan.live(span.first(), span.last());
      for (long block = span.first(); block <= span.last(); ) {
        Fate fate = since == 0 ? fate(span, plan, block) : fillFate(span, plan, block, since);
        source.limit(source.position() + span.length(block, fate.end));
        block = writeRun(span, plan, block, fate, source, since);
        source.limit(limit);
      }
    } finally {
      map.unlock(locked);
    }
  }

  /**
   * Returns the first block that is left: a run of free space may be shorter than what is alike.
   */
  private long writeRun(
      Span span, TrackPlan plan, long block, Fate fate, ByteBuffer source, int since)
      throws StorageException {
    if (fate.skipped) {
      source.position(source.limit());
      return fate.end;
    }
    if (fate.inPlace) {
      int within = geometry.within(span.from(block));
      while (source.hasRemaining()) { // where space ends, the next turn says so
        within += files.write(plan.place(block), block, within, source);
      }
      return fate.end;
    }
    SpillSpace.Run run = space.take((int) (fate.end - block));
    return redirect(new Redirect(span, plan, block, run), fate.owner, since, source);
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
    return new Fate(end, inPlace, false, preserved ? newest : 0);
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

  private static Fate fillFate(Span span, TrackPlan plan, long block, int since) {
    boolean skipped = plan.born(block) >= since;
    long end = block + 1;
    while (end <= span.last() && plan.born(end) >= since == skipped) {
      end++;
    }
    return new Fate(end, false, skipped, since);
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

  /** Writes as many of the blocks as there is space for; returns the first that is left. */
  private long redirect(Redirect to, int owner, int since, ByteBuffer source)
      throws StorageException {
    int start = source.position();
    long done = to.block;
    boolean recorded = false;
    try {
      done = copy(to, source);
      int count = (int) (done - to.block);
      if (since == 0) {
        changes.run(to.block, count, to.run.first(), owner);
      } else {
        changes.fill(to.block, count, to.run.first(), owner);
      }
      recorded = true;
      return done;
    } finally {
      long kept = recorded ? done : to.block;
      if (kept < to.end()) {
        space.give(to.place(kept), (int) (to.end() - kept));
      }
      source.position(recorded ? start + to.span.length(to.block, done) : start);
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
