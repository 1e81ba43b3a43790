package org.copybay.copy.schedule;

import static org.copybay.volumes.event.Event.fact;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.copybay.copy.schedule.ScheduledTask.LastRun;
import org.copybay.copy.schedule.ScheduledTask.Outcome;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.Words;
import org.copybay.volumes.event.Event.Fact;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The runs of the scheduled tasks, one after the other. Only the thread of the scheduler calls. */
final class Runs {
  private static final Logger LOG = LoggerFactory.getLogger(Runs.class);
  private static final int MAX_RESULT_LENGTH = 1_000;

  /*
   * The steps of a run for the due time D, and what a crash after each leaves (P7: each record is
   * one transaction):
   *
   * 1. Where due times before D are not over, they are counted as missed, `since` becomes the last
   *    of them, and the row says so.
   *      A crash: they are not counted again; D is due at the next mount, or a later one by then.
   * 2. The action runs.
   *      A crash in it or after it: the row does not know. The next mount runs the action again,
   *      with D; it recognises by D what it made already. When a later due time has come by
   *      then, the action runs for that, and D counts as missed, though it may be done: told once
   *      too often, never too seldom.
   * 3. `since` becomes D, and the row says what came of it. A failure is over with that: the next
   *    due time is the next try.
   *      A crash: nothing is left to do.
   *
   * A run that is refused with AGAIN is not over: the row says that it waits, `since` stays, and
   * step 2 is tried again until the next due time, of which step 1 then counts it as missed. What
   * could not be recorded stays true in memory: the same mount runs nothing twice.
   */

  private final Scheduler scheduler;

  // volatile: set by the thread, read by others for messages
  private volatile @Nullable String running;

  Runs(Scheduler scheduler) {
    this.scheduler = scheduler;
  }

  /** The key of the task that is at work, or null. */
  @Nullable String running() {
    return running;
  }

  /** Runs the task that has waited longest; false where none is due. */
  boolean runNext() {
    Instant now = scheduler.now();
    Planned first = null;
    Instant earliest = now;
    for (Planned each : scheduler.runnable()) {
      Instant ready = each.ready(now);
      if (ready != null && (first == null ? !ready.isAfter(now) : ready.isBefore(earliest))) {
        first = each;
        earliest = ready;
      }
    }
    ScheduledTask row = first == null ? null : first.task();
    Instant due = row == null ? null : row.due(now);
    Action action = row == null ? null : scheduler.action(row);
    if (first == null || row == null || due == null || action == null) {
      return false;
    }
    noteMissed(first, row, due);
    run(first, action, due);
    return true;
  }

  private void noteMissed(Planned planned, ScheduledTask row, Instant due) {
    Schedule schedule = row.schedule();
    long missed = schedule == null ? 0 : schedule.count(row.since(), due);
    if (schedule == null || missed == 0) {
      return;
    }
    Instant upTo = schedule.latest(due.minusNanos(1));
    LastRun last = row.last();
    String why = last != null && last.outcome() == Outcome.WAITING ? last.result() : "";
    LOG.warn("schedule={} missed={} due={} {}", row.key(), missed, due, why);
    List<Fact> facts = new ArrayList<>(List.of(fact("missed", missed), fact("due", due)));
    if (!why.isEmpty()) {
      facts.add(fact("why", why));
    }
    scheduler.note(planned, task -> task.over(upTo, missed), "schedule_missed", facts);
  }

  private void run(Planned planned, Action action, Instant due) {
    ScheduledTask task = planned.task();
    String key = task.key();
    running = key;
    try {
      String result = action.run(task, due);
      LOG.info("schedule={} due={} done: {}", key, due, result);
      LastRun last = new LastRun(due, Outcome.DONE, oneLine(result));
      scheduler.note(planned, row -> row.over(due, 0).withLast(last), null, List.of());
    } catch (StorageException e) {
      if (scheduler.stopping()) {
        LOG.info("schedule={} due={} stopped: {}", key, due, e.getMessage());
      } else if (e.fault() == Fault.AGAIN) {
        refused(planned, due, e);
      } else {
        failed(planned, due, e);
      }
    } catch (RuntimeException | Error e) {
      LOG.error("schedule={}", key, e);
      failed(
          planned, due, new StorageException(Fault.STORE_FAILED, "internal error: " + e, null, e));
    } finally {
      running = null;
    }
  }

  private static String oneLine(String text) {
    return Words.oneLine(text.substring(0, Math.min(text.length(), MAX_RESULT_LENGTH)));
  }

  private void refused(Planned planned, Instant due, StorageException error) {
    if (planned.refuse(due, scheduler.now())) {
      LOG.info(
          "schedule={} due={} is tried again: {}", planned.task().key(), due, error.getMessage());
      LastRun last = new LastRun(due, Outcome.WAITING, oneLine(error.getMessage()));
      scheduler.note(planned, row -> row.withLast(last), null, List.of());
    }
  }

  private void failed(Planned planned, Instant due, StorageException error) {
    LOG.warn("schedule={} due={} failed: {}", planned.task().key(), due, error.getMessage());
    LastRun last = new LastRun(due, Outcome.FAILED, oneLine(error.getMessage()));
    scheduler.note(
        planned,
        row -> row.over(due, 0).withLast(last),
        "schedule_failed",
        List.of(fact("due", due), fact("errno", error.fault()), fact("error", error.getMessage())));
  }
}
