package org.copybay.copy.quickopc;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.copybay.copy.engine.Changes;
import org.copybay.copy.engine.Job;
import org.copybay.copy.quickopc.StartSpec.Mode;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.Words;
import org.copybay.volumes.bay.Bay;
import org.copybay.volumes.bay.PointInTime;
import org.copybay.volumes.bay.PointVolume;
import org.copybay.volumes.bay.Volume;
import org.copybay.volumes.track.TrackOrigin;
import org.jspecify.annotations.Nullable;

/**
 * Whether a start can be made, and what it will do: every rule is looked at before anything is
 * changed. The rules are those of the original (ETERNUS SF AdvancedCopy Manager, acopc start and
 * the combinations of copies of the ETERNUS DX).
 */
final class Planning {
  private static final String SAFETY = "restore-";
  private static final long BLOCK_BYTES = PointVolume.BLOCK_BYTES;

  private final QuickOpc opc;
  private final Bay bay;
  private final StartSpec spec;
  private final List<Plan> planned = new ArrayList<>(); // for the same instant

  Planning(QuickOpc opc, StartSpec spec) {
    this.opc = opc;
    this.bay = opc.bay();
    this.spec = spec;
  }

  /** The plan for one pair, which does what the mode says. */
  Plan plan(PairRecord pair) throws StorageException {
    return plan(pair, spec.mode());
  }

  Plan plan(PairRecord given, Mode mode) throws StorageException {
    PairRecord pair = opc.groups().now(given);
    Volume source = volume(pair, true);
    Volume target = mode == Mode.UNDO ? source : volume(pair, false);
    Session session = opc.find(pair, Direction.FORWARD);
    Session backward = opc.findBackward(pair);
    Phase phase = session == null ? Phase.NONE : session.phase();
    if (backward != null && mode != Mode.UNDO) {
      throw Refusals.refusal(
          Fault.BUSY,
          "ccm4014 QOPC4014E",
          "the restore of the pair " + pair.path() + " is not whole yet: " + howFar(backward),
          waiting(backward));
    }
    Plan plan =
        switch (mode) {
          case FULL -> full(pair, session, phase, source, target);
          case FULL_ANEW -> forward(pair, session, true, source, target);
          case DIFF -> diff(pair, session, phase, source, target);
          case AUTO ->
              phase == Phase.TRACKING || phase == Phase.COPYING_TRACKING
                  ? diff(pair, session, phase, source, target)
                  : forward(pair, session, true, source, target);
          case RESTORE -> restore(pair, session, phase, source, target);
          case UNDO -> undo(pair, source);
        };
    check(plan);
    planned.add(plan);
    return plan;
  }

  private static String howFar(Session session) throws StorageException {
    String error = session.record().error();
    return session.percent() + " %" + (error == null ? "" : ", and suspended: " + error);
  }

  private String waiting(Session session) {
    if (session.record().error() != null) {
      return QuickOpc.resuming(session.record());
    }
    Job job = opc.findJob(session.record());
    return job == null ? "try again" : "cat .control/jobs/" + job.id() + "/wait";
  }

  private Volume volume(PairRecord pair, boolean ofSource) throws StorageException {
    var id = ofSource ? pair.source() : pair.target();
    Volume found = id == null ? null : bay.findOrNull(id);
    if (found == null) {
      throw new StorageException(
          Fault.NOT_FOUND,
          "the "
              + (ofSource ? "source" : "target")
              + " of the pair "
              + pair.path()
              + (id == null ? " was not said" : " was deleted"),
          "quickopc pair set group="
              + Words.word(pair.group())
              + " pair="
              + Words.word(pair.name())
              + " source=VOLUME target=VOLUME");
    }
    return found;
  }

  // ---- modes

  private Plan full(
      PairRecord pair, @Nullable Session session, Phase phase, Volume source, Volume target)
      throws StorageException {
    if (phase == Phase.TRACKING || phase == Phase.COPYING_TRACKING) {
      throw Refusals.isTracking(pair);
    }
    if (session != null) {
      throw Refusals.wrongPhase(pair, phase, "mode=auto begins anew; or cancel it first");
    }
    return forward(pair, null, true, source, target);
  }

  private Plan diff(
      PairRecord pair, @Nullable Session session, Phase phase, Volume source, Volume target)
      throws StorageException {
    if (session == null) {
      throw Refusals.noSession(pair);
    }
    if (phase != Phase.TRACKING && phase != Phase.COPYING_TRACKING) {
      throw Refusals.wrongPhase(pair, phase, "mode=auto begins anew; or cancel it first");
    }
    return forward(pair, session, false, source, target);
  }

