package org.copybay.fs.mount;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.copybay.control.tree.ControlTree;
import org.copybay.control.tree.MountFacts;
import org.copybay.copy.CopyServices;
import org.copybay.fs.node.BayHandler;
import org.copybay.fs.node.Owner;
import org.copybay.fs.transport.FuseSession;
import org.copybay.fs.transport.MountSpec;
import org.copybay.volumes.Aside;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Bay;
import org.copybay.volumes.bay.BayOpener;
import org.copybay.volumes.event.Event;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One mounted bay, from its lock to its end: the place where the modules are put together.
 *
 * <p>It ends when the mount ends (umount), or by a signal: then opens are refused, jobs stop at
 * their checkpoints, shadow sets are stopped, what was written is fenced, the mount is detached,
 * and the process ends with 0 within ten seconds, whatever is still open. A disk that hangs keeps
 * none of these steps from the next one.
 */
final class Daemon {
  private static final Logger LOG = LoggerFactory.getLogger(Daemon.class);
  private static final long BLOCK_CACHE_BYTES = 32L << 20;

  // how long the end waits for each step: together, with six lines of the log, within the whole
  private static final long LOG_WAIT_MILLIS = 150;
  private static final long SESSION_WAIT_MILLIS = 1_500;
  private static final long JOBS_WAIT_MILLIS = 2_000;
  private static final long SHADOW_WAIT_MILLIS = 2_000;
  private static final long FLUSH_WAIT_MILLIS = 1_500;
  private static final long FOLLOWERS_WAIT_MILLIS = 1_000;
  private static final long END_WAIT_MILLIS = 9_000;

  private final Bay bay;
  private final CopyServices copy;
  private final BayHandler handler;
  private final Transports transports;
  private final CountDownLatch mountTried = new CountDownLatch(1);
  private final AtomicBoolean ended = new AtomicBoolean();

  // volatile: set once by the thread that mounts; a signal ends it in another one
  private volatile @Nullable FuseSession session;

  private Daemon(Bay bay, CopyServices copy, BayHandler handler, Transports transports) {
    this.bay = bay;
    this.copy = copy;
    this.handler = handler;
    this.transports = transports;
  }

  /** Opens the bay, whose lock was taken, takes up its shadow sets and jobs, and mounts it. */
  static Daemon start(MountPlace place, MountOptions options, String version)
      throws StorageException {
    Clock clock = Clock.systemUTC();
    Bay bay = open(place, options, clock);
    CopyServices copy = CopyServices.open(bay);
    copy.start();
    Owner owner = owner(options);
    Transports transports = new Transports(options.transport());
    MountFacts facts =
        new MountFacts(
            place.mountPoint().toString(),
            transports::name,
            options.text(),
            version,
            owner.uid(),
            processOwner("uid"),
            clock.instant());
    ControlTree control = ControlTree.open(bay, copy, facts, clock);
    BayHandler handler = new BayHandler(bay, copy, control, owner, options.sync());
    Daemon daemon = new Daemon(bay, copy, handler, transports);
    daemon.mountAndHook(place, options);
    return daemon;
  }

  private static Bay open(MountPlace place, MountOptions options, Clock clock)
      throws StorageException {
    if (place.cleaned()) {
      LOG.warn("cleaned the mount of a dead daemon away: {}", place.mountPoint());
    }
    Bay bay =
        BayOpener.open(
            place.bay(), options.readOnly(), options.recover(), BLOCK_CACHE_BYTES, clock);
    bay.events()
        .tell(
            "mounted",
            bay.path().toString(),
            Event.fact("at", place.mountPoint()),
            Event.fact("read_only", bay.readOnly()));
    return bay;
  }

  /** The hook comes first: a signal never finds a mount that nobody would take away. */
  private void mountAndHook(MountPlace place, MountOptions options) throws StorageException {
    Thread hook = new Thread(() -> endWithin("signal"), "end");
    Runtime.getRuntime().addShutdownHook(hook);
    boolean mounted = false;
    try {
      session = mount(place, options);
      mounted = true;
    } finally {
      mountTried.countDown();
      if (!mounted) {
        withdraw(hook);
      }
    }
  }

