package org.copybay.copy.safeguarded;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.copybay.volumes.Fault;
import org.copybay.volumes.RankedLock;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.audit.AuditTrail;
import org.copybay.volumes.bay.Bay;
import org.copybay.volumes.bay.Catalogue;
import org.copybay.volumes.bay.Volume;
import org.copybay.volumes.event.Event;

/*
 * In one transaction (P7) backups go from their session and become points that are being dropped;
 * the volumes give them up behind it, and the next mount does what a crash kept from being done. A
 * backup that a recovery needs is only marked, and goes when the recovery needs it no more.
 */
/** Removes backups. Any thread may call. */
public final class Expiring {
  private final Safeguarded safeguarded;

  /** For those sessions. */
  public Expiring(Safeguarded safeguarded) {
    this.safeguarded = safeguarded;
  }

  private Bay bay() {
    return safeguarded.bay();
  }

  /**
   * What expiring a backup removes.
   *
   * @param now those that go at once, the oldest first
   * @param later those that go when no recovery needs them any more
   */
  public record Plan(List<Long> now, List<Long> later) {
    /** All of them, the oldest first. */
    public List<Long> all() {
      List<Long> all = new ArrayList<>(now);
      all.addAll(later);
      all.sort(null);
      return all;
    }
  }

  /**
   * What expiring a backup would remove: it and all that are older, or only it. NOT_FOUND, BUSY;
   * FORBIDDEN where any of them is locked or held.
   */
  public Plan plan(SafeguardedSession session, long id, boolean only) throws StorageException {
    safeguarded.requireTaken(session, SessionCommand.EXPIRE, Recovery.R1);
    SessionState state = session.state();
    Backup designated = safeguarded.backup(session, id);
    if (only) {
      return plan(session, List.of(designated.record()));
    }
    try {
      return plan(session, List.copyOf(state.backups().headMap(id, true).values()));
    } catch (StorageException e) {
      boolean alone = e.fault() == Fault.FORBIDDEN && safeguarded.backups().isUnlocked(designated);
      throw alone ? Refusals.olderStays(e, id) : e;
    }
  }

  private Plan plan(SafeguardedSession session, List<BackupRecord> going) throws StorageException {
    SessionState state = session.state();
    List<Backup> backups = going.stream().map(each -> Backup.of(bay(), state, each)).toList();
    safeguarded.backups().requireUnlocked(session, backups);
    List<Long> now = new ArrayList<>();
    List<Long> later = new ArrayList<>();
    for (BackupRecord record : going) {
      (state.needs(record.id()) ? later : now).add(record.id());
    }
    return new Plan(now, later);
  }

  /**
   * Removes a backup and all that are older, or only it. As plan.
   *
   * @param confirm how many go; FORBIDDEN where it is another number, or more than one goes and it
   *     is 0
   */
  public Plan expire(String name, long id, boolean only, long confirm, Catalogue.Change also)
      throws StorageException {
    try (RankedLock.Held held = safeguarded.enter()) {
      bay().requireChangeable();
      SafeguardedSession session = safeguarded.find(name);
      Plan plan = plan(session, id, only);
      requireConfirmed("Expire Backup " + id, plan, confirm);
      run(session, plan, also);
      return plan;
    }
  }

  /** FORBIDDEN where somebody did not say how many go. */
  public static void requireConfirmed(String what, Plan plan, long confirm)
      throws StorageException {
    List<Long> all = plan.all();
    if (confirm == 0 ? all.size() > 1 : confirm != all.size()) {
      throw Refusals.unconfirmed(what, all, confirm);
    }
  }

