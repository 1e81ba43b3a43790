package org.copybay.copy.schedule;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A scheduled task of this mount: its row, and the run that was refused for now. */
final class Planned {
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(10);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(10);

  // volatile: replaced as a whole under the lock of the scheduler, read without it
  private volatile ScheduledTask task;

  // only the thread of the scheduler uses it
  private @Nullable Refused refused;

  /**
   * A run that was refused for now.
   *
   * @param due its due time
   * @param pause how long it waited last
   * @param until when it is tried again
   */
  private record Refused(Instant due, Duration pause, Instant until) {}

  Planned(ScheduledTask task) {
    this.task = task;
  }

  ScheduledTask task() {
    return task;
  }

  void setTask(ScheduledTask now) {
    task = now;
  }

  /** When it is to be looked at next; null where no time makes it run. */
  @Nullable Instant ready(Instant now) {
    ScheduledTask row = task;
    Schedule schedule = row.schedule();
    if (schedule == null || !row.enabled()) {
      return null;
    }
    Instant due = row.due(now);
    if (due == null) {
      return schedule.next(row.since());
    }
    Refused last = refused;
    if (last == null || !last.due().equals(due)) {
      return due;
    }
    Instant next = schedule.next(due);
    return last.until().isBefore(next) ? last.until() : next;
  }

  /**
   * Notes that the run of a due time was refused for now.
   *
   * @return whether it was the first time
   */
  boolean refuse(Instant due, Instant now) {
    Refused last = refused;
    boolean again = false;
    Duration pause = FIRST_PAUSE;
    if (last != null && last.due().equals(due)) {
      again = true;
      pause = last.pause().multipliedBy(2);
    }
    if (pause.compareTo(LONGEST_PAUSE) > 0) {
      pause = LONGEST_PAUSE;
    }
    refused = new Refused(due, pause, now.plus(pause));
    return !again;
  }
}