  private Plan forward(
      PairRecord pair, @Nullable Session session, boolean full, Volume source, Volume target)
      throws StorageException {
    long lost = session == null ? 0 : Sets.of(session).bytes(Sets.Which.TD);
    long send = source.size();
    if (!full && session != null) {
      send = Sets.of(session).sendBytes();
    }
    return new Plan(pair, Direction.FORWARD, session, full, source, target, null, send, lost);
  }

  private Plan restore(
      PairRecord pair, @Nullable Session session, Phase phase, Volume source, Volume target)
      throws StorageException {
    if (phase == Phase.ERROR_SUSPEND) {
      throw Refusals.wrongPhase(pair, phase, "cancel it first");
    }
    boolean tracked = session != null && session.record().tracking();
    Sets sets = tracked && session != null ? Sets.of(session) : null;
    long lost = sets == null ? source.size() : sets.bytes(Sets.Which.TS);
    long send = sets == null ? source.size() : sets.changedBytes();
    return new Plan(
        pair,
        Direction.REVERSE,
        /* before= */ null,
        !tracked,
        /* source= */ target,
        /* target= */ source,
        /* safetyPoint= */ null,
        send,
        lost);
  }

  private Plan undo(PairRecord pair, Volume source) throws StorageException {
    Session undoing = opc.find(pair, Direction.UNDO);
    if (undoing != null) {
      throw new StorageException(
          Fault.ALREADY,
          "the restore of the pair " + pair.path() + " is being undone: " + howFar(undoing),
          waiting(undoing));
    }
    PointInTime safety = safetyOf(pair, source);
    if (safety == null) {
      throw Refusals.refusal(
          Fault.NOT_FOUND,
          "QOPC4012E",
          "no point that was made before a restore of the pair " + pair.path(),
          "ls points/");
    }
    PointVolume then = opc.frozen(safety, source);
    long bytes = Changes.bytesSince(then);
    return new Plan(pair, Direction.UNDO, null, false, source, source, safety, bytes, bytes);
  }

  /** The point that was made before the last restore of a pair, or null where it is gone. */
  @Nullable PointInTime safetyOf(PairRecord pair, Volume source) {
    if (pair.safety() == 0) {
      return null;
    }
    PointInTime found = bay.points().findOrNull(safetyName(pair, pair.safety()));
    boolean fits =
        found != null && found.volumes().stream().anyMatch(of -> of.volume().equals(source));
    return fits ? found : null;
  }

  /** The name of the point that is made before a restore of a pair. */
  static String safetyName(PairRecord pair, long number) {
    return SAFETY + pair.group() + "-" + pair.name() + "-" + number;
  }

  // ---- rules

  private void check(Plan plan) throws StorageException {
    bay.requireChangeable();
    checkVolumes(plan);
    if (!spec.openAllowed()) {
      plan.target()
          .requireNoWriter("it would change under its program; open=allow starts all the same");
    }
    checkSessions(plan);
    requireNoDependents(plan.target(), "start again");
    if (spec.keepsChanges() && plan.lostBytes() > 0) {
      throw Refusals.refusal(
          Fault.BUSY,
          "QOPC4023E",
          plan.lostBytes()
              + " bytes that were changed on volume "
              + plan.target().name()
              + " would be lost",
          "leave discard=refuse out to lose them; the file diff of the pair lists them");
    }
  }

  private void checkVolumes(Plan plan) throws StorageException {
    Volume source = plan.source();
    Volume target = plan.target();
    source.requireFinished();
    source.requireSized();
    source.requireSound();
    target.requireFinished();
    target.requireWritable();
    target.requireNoHold("be copied to");
    if (plan.direction() == Direction.UNDO) {
      return; // what its point holds is whole, even where the restore was given up
    }
    source.requireValid();
    if (source.equals(target)) {
      throw Refusals.target(
          Fault.BAD_REQUEST, "volume " + target.name() + " is itself the source", null);
    }
    if (target.size() < source.size() && plan.direction() == Direction.FORWARD) {
      throw Refusals.target(
          Fault.BAD_REQUEST,
          "volume "
              + target.name()
              + " has "
              + target.size()
              + " bytes, less than the source "
              + source.name()
              + " with "
              + source.size(),
          "resize volume=" + Words.word(target.name()) + " size=" + source.size());
    }
    requireAllOfInvalid(source, target);
    if (opc.groups().isInhibited(target)) {
      throw Refusals.target(
          Fault.BUSY,
          "volume " + target.name() + " is copy-inhibited: it may be no target",
          "quickopc inhibit unset volume=" + Words.word(target.name()));
    }
  }

