package org.copybay.control.tree;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.copybay.volumes.Fault;
import org.copybay.volumes.LockRank;
import org.copybay.volumes.RankedLock;
import org.copybay.volumes.StorageException;

/*
 * INV-1 A read returns bytes of at most one line; the rest of a line waits for the next read.
 * INV-2 Between two lines of progress lies a second or more; the last line comes at once.
 * INV-3 A read never waits longer than about a second: without news it fails with INTERRUPTED,
 *       which makes the reader ask again, and lets a signal through to it.
 * INV-4 After the last line every read ends the file, or fails with the error of the job.
 */
/** A stream of the progress of one job that ends with the result of the job. */
final class WaitHandle implements ControlHandle {
  private static final long LINE_MILLIS = 1000;

  // set once
  private final Watched job;
  private final LongSupplier millis;
  private final Consumer<StorageException> failed;
  private final RankedLock lock = new RankedLock(LockRank.CONTROL);

  // guarded by lock
  private ByteBuffer rest = ByteBuffer.allocate(0);
  private String lastLine = "";
  private long nextLineMillis;
  private boolean lastTold;
  private boolean failureTold;

  /**
   * @param millis a number of milliseconds that only grows, whatever happens to the time of day
   * @param failed is told the error of the job once, when it ends the stream
   */
  WaitHandle(Watched job, LongSupplier millis, Consumer<StorageException> failed) {
    this.job = job;
    this.millis = millis;
    this.failed = failed;
    this.nextLineMillis = millis.getAsLong();
  }

  @Override
  public long size() {
    return 0;
  }

  @Override
  public int read(long offset, ByteBuffer target) throws StorageException {
    try (var held = lock.enter()) {
      if (!rest.hasRemaining()) {
        if (lastTold) {
          return end();
        }
        rest = ByteBuffer.wrap((nextLine() + "\n").getBytes(StandardCharsets.UTF_8));
      }
      int length = Math.min(rest.remaining(), target.remaining());
      target.put(target.position(), rest, rest.position(), length);
      target.position(target.position() + length);
      rest.position(rest.position() + length);
      return length;
    }
  }

  private int end() throws StorageException {
    StorageException error = job.error();
    if (error != null) {
      if (!failureTold) {
        failureTold = true;
        failed.accept(error);
      }
      throw error;
    }
    return 0;
  }

  private String nextLine() throws StorageException {
    long giveUp = millis.getAsLong() + LINE_MILLIS;
    while (true) {
      long version = job.version();
      boolean ended = job.ended();
      long now = millis.getAsLong();
      String line = ended || now >= nextLineMillis ? job.line() : lastLine;
      if (!ended && job.ended()) {
        continue; // between the two, so the line may be its last one or not
      }
      if (ended || !line.equals(lastLine)) {
        lastTold = ended;
        lastLine = line;
        nextLineMillis = now + LINE_MILLIS;
        return line;
      }
      if (now >= giveUp) {
        throw new StorageException(Fault.INTERRUPTED, "no news of the job");
      }
      // Bytes that moved are no change of version: look again when the next line may come.
      long until = now < nextLineMillis ? Math.min(nextLineMillis, giveUp) : giveUp;
      job.awaitChange(version, until - now);
    }
  }

  @Override
  public int write(long offset, ByteBuffer source) throws StorageException {
    throw new StorageException(Fault.CLOSED, "the file is open for reading only");
  }

  @Override
  public void close() {}
}
