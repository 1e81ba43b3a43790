package org.copybay.copy.engine;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** How far one phase of a job is, and how fast. Any thread may call any method. */
public final class Progress {
  /**
   * From when on the speed counts.
   *
   * @param startNanos of System.nanoTime
   * @param startBytes what was done then
   */
  private record Pace(long startNanos, long startBytes) {}

  // volatile: replaced as a whole
  private volatile Pace pace = new Pace(System.nanoTime(), 0);
  private volatile long copyMillis;

  // atomic: counted by the threads that move bytes
  private final AtomicLong bytesTotal = new AtomicLong();
  private final AtomicLong bytesDone = new AtomicLong();
  private final AtomicLong bytesCopied = new AtomicLong();
  private final LongAdder copiedByAll;

  /**
   * Of a job that has moved nothing.
   *
   * @param copiedByAll counts what it reads and writes, too
   */
  Progress(LongAdder copiedByAll) {
    this.copiedByAll = copiedByAll;
  }

  // ---- facts

  /** Bytes that this phase will move. */
  public long bytesTotal() {
    return bytesTotal.get();
  }

  /** Bytes that this phase has moved. */
  public long bytesDone() {
    return bytesDone.get();
  }

  /** Bytes that were read and written since the job began or was resumed. */
  public long bytesCopied() {
    return bytesCopied.get();
  }

  /** Milliseconds that the copying phase took, or has taken so far. */
  public long copyMillis() {
    return copyMillis;
  }

  /** Part of this phase that is done, 0 to 99. */
  int percent() {
    long total = bytesTotal.get();
    return total == 0 ? 0 : (int) Math.min(99, bytesDone.get() * 100 / total);
  }

  /** Bytes a second since {@link #restart}. */
  long bytesPerSecond() {
    Pace from = pace;
    long nanos = System.nanoTime() - from.startNanos();
    return nanos <= 0 ? 0 : (long) ((bytesDone.get() - from.startBytes()) * 1e9 / nanos);
  }

  long bytesLeft() {
    return bytesTotal.get() - bytesDone.get();
  }

  // ---- for the work

  /** Counts bytes of this phase that need not, or do not, move. */
  public void passed(long bytes) {
    bytesDone.addAndGet(bytes);
  }

  /** Counts bytes that were read and written. */
  public void copied(long bytes) {
    bytesDone.addAndGet(bytes);
    bytesCopied.addAndGet(bytes);
    copiedByAll.add(bytes);
  }

  /** Notes how long the copying phase took so far. */
  public void setCopyMillis(long millis) {
    copyMillis = millis;
  }

  // ---- for the job

  /** Begins a phase of so many bytes, of which some are done. */
  void begin(long total, long done) {
    bytesTotal.set(total);
    bytesDone.set(done);
    restart();
  }

  /** The speed counts from now on. */
  void restart() {
    pace = new Pace(System.nanoTime(), bytesDone.get());
  }
}
