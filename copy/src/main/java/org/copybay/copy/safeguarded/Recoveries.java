package org.copybay.copy.safeguarded;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.copybay.copy.engine.Job;
import org.copybay.copy.engine.JobRecord;
import org.copybay.copy.engine.JobTable;
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

/** Recovers backups, and ends recoveries. Any thread may call. */
public final class Recoveries {
  private static final Logger LOG = LoggerFactory.getLogger(Recoveries.class);

  private final Safeguarded safeguarded;
  private final RecoveryJobs jobs;

  Recoveries(Safeguarded safeguarded) {
    this.safeguarded = safeguarded;
    this.jobs = new RecoveryJobs(safeguarded);
  }

  private Bay bay() {
    return safeguarded.bay();
  }

  // ---- recover

  /** What a recovery would do; what {@link #recover} throws. */
  public RecoverPlan plan(SafeguardedSession session, long backup, RecoverSpec spec)
      throws StorageException {
    return new RecoverPlanning(safeguarded, spec).plan(session, backup);
  }

  /**
   * Lets volumes show a backup, all or none (P7): when it returns they do, for reading and writing.
   * NOT_FOUND, BUSY, BAD_REQUEST, NO_SPACE.
   */
  public RecoverPlan recover(String name, long backup, RecoverSpec spec) throws StorageException {
    try (RankedLock.Held held = safeguarded.enter()) {
      bay().requireChangeable();
      SafeguardedSession session = safeguarded.find(name);
      requireNoRestore(spec);
      RecoverPlan plan = plan(session, backup, spec);
      new Recovering(safeguarded, session).run(plan, spec);
      Recovery recovery = find(session, spec.set());
      if (recovery.background()) {
        jobs.copyOrLater(session, recovery, spec);
      }
      tell("safeguarded_recovered", session, recovery);
      return plan;
    }
  }

  /**
   * Writes a backup back over the volumes of a session, after a backup of those that are not
   * INVALID. As {@link #recover}.
   *
   * @param safety how that backup is made
   */
  public RecoverPlan restore(String name, long backup, BackupSpec safety, RecoverSpec spec)
      throws StorageException {
    try (RankedLock.Held held = safeguarded.enter()) {
      bay().requireChangeable();
      SafeguardedSession session = safeguarded.find(name);
      plan(session, backup, spec); // refused before a backup is made for it
      Backup made = safeguarded.backups().makeBefore(session, safety);
      if (made != null) {
        LOG.info("session={} backup={} before restore of {}", name, made.id(), backup);
      }
      RecoverPlan plan = plan(session, backup, spec);
      new Recovering(safeguarded, session).run(plan, spec);
      Recovery recovery = find(session, spec.set());
      jobs.copyOrLater(session, recovery, spec);
      tell("safeguarded_restored", session, recovery);
      return plan;
    }
  }

  private static void requireNoRestore(RecoverSpec spec) throws StorageException {
    if (spec.set().equals(Recovery.RESTORE)) {
      throw new StorageException(
          Fault.BAD_REQUEST,
          "a recovery set has another name than " + Recovery.RESTORE,
          "safeguarded restore, or another name");
    }
  }

  private void tell(String kind, SafeguardedSession session, Recovery recovery) {
    safeguarded.tell(
        kind,
        session.name(),
        Event.fact("backup", recovery.backup()),
        Event.fact("set", recovery.set()));
  }

  /** The recovery of a set. NOT_FOUND. */
  public Recovery find(SafeguardedSession session, String set) throws StorageException {
    Recovery found = session.state().recoveries().get(set);
    if (found == null) {
      throw new StorageException(
          Fault.NOT_FOUND,
          "session " + session.name() + " has no recovery set " + set,
          "cat .control/safeguard/" + Words.word(session.name()) + "/recoveries");
    }
    return found;
  }

  // ---- background copy

  /** Whether all that volumes show can be copied to them. NOT_FOUND, BUSY. */
  public Recovery requireInitiable(SafeguardedSession session, String set) throws StorageException {
    safeguarded.requireTaken(session, SessionCommand.INITIATE_BACKGROUND_COPY, set);
    return find(session, set);
  }

