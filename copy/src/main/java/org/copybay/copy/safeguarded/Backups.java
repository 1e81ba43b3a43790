package org.copybay.copy.safeguarded;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.copybay.volumes.Fault;
import org.copybay.volumes.RankedLock;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.Words;
import org.copybay.volumes.bay.Bay;
import org.copybay.volumes.bay.Catalogue;
import org.copybay.volumes.bay.PointInTime;
import org.copybay.volumes.bay.Volume;
import org.copybay.volumes.event.Event;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/*
 * The steps of a backup, and what a crash after each leaves (P7):
 *
 *   1 the point of all volumes, fenced        removed at the mount (Freezing)
 *   2 in one transaction: the point is there, the backup, and its lock is wanted
 *   3 the lock in the record of each volume   the mount writes it
 */
/** Makes, keeps and looks for backups. Any thread may call. */
public final class Backups {
  private static final long MINUTE_MILLIS = 60_000;
  private static final long SECOND_MILLIS = 1000;

  private static final Logger LOG = LoggerFactory.getLogger(Backups.class);

  private final Safeguarded safeguarded;

  Backups(Safeguarded safeguarded) {
    this.safeguarded = safeguarded;
  }

  private Bay bay() {
    return safeguarded.bay();
  }

  // ---- backup

  /** Whether a backup could be made now. AGAIN, BUSY, BAD_REQUEST. */
  public void requireBackup(SafeguardedSession session, BackupSpec spec) throws StorageException {
    safeguarded.requireTaken(session, SessionCommand.BACKUP, Recovery.R1);
    SessionState state = session.state();
    if (state.copySets().isEmpty()) {
      throw new StorageException(
          Fault.BAD_REQUEST,
          "session " + state.name() + " has no volumes",
          "safeguarded add session=" + Words.word(state.name()) + " volume=NAME");
    }
    long interval = state.properties().minimumIntervalMillis();
    if (interval > 0 && !state.backups().isEmpty()) {
      Backup last = safeguarded.backup(session, state.backups().lastKey());
      long left = last.created().toEpochMilli() + interval - bay().vaultMillis();
      if (left > 0) {
        throw Refusals.tooSoon(
            interval / MINUTE_MILLIS, (left + SECOND_MILLIS - 1) / SECOND_MILLIS);
      }
    }
    Long until = spec.lockUntilMillis();
    if (until != null) {
      requireLock(state, until);
    }
    volumes(state);
  }

  private List<Volume> volumes(SessionState state) throws StorageException {
    List<Volume> volumes = new ArrayList<>();
    for (CopySet set : state.copySets()) {
      Volume volume = safeguarded.volume(set.source());
      if (volume == null) {
        throw new StorageException(
            Fault.NOT_FOUND, "a volume of session " + state.name() + " is gone");
      }
      volumes.add(volume);
    }
    return volumes;
  }

  private void requireLock(SessionState state, long untilMillis) throws StorageException {
    long most = state.properties().maxLockMillis();
    long wanted = untilMillis - bay().vaultMillis();
    if (untilMillis != 0 && wanted <= 0) {
      throw new StorageException(
          Fault.BAD_REQUEST,
          "a lock until " + Instant.ofEpochMilli(untilMillis) + " is over",
          "the vault clock says " + Instant.ofEpochMilli(bay().vaultMillis()));
    }
    if (most > 0 && wanted > most) {
      throw new StorageException(
          Fault.BAD_REQUEST,
          "session "
              + state.name()
              + " takes no lock of more than "
              + most / MINUTE_MILLIS
              + " min, which nothing could end",
          "a shorter one, or: safeguarded set session="
              + Words.word(state.name())
              + " max_lock=TIME");
    }
  }

  /**
   * Makes a backup of all volumes of a session at one instant; durable before this returns. An
   * error leaves the backups before as they are. As requireBackup, and NO_SPACE, STORE_FAILED.
   */
  public Backup make(String name, BackupSpec spec) throws StorageException {
    SafeguardedSession found = safeguarded.find(name);
    safeguarded.requireTaken(found, SessionCommand.BACKUP, Recovery.R1);
    try (RankedLock.Held held = safeguarded.enter()) {
      SafeguardedSession session = safeguarded.find(name);
      bay().requireChangeable();
      requireBackup(session, spec);
      session.setDoing(Situation.BACKING_UP);
      try {
        return makeLocked(session, volumes(session.state()), spec);
      } catch (StorageException e) {
        safeguarded.tell("safeguarded_not_backed_up", name, Event.fact("why", e.getMessage()));
        throw new StorageException(
            e.fault(),
            "SGC1002E: backup not created: " + e.getMessage() + "; previous backups kept",
            e.remedy(),
            e);
      } finally {
        session.setDoing(null);
      }
    }
  }

