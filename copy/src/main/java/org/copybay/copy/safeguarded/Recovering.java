package org.copybay.copy.safeguarded;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.copybay.copy.engine.Changes;
import org.copybay.copy.engine.Padded;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Bay;
import org.copybay.volumes.bay.OriginSwitch;
import org.copybay.volumes.bay.PointVolume;
import org.copybay.volumes.bay.Volume;
import org.copybay.volumes.track.TrackOrigin;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/*
 * The steps of a recovery, for all volumes at one instant (P7), and what a crash after each leaves:
 *
 *   1 of a restore, the blocks that changed are prepared   forgotten at the mount
 *   2 the rows, not switched                               the mount does 1 and 3 again (Loading)
 *   3 gates closed: what came late is prepared, targets    3 may be done twice, of which nobody had
 *     show the backup; fenced, the kernel told             an answer
 *   4 rows: switched
 */
/** Lets volumes show a backup; under the lock of Safeguarded. */
final class Recovering {
  private static final Logger LOG = LoggerFactory.getLogger(Recovering.class);

  private final Safeguarded safeguarded;
  private final Bay bay;
  private final SafeguardedSession session;

  Recovering(Safeguarded safeguarded, SafeguardedSession session) {
    this.safeguarded = safeguarded;
    this.bay = safeguarded.bay();
    this.session = session;
  }

  void run(RecoverPlan plan, RecoverSpec spec) throws StorageException {
    SessionState before = session.state();
    Recovery recovery = recovery(plan, spec.set());
    Deque<Volume> held = new ArrayDeque<>();
    List<Prepared> prepared = new ArrayList<>();
    boolean done = false;
    try {
      for (RecoverPlan.Item item : plan.items()) {
        item.target().origin().hold();
        held.push(item.target());
        prepared.add(prepare(item));
      }
      commit(plan, recovery, spec);
      show(prepared, recovery);
      done = true;
      letGo(before.recoveries().get(spec.set()));
    } finally {
      if (!done) {
        takeBack(before, recovery, plan);
      }
      held.forEach(Recovering::release);
    }
  }

  private Recovery recovery(RecoverPlan plan, String set) {
    List<RecoveryPair> pairs = new ArrayList<>();
    for (RecoverPlan.Item item : plan.items()) {
      pairs.add(
          new RecoveryPair(
              item.image().volume().id(),
              item.target().id(),
              safeguarded.newStamp(),
              false,
              false,
              null,
              0));
    }
    boolean restore = set.equals(Recovery.RESTORE);
    return new Recovery(
        set, plan.backup().id(), plan.background(), restore, bay.clock().instant(), pairs);
  }

  private void commit(RecoverPlan plan, Recovery recovery, RecoverSpec spec)
      throws StorageException {
    if (!recovery.restore()) {
      for (RecoverPlan.Item item : plan.items()) {
        safeguarded.use(session.name(), item.target(), "a recovery volume of safeguarded session ");
      }
    }
    bay.catalogue()
        .change(
            connection -> {
              SafeguardedTable.put(connection, session.name(), recovery);
              safeguarded.noteNumbers(connection, 0);
              spec.also().run(connection);
            });
    session.setState(session.state().with(recovery));
  }

  // ---- what is shown

  /** What is shown, and which bitmaps of the target have learned of it. */
  private record Prepared(RecoverPlan.Item item, Changes changes) {}

  private Prepared prepare(RecoverPlan.Item item) throws StorageException {
    forgetPrepared(item.target());
    Changes changes = changes(item);
    if (item.restores()) {
      changes.prepareSince(item.image());
    } else {
      changes.announceAll();
    }
    return new Prepared(item, changes);
  }

  private Changes changes(RecoverPlan.Item item) {
    return new Changes(bay, item.target(), List.of(), bytes(item));
  }

  private static long bytes(RecoverPlan.Item item) {
    long all = item.target().size();
    return item.restores() ? Math.min(item.image().size(), all) : all;
  }