  /** Copies all that the volumes of a set show to them, as jobs. As requireInitiable. */
  public List<Job> initiate(String name, String set, RecoverSpec spec) throws StorageException {
    try (RankedLock.Held held = safeguarded.enter()) {
      bay().requireChangeable();
      SafeguardedSession session = safeguarded.find(name);
      Recovery recovery = requireInitiable(session, set).withBackground();
      put(session, recovery.with(pair -> pair.withError(null)), spec.also());
      for (RecoveryPair pair : recovery.pairs()) {
        if (pair.error() != null) {
          new Loading(safeguarded).bringBack(session, set, pair.target());
        }
      }
      return jobs.copy(session, find(session, set), spec);
    }
  }

  void put(SafeguardedSession session, Recovery recovery, Catalogue.Change also)
      throws StorageException {
    bay()
        .catalogue()
        .change(
            connection -> {
              SafeguardedTable.put(connection, session.name(), recovery);
              also.run(connection);
            });
    session.setState(session.state().with(recovery));
  }

  /** The job that copies to a volume, or null. */
  public @Nullable Job findJob(UUID target) {
    return jobs.find(target);
  }

  /** Starts the copies that no job goes on with; under the lock. */
  void startMissing() {
    jobs.startMissing();
  }

  /** A copy failed. Returns whether that is recorded, or was no news. */
  boolean suspend(String name, String set, UUID target, long stamp, String why) {
    try (RankedLock.Held held = safeguarded.enter()) {
      SafeguardedSession session = safeguarded.findOrNull(name);
      Recovery recovery = session == null ? null : session.state().recoveries().get(set);
      RecoveryPair pair = recovery == null ? null : recovery.findTarget(target);
      boolean news = pair != null && pair.stamp() == stamp && pair.error() == null;
      if (session == null || recovery == null || !news) {
        return true; // another recovery may have the set by now
      }
      Recovery suspended = recovery.with(target, p -> p.withError(why));
      session.setState(session.state().with(suspended));
      tell("safeguarded_suspended", session, suspended);
      put(session, suspended, Catalogue.Change.NOTHING);
      return true;
    } catch (StorageException e) {
      LOG.error("session={} set={} not recorded: {}", name, set, e.getMessage());
      return false;
    }
  }

  /**
   * All of a volume was copied and synced: records that, with the end of the job. What was expired
   * meanwhile and is needed no more goes.
   */
  void complete(String name, String set, UUID target, long stamp, JobRecord done)
      throws StorageException {
    try (RankedLock.Held held = safeguarded.enter()) {
      SafeguardedSession session = safeguarded.findOrNull(name);
      Recovery recovery = session == null ? null : session.state().recoveries().get(set);
      RecoveryPair pair = recovery == null ? null : recovery.findTarget(target);
      if (session == null || recovery == null || pair == null || pair.stamp() != stamp) {
        throw new StorageException(
            Fault.CANCELLED, "recovery set " + set + " of session " + name + " was ended");
      }
      Recovery next = recovery.with(target, RecoveryPair::withWhole);
      boolean over = next.restore() && next.whole();
      bay()
          .catalogue()
          .change(
              connection -> {
                SafeguardedTable.put(connection, name, next);
                if (over) {
                  SafeguardedTable.deleteRecovery(connection, name, set);
                }
                JobTable.put(connection, done);
              });
      SessionState state = session.state();
      session.setState(over ? state.withoutRecovery(set) : state.with(next));
      if (next.whole()) {
        tell("safeguarded_copied", session, next);
        removeMarked(session);
      }
    }
  }

  /** What cannot be removed now goes at the next look, or mount. */
  private void removeMarked(SafeguardedSession session) {
    try {
      new Expiring(safeguarded).removeMarked(session);
    } catch (StorageException e) {
      LOG.error("session={} expired backups stay: {}", session.name(), e.getMessage());
    }
  }

  // ---- terminate

  /** Whether a recovery can be ended. NOT_FOUND, BUSY. */
  public Recovery requireTerminable(SafeguardedSession session, String set, boolean force)
      throws StorageException {
    safeguarded.requireTaken(session, SessionCommand.TERMINATE_H1R1, set);
    Recovery recovery = find(session, set);
    requireTerminable(session, recovery, force, Set.of());
    return recovery;
  }

