package org.copybay.copy.engine;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.copybay.volumes.Fault;
import org.copybay.volumes.RankedLock;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Volume;
import org.jspecify.annotations.Nullable;

/*
 *   QUEUED --run--> RUNNING --done--> DONE
 *                   RUNNING <--pause, resume--> PAUSED
 *                   QUEUED, RUNNING, PAUSED --cancel--> CANCELLED
 *                   QUEUED, RUNNING --fail--> FAILED
 *   a row that is found QUEUED or RUNNING at mount is QUEUED again where the bay may change, and
 *   begins at its checkpoint, and PAUSED stays PAUSED there; else it is shown as INTERRUPTED. So
 *   is a job whose end could not be recorded.
 *
 * INV-1 The checkpoint names only bytes that a fence of the target has made safe.
 * INV-2 The row in the catalogue changes before the state that others see.
 * INV-3 From its conclusion on a job takes no order: nothing can overwrite the row of its end.
 * INV-4 A cancel that was answered is in the catalogue: the row has ended there while the thread of
 *       the job still gives back what it holds, and what others see changes last. A crash in
 *       between leaves a target that no job goes on with. On a full disk it gets there when the
 *       target has given its space back; a crash before that lets the job go on.
 * INV-5 What it holds is given back only when no later mount can go on at its checkpoint.
 */
/** One long piece of work, its state, progress and orders. Any thread may call any method. */
public final class Job {
  private static final int MAX_LOG_COUNT = 100;
  private static final long DISK_POLL_MILLIS = 500;
  private static final String WAITING = "waiting";
  private static final String ENDED = "ended";

  // set once
  private final Jobs jobs;
  private final RankedLock lock;
  private final Work work;
  private final Progress progress;

  // guarded by lock
  private final RateLimit rate = new RateLimit();
  private boolean concluding;
  private @Nullable JobState told; // the state that the events know of

  // volatile: set once, before its work is told to discard
  private volatile boolean discarded;

  // volatile: replaced under lock, shown without it
  private volatile JobRecord row;
  private volatile @Nullable JobRecord cancelled; // the row of its end, once cancel was ordered
  private volatile String phase;
  private volatile List<String> log = List.of();
  private final AtomicLong version = new AtomicLong();

  Job(Jobs jobs, RankedLock lock, JobRecord row, Work work) {
    rate.set(row.rate(), System.nanoTime());
    this.jobs = jobs;
    this.progress = new Progress(jobs.copied());
    this.lock = lock;
    this.row = row;
    this.phase = row.state().ended() ? ENDED : WAITING;
    this.work = work;
  }

  // ---- facts

  /** The row of the catalogue as it is now. */
  public JobRecord row() {
    return row;
  }

  /** The name of the job. */
  public String id() {
    return row.id();
  }

  /** The state. */
  public JobState state() {
    return row.state();
  }

  /** What it is doing: waiting, sharing, copying, syncing, verifying, checking, ended. */
  public String phase() {
    return phase;
  }

  /** Whether its figures are known: those of a job that ended before this mount are not. */
  public boolean measured() {
    return version.get() > 0 || !state().ended();
  }

  /** How far its phase is. */
  public Progress progress() {
    return progress;
  }

  /** Part of this phase that is done, 0 to 100; 100 when the job is done. */
  public int percent() {
    if (state() == JobState.DONE) {
      return 100;
    }
    return progress.percent();
  }

  /** Bytes a second of this phase since it began, was resumed or got another limit, or 0. */
  public long bytesPerSecond() {
    return state() == JobState.RUNNING ? progress.bytesPerSecond() : 0;
  }

  /** Seconds until the end of this phase at the rate so far and its limit, or -1 if unknown. */
  public long etaSeconds() {
    long limit = rateLimit();
    long perSecond = Math.min(bytesPerSecond(), limit > 0 ? limit : Long.MAX_VALUE);
    return perSecond <= 0 ? -1 : progress.bytesLeft() / perSecond;
  }

  /** The limit in bytes a second, 0 for none. */
  public long rateLimit() {
    return row.rate();
  }

  /** Why it failed or was cancelled, or null. */
  public @Nullable StorageException error() {
    JobRecord now = row;
    Fault fault = now.fault();
    String message = now.message();
    return fault == null || message == null ? null : new StorageException(fault, message);
  }

  /** What happened, oldest first, at most 100 lines, each with its time. */
  public List<String> log() {
    return log;
  }