  /** Lets the process end with the status of a failure. */
  private static void withdraw(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      LOG.info("a signal came while the mount failed");
    }
  }

  private FuseSession mount(MountPlace place, MountOptions options) throws StorageException {
    String source = options.source() == null ? "copybay#" + place.bay() : options.source();
    MountSpec spec =
        new MountSpec(
            place.mountPoint(), source, options.readOnly(), options.allowOther(), options.noExec());
    try {
      return transports.mount(spec, handler);
    } catch (IOException e) {
      String why = String.valueOf(e.getMessage());
      boolean closed = why.contains("failed to open /dev/fuse: Permission denied");
      String remedy = closed ? "chmod 666 /dev/fuse (as root)" : null;
      throw new StorageException(Fault.STORE_FAILED, why, remedy, e);
    }
  }

  private static Owner owner(MountOptions options) throws StorageException {
    Integer uid = options.uid();
    Integer gid = options.gid();
    return new Owner(
        uid == null ? processOwner("uid") : uid,
        gid == null ? processOwner("gid") : gid,
        uid != null,
        gid != null);
  }

  private static int processOwner(String which) throws StorageException {
    try {
      return (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:" + which);
    } catch (IOException e) {
      throw new StorageException(Fault.STORE_FAILED, "read /proc/self: " + e, null, e);
    }
  }

  /** A sentence for who mounts, or null. */
  @Nullable String note() {
    return transports.note();
  }

  /** Serves until the mount or the process is ended. */
  void serve() {
    FuseSession served = Objects.requireNonNull(session);
    try {
      while (!served.awaitDisconnect(Duration.ofDays(1))) {
        LOG.debug("still serving");
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException("a thread of this program is never interrupted", e);
    }
    endWithin("unmounted");
  }

  /** Ends the process, in order if that is done in time: a hung disk does not keep it. */
  private void endWithin(String why) {
    Aside.done("ending", END_WAIT_MILLIS, () -> end(why)); // P1 needs no more than the page cache
    Runtime.getRuntime().halt(0);
  }

  private void end(String why) {
    if (!ended.compareAndSet(false, true)) {
      Pause.millis(END_WAIT_MILLIS); // the other thread halts the process
      return;
    }
    handler.refuseOpens();
    bay.events().tell("ending", bay.path().toString(), Event.fact("reason", why));
    logged(() -> LOG.info("ending reason={}", why));
    awaitReleases();
    step("jobs", JOBS_WAIT_MILLIS, copy.jobs()::close);
    step("schedules", JOBS_WAIT_MILLIS, copy.scheduler()::close);
    copy.policies().queue().close();
    copy.safeguarded().close();
    step("shadow", SHADOW_WAIT_MILLIS, copy.sets()::close);
    step("tapes", FLUSH_WAIT_MILLIS, copy.tapes()::stop);
    step("fence", FLUSH_WAIT_MILLIS, bay::flushAll);
    bay.events().end(FOLLOWERS_WAIT_MILLIS); // else their last read fails with the connection
    unmount();
    bay.close();
    LOG.info("ended");
  }

  /** One step of the end; one that hangs is left to itself. */
  private static void step(String name, long millis, Runnable action) {
    if (!Aside.done("end-" + name, millis, action)) {
      logged(() -> LOG.warn("end: {} takes longer than {} ms", name, millis));
    }
  }

  /** Writes to the log, which lies in the bay, whose disk may hang. */
  private static void logged(Runnable line) {
    Aside.done("end-log", LOG_WAIT_MILLIS, line);
  }

  /** Where the connection is over, what was open is let go of by the last request that ends. */
  private void awaitReleases() {
    FuseSession served = session;
    try {
      if (served != null
          && served.awaitDisconnect(Duration.ZERO)
          && !served.awaitEnd(Duration.ofMillis(SESSION_WAIT_MILLIS))) {
        logged(() -> LOG.warn("end: requests are still at work"));
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException("a thread of this program is never interrupted", e);
    }
  }

  /** Takes the mount away, also one that is only just being made. */
  private void unmount() {
    try {
      mountTried.await();
      FuseSession mounted = session;
      if (mounted != null) {
        mounted.unmount();
        logged(() -> LOG.info("unmounted"));
      }
    } catch (IOException e) {
      LOG.error("unmount: {}", e.getMessage());
    } catch (InterruptedException e) {
      throw new IllegalStateException("a thread of this program is never interrupted", e);
    }
  }
}
