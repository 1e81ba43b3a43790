package org.copybay.copy.safeguarded;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.copybay.copy.schedule.Schedule;
import org.copybay.volumes.Fault;
import org.copybay.volumes.RankedLock;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.Words;
import org.copybay.volumes.bay.Bay;
import org.copybay.volumes.bay.Catalogue;
import org.copybay.volumes.bay.Volume;
import org.copybay.volumes.bay.VolumeName;
import org.copybay.volumes.event.Event;
import org.jspecify.annotations.Nullable;

/** Makes and ends sessions, and says which volumes they have. Any thread may call. */
public final class SessionSetup {
  private final Safeguarded safeguarded;

  SessionSetup(Safeguarded safeguarded) {
    this.safeguarded = safeguarded;
  }

  private Bay bay() {
    return safeguarded.bay();
  }

  // ---- sessions

  /** BAD_REQUEST, NAME_TOO_LONG, EXISTS. */
  public void requireFree(String name) throws StorageException {
    VolumeName.require(name);
    if (name.equals("ctl") || name.startsWith("status")) {
      throw new StorageException(
          Fault.BAD_REQUEST, "name " + name + " is that of a control file", "choose another one");
    }
    if (safeguarded.findOrNull(name) != null) {
      throw new StorageException(
          Fault.EXISTS, "safeguarded session " + name + " exists", "choose another name");
    }
  }

  /** Makes a session without volumes. EXISTS, BAD_REQUEST, READ_ONLY. */
  public SafeguardedSession create(String name, Catalogue.Change also) throws StorageException {
    try (RankedLock.Held held = safeguarded.enter()) {
      bay().requireChangeable();
      requireFree(name);
      SessionState state = SessionState.made(name, bay().clock().instant());
      put(state, also);
      SafeguardedSession session = new SafeguardedSession(state);
      safeguarded.publish(session);
      safeguarded.tell("safeguarded_created", name);
      return session;
    }
  }

  private void put(SessionState state, Catalogue.Change also) throws StorageException {
    bay()
        .catalogue()
        .change(
            connection -> {
              SafeguardedTable.put(connection, state);
              also.run(connection);
            });
  }

  /** Whether a session can be ended. BUSY while it has backups or recoveries. */
  public void requireDeletable(SafeguardedSession session) throws StorageException {
    safeguarded.backups().requireUnlocked(session, safeguarded.backupsOf(session));
    safeguarded.requireTaken(session, SessionCommand.DELETE, Recovery.R1);
  }

  /** Ends a session that has no backups. NOT_FOUND, FORBIDDEN, BUSY. */
  public void delete(String name, Catalogue.Change also) throws StorageException {
    try (RankedLock.Held held = safeguarded.enter()) {
      bay().requireChangeable();
      SafeguardedSession session = safeguarded.find(name);
      requireDeletable(session);
      SessionState state = session.state();
      safeguarded
          .scheduler()
          .remove(
              ScheduledBackups.key(name),
              connection -> {
                SafeguardedTable.delete(connection, state);
                also.run(connection);
              });
      safeguarded.unpublish(session);
      safeguarded.requests().forget(name);
      state.copySets().forEach(set -> letGo(name, set));
      safeguarded.tell("safeguarded_deleted", name);
    }
  }

  private void letGo(String session, CopySet set) {
    safeguarded.letGo(session, set.source());
    safeguarded.capacity().lift(set.source());
    UUID recovery = set.recovery();
    if (recovery != null) {
      safeguarded.letGo(session, recovery);
    }
  }

  /**
   * Changes how a session treats its backups, durable before this returns (P7); locks that were
   * given stay. NOT_FOUND.
   *
   * @param before what they were when it was decided; AGAIN where they are not any more
   */
  public void setProperties(
      String name, SessionProperties before, SessionProperties properties, Catalogue.Change also)
      throws StorageException {
    set(name, before, properties, also, change -> bay().catalogue().change(change));
  }

  /**
   * The same, and says in the same transaction when backups of it are made by themselves.
   *
   * @param schedule when, or null for never
   */
  public void setScheduled(
      String name,
      SessionProperties before,
      SessionProperties properties,
      @Nullable Schedule schedule,
      Catalogue.Change also)
      throws StorageException {
    set(
        name,
        before,
        properties,
        also,
        change -> {
          if (schedule == null) {
            safeguarded.scheduler().remove(ScheduledBackups.key(name), change);
          } else {
            safeguarded.scheduler().change(ScheduledBackups.key(name), schedule, true, change);
          }
        });
  }

