package org.copybay.fs.transport.dev;

import java.io.IOException;
import org.copybay.fs.transport.FuseHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One thread that takes a request, serves it and answers it, until the connection is over. */
final class Worker implements Runnable {

  private static final Logger log = LoggerFactory.getLogger(Worker.class);

  private final WorkerPool pool;
  private final RequestBuffer buffer;
  private final Dispatcher dispatcher;
  private final int fd;

  // volatile: written by this worker alone, read by the watch
  private volatile boolean busy;
  private volatile int tid;

  Worker(WorkerPool pool, int device, FuseHandler handler, Counters counters, FaultLog faults)
      throws IOException {
    this.pool = pool;
    fd = Posix.cloneDevice(device);
    try {
      buffer = new RequestBuffer();
    } catch (IOException e) {
      Posix.close(fd);
      throw e;
    }
    dispatcher = new Dispatcher(handler, buffer, counters, faults);
  }

  /** True from when it took a request until it has answered it. */
  boolean busy() {
    return busy;
  }

  /** The number of its thread in {@code /proc/self/task}. */
  int tid() {
    return tid;
  }

  @Override
  public void run() {
    boolean over = true;
    tid = Posix.threadId();
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
    while (true) {
      long received = Posix.LIBC.read(fd, buffer.requestAddress(), buffer.requestCapacity());
      if (received < 0) {
        if (retry(Posix.errno())) {
          continue;
        }
        return true;
      }
      busy = true;
      pool.taken();
      int length = dispatcher.serve((int) received);
      if (length > 0) {
        answer(length);
      }
      busy = false;
      if (pool.answered()) {
        return false;
      }
    }
  }

  /** True if a failed read of the device says nothing about the connection. */
  private static boolean retry(int errno) {
    return switch (errno) {
      case Posix.EINTR, Posix.EAGAIN, Posix.ENOENT -> true;
      case Posix.ENODEV, Posix.ECONNABORTED -> false;
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
