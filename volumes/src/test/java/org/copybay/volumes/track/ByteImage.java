package org.copybay.volumes.track;

import java.nio.ByteBuffer;
import org.copybay.volumes.Image;

/** Bytes of a test, of which every sector of zeros is a hole. */
class ByteImage implements Image {
  private static final int SECTOR = 512;

  private final byte[] bytes;

  ByteImage(byte[] bytes) {
    this.bytes = bytes;
  }

  @Override
  public void read(long offset, ByteBuffer target) {
    target.put(bytes, (int) offset, target.remaining());
  }

  @Override
  public long nextData(long offset) {
    return next(offset, true);
  }

  @Override
  public long nextHole(long offset) {
    long found = next(offset, false);
    return found < 0 && offset < bytes.length ? bytes.length : found;
  }

  private long next(long offset, boolean data) {
    for (long at = offset; at < bytes.length; at = (at / SECTOR + 1) * SECTOR) {
      if (hasData(at / SECTOR) == data) {
        return at;
      }
    }
    return -1;
  }

  private boolean hasData(long sector) {
    for (int i = (int) sector * SECTOR; i < Math.min(bytes.length, (sector + 1) * SECTOR); i++) {
      if (bytes[i] != 0) {
        return true;
      }
    }
    return false;
  }
}