  /**
   * Makes a backup before a restore, whatever the interval, of the volumes that are not INVALID;
   * under the lock. Returns null where all are.
   */
  @Nullable Backup makeBefore(SafeguardedSession session, BackupSpec spec) throws StorageException {
    List<Volume> volumes = volumes(session.state());
    volumes.removeIf(volume -> volume.invalidity() != null);
    return volumes.isEmpty() ? null : makeLocked(session, volumes, spec);
  }

  private Backup makeLocked(SafeguardedSession session, List<Volume> volumes, BackupSpec spec)
      throws StorageException {
    SessionState state = session.state();
    Long until = spec.lockUntilMillis();
    long usual = state.properties().lockMillis();
    long lock = until != null ? until : usual == 0 ? 0 : bay().vaultMillis() + usual;
    Instant now = Instant.ofEpochMilli(bay().vaultMillis());
    String hold = spec.hold();
    List<Hold> holds = hold == null ? List.of() : List.of(new Hold(hold, spec.uid(), now));
    PointInTime point =
        bay()
            .backupPoints()
            .freeze(
                volumes,
                safeguarded.lastId(),
                lock,
                id -> {
                  BackupRecord record = BackupRecord.of(id, spec.label(), holds);
                  return connection -> {
                    SafeguardedTable.put(connection, state.name(), record);
                    safeguarded.noteNumbers(connection, id);
                    spec.also().run(connection);
                  };
                });
    safeguarded.noteId(point.backup());
    saveTime();
    safeguarded.sealer().wake();
    BackupRecord record = BackupRecord.of(point.backup(), spec.label(), holds);
    session.setState(state.with(record));
    Backup made = Backup.of(bay(), session.state(), record);
    safeguarded.tell(
        "safeguarded_backup",
        state.name(),
        Event.fact("backup", record.id()),
        Event.fact("volumes", made.volumes().stream().map(of -> of.name()).toList()));
    return made;
  }

  /** Over a reboot the vault time is not before that of the newest backup. */
  private void saveTime() {
    try {
      bay().vault().save();
    } catch (StorageException e) {
      LOG.warn("vault clock: {}", e.getMessage()); // the mount finds the time of the backup
    }
  }

  // ---- locks and holds

  /**
   * FORBIDDEN while a lock has not ended or a hold was not released of one of them, whoever asks.
   */
  void requireUnlocked(SafeguardedSession session, List<Backup> backups) throws StorageException {
    long now = bay().vaultMillis();
    for (Backup backup : backups) {
      requireUnlocked(session, backup, now);
    }
  }

  private static void requireUnlocked(SafeguardedSession session, Backup backup, long nowMillis)
      throws StorageException {
    if (backup.lockedUntilMillis() > nowMillis) {
      throw Refusals.locked(backup.id(), backup.lockedUntilMillis());
    }
    if (!backup.record().holds().isEmpty()) {
      throw Refusals.held(session.name(), backup.record());
    }
  }

  /** Whether no lock and no hold keeps a backup. */
  boolean isUnlocked(Backup backup) {
    return backup.lockedUntilMillis() <= bay().vaultMillis() && backup.record().holds().isEmpty();
  }

  /** BUSY for a backup that was expired: it goes, so nothing more can be promised of it. */
  private static void requireStaying(Backup backup) throws StorageException {
    if (backup.record().expiring()) {
      throw Refusals.refusal(
          Fault.BUSY,
          "SGC1009W",
          "backup " + backup.id() + " was expired, and goes when no recovery needs it any more",
          null);
    }
  }

  /** Whether a backup could be locked until then. NOT_FOUND, BAD_REQUEST. */
  public void requireLockable(SafeguardedSession session, long id, long untilMillis)
      throws StorageException {
    Backup backup = safeguarded.backup(session, id);
    requireStaying(backup);
    requireLock(session.state(), untilMillis);
    if (backup.lockedUntilMillis() > untilMillis) {
      throw new StorageException(
          Fault.FORBIDDEN,
          "backup "
              + id
              + " is locked until "
              + Instant.ofEpochMilli(backup.lockedUntilMillis())
              + ", which is later: a lock only grows",
          "name a later time");
    }
  }

