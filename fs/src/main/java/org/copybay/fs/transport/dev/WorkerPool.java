package org.copybay.fs.transport.dev;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.copybay.fs.transport.FuseHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads that read requests from the device, as many as {@link GrowthRule} says. When the
 * connection is over each of them ends, and the last one runs the action given at the start.
 */
final class WorkerPool {

  /** More than {@link Features#MAX_BACKGROUND}. */
  static final int LIMIT = 256;

  private static final Logger log = LoggerFactory.getLogger(WorkerPool.class);
  private static final long STACK_BYTES = 512 << 10;

  private final int device;
  private final FuseHandler handler;
  private final Counters counters;
  private final Runnable whenOver;
  private final FaultLog faults = new FaultLog();
  private final AtomicInteger names = new AtomicInteger();
  private final GrowthRule rule;
  private final int base;

  /** The pool of a connection; {@code device} stays open until {@code whenOver} is run. */
  WorkerPool(int device, FuseHandler handler, Counters counters, Runnable whenOver) {
    this.device = device;
    this.handler = handler;
    this.counters = counters;
    this.whenOver = whenOver;
    base = Math.min(LIMIT, Math.max(4, 2 * Runtime.getRuntime().availableProcessors()));
    rule = new GrowthRule(base, LIMIT, System::nanoTime);
  }

  /** Starts the base of the pool. */
  void start() throws IOException {
    for (int i = 0; i < base && rule.started(); i++) {
      launch();
    }
    if (rule.workers() == 0) {
      throw new IOException("no thread could be started to serve the mount");
    }
  }

  int workers() {
    return rule.workers();
  }

  int workersPeak() {
    return rule.peak();
  }

  /** A worker has taken a request: keeps another one waiting for the next. */
  void taken() {
    if (rule.taken()) {
      launch();
    }
  }

  /** A worker has answered; true if it ends now. */
  boolean answered() {
    return rule.answered();
  }

  /** A worker that waited has seen the end of the connection. */
  void ended() {
    if (rule.ended()) {
      whenOver.run();
    }
  }

  private void launch() {
    try {
      Worker worker = new Worker(this, device, handler, counters, faults);
      Thread thread =
          new Thread(null, worker, "fuse-" + names.incrementAndGet(), STACK_BYTES, false);
      thread.setDaemon(true);
      thread.start();
    } catch (IOException | OutOfMemoryError e) {
      rule.ended();
      log.warn("no further worker: workers={} {}", rule.workers(), e.toString());
    }
  }
}
