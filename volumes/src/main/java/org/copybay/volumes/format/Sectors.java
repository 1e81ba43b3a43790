package org.copybay.volumes.format;

import java.nio.ByteBuffer;
import org.copybay.volumes.Image;
import org.copybay.volumes.StorageException;
import org.jspecify.annotations.Nullable;

/**
 * The bytes [0, size) of a medium, read in pieces. What a medium says of itself is not to be
 * believed, so every place may be asked for. One thread.
 */
final class Sectors {
  /** The longest piece. */
  static final int MAX_BYTES = 1 << 15;

  private final Image image;
  private final long size;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(MAX_BYTES);

  Sectors(Image image, long size) {
    this.image = image;
    this.size = size;
  }

  long size() {
    return size;
  }

  /** The piece, or null where it does not lie in the medium as a whole. STORE_FAILED, CORRUPT. */
  @Nullable Block read(long offset, int length) throws StorageException {
    if (offset < 0 || offset > size - length) {
      return null;
    }
    image.read(offset, buffer.clear().limit(length));
    byte[] bytes = new byte[length];
    buffer.flip().get(bytes);
    return new Block(offset, bytes);
  }
}
