package org.copybay.copy.safeguarded;

import java.util.ArrayList;
import java.util.List;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.audit.AuditTrail;
import org.copybay.volumes.bay.Bay;
import org.copybay.volumes.bay.Volume;
import org.copybay.volumes.event.Event;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How long backups are kept (IBM Copy Services Manager, Safeguarded Copy session properties):
 * retention, counted back from the last recoverable backup, and capacity. What is locked, held or
 * needed by a recovery is kept whatever they say. Under the lock of Safeguarded.
 */
final class Keeping {
  private static final Logger LOG = LoggerFactory.getLogger(Keeping.class);

  private final Safeguarded safeguarded;
  private final Bay bay;

  Keeping(Safeguarded safeguarded) {
    this.safeguarded = safeguarded;
    this.bay = safeguarded.bay();
  }

  // ---- retention

  /** Removes what is older than a session wants, and what was to go later. */
  void retain(SafeguardedSession session) throws StorageException {
    Expiring expiring = new Expiring(safeguarded);
    expiring.removeMarked(session);
    List<Long> old = expired(session);
    if (!old.isEmpty()) {
      LOG.info("session={} retention: backups={}", session.name(), old);
      expiring.runNoted(session, old, "retention");
    }
  }

  /** Never the last one that can be recovered: where no more are made, none goes. */
  private List<Long> expired(SafeguardedSession session) {
    SessionState state = session.state();
    long retention = state.properties().retentionMillis();
    if (retention == 0) {
      return List.of();
    }
    Backup newest = safeguarded.newestRecoverable(session);
    if (newest == null) {
      return List.of(); // what is left may be what somebody can mend
    }
    long last = newest.created().toEpochMilli();
    long now = bay.vaultMillis();
    List<Long> old = new ArrayList<>();
    for (BackupRecord record : state.backups().values()) {
      Backup backup = Backup.of(bay, state, record);
      if (last - backup.created().toEpochMilli() > retention && mayGo(state, backup, now)) {
        old.add(record.id());
      }
    }
    return old;
  }

  private static boolean mayGo(SessionState state, Backup backup, long nowMillis) {
    return backup.lockedUntilMillis() <= nowMillis
        && backup.record().holds().isEmpty()
        && !backup.record().expiring()
        && !state.needs(backup.id());
  }

  // ---- capacity

  /** Lets every volume of a session need no more than its capacity, as the session says. */
  void limit(SafeguardedSession session) throws StorageException {
    for (CopySet set : session.state().copySets()) {
      Volume volume = safeguarded.volume(set.source());
      if (volume != null && !volume.damaged()) {
        safeguarded.capacity().look(session, volume);
        limit(session, volume);
      }
    }
  }

  private void limit(SafeguardedSession session, Volume volume) throws StorageException {
    if (session.state().properties().onFull() == FullPolicy.AUTO_ROLL) {
      Backup oldest = oldest(session, volume);
      while (oldest != null && safeguarded.capacity().exceeded(session, volume)) {
        roll(session, volume, oldest);
        bay.backupPoints().awaitFreed(volume);
        oldest = oldest(session, volume);
      }
    }
    safeguarded.capacity().limit(session, volume);
  }

  /**
   * The oldest backup of a volume, where it may be rolled off; else null: behind one that has to
   * stay none goes, for space comes free from the oldest on.
   */
  @Nullable Backup oldest(SafeguardedSession session, Volume volume) {
    SessionState state = session.state();
    for (BackupRecord record : state.backups().values()) {
      Backup backup = Backup.of(bay, state, record);
      if (backup.find(volume) != null) {
        return mayGo(state, backup, bay.vaultMillis()) ? backup : null;
      }
    }
    return null;
  }

  private void roll(SafeguardedSession session, Volume volume, Backup backup)
      throws StorageException {
    SessionState state = session.state();
    LOG.warn("SGC1003W: backup {} auto-rolled on volume {}", backup.id(), volume.name());
    safeguarded.tell(
        "safeguarded_rolled",
        state.name(),
        Event.fact("backup", backup.id()),
        Event.fact("volume", volume.name()));
    if (state.properties().expireOnAutoRoll() || backup.volumes().size() == 1) {
      new Expiring(safeguarded)
          .runNoted(session, List.of(backup.id()), "auto-roll on volume " + volume.name());
      return;
    }
    BackupRecord rolled = backup.record().rolledOff(volume.id());
    AuditTrail.Note note =
        bay.audit()
            .noting(
                "safeguarded/" + state.name(),
                "roll",
                "backup " + backup.id() + " rolled off volume " + volume.name());
    bay.backupPoints()
        .drop(
            List.of(backup.id()),
            List.of(volume),
            connection -> {
              SafeguardedTable.put(connection, state.name(), rolled);
              note.run(connection);
            });
    note.made();
    session.setState(session.state().with(rolled));
  }
}
