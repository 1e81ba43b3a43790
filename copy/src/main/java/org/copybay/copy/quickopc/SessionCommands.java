package org.copybay.copy.quickopc;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.copybay.copy.engine.Job;
import org.copybay.copy.engine.JobOrder;
import org.copybay.copy.engine.JobRecord;
import org.copybay.copy.quickopc.StartSpec.Mode;
import org.copybay.volumes.Fault;
import org.copybay.volumes.RankedLock;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Bay;
import org.copybay.volumes.bay.Catalogue;
import org.copybay.volumes.bay.PointInTime;
import org.copybay.volumes.bay.Volume;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What commands do with sessions. Any thread may call; one command at a time is carried out. */
public final class SessionCommands {
  private static final Logger LOG = LoggerFactory.getLogger(SessionCommands.class);

  private final QuickOpc opc;
  private final Bay bay;

  /** The commands of those sessions. */
  public SessionCommands(QuickOpc opc) {
    this.opc = opc;
    this.bay = opc.bay();
  }

  // ---- start

  /** What a start of some pairs would do, in their order; what {@link #start} throws. */
  public List<Plan> plan(List<PairRecord> pairs, StartSpec spec) throws StorageException {
    Mode mode = concurrentMode(pairs, spec);
    Planning planning = new Planning(opc, spec);
    List<Plan> plans = new ArrayList<>();
    for (PairRecord pair : pairs) {
      plans.add(planning.plan(pair, mode));
    }
    requireOnce(plans);
    return plans;
  }

  /** Of many pairs at one instant all are differential, or none. */
  private Mode concurrentMode(List<PairRecord> pairs, StartSpec spec) {
    if (spec.mode() != Mode.AUTO || pairs.size() < 2) {
      return spec.mode();
    }
    boolean all =
        pairs.stream()
            .map(opc::phase)
            .allMatch(phase -> phase == Phase.TRACKING || phase == Phase.COPYING_TRACKING);
    return all ? Mode.DIFF : Mode.FULL_ANEW;
  }

  private static void requireOnce(List<Plan> plans) throws StorageException {
    List<Volume> targets = new ArrayList<>();
    for (Plan plan : plans) {
      if (targets.contains(plan.target())) {
        throw Refusals.target(
            Fault.BUSY,
            "volume " + plan.target().name() + " is the target of two pairs of the group",
            null);
      }
      targets.add(plan.target());
    }
    for (Plan plan : plans) {
      boolean both = !plan.source().equals(plan.target()) && targets.contains(plan.source());
      if (both && plan.source().origin().any()) {
        throw Refusals.dependent(
            "volume "
                + plan.source().name()
                + " is source and target of this start, and not whole yet",
            "wait until it is whole: cat .control/quickopc/*/*/percent");
      }
    }
  }

  /**
   * Starts some pairs at one instant, all or none: when it returns the targets show what the
   * sources hold, and the copies run behind. NOT_FOUND (ccm4012), EXISTS (ccm4013), BUSY (ccm4014
   * and what keeps a volume from being a target), NO_SPACE, and what a point in time throws.
   */
  public List<Session> start(List<PairRecord> pairs, StartSpec spec) throws StorageException {
    try (RankedLock.Held held = opc.enter()) {
      List<Plan> plans = plan(pairs, spec);
      List<PairRecord> restored = new ArrayList<>();
      boolean started = false;
      try {
        for (Plan plan : plans) {
          if (plan.direction() == Direction.REVERSE && plan.target().invalidity() == null) {
            restored.add(makeSafetyPoint(plan));
          }
        }
        StartSpec noting = spec.with(connection -> putPairs(connection, restored));
        List<Session> sessions = new Starting(opc, noting).run(plans);
        started = true;
        return sessions;
      } finally {
        // A restore that failed after its switch goes on, and can be undone.
        boolean needed = plans.stream().anyMatch(plan -> opc.findBackward(plan.pair()) != null);
        if (started || needed) {
          restored.forEach(opc.groups()::replace);
        } else {
          restored.forEach(this::forgetSafetyPoint);
        }
      }
    }
  }

