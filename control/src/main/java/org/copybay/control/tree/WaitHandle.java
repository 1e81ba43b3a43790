package org.copybay.control.tree;

import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.jspecify.annotations.Nullable;

/*
 * INV-1 Between two lines of progress lies a second or more; the last line comes at once.
 * INV-2 After the last line every read ends the file, or fails with the error of the job.
 */
/** A stream of the progress of one job that ends with the result of the job. */
final class WaitHandle extends LineHandle {
  // set once
  private final Watched job;
  private final LongSupplier millis;
  private final Consumer<StorageException> failed;

  // only in nextLine, by one reader at a time
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

  private @Nullable String end() throws StorageException {
    StorageException error = job.error();
    if (error != null) {
      if (!failureTold) {
        failureTold = true;
        failed.accept(error);
      }
      throw error;
    }
    return null;
  }

  @Override
  @Nullable String nextLine() throws StorageException {
    if (lastTold) {
      return end();
    }
    long giveUp = millis.getAsLong() + WAIT_MILLIS;
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
        nextLineMillis = now + WAIT_MILLIS;
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
}
