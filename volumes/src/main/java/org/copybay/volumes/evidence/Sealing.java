package org.copybay.volumes.evidence;

import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.copybay.volumes.Extent;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.track.TrackDevice;
import org.jspecify.annotations.Nullable;

/**
 * Hashes what a point holds: all data, or what changed since a point that is sealed. It enters the
 * hashes that are not yet known to be those of the point. Used by one thread.
 */
final class Sealing {
  private final FrozenPoint point;
  private final PointImage image;
  private final @Nullable FrozenPoint base;
  private final Known known;
  private final Progress progress;
  private final BooleanSupplier stopped;

  private long hashedTracks;
  private long hashedBytes;

  /** What was entered so far. */
  @FunctionalInterface
  interface Known {
    TrackHash expected(int point, long track) throws StorageException;
  }

  /**
   * Is about to hash that point.
   *
   * @param base a sealed point before it that is there; null for none
   */
  Sealing(
      PointImage image,
      @Nullable FrozenPoint base,
      Known known,
      Progress progress,
      BooleanSupplier stopped) {
    this.point = image.point();
    this.image = image;
    this.base = base;
    this.known = known;
    this.progress = progress;
    this.stopped = stopped;
  }

  /**
   * Does it.
   *
   * @param before the root of the sealing before
   * @return null when it was stopped
   */
  @Nullable SealedPoint run(SheetWriter into, Root before, UUID volume) throws StorageException {
    Root.Digest root = new Root.Digest(before, volume, point);
    TrackScan scan = new TrackScan(image, tracks(), stopped);
    long total = base == null ? point.sizeBytes() : scan.countBytes();
    progress.done(0, total);
    boolean isWhole =
        scan.run(
            false,
            (track, bytes, why) -> enter(track, Objects.requireNonNull(bytes), into, root),
            next -> progress.done(base == null ? next : hashedBytes, total));
    if (!isWhole) {
      return null;
    }
    progress.done(total, total);
    return new SealedPoint(point, hashedTracks, hashedBytes, into.entries(), root.root(), before);
  }

  private TrackScan.Tracks tracks() {
    FrozenPoint from = base;
    if (from != null) {
      TrackDevice device = image.device();
      return offset -> device.points().changedBetween(from.id(), point.id(), offset);
    }
    return offset -> {
      Extent data = image.nextDataTracks(offset);
      return data.length() == 0 ? null : data;
    };
  }

  private void enter(long track, ByteBuffer bytes, SheetWriter into, Root.Digest root)
      throws StorageException {
    hashedTracks++;
    hashedBytes += bytes.remaining();
    TrackHash hash = TrackHash.of(bytes);
    if (!hash.equals(known.expected(point.number(), track))) {
      into.add(track, point.number(), hash);
      root.add(track, hash);
    }
  }
}