  private static void putPairs(Connection connection, List<PairRecord> pairs) throws SQLException {
    for (PairRecord pair : pairs) {
      OpcTable.putPair(connection, pair);
    }
  }

  /** Where the source of a pair is INVALID there is nothing to go back to but what was before. */
  private PairRecord makeSafetyPoint(Plan plan) throws StorageException {
    long number = opc.newStamp();
    String name = Planning.safetyName(plan.pair(), number);
    bay.points().freeze(List.of(plan.target()), name, Catalogue.Change.NOTHING);
    return plan.pair().withSafety(number);
  }

  /** The start never was: the pair is again what it was, in the catalogue too. */
  private void forgetSafetyPoint(PairRecord restored) {
    PairRecord before = opc.groups().findPair(restored.group(), restored.name());
    try {
      bay.points()
          .drop(
              Planning.safetyName(restored, restored.safety()),
              connection -> putPairs(connection, before == null ? List.of() : List.of(before)));
    } catch (StorageException e) {
      LOG.warn("pair={} its point is left: {}", restored.path(), e.getMessage());
    }
  }

  // ---- cancel

  /**
   * What ends a pair's session, or its restore.
   *
   * @param session that ends
   * @param invalid whether its target is INVALID then
   */
  public record Cancel(Session session, boolean invalid) {}

  /**
   * Whether the session of a pair can be cancelled now. NOT_FOUND (ccm4012), BUSY (ccm4014).
   *
   * @param backward whether its restore is meant
   * @param force also where only waiting would leave a whole target
   */
  public Cancel planCancel(PairRecord pair, boolean backward, boolean force)
      throws StorageException {
    Session session = backward ? opc.findBackward(pair) : opc.find(pair, Direction.FORWARD);
    if (session == null) {
      throw Refusals.noSession(pair);
    }
    boolean copying = session.isCopying();
    boolean waits = session.phase() == Phase.COPYING;
    if (copying && waits && !force) {
      throw Refusals.wrongPhase(
          pair,
          Phase.COPYING,
          "wait until it ends by itself; force=yes ends it and leaves "
              + session.target().name()
              + " INVALID");
    }
    if (copying) {
      new Planning(opc, StartSpec.atMount()).requireNoDependents(session.target(), "cancel");
    }
    return new Cancel(session, copying);
  }

  /** Ends a session. A target that does not hold everything is INVALID then (P6). */
  public Cancel cancel(PairRecord pair, boolean backward, boolean force, Catalogue.Change also)
      throws StorageException {
    try (RankedLock.Held held = opc.enter()) {
      Cancel cancel = planCancel(pair, backward, force);
      new Ending(opc).cancel(cancel.session(), also);
      return cancel;
    }
  }

  /**
   * Ends the recording of a session: one that copies ends when that is done, another one now, and
   * its target is whole either way. NOT_FOUND, BUSY.
   */
  public Session stopTracking(PairRecord pair, Catalogue.Change also) throws StorageException {
    try (RankedLock.Held held = opc.enter()) {
      Session session = opc.find(pair, Direction.FORWARD);
      if (session == null) {
        throw Refusals.noSession(pair);
      }
      Phase phase = session.phase();
      if (phase != Phase.TRACKING && phase != Phase.COPYING_TRACKING) {
        throw Refusals.wrongPhase(pair, phase, null);
      }
      Ending ending = new Ending(opc);
      if (session.record().point() == null) {
        ending.cancel(session, also);
        return session;
      }
      SessionRecord record = session.record().withTracking(false);
      bay.catalogue()
          .change(
              connection -> {
                OpcTable.put(connection, record);
                also.run(connection);
              });
      session.setRecord(record);
      ending.deleteBitmaps(session, record.generation());
      opc.tell(record, Phase.COPYING);
      return session;
    }
  }

  /**
   * Takes an INVALID volume as it is: what was not copied to it holds whatever lies there. Returns
   * the bytes of that. BAD_REQUEST when it is none.
   */
  public long acceptPartial(Volume volume) throws StorageException {
    try (RankedLock.Held held = opc.enter()) {
      bay.requireChangeable();
      if (volume.invalidity() == null) {
        throw new StorageException(
            Fault.BAD_REQUEST, "volume " + volume.name() + " is not INVALID");
      }
      long left = volume.origin().unfilledBytes();
      volume.origin().giveUp();
      volume.flush();
      bay.contentChanged(volume);
      return left;
    }
  }

