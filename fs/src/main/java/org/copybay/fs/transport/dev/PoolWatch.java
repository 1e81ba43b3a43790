package org.copybay.fs.transport.dev;

import java.util.concurrent.locks.LockSupport;

/**
 * The thread that lets a pool grow. It sleeps while some worker waits for a request. When all are
 * busy it looks after a pause whether they are blocked, and adds workers by {@link GrowthRule}.
 *
 * <p>The pause is {@link #PAUSE_MIN_NANOS} after calm and while the pool grows, and gets longer
 * while all workers are busy but not blocked, so that a saturated machine is not burdened further.
 * So a pool whose workers all block is read again within about 1 ms, and within 20 ms if it was
 * saturated just before.
 */
final class PoolWatch implements Runnable {

  private static final long PAUSE_MIN_NANOS = 1_000_000;
  private static final long PAUSE_MAX_NANOS = 16_000_000;

  private final WorkerPool pool;
  private final Thread thread;

  // volatile: says to the workers that a shortage must wake the thread; written by it alone
  private volatile boolean asleep;

  // volatile: set once, when the connection is over
  private volatile boolean over;

  PoolWatch(WorkerPool pool) {
    this.pool = pool;
    thread = new Thread(this, "fuse-watch");
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  /** A worker has taken a request and none waits for the next. Costs nothing while it watches. */
  void shortage() {
    if (asleep) {
      LockSupport.unpark(thread);
    }
  }

  /** Ends the thread and waits for that. */
  void end() {
    over = true;
    LockSupport.unpark(thread);
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void run() {
    TaskState tasks = new TaskState();
    long pause = PAUSE_MIN_NANOS;
    while (!over) {
      boolean calm = awaitShortage(pause);
      pause = calm ? PAUSE_MIN_NANOS : pause;
      LockSupport.parkNanos(this, pause);
      boolean grew = !over && pool.grow(tasks);
      pause = grew ? PAUSE_MIN_NANOS : Math.min(2 * pause, PAUSE_MAX_NANOS);
    }
  }

  /** Returns when no worker waits; true if that took longer than the pause. */
  private boolean awaitShortage(long pause) {
    long begin = System.nanoTime();
    asleep = true;
    while (!over && pool.someWorkerWaits()) {
      LockSupport.park(this);
    }
    asleep = false;
    return System.nanoTime() - begin > pause;
  }
}
