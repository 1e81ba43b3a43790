package org.copybay.fs.transport.dev;

import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.copybay.fs.transport.FaultLog;
import org.copybay.fs.transport.FuseHandler;
import org.copybay.fs.transport.UnfitTransportException;
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
  private final Runnable whenOver;
  private final FaultLog faults = new FaultLog(log::error);
  private final Interrupts interrupts = new Interrupts();
  private final PoolWatch watch = new PoolWatch(this);
  private final GrowthRule rule =
      new GrowthRule(
          Math.min(LIMIT, Math.max(2, Runtime.getRuntime().availableProcessors())),
          LIMIT,
          System::nanoTime);

  private final Set<Worker> workers = ConcurrentHashMap.newKeySet();

  /** The workers, counted from before their start until they are about to end. */
  private final AtomicInteger count = new AtomicInteger();

  /** The workers that wait for a request or are about to. */
  private final AtomicInteger waiting = new AtomicInteger();

  private final AtomicInteger launched = new AtomicInteger();
  private final AtomicBoolean finished = new AtomicBoolean();
  private final CountDownLatch disconnected = new CountDownLatch(1);

  /** The pool of a connection; {@code device} stays open until {@code whenOver} is run. */
  WorkerPool(int device, FuseHandler handler, Runnable whenOver) {
    this.device = device;
    this.handler = handler;
    this.whenOver = whenOver;
  }

  /**
   * Starts the base of the pool.
   *
   * @throws UnfitTransportException if there would be no worker at all, as where the kernel gives
   *     no second descriptor for a connection
   */
  void start() throws UnfitTransportException {
    launch(rule.base());
    if (count.get() == 0) {
      throw new UnfitTransportException("no thread could be started to serve the mount");
    }
    watch.start();
  }

  boolean someWorkerWaits() {
    return waiting.get() > 0;
  }

  /** A worker has taken a request. */
  void taken() {
    if (waiting.decrementAndGet() == 0) {
      watch.shortage();
    }
  }

  /** A worker has answered its request; true if it must end now, which is counted already. */
  boolean answered() {
    if (rule.surplus(count.get())) {
      count.decrementAndGet();
      return true;
    }
    waiting.incrementAndGet();
    return false;
  }

  /** A worker begins. */
  void entered(Worker worker) {
    workers.add(worker);
  }

  /** A worker ends. */
  void left(Worker worker) {
    workers.remove(worker);
  }

  /** The kernel has told a worker that the connection is over; others may still be at work. */
  void disconnected() {
    disconnected.countDown();
  }

  /** Waits until the connection is over; false if the time is over first. */
  boolean awaitDisconnect(Duration limit) throws InterruptedException {
    return disconnected.await(limit.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** A worker that waited ends, as all do when the connection is over. */
  void over() {
    waiting.decrementAndGet();
    if (count.decrementAndGet() == 0) {
      watch.end(); // from now on nobody is launched
      if (count.get() == 0 && finished.compareAndSet(false, true)) {
        disconnected(); // whatever has ended them
        whenOver.run();
      }
    }
  }

  /** Adds workers if too many are blocked. Called by the watch only. */
  boolean grow(TaskState tasks) {
    if (disconnected.getCount() == 0) {
      return false; // there is nothing more to read
    }
    int workersNow = count.get();
    int missing = rule.missing(workersNow, workersNow < LIMIT ? blocked(tasks) : LIMIT);
    launch(missing);
    return missing > 0;
  }

  private int blocked(TaskState tasks) {
    int blocked = 0;
    long now = System.nanoTime();
    for (Worker worker : workers) {
      if (worker.blocked(tasks, now)) {
        blocked++;
      }
    }
    return blocked;
  }

  /** Starts so many workers. All are counted first, lest the first one ends as the last one. */
  private void launch(int number) {
    waiting.addAndGet(number);
    count.addAndGet(number);
    for (int i = 0; i < number; i++) {
      try {
        Worker worker = new Worker(this, device, handler, faults, interrupts);
        String name = "fuse-" + launched.incrementAndGet();
        Thread thread = new Thread(null, worker, name, STACK_BYTES, false);
        thread.setDaemon(true);
        thread.start();
      } catch (IOException | OutOfMemoryError e) {
        waiting.decrementAndGet();
        count.decrementAndGet();
        log.warn("no further worker: workers={} {}", count.get(), e.toString());
      }
    }
  }
}