  private void show(List<Prepared> items, Recovery recovery) throws StorageException {
    List<OriginSwitch.Wanted> wanted = new ArrayList<>();
    for (int i = 0; i < items.size(); i++) {
      wanted.add(wanted(items.get(i), recovery.pairs().get(i).stamp()));
    }
    OriginSwitch.make(bay, wanted);
    Recovery switched = recovery;
    for (Prepared each : items) {
      Volume target = each.item.target();
      long left = target.origin().unfilledBytes();
      switched = switched.with(target.id(), pair -> pair.withSwitched(left));
    }
    safeguarded.recoveries().put(session, switched, connection -> {});
  }

  private static OriginSwitch.Wanted wanted(Prepared prepared, long stamp) {
    RecoverPlan.Item item = prepared.item;
    PointVolume image = item.image();
    Volume target = item.target();
    Changes changes = prepared.changes;
    TrackOrigin.Late late = item.restores() ? changes.lateSince(image) : changes.late(List.of());
    long all = item.restores() ? 0 : target.size();
    return new OriginSwitch.Wanted(target, all, stamp, new Padded(image, target.size()), late);
  }

  // ---- errors

  /** Where no target shows it, it never was (P7); else it stays, and the next mount ends it. */
  private void takeBack(SessionState before, Recovery recovery, RecoverPlan plan) {
    boolean shown = plan.items().stream().anyMatch(item -> isSwitched(item.target(), recovery));
    plan.items().forEach(item -> forget(item.target()));
    boolean recorded = recovery.equals(session.state().recoveries().get(recovery.set()));
    if (!recorded) {
      letGo(recovery); // it was not committed
    }
    if (shown || !recorded) {
      LOG.error(
          "session={} recovery of {} failed, shown={}", session.name(), recovery.backup(), shown);
      return;
    }
    try {
      bay.catalogue()
          .change(
              connection -> {
                SafeguardedTable.deleteRecovery(connection, session.name(), recovery.set());
                Recovery old = before.recoveries().get(recovery.set());
                if (old != null) {
                  SafeguardedTable.put(connection, session.name(), old);
                }
              });
      session.setState(before);
      letGo(recovery);
    } catch (StorageException e) {
      LOG.error(
          "session={} a recovery that failed is not taken back: {}",
          session.name(),
          e.getMessage());
    }
  }

  private static boolean isSwitched(Volume target, Recovery recovery) {
    try {
      RecoveryPair pair = recovery.findTarget(target.id());
      return pair != null && target.origin().stamp() == pair.stamp();
    } catch (StorageException e) {
      return true; // nobody knows
    }
  }

  private static void forget(Volume target) {
    try {
      forgetPrepared(target);
    } catch (StorageException e) {
      LOG.warn("volume={} {}", target.name(), e.getMessage());
    }
  }

  private static void forgetPrepared(Volume target) throws StorageException {
    if (target.origin().prepared()) {
      target.origin().forgetPrepared();
    }
  }

  private static void release(Volume target) {
    try {
      target.origin().release();
    } catch (StorageException e) {
      LOG.warn("volume={} {}", target.name(), e.getMessage());
    }
  }

  /** Targets that no recovery of the session has any more are no longer in use. */
  private void letGo(@Nullable Recovery ended) {
    if (ended == null || ended.restore()) {
      return;
    }
    SessionState now = session.state();
    for (RecoveryPair pair : ended.pairs()) {
      if (!now.recoversTo(pair.target())) {
        safeguarded.letGo(session.name(), pair.target());
      }
    }
  }

  // ---- the mount

  /** Does the steps 1 and 3 again of a recovery that a crash interrupted after 2. */
  void again(RecoverPlan.Item item, RecoveryPair pair) throws StorageException {
    Volume target = item.target();
    target.origin().hold();
    try {
      OriginSwitch.make(bay, List.of(wanted(prepare(item), pair.stamp())));
    } finally {
      release(target);
    }
  }

  /** Tells bitmaps again, where the switch survived power loss and that did not (P3). */
  void announceAgain(RecoverPlan.Item item) throws StorageException {
    if (item.restores()) {
      changes(item).announceSince(item.image());
    } else {
      changes(item).announceAll();
    }
    OriginSwitch.flushBitmaps(item.target());
  }
}
