package org.copybay.copy.engine;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.copybay.volumes.Extent;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.store.HomeFile;
import org.jspecify.annotations.Nullable;

/**
 * Moves the bytes of a job: a few threads take pieces of at most 1 MiB from one list of extents,
 * each with one buffer, so that the requests in flight and the memory are bounded. Between segments
 * the target is fenced and a checkpoint is recorded.
 */
public final class Copier {
  private static final int PIECE_BYTES = 1 << 20;
  private static final int THREAD_COUNT = 2;
  private static final long SEGMENT_BYTES = 256L << 20;
  private static final long CHECKPOINT_NANOS = TimeUnit.SECONDS.toNanos(10);

  /** What is done with one piece, with two empty buffers of the piece's size. */
  @FunctionalInterface
  public interface Step {
    /** Does it. */
    void move(Extent piece, ByteBuffer buffer, ByteBuffer spare) throws StorageException;
  }

  /** Called between segments, when no piece is under way: all before that offset is done. */
  @FunctionalInterface
  public interface Checkpoint {
    /** Makes it safe and records it. */
    void reached(long offset) throws StorageException;
  }

  private final Job job;
  private final List<ByteBuffer> buffers = new ArrayList<>(); // two of each thread

  /** Moves bytes for that job. */
  public Copier(Job job) {
    this.job = job;
    for (int i = 0; i < 2 * THREAD_COUNT; i++) {
      buffers.add(ByteBuffer.allocateDirect(PIECE_BYTES));
    }
  }

  /** The ranges of the file from that offset on that hold data, in order; the rest are holes. */
  public static List<Extent> data(HomeFile file, long from, long size) throws StorageException {
    List<Extent> extents = new ArrayList<>();
    long at = file.nextData(from);
    while (at >= 0 && at < size) {
      long end = Math.min(file.nextHole(at), size);
      extents.add(new Extent(at, end - at));
      at = file.nextData(end);
    }
    return extents;
  }

  /** The ranges that lie in the one or the other, in order, without overlap. */
  public static List<Extent> union(List<Extent> one, List<Extent> other) {
    List<Extent> sorted = new ArrayList<>(one);
    sorted.addAll(other);
    sorted.sort(Comparator.comparingLong(Extent::offset));
    List<Extent> merged = new ArrayList<>();
    for (Extent next : sorted) {
      Extent last = merged.isEmpty() ? null : merged.get(merged.size() - 1);
      if (last == null || last.end() < next.offset()) {
        merged.add(next);
      } else {
        long end = Math.max(last.end(), next.end());
        merged.set(merged.size() - 1, new Extent(last.offset(), end - last.offset()));
      }
    }
    return merged;
  }

  /** The number of bytes in all of them. */
  public static long length(List<Extent> extents) {
    return extents.stream().mapToLong(Extent::length).sum();
  }

  /** Does the step for every piece of the extents, with a checkpoint every ten seconds. */
  public void forEach(List<Extent> extents, Step step, Checkpoint checkpoint)
      throws StorageException {
    long lastNanos = System.nanoTime();
    Pieces pieces = new Pieces(extents);
    while (pieces.beginSegment(SEGMENT_BYTES)) {
      runSegment(pieces, step);
      if (System.nanoTime() - lastNanos > CHECKPOINT_NANOS) {
        checkpoint.reached(pieces.position());
        lastNanos = System.nanoTime();
      }
    }
  }

  private void runSegment(Pieces pieces, Step step) throws StorageException {
    List<Thread> threads = new ArrayList<>();
    for (int i = 1; i < THREAD_COUNT; i++) {
      int number = i;
      Thread thread =
          new Thread(
              () -> work(pieces, step, number), Thread.currentThread().getName() + "-" + number);
      thread.setDaemon(true);
      thread.start();
      threads.add(thread);
    }
    work(pieces, step, 0);
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

  private void work(Pieces pieces, Step step, int number) {
    ByteBuffer buffer = buffers.get(2 * number);
    ByteBuffer spare = buffers.get(2 * number + 1);
    try {
      Extent piece = pieces.next();
      while (piece != null) {
        job.proceed(piece.length());
        int length = (int) piece.length();
        step.move(piece, buffer.clear().limit(length), spare.clear().limit(length));
        piece = pieces.next();
      }
    } catch (StorageException | RuntimeException | Error e) {
      pieces.fail(e);
    }
  }

  /** The pieces that are still to be taken, by any of the threads. */
  private static final class Pieces {
    private final List<Extent> extents;
    private int index; // guarded by this, as all below
    private long within;
    private long segmentLeft;
    private @Nullable Throwable failure;

    Pieces(List<Extent> extents) {
      this.extents = extents;
    }

    synchronized boolean beginSegment(long bytes) {
      segmentLeft = bytes;
      return index < extents.size();
    }

    synchronized @Nullable Extent next() {
      if (failure != null || segmentLeft <= 0 || index == extents.size()) {
        return null;
      }
      Extent extent = extents.get(index);
      long length = Math.min(PIECE_BYTES, extent.length() - within);
      Extent piece = new Extent(extent.offset() + within, length);
      within += length;
      segmentLeft -= length;
      if (within == extent.length()) {
        index++;
        within = 0;
      }
      return piece;
    }

    /** All bytes before this offset were taken. */
    synchronized long position() {
      if (index == extents.size()) {
        return extents.isEmpty() ? 0 : extents.get(index - 1).end();
      }
      return extents.get(index).offset() + within;
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
