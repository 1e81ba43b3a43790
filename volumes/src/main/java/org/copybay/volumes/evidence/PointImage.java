package org.copybay.volumes.evidence;

import java.nio.ByteBuffer;
import org.copybay.volumes.Extent;
import org.copybay.volumes.Image;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.track.TrackDevice;

/** A point of a volume as its files hold it, not verified. Any thread may call. NOT_FOUND. */
record PointImage(TrackDevice device, FrozenPoint point) implements Image {
  /** How far ahead the end of data is looked for. */
  private static final long RUN_BYTES = 16 << 20;

  private static final ByteBuffer NOTHING = ByteBuffer.allocateDirect(0);

  /** NOT_FOUND when the point was dropped. */
  void requireThere() throws StorageException {
    read(0, NOTHING.duplicate());
  }

  @Override
  public void read(long offset, ByteBuffer target) throws StorageException {
    device.points().read(point.number(), point.timeMillis(), offset, target);
  }

  @Override
  public long nextData(long offset) throws StorageException {
    long end = point.sizeBytes();
    long found = offset >= end ? end : seek(offset, end, true);
    return found >= end ? -1 : found;
  }

  @Override
  public long nextHole(long offset) throws StorageException {
    return offset >= point.sizeBytes() ? -1 : seek(offset, point.sizeBytes(), false);
  }

  @Override
  public long seek(long offset, long end, boolean data) throws StorageException {
    return device.points().seek(point.number(), point.timeMillis(), offset, end, data);
  }

  /** The next tracks with data at or after an offset, as a range of whole tracks; empty at last. */
  Extent nextDataTracks(long offset) throws StorageException {
    long end = point.sizeBytes();
    long data = offset >= end ? end : seek(offset, end, true);
    if (data >= end) {
      return new Extent(Math.max(offset, end), 0);
    }
    long hole = seek(data, Math.min(end, data + RUN_BYTES), false);
    long first = data / TrackHash.TRACK_BYTES * TrackHash.TRACK_BYTES;
    long after = (hole + TrackHash.TRACK_BYTES - 1) / TrackHash.TRACK_BYTES * TrackHash.TRACK_BYTES;
    return new Extent(first, after - first);
  }
}
