package org.copybay.copy.engine;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.copybay.volumes.Extent;
import org.copybay.volumes.StorageException;
import org.jspecify.annotations.Nullable;

/**
 * Moves the bytes of a job: a few threads take pieces of at most 1 MiB, each with its own buffers,
 * so that the requests in flight and the memory are bounded. From time to time all threads end
 * their piece, so that a checkpoint can be recorded.
 */
public final class Copier {
  /** Between two checkpoints: what an interrupted job may have to do again. */
  public static final Duration CHECKPOINT_INTERVAL = Duration.ofSeconds(10);

  private static final int PIECE_BYTES = 1 << 20;
  private static final int THREAD_COUNT = 2;

  /** What is done with one piece, with two empty buffers of the piece's size. */
  @FunctionalInterface
  public interface Step {
    /**
     * Does it, in one of the copier's threads, several at a time; the buffers are the caller's
     * again when it returns. An error ends the copy.
     */
    void move(Extent piece, ByteBuffer buffer, ByteBuffer spare) throws StorageException;
  }

  /** Called when no piece is under way: all before that offset is done. */
  @FunctionalInterface
  public interface Checkpoint {
    /** Makes it safe and records it. */
    void reached(long offset) throws StorageException;
  }

  /**
   * Buffers of all copiers that nobody uses now. One is taken for a piece that may move, never
   * while waiting for that, so that paused jobs keep none: there are as many as pieces were ever
   * under way at the same time.
   */
  private static final Queue<ByteBuffer> FREE_BUFFERS = new ConcurrentLinkedQueue<>();

  private final Job job;
  private final long intervalNanos;

  /** Moves bytes for that job. */
  public Copier(Job job, Duration checkpointInterval) {
    this.job = job;
    this.intervalNanos = checkpointInterval.toNanos();
  }

  /**
   * Does the step for every piece of the data from that offset on; called by the thread of the job.
   * Throws the first error of a step, when no piece is under way any more.
   */
  public void forEach(DataRanges data, long offset, Step step, Checkpoint checkpoint)
      throws StorageException {
    Pieces pieces = new Pieces(data, offset);
    while (pieces.beginSegment(System.nanoTime() + intervalNanos)) {
      runSegment(pieces, step);
      if (!pieces.ended()) {
        checkpoint.reached(pieces.position());
      }
    }
  }

  private void runSegment(Pieces pieces, Step step) throws StorageException {
    List<Thread> threads = new ArrayList<>();
    for (int i = 1; i < THREAD_COUNT; i++) {
      Thread thread =
          new Thread(() -> work(pieces, step), Thread.currentThread().getName() + "-" + i);
      thread.setDaemon(true);
      thread.start();
      threads.add(thread);
    }
    work(pieces, step);
    for (Thread thread : threads) {
      join(thread);
    }
    pieces.rethrow();
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new IllegalStateException("a thread of this program is never interrupted", e);
    }
  }

  private void work(Pieces pieces, Step step) {
    try {
      Extent piece = pieces.next();
      while (piece != null) {
        job.proceed(piece.length());
        move(piece, step);
        piece = pieces.next();
      }
    } catch (StorageException | RuntimeException | Error e) {
      pieces.fail(e);
    }
  }

  private static void move(Extent piece, Step step) throws StorageException {
    int length = (int) piece.length();
    ByteBuffer buffer = takeBuffer();
    ByteBuffer spare = takeBuffer();
    try {
      step.move(piece, buffer.clear().limit(length), spare.clear().limit(length));
    } finally {
      FREE_BUFFERS.add(buffer);
      FREE_BUFFERS.add(spare);
    }
  }

  private static ByteBuffer takeBuffer() {
    ByteBuffer free = FREE_BUFFERS.poll();
    return free == null ? ByteBuffer.allocateDirect(PIECE_BYTES) : free;
  }

  /** The pieces that are still to be taken, by any of the threads. */
  private static final class Pieces {
    private final DataRanges data;
    private @Nullable Extent range; // guarded by this, as all below
    private long position;
    private long segmentEndNanos;
    private boolean begun; // every segment takes a piece at least
    private boolean ended;
    private @Nullable Throwable failure;

    Pieces(DataRanges data, long offset) {
      this.data = data;
      this.position = offset;
    }

    synchronized boolean beginSegment(long endNanos) {
      segmentEndNanos = endNanos;
      begun = false;
      return !ended;
    }

    synchronized boolean ended() {
      return ended;
    }

    synchronized @Nullable Extent next() throws StorageException {
      boolean over = begun && System.nanoTime() - segmentEndNanos > 0;
      if (ended || failure != null || over) {
        return null;
      }
      begun = true;
      Extent now = range;
      if (now == null || position == now.end()) {
        now = data.next(position);
        range = now;
        if (now == null) {
          ended = true;
          return null;
        }
        position = now.offset();
      }
      Extent piece = new Extent(position, Math.min(PIECE_BYTES, now.end() - position));
      position = piece.end();
      return piece;
    }

    /** All data before this offset was taken. */
    synchronized long position() {
      return position;
    }

    synchronized void fail(Throwable e) {
      if (failure == null) {
        failure = e;
      }
    }

    synchronized void rethrow() throws StorageException {
      Throwable e = failure;
      if (e instanceof StorageException storage) {
        throw storage;
      }
      if (e instanceof RuntimeException runtime) {
        throw runtime;
      }
      if (e instanceof Error error) {
        throw error;
      }
    }
  }
}