  /** Carries a change out, perhaps with one of its own. */
  @FunctionalInterface
  private interface Transaction {
    void run(Catalogue.Change change) throws StorageException;
  }

  private void set(
      String name,
      SessionProperties before,
      SessionProperties properties,
      Catalogue.Change also,
      Transaction transaction)
      throws StorageException {
    try (RankedLock.Held held = safeguarded.enter()) {
      bay().requireChangeable();
      SafeguardedSession session = safeguarded.find(name);
      if (!session.state().properties().equals(before)) {
        throw new StorageException(
            Fault.AGAIN,
            "somebody else changed session " + name + " at the same time",
            "cat .control/safeguard/" + Words.word(name) + "/properties, and the same again");
      }
      SessionState next = session.state().with(properties);
      transaction.run(
          connection -> {
            SafeguardedTable.put(connection, next);
            also.run(connection);
          });
      session.setState(next);
      safeguarded.capacity().limit(session);
    }
  }

  // ---- copy sets

  /** Whether a volume can be protected by a session. BUSY, BAD_REQUEST, CORRUPT. */
  public void requireAddable(SafeguardedSession session, Volume volume, @Nullable Volume recovery)
      throws StorageException {
    safeguarded.requireTaken(session, SessionCommand.ADD_COPY_SETS, Recovery.R1);
    volume.requireFinished();
    volume.requireSized();
    volume.requireSound();
    SafeguardedSession other = safeguarded.protecting(volume);
    if (other != null && other != session) {
      throw new StorageException(
          Fault.BUSY,
          "volume " + volume.name() + " is protected by session " + other.name(),
          "safeguarded remove session="
              + Words.word(other.name())
              + " volume="
              + Words.word(volume.name()));
    }
    if (volume.relation() != null) {
      throw new StorageException(
          Fault.BUSY,
          "volume " + volume.name() + " is " + volume.relation().describe(),
          "release member=" + Words.word(volume.name()));
    }
    SafeguardedSession recovering = recoveringTo(volume);
    if (recovering != null) {
      throw new StorageException(
          Fault.BUSY,
          "volume " + volume.name() + " is a recovery volume of session " + recovering.name(),
          "name another one");
    }
    if (recovery != null) {
      requireRecovery(session, volume, recovery);
    }
  }

  private void requireRecovery(SafeguardedSession session, Volume volume, Volume recovery)
      throws StorageException {
    recovery.requireFinished();
    if (recovery.equals(volume) || safeguarded.protecting(recovery) != null) {
      throw Refusals.recoveryVolume(
          Fault.BAD_REQUEST,
          "volume " + recovery.name() + " is itself a volume of a session",
          "name another one");
    }
    if (recovery.relation() != null) {
      throw Refusals.recoveryVolume(
          Fault.BUSY,
          "volume " + recovery.name() + " is " + recovery.relation().describe(),
          "name another one");
    }
    SafeguardedSession other = recoveringTo(recovery);
    CopySet own = session.state().findSource(volume.id());
    boolean same = own != null && recovery.id().equals(own.recovery());
    if (other != null && !same) {
      throw Refusals.recoveryVolume(
          Fault.BUSY,
          "volume " + recovery.name() + " is a recovery volume of session " + other.name(),
          "name another one");
    }
    if (recovery.size() < volume.size()) {
      throw Refusals.recoveryVolume(
          Fault.BAD_REQUEST,
          "volume "
              + recovery.name()
              + " has "
              + recovery.size()
              + " bytes, less than "
              + volume.name()
              + " with "
              + volume.size(),
          "resize volume=" + Words.word(recovery.name()) + " size=" + volume.size());
    }
  }

  private @Nullable SafeguardedSession recoveringTo(Volume volume) {
    return safeguarded.sessions().stream()
        .filter(session -> session.state().recoversTo(volume.id()))
        .findFirst()
        .orElse(null);
  }

