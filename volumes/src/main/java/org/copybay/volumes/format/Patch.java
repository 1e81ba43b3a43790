package org.copybay.volumes.format;

import java.nio.ByteBuffer;
import org.copybay.volumes.Extent;

/** Bytes to be written to a place of a medium: one descriptor with the whole sector it lies in. */
public final class Patch {
  private final long offset;
  private final byte[] bytes;

  Patch(long offset, byte[] bytes) {
    this.offset = offset;
    this.bytes = bytes.clone();
  }

  /** Where the bytes belong, as the offset of the first. */
  public long offset() {
    return offset;
  }

  /** The bytes, in a direct buffer that the caller may keep. */
  public ByteBuffer bytes() {
    return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
  }

  /** The place that the bytes fill. */
  public Extent extent() {
    return new Extent(offset, bytes.length);
  }

  @Override
  public String toString() {
    return "patch offset=" + offset + " length=" + bytes.length;
  }
}