  /** A number that grows with every change of state or phase. */
  public long version() {
    return version.get();
  }

  /**
   * Waits until the version is not that one any more, at most so many milliseconds.
   *
   * @return whether it changed
   */
  public boolean awaitChange(long known, long millis) {
    return jobs.await(() -> version.get() != known, millis);
  }

  // ---- orders

  /** Stops it until {@link #resume}. A job that has ended stays as it is. */
  public JobOrder pause() throws StorageException {
    jobs.requireChangeable();
    try (var held = lock.enter()) {
      if (takesNoOrder()) {
        return refusal();
      }
      if (state() != JobState.RUNNING && state() != JobState.QUEUED) {
        return JobOrder.ALREADY;
      }
      work.requireOrder("pause");
      change(row.withState(JobState.PAUSED), "paused");
      return JobOrder.TAKEN;
    }
  }

  /** Lets a paused job go on. ALREADY when it is not paused. */
  public JobOrder resume() throws StorageException {
    jobs.requireChangeable();
    try (var held = lock.enter()) {
      if (state() != JobState.PAUSED) {
        throw new StorageException(
            Fault.ALREADY, "job " + id() + " is not paused: it is " + state().word());
      }
      if (takesNoOrder()) {
        return refusal();
      }
      change(row.withState(JobState.QUEUED), "resumed");
      return JobOrder.TAKEN;
    }
  }

  /**
   * Ends it, also if the process dies next (INV-4); what it made so far goes. A job that has ended
   * stays as it is. On a full disk it is ended all the same, and recorded when its target has given
   * its space back.
   */
  public JobOrder cancel() throws StorageException {
    return end("cancel", jobs.cancellation(this), "cancelled by command");
  }

  /** {@link #cancel} by what happened to its target: it has failed with that error then. */
  public JobOrder interrupt(StorageException why) throws StorageException {
    return end("interrupt", why, "interrupted: " + why.getMessage());
  }

  private JobOrder end(String order, StorageException error, String why) throws StorageException {
    jobs.requireChangeable();
    try (var held = lock.enter()) {
      if (takesNoOrder()) {
        return cancelling() && !state().ended()
            ? JobOrder.TAKEN
            : refusal(); // it was ordered before
      }
      work.requireOrder(order);
      JobRecord end = row.failed(now(), error);
      try {
        jobs.put(end);
      } catch (StorageException e) {
        if (e.fault() != Fault.NO_SPACE) {
          throw e;
        }
      }
      cancelled = end;
      note(why);
      changed();
      if (state() == JobState.INTERRUPTED) {
        ended(end, end.state().word()); // it has no thread
      }
      return JobOrder.TAKEN;
    }
  }

  /** Limits the bytes a second from now on, also after a restart; 0 lifts the limit. */
  public JobOrder setRate(long bytesPerSecond) throws StorageException {
    jobs.requireChangeable();
    try (var held = lock.enter()) {
      if (takesNoOrder()) {
        return refusal();
      }
      long limit = Math.max(0, bytesPerSecond);
      change(row.withRate(limit), "rate limit " + limit + " bytes/s");
      rate.set(limit, System.nanoTime());
      progress.restart();
      return JobOrder.TAKEN;
    }
  }

  private JobOrder refusal() {
    return state().ended() ? JobOrder.ALREADY : JobOrder.TOO_LATE;
  }

  private boolean takesNoOrder() {
    assert lock.isHeld();
    return concluding || cancelling() || state().ended(); // INV-3, INV-4
  }

  // ---- for the work

  /** Begins a phase that will move so many bytes. */
  public void begin(String newPhase, long total) {
    begin(newPhase, total, 0);
  }

  /** Goes on with a phase of so many bytes, of which some were done before a restart. */
  public void begin(String newPhase, long total, long done) {
    try (var held = lock.enter()) {
      progress.begin(total, done); // first: a look needs no lock, and a phase has its own figures
      phase = newPhase;
      note(newPhase + " bytes=" + (total - done));
      changed();
    }
  }

  /**
   * Asks whether a piece of so many bytes may move now; waits for the rate limit and while paused.
   * CANCELLED after cancel.
   */
  public void proceed(long bytes) throws StorageException {
    jobs.requireRunning(this, bytes, false);
  }

  /**
   * Waits until the disk of a volume answers, after a mount that did not wait for it. CANCELLED.
   *
   * @return whether it had to wait
   */
  @CanIgnoreReturnValue
  public boolean awaitDisk(Volume volume) throws StorageException {
    boolean waited = false;
    while (volume.awaitsDisk()) {
      waited = true;
      proceed(0);
      awaitChange(version(), DISK_POLL_MILLIS);
    }
    return waited;
  }

