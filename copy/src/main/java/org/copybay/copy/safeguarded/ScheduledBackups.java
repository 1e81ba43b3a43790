package org.copybay.copy.safeguarded;

import java.time.Instant;
import org.copybay.copy.schedule.ScheduledTask;
import org.copybay.copy.schedule.ScheduledTask.LastRun;
import org.copybay.copy.schedule.ScheduledTask.Outcome;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Catalogue;
import org.jspecify.annotations.Nullable;

/** The backups that sessions make by themselves. Any thread may call; no lock is held meanwhile. */
public final class ScheduledBackups {
  /** What the keys of their tasks begin with. */
  static final String KIND = "safeguarded";

  /** What the label of such a backup begins with, before the time at which it was due. */
  public static final String LABEL = "scheduled ";

  private final Safeguarded safeguarded;

  ScheduledBackups(Safeguarded safeguarded) {
    this.safeguarded = safeguarded;
  }

  /** The key of the task of a session. */
  static String key(String session) {
    return KIND + "/" + session;
  }

  /** What is scheduled for a session, or null. */
  public @Nullable ScheduledTask find(SafeguardedSession session) {
    return safeguarded.scheduler().find(key(session.name()));
  }

  /** When the next one of a session is due, or null. */
  public @Nullable Instant next(SafeguardedSession session) {
    return safeguarded.scheduler().nextRun(key(session.name()));
  }

  /** Makes the one that was due then, unless it was made. As {@link Backups#make}. */
  String run(ScheduledTask task, Instant due) throws StorageException {
    String name = task.key().substring(KIND.length() + 1);
    SafeguardedSession session = safeguarded.find(name);
    String label = LABEL + due;
    for (BackupRecord record : session.state().backups().values()) {
      if (record.label().equals(label)) {
        return "backup " + record.id() + ", which was there already";
      }
    }
    BackupSpec spec = new BackupSpec(label, null, null, 0, Catalogue.Change.NOTHING);
    return "backup " + safeguarded.backups().make(name, spec).id();
  }

  /** What is wrong with those of a session, or null. */
  public @Nullable String trouble(SafeguardedSession session) {
    ScheduledTask task = find(session);
    if (task == null) {
      return null;
    }
    if (task.broken() != null) {
      return "its schedule is broken: " + task.broken();
    }
    LastRun last = task.last();
    if (last != null && last.outcome() == Outcome.FAILED) {
      return "the last scheduled backup failed: " + last.result();
    }
    Instant late = task.lastButOne(Instant.ofEpochMilli(safeguarded.bay().vaultMillis()));
    Backup newest = late == null ? null : safeguarded.newestRecoverable(session);
    if (late == null || (newest != null && !newest.created().isBefore(late))) {
      return null;
    }
    String why = last != null && last.outcome() == Outcome.WAITING ? ": " + last.result() : "";
    return (newest == null ? "no backup" : "no backup after " + newest.id())
        + " can be recovered, and more than one was due by its schedule "
        + task.schedule()
        + why;
  }
}
