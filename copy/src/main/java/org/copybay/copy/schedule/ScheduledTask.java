package org.copybay.copy.schedule;

import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The row of one scheduled task.
 *
 * @param key kind and name of what it is for, as in safeguarded/PAYROLL
 * @param schedule when it is due; null in a broken one
 * @param enabled whether it runs at all
 * @param created when its schedule was set or changed, or it was switched
 * @param since due times up to it are over: done, failed, missed, or before its schedule was set
 * @param last its last run, or null before the first
 * @param missedCount due times that went by without a run, since it was made
 * @param broken why its row cannot be understood, or null; of a broken one nothing but the key
 *     counts
 */
public record ScheduledTask(
    String key,
    @Nullable Schedule schedule,
    boolean enabled,
    Instant created,
    Instant since,
    @Nullable LastRun last,
    long missedCount,
    @Nullable String broken) {

  /** What became of a run. */
  public enum Outcome {
    /** It did what it should. */
    DONE,
    /** It failed; the next due time is the next try. */
    FAILED,
    /** It was refused for now, and is tried again until the next due time. */
    WAITING;

    /** As rows and pages have it. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * A run.
   *
   * @param due the due time that it was for
   * @param outcome what became of it
   * @param result what came of it, or why it failed
   */
  public record LastRun(Instant due, Outcome outcome, String result) {}

  /** A new one, which was not due yet. */
  static ScheduledTask create(String key, Schedule schedule, boolean enabled, Instant now) {
    return new ScheduledTask(key, schedule, enabled, now, now, null, 0, null);
  }

  /** One whose row cannot be understood. */
  static ScheduledTask broken(String key, String why) {
    return new ScheduledTask(key, null, false, Instant.EPOCH, Instant.EPOCH, null, 0, why);
  }

  /** What it is a task of: the part of the key before the first slash. */
  public String kind() {
    return key.substring(0, Math.max(0, key.indexOf('/')));
  }

  /** The same from now on with another schedule, or switched: what was due before is over. */
  ScheduledTask with(Schedule newSchedule, boolean newEnabled, Instant now) {
    return new ScheduledTask(key, newSchedule, newEnabled, now, now, last, missedCount, null);
  }

  /** Without what was due up to an instant, of which so many were missed. */
  ScheduledTask over(Instant upTo, long moreMissed) {
    Instant later = since.isAfter(upTo) ? since : upTo;
    return new ScheduledTask(
        key, schedule, enabled, created, later, last, missedCount + moreMissed, broken);
  }

  ScheduledTask withLast(LastRun run) {
    return new ScheduledTask(key, schedule, enabled, created, since, run, missedCount, broken);
  }

  /** The same at a mount whose clock is behind what the row says. */
  ScheduledTask notAfter(Instant now) {
    Instant earlier = since.isAfter(now) ? now : since;
    return new ScheduledTask(key, schedule, enabled, created, earlier, last, missedCount, broken);
  }

  /**
   * The last but one of the due times that have come since its schedule was set, or null: what was
   * to be done by then and is not yet is late.
   */
  public @Nullable Instant lastButOne(Instant now) {
    Schedule when = schedule;
    if (when == null || !enabled) {
      return null;
    }
    Instant before = when.latest(when.latest(now).minusNanos(1));
    return before.isAfter(created) ? before : null;
  }

  /**
   * The due time that it runs for at that time: the last one that has come, and is not over; or
   * null.
   */
  @Nullable Instant due(Instant now) {
    Schedule when = schedule;
    if (when == null || !enabled || when.next(since).isAfter(now)) {
      return null;
    }
    return when.latest(now);
  }
}
