package org.copybay.fs.transport.dev;

import java.io.IOException;
import org.copybay.fs.transport.FaultLog;
import org.copybay.fs.transport.FuseHandler;
import org.copybay.volumes.Requester;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One thread that takes a request, serves it and answers it, until the connection is over. */
final class Worker implements Runnable {

  private static final Logger log = LoggerFactory.getLogger(Worker.class);

  /** A request that takes longer than this counts as blocked, though it may be computing. */
  static final long LONG_NANOS = 20_000_000;

  private final WorkerPool pool;
  private final RequestBuffer buffer;
  private final Dispatcher dispatcher;
  private final int fd;

  // volatile: written by this worker alone, read by the watch
  private volatile int tid;

  /** Raised when a request is taken and when it is answered: odd while there is one. */
  // volatile: written by this worker alone, read by the watch
  private volatile long phase;

  // used by the watch alone: a phase, and when it was first seen
  private long seenPhase;
  private long seenNanos;

  Worker(WorkerPool pool, int device, FuseHandler handler, FaultLog faults, Interrupts interrupts)
      throws IOException {
    this.pool = pool;
    fd = Posix.cloneDevice(device);
    try {
      buffer = new RequestBuffer();
    } catch (IOException e) {
      Posix.close(fd);
      throw e;
    }
    dispatcher = new Dispatcher(handler, buffer, faults, interrupts);
  }

  /**
   * True if it has a request and sleeps, or has been seen with the same request for {@link
   * #LONG_NANOS}. Called by the watch only.
   */
  boolean blocked(TaskState tasks, long nowNanos) {
    long now = phase;
    if (now % 2 == 0) {
      return false;
    }
    if (now != seenPhase) {
      seenPhase = now;
      seenNanos = nowNanos;
    }
    return (nowNanos - seenNanos >= LONG_NANOS || tasks.asleep(tid)) && now == phase;
  }

  @Override
  public void run() {
    boolean over = true;
    tid = Posix.threadId();
    Requester.is(dispatcher::interrupted);
    pool.entered(this);
    try {
      over = serve();
    } finally {
      pool.left(this);
      Posix.close(fd);
      buffer.close();
      if (over) {
        pool.over();
      }
    }
  }

  /** Serves until the connection is over (true) or the pool has no use for this worker (false). */
  private boolean serve() {
    long turn = 0;
    while (true) {
      long received = Posix.LIBC.read(fd, buffer.requestAddress(), buffer.requestCapacity());
      if (received < 0) {
        if (retry(Posix.errno())) {
          continue;
        }
        return true;
      }
      phase = ++turn;
      pool.taken();
      int length = dispatcher.serve((int) received);
      if (length > 0) {
        answer(length);
      }
      phase = ++turn;
      if (pool.answered()) {
        return false;
      }
    }
  }

  /** True if a failed read of the device says nothing about the connection. */
  private boolean retry(int errno) {
    return switch (errno) {
      case Posix.EINTR, Posix.EAGAIN, Posix.ENOENT -> true;
      case Posix.ENODEV, Posix.ECONNABORTED -> {
        pool.disconnected();
        yield false;
      }
      default -> {
        log.error("read of /dev/fuse failed, worker ends: {}", Posix.LIBC.strerror(errno));
        yield false;
      }
    };
  }

  /** Sends the answer. A request that was interrupted or aborted meanwhile is gone: ENOENT. */
  private void answer(int length) {
    if (Posix.LIBC.write(fd, buffer.answerAddress(), length) < 0) {
      int errno = Posix.errno();
      if (errno != Posix.ENOENT && errno != Posix.ENODEV && errno != Posix.ECONNABORTED) {
        log.error("answer of {} bytes refused: {}", length, Posix.LIBC.strerror(errno));
      }
    }
  }
}