  /** Removes what a plan says; under the lock. */
  void run(SafeguardedSession session, Plan plan, Catalogue.Change also) throws StorageException {
    SessionState state = session.state();
    List<BackupRecord> marked =
        plan.later().stream()
            .map(id -> Objects.requireNonNull(state.backups().get(id)).asExpiring())
            .toList();
    Catalogue.Change rows =
        connection -> {
          for (long id : plan.now()) {
            SafeguardedTable.deleteBackup(connection, state.name(), id);
          }
          for (BackupRecord record : marked) {
            SafeguardedTable.put(connection, state.name(), record);
          }
          also.run(connection);
        };
    List<Long> there =
        plan.now().stream().filter(id -> bay().backupPoints().findOrNull(id) != null).toList();
    bay().backupPoints().drop(there, volumes(state), rows);
    SessionState next = state.without(plan.now());
    for (BackupRecord record : marked) {
      next = next.with(record);
    }
    session.setState(next);
    safeguarded.tell(
        "safeguarded_expired",
        state.name(),
        Event.fact("backups", plan.now().size()),
        Event.fact("deferred", plan.later().size()));
  }

  /** Removes backups that nobody asked to remove now, and notes why; under the lock. */
  void runNoted(SafeguardedSession session, List<Long> ids, String why) throws StorageException {
    AuditTrail.Note note =
        bay()
            .audit()
            .noting("safeguarded/" + session.name(), "expire", why + ": " + described(ids));
    run(session, new Plan(ids, List.of()), note);
    note.made();
  }

  /** All of them in few words: there may be thousands. */
  private static String described(List<Long> ids) {
    return ids.size() <= 3
        ? "backups " + ids
        : ids.size() + " backups from " + ids.get(0) + " to " + ids.get(ids.size() - 1);
  }

  private List<Volume> volumes(SessionState state) {
    return state.copySets().stream()
        .map(set -> safeguarded.volume(set.source()))
        .filter(Objects::nonNull)
        .toList();
  }

  /**
   * Removes marked backups that no recovery needs any more; under the lock. One that another
   * session has locked since stays until that has ended.
   */
  void removeMarked(SafeguardedSession session) throws StorageException {
    SessionState state = session.state();
    List<Long> free =
        state.backups().values().stream()
            .filter(backup -> backup.expiring() && !state.needs(backup.id()))
            .filter(backup -> safeguarded.backups().isUnlocked(Backup.of(bay(), state, backup)))
            .map(BackupRecord::id)
            .toList();
    if (!free.isEmpty()) {
      runNoted(session, free, "no recovery needs them any more");
    }
  }

  // ---- terminate

  /** What ending everything of a session would remove. BUSY, FORBIDDEN. */
  public Plan planTerminate(SafeguardedSession session, boolean force) throws StorageException {
    safeguarded.requireTaken(session, SessionCommand.TERMINATE, Recovery.R1);
    SessionState state = session.state();
    List<Long> all = new ArrayList<>(state.backups().keySet());
    safeguarded.backups().requireUnlocked(session, safeguarded.backupsOf(session));
    for (Recovery recovery : state.recoveries().values()) {
      safeguarded.recoveries().requireTerminable(session, recovery, force, Set.copyOf(all));
    }
    return new Plan(all, List.of());
  }

  /**
   * Ends all recoveries of a session and removes all of its backups. As planTerminate.
   *
   * @param force also where recovery volumes are INVALID then
   */
  public Plan terminate(String name, boolean force, long confirm, Catalogue.Change also)
      throws StorageException {
    try (RankedLock.Held held = safeguarded.enter()) {
      bay().requireChangeable();
      SafeguardedSession session = safeguarded.find(name);
      Plan plan = planTerminate(session, force);
      requireConfirmed("Terminate", plan, confirm);
      session.setDoing(Situation.TERMINATING);
      try {
        List<Recovery> ended = List.copyOf(session.state().recoveries().values());
        for (Recovery recovery : ended) {
          safeguarded.recoveries().flushFilled(recovery);
        }
        run(
            session,
            plan,
            connection -> {
              for (Recovery recovery : ended) {
                SafeguardedTable.deleteRecovery(connection, name, recovery.set());
              }
              also.run(connection);
            });
        safeguarded.recoveries().ended(session, ended);
        return plan;
      } finally {
        session.setDoing(null);
      }
    }
  }
}