  /** Locks a backup, or for longer; durable before this returns. As requireLockable. */
  public Backup lock(String name, long id, long untilMillis, Catalogue.Change also)
      throws StorageException {
    try (RankedLock.Held held = safeguarded.enter()) {
      bay().requireChangeable();
      SafeguardedSession session = safeguarded.find(name);
      requireLockable(session, id, untilMillis);
      bay().backupPoints().lock(id, untilMillis, also);
      Backup backup = safeguarded.backup(session, id);
      safeguarded.tell(
          "safeguarded_locked",
          name,
          Event.fact("backup", id),
          Event.fact("until", Instant.ofEpochMilli(backup.lockedUntilMillis())));
      return backup;
    }
  }

  /** Lays a hold on a backup. NOT_FOUND, EXISTS. */
  public Backup hold(String name, long id, Hold hold, Catalogue.Change also)
      throws StorageException {
    try (RankedLock.Held held = safeguarded.enter()) {
      bay().requireChangeable();
      SafeguardedSession session = safeguarded.find(name);
      Backup backup = safeguarded.backup(session, id);
      requireStaying(backup);
      BackupRecord record = backup.record();
      if (record.holds().stream().anyMatch(h -> h.name().equals(hold.name()))) {
        throw new StorageException(
            Fault.EXISTS, "backup " + id + " has the hold " + hold.name(), "choose another name");
      }
      return put(session, record.with(hold), also);
    }
  }

  /** Ends a hold of a backup. NOT_FOUND. */
  public Backup release(String name, long id, String hold, Catalogue.Change also)
      throws StorageException {
    try (RankedLock.Held held = safeguarded.enter()) {
      bay().requireChangeable();
      SafeguardedSession session = safeguarded.find(name);
      BackupRecord record = safeguarded.backup(session, id).record();
      requireHeld(record, hold);
      return put(session, record.withoutHold(hold), also);
    }
  }

  /** NOT_FOUND when a backup has no such hold. */
  public static void requireHeld(BackupRecord record, String hold) throws StorageException {
    List<String> names = record.holds().stream().map(Hold::name).toList();
    if (!names.contains(hold)) {
      throw new StorageException(
          Fault.NOT_FOUND,
          "backup " + record.id() + " has no hold " + hold,
          names.isEmpty() ? null : "hold=" + Words.word(names.get(0)));
    }
  }

  private Backup put(SafeguardedSession session, BackupRecord record, Catalogue.Change also)
      throws StorageException {
    bay()
        .catalogue()
        .change(
            connection -> {
              SafeguardedTable.put(connection, session.name(), record);
              also.run(connection);
            });
    session.setState(session.state().with(record));
    return Backup.of(bay(), session.state(), record);
  }

  // ---- refresh

  /**
   * Looks which backups the volumes of a session have, and shows those that it did not know: made
   * by another session, or before the catalogue was lost. Returns how many it knows now.
   */
  public int refresh(String name, Catalogue.Change also) throws StorageException {
    try (RankedLock.Held held = safeguarded.enter()) {
      bay().requireChangeable();
      SafeguardedSession session = safeguarded.find(name);
      SessionState state = session.state();
      NavigableMap<Long, BackupRecord> all = new TreeMap<>(state.backups());
      List<BackupRecord> found = new ArrayList<>();
      for (PointInTime point : bay().backupPoints().all()) {
        boolean ours =
            point.volumes().stream().anyMatch(of -> state.findSource(of.volume().id()) != null);
        if (ours && !all.containsKey(point.backup())) {
          BackupRecord record = BackupRecord.of(point.backup(), "", List.of());
          all.put(record.id(), record);
          found.add(record);
        }
      }
      bay()
          .catalogue()
          .change(
              connection -> {
                for (BackupRecord record : found) {
                  SafeguardedTable.put(connection, name, record);
                }
                also.run(connection);
              });
      session.setState(state.withBackups(all));
      if (!found.isEmpty()) {
        safeguarded.tell("safeguarded_found", name, Event.fact("backups", found.size()));
      }
      return all.size();
    }
  }
}
