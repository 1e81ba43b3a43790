package org.copybay.control.tree;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.copybay.volumes.LockRank;
import org.copybay.volumes.RankedLock;
import org.copybay.volumes.StorageException;
import org.jspecify.annotations.Nullable;

/*
 * INV-1 A read returns bytes of at most one line; the rest of a line waits for the next read.
 * INV-2 A read never waits longer than about a second: without news it fails with INTERRUPTED,
 *       which makes the reader ask again, and lets a signal through to it.
 */
/** An open stream of lines. */
abstract class LineHandle implements ReadHandle {
  /** How long a read waits for news, in milliseconds. */
  static final long WAIT_MILLIS = 1000;

  private final RankedLock lock = new RankedLock(LockRank.CONTROL);

  // guarded by lock
  private ByteBuffer rest = ByteBuffer.allocate(0);

  /**
   * The next line without its end, or null at the end of the stream; called by one reader at a
   * time. INTERRUPTED when there is none after {@link #WAIT_MILLIS}.
   */
  abstract @Nullable String nextLine() throws StorageException;

  @Override
  public long size() {
    return 0;
  }

  @Override
  public int read(long offset, ByteBuffer target) throws StorageException {
    try (var held = lock.enter()) {
      if (!rest.hasRemaining()) {
        String line = nextLine();
        if (line == null) {
          return 0;
        }
        rest = ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8));
      }
      int length = Math.min(rest.remaining(), target.remaining());
      target.put(target.position(), rest, rest.position(), length);
      target.position(target.position() + length);
      rest.position(rest.position() + length);
      return length;
    }
  }
}
