package org.copybay.volumes;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Direct buffers that nobody uses now: to make one costs more than most requests. There are as many
 * as were ever needed at the same time. Any thread may call.
 */
public final class Buffers {
  /** Most requests are of one block, or of the largest size that the kernel sends. */
  private static final int[] BYTES = {4 << 10, 64 << 10, 1 << 20};

  private static final List<Queue<ByteBuffer>> FREE =
      List.of(
          new ConcurrentLinkedQueue<>(),
          new ConcurrentLinkedQueue<>(),
          new ConcurrentLinkedQueue<>());

  private Buffers() {}

  /** An empty buffer of that many bytes. */
  public static ByteBuffer take(int length) {
    for (int i = 0; i < BYTES.length; i++) {
      if (length <= BYTES[i]) {
        ByteBuffer free = FREE.get(i).poll();
        return (free == null ? ByteBuffer.allocateDirect(BYTES[i]) : free).clear().limit(length);
      }
    }
    return ByteBuffer.allocateDirect(length);
  }

  /** Gives one back that nobody uses any more. */
  public static void give(ByteBuffer buffer) {
    for (int i = 0; i < BYTES.length; i++) {
      if (buffer.capacity() == BYTES[i]) {
        FREE.get(i).add(buffer);
      }
    }
  }
}
