package org.copybay.copy.schedule;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.function.UnaryOperator;
import org.copybay.volumes.Fault;
import org.copybay.volumes.LockRank;
import org.copybay.volumes.RankedLock;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Bay;
import org.copybay.volumes.bay.Catalogue;
import org.copybay.volumes.event.Event.Fact;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The scheduled tasks of a bay, and the one thread that runs them. Any thread may call; whoever
 * looks takes no lock, and none is held while a task runs. A task that is due runs once, for the
 * last of the due times that have come; those before it are missed.
 */
public final class Scheduler implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Scheduler.class);

  /** The clock may jump: nobody trusts it longer than this. */
  private static final long LOOK_MILLIS = 10_000;

  private static final long STOP_WAIT_MILLIS = 5_000;

  // set once
  private final Bay bay;
  private final Clock clock;
  private final long lookMillis;
  private final RankedLock lock = new RankedLock(LockRank.SCHEDULES);
  private final Condition changed = lock.condition();
  private final Map<String, Action> actions = new HashMap<>(); // complete before load
  private final Runs runs = new Runs(this);

  // volatile: replaced as a whole under lock, read without it
  private volatile Map<String, Planned> tasks = Map.of();
  private volatile boolean stopping;

  // guarded by lock
  private long changeCount;
  private boolean hasThread;

  /**
   * The tasks of that bay; {@link #load} brings back what the catalogue remembers.
   *
   * @param clock never goes back; it may stand or jump forward
   */
  public Scheduler(Bay bay, Clock clock) throws StorageException {
    this(bay, clock, LOOK_MILLIS);
  }

  /** The same, for tests: with another longest time between two looks at the clock. */
  Scheduler(Bay bay, Clock clock, long lookMillis) throws StorageException {
    this.bay = bay;
    this.clock = clock;
    this.lookMillis = lookMillis;
    // In a read-only bay this is a change of the catalogue's copy in memory.
    bay.catalogue().change(ScheduleTable::create);
  }

  /** Says what the tasks of a kind do. Called before {@link #load}. */
  public void register(String kind, Action action) {
    actions.put(kind, action);
  }

  /** Brings back the tasks of the catalogue. One that cannot be understood stays as it is. */
  public void load() throws StorageException {
    Instant now = clock.instant();
    try (var held = lock.enter()) {
      Map<String, Planned> found = new TreeMap<>();
      for (ScheduledTask row : bay.catalogue().read(ScheduleTable::all)) {
        if (row.broken() != null) {
          LOG.warn("schedule={} is broken and does not run: {}", row.key(), row.broken());
        } else if (action(row) == null) {
          LOG.warn("schedule={} does not run: nobody knows what it does", row.key());
        }
        found.put(row.key(), new Planned(row.notAfter(now)));
      }
      tasks = Collections.unmodifiableMap(found);
    }
  }

  /** Begins to run what is due, and what was while the bay was away; not in a read-only bay. */
  public void start() {
    if (bay.readOnly()) {
      return;
    }
    try (var held = lock.enter()) {
      hasThread = true;
    }
    Thread thread = new Thread(this::work, "schedules");
    thread.setDaemon(true);
    thread.start();
  }

  // ---- facts

  Instant now() {
    return clock.instant();
  }

  boolean stopping() {
    return stopping;
  }

  @Nullable Action action(ScheduledTask task) {
    return actions.get(task.kind());
  }

  /** All tasks, by key. */
  public List<ScheduledTask> all() {
    return tasks.values().stream().map(Planned::task).toList();
  }

  /** The task of that key, or null. */
  public @Nullable ScheduledTask find(String key) {
    Planned found = tasks.get(key);
    return found == null ? null : found.task();
  }

  /**
   * The due time of the next run of a task: one that has come already while the run is under way,
   * or is tried again. Null where there is none: no such task, disabled, broken.
   */
  public @Nullable Instant nextRun(String key) {
    ScheduledTask task = find(key);
    Schedule schedule = task == null ? null : task.schedule();
    if (task == null || schedule == null || !task.enabled()) {
      return null;
    }
    Instant due = task.due(clock.instant());
    return due != null ? due : schedule.next(task.since());
  }

  /** Whether the thread that runs tasks has begun and not ended. */
  boolean hasThread() {
    try (var held = lock.enter()) {
      return hasThread;
    }
  }

  // ---- changes

  /**
   * Sets the schedule of a task, and makes the task where there is none. What was due before and
   * did not run is over, unless nothing changes. READ_ONLY.
   *
   * @param key kind and name of what it is for, as in safeguarded/PAYROLL
   * @param also belongs into the transaction that records it
   */
  public void change(String key, Schedule schedule, boolean enabled, Catalogue.Change also)
      throws StorageException {
    if (!actions.containsKey(key.substring(0, Math.max(0, key.indexOf('/'))))) {
      throw new IllegalArgumentException("no action is registered for schedule " + key);
    }
    requireChangeable();
    try (var held = lock.enter()) {
      Planned found = tasks.get(key);
      ScheduledTask row = changedLocked(found, key, schedule, enabled);
      record(row, also);
      if (found != null) {
        found.setTask(row);
      } else {
        Map<String, Planned> more = new TreeMap<>(tasks);
        more.put(key, new Planned(row));
        tasks = Collections.unmodifiableMap(more);
      }
      signalLocked();
    }
  }

  private ScheduledTask changedLocked(
      @Nullable Planned found, String key, Schedule schedule, boolean enabled) {
    assert lock.isHeld();
    ScheduledTask before = found == null ? null : found.task();
    if (before == null || before.broken() != null) {
      return ScheduledTask.create(key, schedule, enabled, clock.instant());
    }
    boolean same = schedule.equals(before.schedule()) && enabled == before.enabled();
    return same ? before : before.with(schedule, enabled, clock.instant());
  }

  /**
   * Removes a task, if there is one. A run that is under way goes on, and is not recorded.
   * READ_ONLY.
   *
   * @param also belongs into the transaction that records it
   */
  public void remove(String key, Catalogue.Change also) throws StorageException {
    requireChangeable();
    try (var held = lock.enter()) {
      bay.catalogue()
          .change(
              connection -> {
                ScheduleTable.delete(connection, key);
                also.run(connection);
              });
      Map<String, Planned> fewer = new TreeMap<>(tasks);
      fewer.remove(key);
      tasks = Collections.unmodifiableMap(fewer);
      signalLocked();
    }
  }

  private void requireChangeable() throws StorageException {
    if (bay.readOnly()) {
      throw new StorageException(
          Fault.READ_ONLY, "the bay is mounted read-only", "mount it again without -o ro");
    }
  }

  private void record(ScheduledTask row, Catalogue.Change also) throws StorageException {
    bay.catalogue()
        .change(
            connection -> {
              ScheduleTable.put(connection, row);
              also.run(connection);
            });
  }

  private void signalLocked() {
    assert lock.isHeld();
    changeCount++;
    changed.signalAll();
  }

  // ---- running

  private void work() {
    try {
      while (!stopping) {
        long seen = changes();
        if (!runNext()) {
          pause(seen);
        }
      }
    } finally {
      try (var held = lock.enter()) {
        hasThread = false;
        changed.signalAll();
      }
    }
  }

  private long changes() {
    try (var held = lock.enter()) {
      return changeCount;
    }
  }

  /** Waits until the next task is due by the clock, something changes, or it is time to look. */
  private void pause(long seen) {
    long left = TimeUnit.MILLISECONDS.toNanos(waitMillis());
    try (var held = lock.enter()) {
      while (changeCount == seen && !stopping && left > 0) {
        left = RankedLock.await(changed, left);
      }
    }
  }

  /** How long nothing has to be done, if the clock goes as it should. */
  long waitMillis() {
    Instant now = clock.instant();
    long millis = lookMillis;
    for (Planned each : runnable()) {
      Instant ready = each.ready(now);
      if (ready != null) {
        millis = Math.min(millis, Math.max(0, Duration.between(now, ready).toMillis()) + 1);
      }
    }
    return millis;
  }

  /** Does one run that is due, as the thread does; false where none is. */
  @CanIgnoreReturnValue
  boolean runNext() {
    return runs.runNext();
  }

  /** The tasks that somebody knows how to run. */
  List<Planned> runnable() {
    List<Planned> found = new ArrayList<>(tasks.values());
    found.removeIf(each -> action(each.task()) == null);
    return found;
  }

  /**
   * Makes it true, records it and tells it, unless the task was removed meanwhile. What cannot be
   * recorded is told all the same: an alarm is not to be lost.
   */
  void note(
      Planned planned,
      UnaryOperator<ScheduledTask> change,
      @Nullable String kind,
      List<Fact> facts) {
    try (var held = lock.enter()) {
      ScheduledTask row = change.apply(planned.task());
      if (tasks.get(row.key()) != planned) {
        return;
      }
      planned.setTask(row);
      try {
        record(row, Catalogue.Change.NOTHING);
      } catch (StorageException e) {
        LOG.error("schedule={} is not recorded: {}", row.key(), e.getMessage());
      }
      if (kind != null) {
        bay.events().tell(kind, row.key(), facts.toArray(new Fact[0]));
      }
    }
  }

  /**
   * Runs nothing more, and waits a few seconds for the run that is under way. One that ends in an
   * error after this was called is due again at the next mount.
   */
  @Override
  public void close() {
    stopping = true; // before the lock: it is seen even if that hangs
    long left = TimeUnit.MILLISECONDS.toNanos(STOP_WAIT_MILLIS);
    try (var held = lock.enter()) {
      changed.signalAll();
      while (hasThread && left > 0) {
        left = RankedLock.awaitRunning(changed, left);
      }
      if (hasThread) {
        LOG.warn("schedule={} still at work after {} ms", runs.running(), STOP_WAIT_MILLIS);
      }
    }
  }
}
