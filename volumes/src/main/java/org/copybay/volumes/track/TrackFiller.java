package org.copybay.volumes.track;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.nio.ByteBuffer;
import org.copybay.volumes.StorageException;
import org.jspecify.annotations.Nullable;

/**
 * Fills blocks that show an origin with its bytes: the content of the volume stays what it is, also
 * as of every point, and a point that was made before the switch gets what lay there. The bytes are
 * read with no track locked, since the origin may be a point of this very volume; whoever got there
 * first has filled them.
 */
final class TrackFiller {
  private static final ThreadLocal<ByteBuffer> TRACK = new ThreadLocal<>();

  private final Geometry geometry;
  private final TrackMap map;
  private final TrackFiles files;
  private final TrackWriter writer;
  private final TrackChanges changes;
  private final Unfilled unfilled;
  private final Passages gate;
  private final Passages epochs;
  private final OriginData origins = new OriginData();
  private final HoleFiller holes;

  TrackFiller(
      TrackSetting setting,
      TrackMap map,
      TrackFiles files,
      TrackWriter writer,
      TrackChanges changes) {
    this.geometry = setting.geometry();
    this.map = map;
    this.files = files;
    this.writer = writer;
    this.changes = changes;
    this.unfilled = changes.unfilled();
    this.gate = setting.gate();
    this.epochs = setting.epochs();
    this.holes = new HoleFiller(geometry, map, files, changes, origins);
  }

  // ---- what is needed before a change

  /**
   * Whether something is to be filled before a change of these bytes. What this says in the gate is
   * so until the gate is left, but for fills.
   */
  boolean neededBefore(long offset, long length) throws StorageException {
    return next(Geometry.track(geometry.block(offset)), offset, length) >= 0;
  }

  /**
   * Fills, before a change of these bytes, what is unfilled of the tracks that it touches: all,
   * where a point shows it too, else what the change does not cover as whole blocks. In no gate and
   * no epoch, since the origin may be on a disk that hangs; so a switch or a point may come after
   * it.
   */
  void before(long offset, long length) throws StorageException {
    for (long track = next(0, offset, length); track >= 0; ) {
      fill(track);
      track = next(track + 1, offset, length);
    }
  }

  /** The first track from that one on which is to be filled before that change, or -1. */
  private long next(long from, long offset, long length) throws StorageException {
    Unfilled.State now = unfilled.now();
    if (!now.shows(0) || length <= 0) {
      return -1;
    }
    long end = offset + length;
    long first = geometry.blocks(offset);
    long after = end >= files.home().size() ? geometry.blocks(end) : geometry.block(end);
    boolean all = changes.newest() > now.mark();
    long last = Geometry.track(geometry.block(end - 1));
    long track = now.blocks().next(Math.max(from, Geometry.track(geometry.block(offset))));
    while (track >= 0 && track <= last) {
      int covered = all ? 0 : mask(track, first, after);
      if ((now.blocks().mask(track) & ~covered) != 0) {
        return track;
      }
      track = now.blocks().next(track + 1);
    }
    return -1;
  }

  /** The blocks [first, after) of a track. */
  private static int mask(long track, long first, long after) {
    long start = track * Geometry.TRACK_BLOCKS;
    int from = (int) Math.max(0, Math.min(Geometry.TRACK_BLOCKS, first - start));
    int to = (int) Math.max(from, Math.min(Geometry.TRACK_BLOCKS, after - start));
    return Geometry.mask(from, to);
  }

  private void fill(long track) throws StorageException {
    ByteBuffer buffer = TRACK.get();
    int bytes = (int) geometry.offset(Geometry.TRACK_BLOCKS);
    if (buffer == null || buffer.capacity() != bytes) {
      buffer = ByteBuffer.allocateDirect(bytes);
      TRACK.set(buffer);
    }
    Unfilled.State now = unfilled.now();
    try {
      putInGate(read(now, track, 1, buffer));
    } catch (StorageException e) {
      requireDone(now, track, e);
    }
  }

  /**
   * Tells an error where a track is to be filled still. Where it was filled by somebody else
   * meanwhile, or there was another switch, what it was to be read from may be gone, and the error
   * says nothing.
   */
  private void requireDone(Unfilled.State now, long track, StorageException error)
      throws StorageException {
    if (unfilled.now().generation() == now.generation() && now.blocks().mask(track) != 0) {
      throw error;
    }
  }

  private OriginPiece read(Unfilled.State now, long track, int count, ByteBuffer buffer)
      throws StorageException {
    long size = files.home().size();
    return new OriginPiece(geometry, now, track, count, buffer, size).read(origins);
  }

  // ---- what a copier does

  /**
   * Fills the first tracks from that one on that have unfilled blocks, at most as many as the
   * buffer has room for. In no gate and no epoch.
   *
   * @return what was filled, or null when nothing is unfilled from there on
   */
  TrackOrigin.@Nullable Filled next(long from, ByteBuffer buffer) throws StorageException {
    Unfilled.State now = unfilled.now();
    long first = now.blocks().next(from);
    if (first < 0) {
      return null;
    }
    try {
      return next(now, first, buffer);
    } catch (StorageException e) {
      requireDone(now, first, e);
      return new TrackOrigin.Filled(first, 0, 0);
    }
  }

