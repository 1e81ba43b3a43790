package org.copybay.copy.engine;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.Condition;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.copybay.volumes.Fault;
import org.copybay.volumes.LockRank;
import org.copybay.volumes.RankedLock;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Bay;
import org.copybay.volumes.event.Events;
import org.copybay.volumes.store.Background;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The jobs of one bay: accepts, runs a few at a time, and takes them up again after a restart. Any
 * thread may call any method. Who only looks, or waits for news of a job, takes no lock that is
 * held while a change is recorded: a slow disk keeps nobody from reading the state.
 */
public final class Jobs implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Jobs.class);

  /** Jobs that are accepted and have not ended; each has a thread. */
  private static final int MAX_ACTIVE_COUNT = 64;

  private static final long STOP_WAIT_MILLIS = 5000;

  // set once
  private final Bay bay;
  private final RankedLock lock = new RankedLock(LockRank.JOBS);
  private final Condition changed = lock.condition(); // for the threads of jobs
  private final RankedLock newsLock = new RankedLock(LockRank.JOB_NEWS);
  private final Condition news = newsLock.condition(); // for who only looks
  private final Map<String, Function<JobRecord, Work>> verbs = new HashMap<>();
  private final Lanes lanes = new Lanes();

  // volatile: replaced as a whole under lock, read without it
  private volatile Map<String, Job> jobs = Map.of();
  private volatile boolean stopping;

  // atomic: counted by the threads of jobs
  private final LongAdder bytesCopied = new LongAdder();

  // atomic: threads that have not ended
  private final AtomicInteger threadCount = new AtomicInteger();

  // guarded by lock
  private final List<Job> takenUp = new ArrayList<>();
  private long lastNumber;

  /** The jobs of that bay; {@link #load} brings back what the catalogue remembers. */
  public Jobs(Bay bay) throws StorageException {
    this.bay = bay;
    // In a read-only bay this is a change of the catalogue's copy in memory.
    bay.catalogue().change(JobTable::create);
  }

  /** Says what the jobs of a verb do. Called before {@link #load}. */
  public void register(String verb, Function<JobRecord, Work> work) {
    register(verb, Lane.USUAL, work);
  }

  /** The same, for those who have places of their own. */
  public void register(String verb, Lane lane, Function<JobRecord, Work> work) {
    verbs.put(verb, work);
    lanes.put(verb, lane);
  }

  /**
   * Brings back the jobs of the catalogue; those that were at work hold again what they held, and
   * go on with {@link #start}. One whose verb nobody knows stays as it is found.
   */
  public void load() throws StorageException {
    long count = bay.catalogue().read(JobTable::count);
    try (var held = lock.enter()) {
      lastNumber = count; // a job that was forgotten does not give its number to another
    }
    for (JobRecord row : bay.catalogue().read(JobTable::all)) {
      Function<JobRecord, Work> make = verbs.get(row.verb());
      boolean goesOn = !row.state().ended() && make != null && !bay.readOnly();
      Work work = make == null ? new NoWork() : make.apply(row);
      Job job = new Job(this, lock, row.found(goesOn), work);
      try (var held = lock.enter()) {
        add(job);
        lastNumber = Math.max(lastNumber, numberOf(row.id()));
      }
      if (goesOn) {
        holdAgain(job);
      } else if (!row.state().ended()) {
        LOG.warn("job={} verb={} does not go on in this mount", row.id(), row.verb());
      }
    }
  }

  private void holdAgain(Job job) {
    try {
      job.work().holdAgain(job);
    } catch (StorageException e) {
      end(job, e);
      return;
    }
    try (var held = lock.enter()) {
      takenUp.add(job);
    }
  }

  /** Lets the jobs go on that {@link #load} found at work. */
  public void start() {
    try (var held = lock.enter()) {
      takenUp.forEach(this::startThread);
      takenUp.clear();
    }
  }

  private void add(Job job) {
    assert lock.isHeld();
    Map<String, Job> more = new LinkedHashMap<>(jobs);
    more.put(job.id(), job);
    jobs = Collections.unmodifiableMap(more);
    job.tellState();
  }

  private static long numberOf(String id) {
    return id.matches("[0-9]{1,15}") ? Long.parseLong(id) : 0;
  }

  // ---- facts

  /** All jobs, oldest first. */
  public List<Job> all() {
    return new ArrayList<>(jobs.values());
  }

  /** The job of that id, or null. */
  public @Nullable Job find(String id) {
    return jobs.get(id);
  }

  /** Bytes that all jobs together have read and written since the mount. */
  public long bytesCopied() {
    return bytesCopied.sum();
  }

  LongAdder copied() {
    return bytesCopied;
  }

  Events events() {
    return bay.events();
  }

  /** The time of the bay. */
  public Instant now() {
    return bay.clock().instant();
  }

  // ---- accepting

  /** A number that no job has had. */
  public String newId() {
    try (var held = lock.enter()) {
      do {
        lastNumber++;
      } while (jobs.containsKey(String.valueOf(lastNumber)));
      return String.valueOf(lastNumber);
    }
  }

  /** EXISTS when a job has that id. */
  public void requireFree(String id) throws StorageException {
    if (find(id) != null) {
      throw new StorageException(Fault.EXISTS, "job " + id + " exists", "choose another id=");
    }
  }

  /**
   * Accepts a job for which the caller has taken what it needs: records it and starts it when there
   * is a place. The caller gives that back when this throws. EXISTS, AGAIN, NO_SPACE.
   */
  public Job accept(JobRecord row, Work work) throws StorageException {
    requireChangeable();
    Job job = new Job(this, lock, row, work);
    try (var held = lock.enter()) {
      if (stopping || threadCount.get() >= MAX_ACTIVE_COUNT) {
        throw new StorageException(
            Fault.AGAIN,
            stopping
                ? "the bay is being unmounted"
                : MAX_ACTIVE_COUNT + " jobs have not ended yet");
      }
      requireFree(row.id());
      bay.catalogue().change(connection -> JobTable.add(connection, row));
      add(job);
      startThread(job);
    }
    return job;
  }

  /** Orders and new jobs change the catalogue. READ_ONLY. */
  void requireChangeable() throws StorageException {
    if (bay.readOnly()) {
      throw new StorageException(
          Fault.READ_ONLY, "the bay is mounted read-only", "mount it again without -o ro");
    }
  }

  // ---- running

  private void startThread(Job job) {
    assert lock.isHeld();
    Thread thread = new Thread(() -> run(job), "job-" + job.id());
    thread.setDaemon(true);
    threadCount.incrementAndGet();
    thread.start();
  }

  private void run(Job job) {
    Background.enter(); // the requests of programs go first
    try {
      job.proceed(0);
      JobRecord done = job.work().run(job);
      job.work().release(job);
      job.ended(done, "done " + done.result());
      LOG.info("job={} verb={} done", job.id(), job.row().verb());
    } catch (StorageException e) {
      if (stopping && !job.cancelling()) {
        stopped(job); // its files may be closed already: at the next mount it goes on
      } else {
        end(job, e);
      }
    } catch (StoppedException e) {
      stopped(job);
    } catch (RuntimeException | Error e) {
      LOG.error("job={}", job.id(), e);
      end(job, new StorageException(Fault.STORE_FAILED, "internal error: " + e, null, e));
    } finally {
      try (var held = lock.enter()) {
        threadCount.decrementAndGet();
        signal();
      }
    }
  }

  private static void stopped(Job job) {
    LOG.info("job={} stopped at checkpoint={}", job.id(), job.row().checkpoint());
  }

  /**
   * Ends it with an error. The end is recorded first: a crash after that leaves a target that no
   * job goes on with, which the next mount removes. It is told last, when everything is given back.
   * What a full disk did not let record is tried again when the target has given its space back.
   *
   * <p>While the next mount could still go on at the checkpoint, the source is not given back: a
   * copy of what it was then and what it is now would be no copy of anything.
   */
  private void end(Job job, StorageException error) {
    JobRecord failed = job.conclude(error);
    String why = failed.message();
    boolean recorded = record(failed, false);
    job.discarding();
    boolean gone = job.work().discard();
    if (!recorded) {
      recorded = record(failed, true);
    }
    if (recorded || gone) {
      job.work().release(job);
      job.ended(failed, failed.state().word() + ": " + why);
    } else {
      job.interrupted(error);
    }
    LOG.warn("job={} verb={} ended: {}", job.id(), job.row().verb(), why);
  }

  /**
   * {@link Job#proceed}; a job without a place waits here for one.
   *
   * @param last whether no order is taken from then on
   */
  void requireRunning(Job job, long bytes, boolean last) throws StorageException {
    if (!last && !stopping && job.runsFreely()) {
      return; // a change of another job that is being recorded does not stop this one
    }
    try (var held = lock.enter()) {
      int rateVersion = job.rateVersion();
      long waitNanos = job.takeSlot(bytes);
      while (job.state() != JobState.RUNNING || waitNanos > 0 || stopping || job.cancelling()) {
        if (job.cancelling()) {
          throw cancellation(job); // first: a cancel that was answered is not forgotten at the end
        }
        if (stopping) {
          throw new StoppedException();
        }
        if (rateVersion != job.rateVersion()) {
          rateVersion = job.rateVersion();
          waitNanos = job.takeSlot(bytes);
        } else if (job.state() == JobState.RUNNING) {
          waitNanos = RankedLock.await(changed, waitNanos);
        } else if (job.state() != JobState.PAUSED && lanes.hasPlace(job, jobs.values())) {
          job.running();
        } else {
          RankedLock.awaitMillis(changed, 1000);
        }
      }
      if (last) {
        job.concludeLocked();
      }
    }
  }

  StorageException cancellation(Job job) {
    return new StorageException(Fault.CANCELLED, "job " + job.id() + " was cancelled");
  }

  // ---- recording and waiting

  void put(JobRecord row) throws StorageException {
    bay.catalogue()
        .change(
            connection -> {
              JobTable.put(connection, row);
              JobTable.trim(connection);
            });
  }

  private boolean record(JobRecord row, boolean last) {
    try {
      put(row);
      return true;
    } catch (StorageException e) {
      if (last) {
        LOG.error("job={} state={} not recorded: {}", row.id(), row.state(), e.getMessage());
      }
      return false;
    }
  }

  /** Forgets what the catalogue forgets too: those that ended first. */
  void trim() {
    assert lock.isHeld();
    List<Job> ended =
        jobs.values().stream()
            .filter(job -> job.state().ended())
            .sorted(Comparator.comparing((Job job) -> job.row().end()).reversed())
            .toList();
    if (ended.size() > JobTable.MAX_ENDED_COUNT) {
      Map<String, Job> fewer = new LinkedHashMap<>(jobs);
      ended.subList(JobTable.MAX_ENDED_COUNT, ended.size()).forEach(job -> fewer.remove(job.id()));
      jobs = Collections.unmodifiableMap(fewer);
    }
  }

  /** Tells the threads of jobs and who looks that something changed. */
  void signal() {
    assert lock.isHeld();
    changed.signalAll();
    try (var held = newsLock.enter()) {
      news.signalAll();
    }
  }

  boolean await(BooleanSupplier condition, long millis) {
    long left = TimeUnit.MILLISECONDS.toNanos(millis);
    try (var held = newsLock.enter()) {
      while (!condition.getAsBoolean() && left > 0) {
        left = RankedLock.await(news, left);
      }
      return condition.getAsBoolean();
    }
  }

  /** Stops all work where it is, to be taken up at the next mount; waits a few seconds for it. */
  @Override
  public void close() {
    stopping = true; // before the lock: who looks for it without the lock stops even if that hangs
    try (var held = lock.enter()) {
      signal();
    }
    if (!await(() -> threadCount.get() == 0, STOP_WAIT_MILLIS)) {
      LOG.warn("jobs still at work after {} ms", STOP_WAIT_MILLIS);
    }
  }
}