  /**
   * The same; where backups are removed with it, these speak against nothing.
   *
   * @param going their numbers
   */
  void requireTerminable(
      SafeguardedSession session, Recovery recovery, boolean force, Set<Long> going)
      throws StorageException {
    List<String> lacking = new ArrayList<>();
    for (RecoveryPair pair : recovery.pairs()) {
      Volume target = safeguarded.volume(pair.target());
      if (target != null && lacks(pair, target)) {
        requireNoneSince(recovery, target, going);
        lacking.add(target.name());
      }
    }
    if (!lacking.isEmpty() && !force) {
      throw Refusals.refusal(
          Fault.BUSY,
          "SGC1012E",
          "volume "
              + String.join(", ", lacking)
              + " does not hold all of it yet: ended now, "
              + (lacking.size() == 1 ? "it is" : "they are")
              + " INVALID",
          "safeguarded initiate-background-copy session="
              + Words.word(session.name())
              + " set="
              + Words.word(recovery.set())
              + ", and wait for it; or force=yes");
    }
  }

  /** What was made of a volume while it shows a backup needs that backup as the volume does. */
  private void requireNoneSince(Recovery recovery, Volume target, Set<Long> going)
      throws StorageException {
    if (target.damaged()) {
      return;
    }
    for (PointInTime point : bay().points().since(target, target.origin().mark())) {
      boolean locked = point.lockedUntilMillis() > bay().vaultMillis();
      if (!going.contains(point.backup())) {
        throw Refusals.refusal(
            locked ? Fault.FORBIDDEN : Fault.BUSY,
            "SGC1009W",
            (point.backup() == 0 ? "point " + point.name() : "backup " + point.backup())
                + " was made of volume "
                + target.name()
                + " since, and needs backup "
                + recovery.backup()
                + " too, until the volume holds all of it",
            "safeguarded initiate-background-copy, and wait for it");
      }
    }
  }

  private static boolean lacks(RecoveryPair pair, Volume target) {
    try {
      return !pair.whole()
          && (!pair.switched()
              || (target.origin().stamp() == pair.stamp() && target.origin().any()));
    } catch (StorageException e) {
      return true; // its volume is damaged
    }
  }

  /**
   * Ends the relation of volumes to their backup. A volume that does not hold all of it is INVALID
   * then (P6). As requireTerminable. Returns the names of those.
   */
  public List<String> terminate(String name, String set, boolean force, Catalogue.Change also)
      throws StorageException {
    try (RankedLock.Held held = safeguarded.enter()) {
      bay().requireChangeable();
      SafeguardedSession session = safeguarded.find(name);
      Recovery recovery = requireTerminable(session, set, force);
      flushFilled(recovery);
      bay()
          .catalogue()
          .change(
              connection -> {
                SafeguardedTable.deleteRecovery(connection, name, set);
                also.run(connection);
              });
      List<String> invalid = ended(session, List.of(recovery));
      removeMarked(session);
      return invalid;
    }
  }

  /** What was filled by writes is durable before the row goes. */
  void flushFilled(Recovery recovery) throws StorageException {
    for (RecoveryPair pair : recovery.pairs()) {
      Volume target = safeguarded.volume(pair.target());
      if (target != null && !pair.whole() && !lacks(pair, target)) {
        target.flush();
      }
    }
  }

  /** The rows of recoveries are gone; returns the names of volumes that are INVALID then. */
  List<String> ended(SafeguardedSession session, List<Recovery> recoveries) {
    List<String> invalid = new ArrayList<>();
    for (Recovery recovery : recoveries) {
      session.setState(session.state().withoutRecovery(recovery.set()));
      for (RecoveryPair pair : recovery.pairs()) {
        Volume target = safeguarded.volume(pair.target());
        if (target == null) {
          continue;
        }
        jobs.cancel(pair);
        if (lacks(pair, target)) {
          invalid.add(target.name());
          forgetOrigin(target);
        }
        letGo(session, recovery, target);
      }
      tell("safeguarded_ended", session, recovery);
    }
    return invalid;
  }

  private void letGo(SafeguardedSession session, Recovery recovery, Volume target) {
    if (!recovery.restore() && !session.state().recoversTo(target.id())) {
      safeguarded.letGo(session.name(), target.id());
    }
  }

  private void forgetOrigin(Volume target) {
    try {
      target.origin().setOrigin(null);
      bay().contentChanged(target);
    } catch (StorageException e) {
      LOG.warn("volume={} {}", target.name(), e.getMessage());
    }
  }
}