  /** A copy of less than what an INVALID volume lacks does not make it valid (P6). */
  private static void requireAllOfInvalid(Volume source, Volume target) throws StorageException {
    long end = (source.size() + BLOCK_BYTES - 1) / BLOCK_BYTES * BLOCK_BYTES;
    if (target.invalidity() != null && target.origin().nextUnfilled(end) != null) {
      throw Refusals.target(
          Fault.BAD_REQUEST,
          "volume "
              + target.name()
              + " is INVALID also behind the "
              + source.size()
              + " bytes of the source "
              + source.name(),
          "quickopc accept-partial volume=" + Words.word(target.name()));
    }
  }

  private void checkSessions(Plan plan) throws StorageException {
    Session own = plan.before();
    int ofSource = 0;
    for (Session other : opc.sessions()) {
      SessionRecord record = other.record();
      if (other.equals(own)) {
        continue;
      }
      boolean undone =
          plan.direction() == Direction.UNDO
              && record.group().equals(plan.pair().group())
              && record.pair().equals(plan.pair().name())
              && record.direction() == Direction.REVERSE;
      boolean sameTarget = other.target().equals(plan.target()) && !undone;
      if (sameTarget && (plan.direction() == Direction.FORWARD || other.isCopying())) {
        throw Refusals.target(
            Fault.BUSY,
            "volume " + plan.target().name() + " is already the target of " + record.describe(),
            QuickOpc.cancelling(record));
      }
      ofSource += other.source().equals(plan.source()) ? 1 : 0;
    }
    if (plan.direction() == Direction.FORWARD) {
      for (Plan other : planned) {
        ofSource += other.before() == null && other.source().equals(plan.source()) ? 1 : 0;
      }
      if (own == null && ofSource >= opc.groups().maxSessions()) {
        throw Refusals.limit(plan.source().name(), opc.groups().maxSessions());
      }
      requireNoCycle(plan);
    }
  }

  /** A copy of a copy may not lead back, except by a restore. */
  private void requireNoCycle(Plan plan) throws StorageException {
    Set<Volume> reached = new HashSet<>();
    reached.add(plan.target());
    boolean more = true;
    while (more) {
      more = false;
      for (Session session : opc.sessions()) {
        boolean forward = session.record().direction() == Direction.FORWARD;
        if (forward && reached.contains(session.source())) {
          more |= reached.add(session.target());
        }
      }
      for (Plan other : planned) {
        boolean forward = other.direction() == Direction.FORWARD;
        if (forward && reached.contains(other.source())) {
          more |= reached.add(other.target());
        }
      }
    }
    if (reached.contains(plan.source())) {
      throw Refusals.target(
          Fault.BUSY,
          "volume "
              + plan.source().name()
              + " is itself a copy of "
              + plan.target().name()
              + ", directly or by others",
          "cancel one of the sessions between them: quickopc query");
    }
  }

  /**
   * BUSY while something that was made of a target since its last start needs what it shows and
   * does not hold yet.
   */
  void requireNoDependents(Volume target, String what) throws StorageException {
    TrackOrigin origin = target.origin();
    if (!origin.any()) {
      return;
    }
    List<PointInTime> since = bay.points().since(target, origin.mark());
    if (since.isEmpty()) {
      return;
    }
    for (Session session : opc.sessions()) {
      String key = session.record().point();
      if (session.source().equals(target) && since.stream().anyMatch(p -> isOf(p, key))) {
        throw Refusals.dependent(
            "dependent session "
                + session.record().id()
                + " uses the target "
                + target.name()
                + ", which is not whole yet: cannot "
                + what,
            "stop it first: " + QuickOpc.cancelling(session.record()));
      }
    }
    PointInTime point = since.get(0);
    String job = point.job();
    throw Refusals.dependent(
        (job == null ? "point " + point.name() : "job " + job)
            + " uses the target "
            + target.name()
            + ", which is not whole yet: cannot "
            + what,
        job == null
            ? suspendedOf(target) + "wait until it is, or: drop point=" + Words.word(point.name())
            : "cat .control/jobs/" + job + "/wait");
  }

  private String suspendedOf(Volume target) {
    return opc.sessions().stream()
        .filter(each -> each.target().equals(target) && each.record().error() != null)
        .map(each -> QuickOpc.resuming(each.record()) + ", and ")
        .findFirst()
        .orElse("");
  }

  private static boolean isOf(PointInTime point, @Nullable String key) {
    return key != null && key.equals(point.session());
  }
}