  /** Adds a volume to a session, or says another recovery volume of it. As requireAddable. */
  public void add(String name, Volume volume, @Nullable Volume recovery, Catalogue.Change also)
      throws StorageException {
    try (RankedLock.Held held = safeguarded.enter()) {
      bay().requireChangeable();
      SafeguardedSession session = safeguarded.find(name);
      requireAddable(session, volume, recovery);
      CopySet before = session.state().findSource(volume.id());
      UUID old = before == null ? null : before.recovery();
      UUID wanted = recovery == null ? old : recovery.id();
      if (old != null && !old.equals(wanted)) {
        requireNoRecovery(session, old);
      }
      SessionState next = session.state().with(new CopySet(volume.id(), wanted));
      safeguarded.use(name, volume, "protected by safeguarded session ");
      if (recovery != null) {
        safeguarded.use(name, recovery, "a recovery volume of safeguarded session ");
      }
      boolean added = false;
      try {
        put(next, also);
        session.setState(next);
        added = true;
      } finally {
        letGoUnused(session, added ? old : recovery == null ? null : recovery.id(), volume);
      }
      safeguarded.tell("safeguarded_added", name, Event.fact("volume", volume.name()));
    }
  }

  /** What a session has not, after it changed or did not, is no longer in use by it. */
  private void letGoUnused(SafeguardedSession session, @Nullable UUID recovery, Volume volume) {
    if (recovery != null && !session.state().recoversTo(recovery)) {
      safeguarded.letGo(session.name(), recovery);
    }
    if (session.state().findSource(volume.id()) == null) {
      safeguarded.letGo(session.name(), volume.id());
    }
  }

  /** Whether a volume can leave a session. NOT_FOUND, FORBIDDEN, BUSY. */
  public void requireRemovable(SafeguardedSession session, Volume volume) throws StorageException {
    safeguarded.requireTaken(session, SessionCommand.REMOVE_COPY_SETS, Recovery.R1);
    CopySet set = session.state().findSource(volume.id());
    if (set == null) {
      throw new StorageException(
          Fault.NOT_FOUND,
          "volume " + volume.name() + " is not in session " + session.name(),
          "cat .control/safeguard/" + Words.word(session.name()) + "/status");
    }
    List<Backup> having =
        safeguarded.backupsOf(session).stream().filter(each -> each.find(volume) != null).toList();
    safeguarded.backups().requireUnlocked(session, having);
    requireNoRecovery(session, volume.id());
    UUID recovery = set.recovery();
    if (recovery != null) {
      requireNoRecovery(session, recovery);
    }
  }

  private static void requireNoRecovery(SafeguardedSession session, UUID volume)
      throws StorageException {
    for (Recovery recovery : session.state().recoveries().values()) {
      for (RecoveryPair pair : recovery.pairs()) {
        if (pair.source().equals(volume) || pair.target().equals(volume)) {
          throw Refusals.refusal(
              Fault.BUSY,
              "SGC1009W",
              "recovery set " + recovery.set() + " of session " + session.name() + " uses it",
              "safeguarded terminate-h1r1 session="
                  + Words.word(session.name())
                  + " set="
                  + Words.word(recovery.set()));
        }
      }
    }
  }

  /**
   * Takes volumes out of a session, all or none. Their backups stay with them, and are shown again
   * by a session that they are added to (Refresh States). As requireRemovable.
   */
  public void remove(String name, List<Volume> volumes, Catalogue.Change also)
      throws StorageException {
    try (RankedLock.Held held = safeguarded.enter()) {
      bay().requireChangeable();
      SafeguardedSession session = safeguarded.find(name);
      SessionState before = session.state();
      List<CopySet> going = new ArrayList<>();
      for (Volume volume : volumes) {
        requireRemovable(session, volume);
        going.add(Objects.requireNonNull(before.findSource(volume.id())));
      }
      List<CopySet> rest = new ArrayList<>(before.copySets());
      rest.removeAll(going);
      SessionState fewer = before.with(rest);
      List<Long> gone =
          fewer.backups().values().stream()
              .filter(backup -> Backup.of(bay(), fewer, backup).volumes().isEmpty())
              .map(BackupRecord::id)
              .toList();
      SessionState next = fewer.without(gone);
      put(
          next,
          connection -> {
            for (long id : gone) {
              SafeguardedTable.deleteBackup(connection, name, id);
            }
            also.run(connection);
          });
      session.setState(next);
      going.forEach(set -> letGo(name, set));
      volumes.forEach(
          volume ->
              safeguarded.tell("safeguarded_removed", name, Event.fact("volume", volume.name())));
    }
  }
}
