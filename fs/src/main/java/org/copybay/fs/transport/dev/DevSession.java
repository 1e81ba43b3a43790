package org.copybay.fs.transport.dev;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.copybay.fs.transport.FuseHandler;
import org.copybay.fs.transport.FuseSession;
import org.copybay.volumes.store.MountTable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One connection: its device descriptor, its workers and its notifier. */
final class DevSession implements FuseSession {

  private static final Logger log = LoggerFactory.getLogger(DevSession.class);

  private final ServedMount mount;
  private final int device;
  private final Features features;
  private final FuseHandler handler;
  private final WorkerPool pool;
  private final Notifier notifier;
  private final Thread notifierThread;
  private final CountDownLatch ended = new CountDownLatch(1);

  /** Takes over {@code device} once {@link #start} has returned. */
  DevSession(MountTable.Mount mount, int device, Features features, FuseHandler handler)
      throws IOException {
    this.mount = new ServedMount(mount);
    this.device = device;
    this.features = features;
    this.handler = handler;
    pool = new WorkerPool(device, handler, this::finish);
    notifier = new Notifier(device);
    notifierThread = new Thread(notifier, "fuse-notifier");
    notifierThread.setDaemon(true);
  }

  /** Starts to serve. After a failure there is no thread left, and the device is the caller's. */
  void start() throws IOException {
    notifierThread.start();
    try {
      pool.start();
    } catch (IOException e) {
      endNotifier();
      throw e;
    }
  }

  @Override
  public boolean parallelDirectWrites() {
    return features.parallelDirectWrites();
  }

  @Override
  public int unsplitBytes() {
    return features.unsplitBytes();
  }

  @Override
  public CompletableFuture<Void> invalidateData(long node, long offset, long length) {
    return notifier.invalidateInode(node, offset, length);
  }

  @Override
  public CompletableFuture<Void> invalidateAttributes(long node) {
    return notifier.invalidateInode(node, -1, 0);
  }

  @Override
  public void unmount() throws IOException {
    mount.unmount(this);
  }

  @Override
  public boolean awaitDisconnect(Duration limit) throws InterruptedException {
    return pool.awaitDisconnect(limit);
  }

  @Override
  public boolean awaitEnd(Duration limit) throws InterruptedException {
    return ended.await(limit.toNanos(), TimeUnit.NANOSECONDS);
  }

  private void endNotifier() {
    notifier.end();
    try {
      notifierThread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Runs once, in the last worker. */
  private void finish() {
    try {
      endNotifier();
      handler.destroy();
    } catch (RuntimeException e) {
      log.error("the file system failed while it was ended", e);
    } finally {
      Posix.close(device);
      ended.countDown();
    }
  }
}
