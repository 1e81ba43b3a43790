package org.copybay.copy.shadow;

import java.nio.ByteBuffer;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Direct buffers that nobody uses now: to make one costs more than most requests. There are as many
 * as were ever needed at the same time. Any thread may call.
 */
final class Buffers {
  private static final int BYTES = 1 << 20;
  private static final Queue<ByteBuffer> FREE = new ConcurrentLinkedQueue<>();

  private Buffers() {}

  /** An empty buffer of that many bytes. */
  static ByteBuffer take(int length) {
    if (length > BYTES) {
      return ByteBuffer.allocateDirect(length);
    }
    ByteBuffer free = FREE.poll();
    return (free == null ? ByteBuffer.allocateDirect(BYTES) : free).clear().limit(length);
  }

  /** Gives one back that nobody uses any more. */
  static void give(ByteBuffer buffer) {
    if (buffer.capacity() == BYTES) {
      FREE.add(buffer);
    }
  }
}