  private TrackOrigin.Filled next(Unfilled.State now, long first, ByteBuffer buffer)
      throws StorageException {
    int most = buffer.capacity() / (int) geometry.offset(Geometry.TRACK_BLOCKS);
    int hole = holes.find(now, first, most);
    if (hole > 0) {
      int done = inGate(now, () -> holes.put(now, first, hole));
      if (done > 0) {
        return new TrackOrigin.Filled(first, done, 0);
      }
    }
    int count = 1;
    while (count < most && now.blocks().mask(first + count) != 0) {
      count++;
    }
    OriginPiece piece = read(now, first, count, buffer);
    int put = putInGate(piece);
    return new TrackOrigin.Filled(first, count, put == 0 ? 0 : piece.dataBytes());
  }

  /** What is done in the gate; returns how many tracks it was done to. */
  @FunctionalInterface
  private interface Step {
    int run() throws StorageException;
  }

  @CanIgnoreReturnValue
  private int putInGate(OriginPiece piece) throws StorageException {
    return inGate(
        piece.state(),
        () -> {
          put(piece);
          return piece.count();
        });
  }

  /**
   * Runs it unless there was another switch meanwhile: then nothing is done. What is looked up
   * stays open until it has ended.
   */
  private int inGate(Unfilled.State now, Step step) throws StorageException {
    int ticket = gate.enter();
    try {
      return unfilled.now().generation() == now.generation() ? inEpoch(step) : 0;
    } finally {
      gate.leave(ticket);
    }
  }

  private int inEpoch(Step step) throws StorageException {
    int ticket = epochs.enter();
    try {
      return step.run();
    } finally {
      epochs.leave(ticket);
    }
  }

  // ---- the bytes

  /**
   * Writes what is still unfilled, and then says so (P6). What lies there and an older point needs
   * passes to that point (P5).
   */
  private void put(OriginPiece piece) throws StorageException {
    changes.requireWhole();
    long end = piece.track() + piece.count();
    long locked = map.lock(piece.track(), end - 1);
    try {
      for (long track = piece.track(); track < end; ) {
        long first = track;
        while (track < end && unfilled.mask(track) != 0) {
          putTrack(piece, track);
          track++;
        }
        if (track > first) {
          changes.filled(first, track - first);
        } else {
          track++;
        }
      }
    } finally {
      map.unlock(locked);
    }
  }

  private void putTrack(OriginPiece piece, long track) throws StorageException {
    long block = track * Geometry.TRACK_BLOCKS;
    TrackPlan plan = new TrackPlan(map);
    plan.live(block, block + Geometry.TRACK_BLOCKS - 1);
    int mask = unfilled.mask(track) & inVolume(piece, block);
    int older = changes.points().floor(piece.state().mark());
    for (int left = mask; left != 0; ) {
      int from = Integer.numberOfTrailingZeros(left);
      int to = from + 1;
      boolean data = piece.hasData(block + from);
      boolean kept = plan.born(block + from) < older;
      while ((left & 1 << to) != 0
          && piece.hasData(block + to) == data
          && plan.born(block + to) < older == kept
          && (kept || Place.follows(plan.place(block + to - 1), plan.place(block + to)))) {
        to++;
      }
      if (data) {
        putData(piece, plan, block + from, block + to, kept ? older : 0);
      } else {
        putZeros(plan, block + from, to - from, kept ? older : 0);
      }
      left &= ~Geometry.mask(from, to);
    }
  }

  /** The blocks of the track that begins there which have a byte of the volume. */
  private int inVolume(OriginPiece piece, long block) {
    long left = geometry.blocks(piece.size()) - block;
    return Geometry.mask(0, (int) Math.max(0, Math.min(Geometry.TRACK_BLOCKS, left)));
  }

  private void putZeros(TrackPlan plan, long block, int count, int owner) throws StorageException {
    if (owner != 0) {
      changes.fillZero(block, count, owner);
    } else if (plan.place(block) != Place.ZERO) {
      files.zero(plan.place(block), block, count, false);
    }
  }

  private void putData(OriginPiece piece, TrackPlan plan, long block, long end, int owner)
      throws StorageException {
    long to = Math.min(piece.size(), geometry.offset(end));
    Span span = new Span(geometry, geometry.offset(block), to);
    ByteBuffer source = piece.bytes(span.from(), to);
    if (owner == 0 && plan.place(block) != Place.ZERO) {
      while (source.hasRemaining()) {
        int within = (int) (to - span.from()) - source.remaining();
        files.write(plan.place(block), block, within, source);
      }
      return;
    }
    for (long at = block; at < end; ) {
      int born = Math.max(piece.state().mark(), plan.born(at));
      at =
          writer.redirect(
              span,
              plan,
              at,
              end,
              source,
              (first, count, base) -> {
                if (owner != 0) {
                  changes.fill(first, count, base, owner);
                } else {
                  changes.fillAnew(first, count, base, born);
                }
              });
    }
  }
}
