package org.copybay.copy.engine;

import java.nio.ByteBuffer;
import org.copybay.volumes.Image;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.PointVolume;

/**
 * A volume at a point in time, with zeros behind its end: a block is copied as a whole.
 *
 * @param limit bytes of who shows it: behind them there are zeros too
 */
public record Padded(PointVolume point, long limit) implements Image {
  @Override
  public void read(long offset, ByteBuffer target) throws StorageException {
    int wanted = target.limit();
    long end = Math.min(point.size(), limit);
    int inside = (int) Math.max(0, Math.min(target.remaining(), end - offset));
    if (inside > 0) {
      target.limit(target.position() + inside);
      point.read(offset, target);
      target.limit(wanted);
    }
    while (target.hasRemaining()) {
      target.put((byte) 0);
    }
  }

  @Override
  public long nextData(long offset) throws StorageException {
    return point.nextData(offset);
  }

  @Override
  public long nextHole(long offset) throws StorageException {
    return point.nextHole(offset);
  }

  @Override
  public long seek(long offset, long end, boolean data) throws StorageException {
    return point.seek(offset, end, data);
  }
}