  /**
   * The point that was made before the last restore of a pair, which undo goes back to, or null.
   */
  public @Nullable PointInTime safetyPoint(PairRecord pair) {
    UUID id = pair.source();
    Volume source = id == null ? null : bay.findOrNull(id);
    PairRecord now = opc.groups().now(pair);
    return source == null ? null : new Planning(opc, StartSpec.atMount()).safetyOf(now, source);
  }

  // ---- the copy

  /** The job that copies for a pair. NOT_FOUND. */
  public Job job(PairRecord pair) throws StorageException {
    Session session = opc.findCopying(pair);
    if (session == null) {
      throw Refusals.noSession(pair);
    }
    Job job = opc.findJob(session.record());
    if (job == null) {
      throw new StorageException(
          Fault.NOT_FOUND, "nothing is copied for the pair " + pair.path() + " now");
    }
    return job;
  }

  /**
   * Lets the copy of a pair go on, also where its session is suspended. NOT_FOUND, ALREADY; what
   * keeps it suspended.
   */
  public Job resume(PairRecord pair) throws StorageException {
    try (RankedLock.Held held = opc.enter()) {
      Session session = opc.findCopying(pair);
      if (session == null || session.record().error() == null) {
        Job job = job(pair);
        JobOrder order = job.resume();
        LOG.debug("job={} resume: {}", job.id(), order);
        return job;
      }
      bay.requireChangeable();
      SessionRecord record = session.record().withError(null);
      bay.catalogue().change(connection -> OpcTable.put(connection, record));
      session.setRecord(record);
      new Loading(opc).bringBack(session);
      String error = session.record().error();
      if (error != null) {
        throw new StorageException(
            Fault.STORE_FAILED, record.describe() + " is suspended again: " + error);
      }
      opc.tell(session.record(), session.phase());
      return new SessionJobs(opc).accept(session, StartSpec.atMount(), null);
    }
  }

  /** Sets the rate of the copies of a pair from now on, in bytes a second, 0 for no limit. */
  public void setRate(PairRecord pair, long bytesPerSecond, Catalogue.Change also)
      throws StorageException {
    try (RankedLock.Held held = opc.enter()) {
      Session session = opc.find(pair, Direction.FORWARD);
      if (session == null) {
        throw Refusals.noSession(pair);
      }
      SessionRecord record = session.record().withRate(bytesPerSecond);
      bay.catalogue()
          .change(
              connection -> {
                OpcTable.put(connection, record);
                also.run(connection);
              });
      session.setRecord(record);
      Job job = opc.findJob(record);
      if (job != null) {
        JobOrder order = job.setRate(bytesPerSecond);
        LOG.debug("session={} rate={} {}", record.id(), bytesPerSecond, order);
      }
    }
  }

  // ---- verify

  /**
   * Compares both sides of a pair where they have to be the same, as a job: as of one instant, what
   * is in none of U, TS and TD. NOT_FOUND, BUSY.
   */
  public Job verify(PairRecord pair, @Nullable String id, String line, int uid)
      throws StorageException {
    try (RankedLock.Held held = opc.enter()) {
      Session session = opc.find(pair, Direction.FORWARD);
      if (session == null) {
        throw Refusals.noSession(pair);
      }
      if (!session.record().tracking()) {
        throw Refusals.wrongPhase(pair, session.phase(), null);
      }
      String name = id == null ? opc.jobs().newId() : id;
      JobRecord row =
          JobRecord.accepted(
              name,
              VerifyWork.VERB,
              line,
              VerifyWork.options(session.record()),
              session.source().name(),
              session.source().id(),
              session.target().name(),
              session.target().id(),
              uid,
              0,
              opc.jobs().now());
      opc.jobs().requireFree(name);
      VerifyWork work = new VerifyWork(opc, row);
      work.freeze();
      boolean accepted = false;
      try {
        Job job = opc.jobs().accept(row, work);
        accepted = true;
        return job;
      } finally {
        if (!accepted) {
          work.drop();
        }
      }
    }
  }
}
