package org.copybay.volumes;

/**
 * The bytes [offset, offset + length) of a volume.
 *
 * @param offset first byte, 0 or more
 * @param length number of bytes, 0 or more
 */
public record Extent(long offset, long length) {
  /** Checks both values and that the end fits a long. */
  public Extent {
    if (offset < 0 || length < 0 || offset + length < 0) {
      throw new IllegalArgumentException("extent: offset=" + offset + " length=" + length);
    }
  }

  /** The first byte after the extent. */
  public long end() {
    return offset + length;
  }
}