  /** Gives its place to others, until its lane lets it work again and {@link #proceed} returns. */
  public void giveWay() throws StorageException {
    try (var held = lock.enter()) {
      if (state() == JobState.RUNNING && !takesNoOrder()) {
        change(row.withState(JobState.QUEUED), "gives way");
      }
    }
  }

  /**
   * {@link #proceed} for the last time: from here on no order is taken, so that the transaction
   * that follows is the last word on this job.
   */
  public void conclude() throws StorageException {
    jobs.requireRunning(this, 0, true);
  }

  /** Ends {@link #conclude} where there is more to do: orders are taken again. */
  public void goOn() {
    try (var held = lock.enter()) {
      concluding = false;
    }
  }

  /** Records that the bytes before that offset are safe on the target (INV-1). */
  public void checkpoint(long offset) throws StorageException {
    try (var held = lock.enter()) {
      change(row.withCheckpoint(offset), "checkpoint at " + offset);
    }
  }

  /** Adds a line to what happened. */
  public void tell(String what) {
    try (var held = lock.enter()) {
      note(what);
      changed();
    }
  }

  /** The time of the bay. */
  public Instant now() {
    return jobs.now();
  }

  /** What it does. */
  public Work work() {
    return work;
  }

  /** Whether its cancellation was ordered. */
  public boolean cancelling() {
    return cancelled != null;
  }

  // ---- for the jobs

  /** Whether it is at work with no limit of its rate, seen without the lock. */
  boolean runsFreely() {
    JobRecord now = row;
    return now.state() == JobState.RUNNING && now.rate() == 0 && !cancelling();
  }

  long takeSlot(long bytes) {
    assert lock.isHeld();
    return rate.take(bytes, System.nanoTime());
  }

  /** It has a place. */
  void running() throws StorageException {
    String where = phase.equals(WAITING) ? " from " + row.checkpoint() : ": " + phase;
    change(row.withState(JobState.RUNNING), "running" + where);
    progress.restart();
  }

  int rateVersion() {
    assert lock.isHeld();
    return rate.version();
  }

  void concludeLocked() {
    assert lock.isHeld();
    concluding = true;
  }

  /** What it made is being removed. */
  void discarding() {
    discarded = true;
  }

  /** Whether it failed and removes, or has removed, what it made: nobody can count on it. */
  public boolean isDiscarded() {
    return discarded;
  }

  /** Takes no order from now on; the row of an end with that error. */
  JobRecord conclude(StorageException error) {
    try (var held = lock.enter()) {
      concluding = true;
      JobRecord end = cancelled;
      return end == null ? row.failed(now(), error) : end;
    }
  }

  /**
   * Neither its end nor that of its target could be recorded: it keeps what it holds, and the next
   * mount goes on with it.
   */
  void interrupted(StorageException error) {
    try (var held = lock.enter()) {
      row = row.withState(JobState.INTERRUPTED);
      phase = ENDED;
      note("interrupted until the next mount: " + error.getMessage());
      changed();
    }
  }

  /** Tells its end, which the catalogue knows already unless its disk is full. */
  void ended(JobRecord newRow, String how) {
    try (var held = lock.enter()) {
      row = newRow;
      phase = ENDED;
      note(how);
      changed();
      jobs.trim();
    }
  }

  private void change(JobRecord newRow, String why) throws StorageException {
    assert lock.isHeld();
    if (cancelling()) {
      throw jobs.cancellation(this); // INV-4: its row has ended
    }
    jobs.put(newRow); // INV-2
    row = newRow;
    note(why);
    changed();
  }

  private void note(String what) {
    assert lock.isHeld();
    List<String> before = log;
    int from = before.size() < MAX_LOG_COUNT ? 0 : 1;
    List<String> after = new ArrayList<>(before.subList(from, before.size()));
    after.add(now() + " " + what);
    log = List.copyOf(after);
  }

  private void changed() {
    assert lock.isHeld();
    tellState(); // first: who is woken finds the event
    version.incrementAndGet();
    jobs.signal();
  }

  /** Tells its state when that is news. */
  void tellState() {
    assert lock.isHeld();
    JobState now = state();
    if (now != told) {
      JobNews.tell(jobs.events(), row, told);
      told = now;
    }
  }
}
