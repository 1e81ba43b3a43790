package org.copybay.volumes.track;

import java.util.function.Supplier;
import org.copybay.volumes.Extent;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.jspecify.annotations.Nullable;

/*
 * INV-1 Let q and p be points that are there, q before p. The bytes of a block differ between them
 *       only if a point of [q, p) owns it, by INV-2 of the TrackMap: else both find the same piece,
 *       or both the live block. That stays so when points between them are dropped: what those own
 *       passes to the newest point before them that lacks it, which is q or one after it.
 * INV-2 Where the last switch lies between q and p, p shows the origin in blocks that are unfilled,
 *       and q does not. A fill gives what lay there to the newest point before the switch, which is
 *       q or one after it, before the block ceases to be unfilled; where it gives nothing, a point
 *       after q has that block already, or both are zeros. So who looks at what is unfilled first,
 *       and at owners then, sees the block in one of both. Where q and p lie on the same side of
 *       the switch, both show the origin or neither does.
 * INV-3 It is after the look that both points are asked for: while one is there, no checkpoint has
 *       given away what it needs.
 */
/**
 * Which tracks changed between two points of a volume: those that are named may have, all others
 * have not. Any thread may call.
 */
final class PointChanges {
  /** Tracks that are looked at in one epoch, which others may wait for. */
  private static final int MOST_TRACKS = 4096;

  private final Passages epochs;
  private final Supplier<@Nullable TrackEngine> engines;
  private final OriginReader reader;

  PointChanges(Passages epochs, Supplier<@Nullable TrackEngine> engines, OriginReader reader) {
    this.epochs = epochs;
    this.engines = engines;
    this.reader = reader;
  }

  /** {@link DevicePoints#changedBetween}. */
  @Nullable Extent next(PointId earlier, PointId later, long offset) throws StorageException {
    if (earlier.number() >= later.number()) {
      throw new IllegalArgumentException(earlier + " is not before " + later);
    }
    int trackBytes = Geometry.STANDARD.blockBytes() * Geometry.TRACK_BLOCKS;
    long track = (offset + trackBytes - 1) / trackBytes;
    while (track >= 0) {
      TrackReader.Looked looked = look(earlier, later, track, trackBytes);
      if (looked.found()) {
        return new Extent(looked.track() * trackBytes, trackBytes);
      }
      track = looked.track();
    }
    return null;
  }

  private TrackReader.Looked look(PointId earlier, PointId later, long from, int trackBytes)
      throws StorageException {
    long shown = shown(earlier, later, from, trackBytes); // before it is filled
    int ticket = epochs.enter();
    try {
      TrackEngine engine = require(earlier, later);
      TrackReader.Looked looked =
          engine.ownedBetween(from, earlier.number(), later.number(), MOST_TRACKS);
      require(earlier, later);
      boolean isShownFirst = shown >= 0 && (looked.track() < 0 || shown < looked.track());
      return isShownFirst ? new TrackReader.Looked(shown, true) : looked;
    } finally {
      epochs.leave(ticket);
    }
  }

  /** The first track that the later one shows of an origin, and the earlier one does not; or -1. */
  private long shown(PointId earlier, PointId later, long from, int trackBytes) {
    TrackEngine engine = engines.get();
    if (engine == null || earlier.number() > engine.unfilled().now().mark()) {
      return -1;
    }
    Extent shown = reader.nextShown(later.number(), from * trackBytes);
    return shown == null ? -1 : shown.offset() / trackBytes;
  }

  private TrackEngine require(PointId earlier, PointId later) throws StorageException {
    TrackEngine engine = engines.get();
    if (engine == null || !has(engine, earlier) || !has(engine, later)) {
      throw new StorageException(Fault.NOT_FOUND, "the point was dropped");
    }
    return engine;
  }

  private static boolean has(TrackEngine engine, PointId point) {
    return engine.hasPoint(point.number(), point.timeMillis());
  }
}
