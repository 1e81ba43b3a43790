package org.copybay.control.command;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.copybay.copy.safeguarded.SafeguardedSession;
import org.copybay.copy.safeguarded.ScheduledBackups;
import org.copybay.copy.schedule.Schedule;
import org.copybay.copy.schedule.ScheduledTask;
import org.jspecify.annotations.Nullable;

/** When the backups of a session are made by themselves, in the words of commands and files. */
final class SafeguardedSchedule {
  static final String KEY = "schedule";
  private static final String NONE = "none";

  private SafeguardedSchedule() {}

  static Key key() {
    return Key.optional(
        KEY, "when it backs up by itself, as \"every 6h\" or \"0 3 * * *\" (UTC); none: never");
  }

  /** The schedule that a command asks for, or null for none. BAD_REQUEST. */
  static @Nullable Schedule wanted(Arguments arguments) throws RefusedException {
    String text = arguments.text(KEY);
    return text.equalsIgnoreCase(NONE) ? null : arguments.at(KEY, () -> Schedule.parse(text));
  }

  /** That of a session as safeguarded set takes it. */
  static String word(ScheduledBackups scheduled, SafeguardedSession session) {
    ScheduledTask task = scheduled.find(session);
    return task == null ? NONE : task.broken() == null ? word(task.schedule()) : "broken";
  }

  static String word(@Nullable Schedule schedule) {
    return schedule == null ? NONE : schedule.toString();
  }

  /** What is to be said of a schedule to who sets it. */
  static List<String> warnings(@Nullable Schedule schedule) {
    return schedule == null || !schedule.tooOften()
        ? List.of()
        : List.of(
            "warning: backups can be less than "
                + Schedule.TOO_OFTEN.toMinutes()
                + " minutes apart; each costs space and time");
  }

  /** How it goes. */
  static Map<String, @Nullable Object> facts(
      ScheduledBackups scheduled, SafeguardedSession session) {
    ScheduledTask task = scheduled.find(session);
    ScheduledTask.LastRun last = task == null ? null : task.last();
    Map<String, @Nullable Object> is = new LinkedHashMap<>();
    is.put("schedule", word(scheduled, session));
    is.put("next_backup", scheduled.next(session));
    is.put("last_due", last == null ? null : last.due());
    is.put("last_run", last == null ? null : last.outcome().word() + ": " + last.result());
    is.put("missed_backups", task == null ? null : task.missedCount());
    return is;
  }
}
