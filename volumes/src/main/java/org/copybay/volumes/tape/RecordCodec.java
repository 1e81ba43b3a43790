package org.copybay.volumes.tape;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import java.nio.ByteBuffer;
import org.copybay.volumes.Buffers;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.jspecify.annotations.Nullable;

/** Records as zstd frames, each by itself, so that one is read without those before it. */
final class RecordCodec {
  /** Fast: a tape that compresses must not wait for it. */
  private static final int LEVEL = 1;

  private RecordCodec() {}

  /**
   * Compresses what the source has, from its position to its limit, which stay as they are.
   *
   * @return the frame, ready to be read, or null where it would not be smaller
   */
  static byte @Nullable [] compress(ByteBuffer source) {
    int length = source.remaining();
    ByteBuffer frame = Buffers.take((int) Zstd.compressBound(length));
    try {
      long size =
          Zstd.compressDirectByteBuffer(
              frame, 0, frame.limit(), source, source.position(), length, LEVEL);
      if (Zstd.isError(size) || size >= length) {
        return null;
      }
      byte[] bytes = new byte[(int) size];
      frame.get(0, bytes);
      return bytes;
    } finally {
      Buffers.give(frame);
    }
  }

  /** The record of that many bytes that is in a frame. CORRUPT. */
  static byte[] decompress(byte[] frame, int length, String what) throws StorageException {
    byte[] record = new byte[length];
    try {
      long got = Zstd.decompress(record, frame);
      if (got == length) {
        return record;
      }
      throw new StorageException(
          Fault.CORRUPT, what + " decompresses to " + got + " bytes, want " + length);
    } catch (ZstdException e) {
      throw new StorageException(
          Fault.CORRUPT, what + " does not decompress: " + e.getMessage(), null, e);
    }
  }
}
