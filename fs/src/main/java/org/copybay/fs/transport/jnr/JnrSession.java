package org.copybay.fs.transport.jnr;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.copybay.fs.transport.FuseHandler;
import org.copybay.fs.transport.FuseSession;
import org.copybay.fs.transport.MountSpec;
import org.copybay.fs.transport.dev.DeadMount;
import org.copybay.fs.transport.dev.ServedMount;
import org.copybay.volumes.store.MountTable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import ru.serce.jnrfuse.FuseException;

/**
 * One mount of libfuse: a thread in which libfuse mounts, serves and ends, and one that learns from
 * the descriptor of /dev/fuse when the connection is over, for libfuse then still waits for every
 * request that is at work.
 */
final class JnrSession implements FuseSession {

  private static final Logger log = LoggerFactory.getLogger(JnrSession.class);

  /** Protocol 7.19 has 32 pages in a request, and a buffer may begin and end within one. */
  private static final int UNSPLIT_BYTES = (32 - 1) * 4096;

  private final MountSpec spec;
  private final FuseHandler handler;
  private final PathCallbacks callbacks;
  private final CountDownLatch startedOrEnded = new CountDownLatch(1);
  private final CountDownLatch disconnected = new CountDownLatch(1);
  private final CountDownLatch ended = new CountDownLatch(1);

  // volatile: written by the thread of libfuse before startedOrEnded, read after it
  private volatile boolean started;

  // volatile: set once by start, before the session is given away
  private volatile @Nullable ServedMount mount;

  /**
   * Loads libfuse.
   *
   * @throws LinkageError if there is no libfuse 2
   */
  JnrSession(MountSpec spec, FuseHandler handler) {
    this.spec = spec;
    this.handler = handler;
    callbacks = new PathCallbacks(handler, this::connected);
  }

  /** Mounts with those arguments of libfuse; returns when the kernel sends requests. */
  void start(String[] arguments) throws IOException {
    Set<Integer> others = Descriptors.ofDevice();
    thread("fuse-libfuse", () -> serve(arguments)).start();
    try {
      startedOrEnded.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException("a thread of this program is never interrupted", e);
    }
    if (!started) {
      if (ended.getCount() > 0) {
        detach();
      }
      throw new IOException("libfuse 2 refused the mount");
    }
    Set<Integer> own = Descriptors.ofDevice();
    own.removeAll(others);
    Optional<MountTable.Mount> found = MountTable.read().bayAt(spec.mountPoint(), spec.source());
    if (found.isEmpty()) {
      detach();
      throw new IOException("mounted, but not to be found at " + spec.mountPoint());
    }
    mount = new ServedMount(found.get());
    for (int device : own) {
      thread("fuse-connection", () -> watch(device)).start();
    }
  }

  /** Takes the mount away, and nothing else that may be there. */
  private void detach() throws IOException {
    if (MountTable.read().bayAt(spec.mountPoint()).isPresent()) {
      DeadMount.detach(spec.mountPoint());
    }
  }

  private static Thread thread(String name, Runnable work) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    return thread;
  }

  private void serve(String[] arguments) {
    try {
      callbacks.mount(spec.mountPoint(), true, false, arguments);
    } catch (FuseException | IllegalStateException e) { // a refusal, or the process is ending
      log.info("libfuse: {}", e.toString());
    } finally {
      disconnected.countDown();
      ended.countDown();
      startedOrEnded.countDown();
    }
  }

  private void watch(int device) {
    Descriptors.awaitEnd(device);
    disconnected.countDown();
  }

  /** In the thread that answers INIT: every request comes after it. */
  private void connected() {
    try {
      handler.init(this);
      started = true;
    } catch (RuntimeException | Error e) {
      log.error("the file system failed while it was begun", e);
    } finally {
      startedOrEnded.countDown();
    }
  }

  @Override
  public boolean parallelDirectWrites() {
    return false; // there is no way to answer an open so
  }

  @Override
  public int unsplitBytes() {
    return UNSPLIT_BYTES;
  }

  @Override
  public CompletableFuture<Void> invalidateData(long node, long offset, long length) {
    return CompletableFuture.completedFuture(null); // nothing is cached
  }

  @Override
  public CompletableFuture<Void> invalidateAttributes(long node) {
    return CompletableFuture.completedFuture(null); // nothing is cached
  }

  @Override
  public void unmount() throws IOException {
    ServedMount served = mount;
    if (served != null) {
      served.unmount(this);
    }
  }

  @Override
  public boolean awaitDisconnect(Duration limit) throws InterruptedException {
    return disconnected.await(limit.toNanos(), TimeUnit.NANOSECONDS);
  }

  @Override
  public boolean awaitEnd(Duration limit) throws InterruptedException {
    return ended.await(limit.toNanos(), TimeUnit.NANOSECONDS);
  }
}
