package org.copybay.copy.quickopc;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.copybay.copy.engine.Changes;
import org.copybay.copy.engine.Job;
import org.copybay.copy.engine.JobOrder;
import org.copybay.copy.engine.Padded;
import org.copybay.volumes.Image;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Bay;
import org.copybay.volumes.bay.Catalogue;
import org.copybay.volumes.bay.OriginSwitch;
import org.copybay.volumes.bay.PointInTime;
import org.copybay.volumes.bay.PointVolume;
import org.copybay.volumes.bay.Volume;
import org.copybay.volumes.track.TrackOrigin;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/*
 * The steps of a start, for one pair or for many at one instant (P7), and what a crash after each
 * leaves:
 *
 *   1 bitmaps of the next generation, of both sides      nobody needs them: removed at the mount
 *   2 the blocks are prepared in the targets             forgotten at the mount
 *   3 the sources frozen; in the transaction that makes  the old start, or the new one, whose
 *     the point be there, the rows of the sessions       targets do not show it yet
 *   4 gates closed: what came late is prepared, the      the mount does 2 and 4 again (Loading): the
 *     targets show the point; fenced, the kernel told    bitmaps before are still there
 *   5 rows: switched                                     4 may be done twice, of which nobody had an
 *                                                        answer
 *   6 bitmaps and point of the start before go           removed at the mount
 *
 * Between 3 and 4 the bitmaps before still see changes: 4 takes what they have by then. Those after
 * see them since 1, so they may name too much, never too little.
 */
/** Starts sessions; under the lock of QuickOpc. */
final class Starting {
  private static final Logger LOG = LoggerFactory.getLogger(Starting.class);

  private final QuickOpc opc;
  private final Bay bay;
  private final StartSpec spec;

  Starting(QuickOpc opc, StartSpec spec) {
    this.opc = opc;
    this.bay = opc.bay();
    this.spec = spec;
  }

  /** Starts the pairs at one instant; all or none. */
  List<Session> run(List<Plan> plans) throws StorageException {
    bay.requireChangeable();
    List<StartItem> items = new ArrayList<>();
    long stamp = opc.newStamp();
    for (Plan plan : plans) {
      items.add(item(plan, stamp));
    }
    Deque<Undo> undo = new ArrayDeque<>();
    Deque<Undo> always = new ArrayDeque<>();
    boolean committed = false;
    try {
      for (StartItem item : items) {
        if (item.before() == null) {
          opc.use(item.next(), item.source(), item.target());
          undo.push(() -> opc.letGo(item.next()));
        }
        item.target().origin().hold();
        always.push(() -> release(item.target()));
        startBitmaps(item, undo);
      }
      prepare(items, undo);
      PointInTime point = commit(items);
      committed = true;
      List<Session> started = publish(items);
      try {
        show(items, started, point);
      } catch (StorageException e) {
        committed = !new TakingBack(opc).run(items);
        throw e;
      }
      finish(items, started);
      return started;
    } finally {
      if (!committed) {
        undo.forEach(Undo::run);
      }
      always.forEach(Undo::run);
    }
  }

  /** Takes back a step; what fails is done at the next mount. */
  @FunctionalInterface
  private interface Undo {
    void run();
  }

  private static void release(Volume target) {
    try {
      target.origin().release();
    } catch (StorageException e) {
      LOG.warn("volume={} {}", target.name(), e.getMessage());
    }
  }

  private StartItem item(Plan plan, long stamp) throws StorageException {
    Session before = plan.before();
    Instant now = bay.clock().instant();
    PointVolume safety = plan.safety();
    String key = SessionRecord.POINTS + stamp;
    SessionRecord next;
    if (before != null) {
      boolean tracking = opc.groups().type(plan.pair().group()) == GroupType.QUICKOPC;
      next = before.record().restarted(stamp, now, key, plan.full()).withTracking(tracking);
    } else {
      boolean tracking =
          plan.direction() == Direction.FORWARD
              && opc.groups().type(plan.pair().group()) == GroupType.QUICKOPC;
      next =
          new SessionRecord(
              opc.newId(),
              plan.pair().group(),
              plan.pair().name(),
              plan.direction(),
              plan.source().id(),
              plan.target().id(),
              stamp,
              now,
              safety == null ? key : null,
              tracking,
              1,
              false,
              plan.full(),
              null,
              0,
              safety == null ? null : safetyName(plan),
              0);
    }
    Long rate = spec.rate();
    next = rate == null ? next : next.withRate(rate);
    SessionRecord old = before == null ? null : before.record();
    Changes changes = changes(next, plan.source(), plan.target());
    return new StartItem(before, old, next, plan.source(), plan.target(), safety, changes);
  }

  /** A target's own bitmaps learn nothing of a start: what it shows is not what was changed. */
  private Changes changes(SessionRecord next, Volume source, Volume target) {
    List<String> own =
        List.of(next.bitmap(false, next.generation()), next.bitmap(false, next.generation() - 1));
    boolean forward = next.direction() == Direction.FORWARD;
    long bytes = Math.min(source.size(), target.size());
    return new Changes(bay, target, forward ? own : List.of(), bytes);
  }

  private static @Nullable String safetyName(Plan plan) {
    PointInTime point = plan.safetyPoint();
    return point == null ? null : point.name();
  }

  // ---- 1, 2

  private void startBitmaps(StartItem item, Deque<Undo> undo) throws StorageException {
    SessionRecord next = item.next();
    if (item.before() != null && item.before().record().error() != null) { // they may be lost
      new Ending(opc).deleteBitmaps(item.before(), next.generation() - 1);
    }
    if (next.tracking()) {
      for (boolean ofSource : new boolean[] {true, false}) {
        Volume volume = ofSource ? item.source() : item.target();
        String name = next.bitmap(ofSource, next.generation());
        bay.bitmaps().startHidden(volume, name, Catalogue.Change.NOTHING);
        undo.push(() -> deleteBitmap(volume, name));
      }
    }
  }

  private void deleteBitmap(Volume volume, String name) {
    try {
      bay.bitmaps().deleteHidden(volume, name);
    } catch (StorageException e) {
      LOG.warn("bitmap={} of volume={}: {}", name, volume.name(), e.getMessage());
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
    target.origin().forgetPrepared();
  }

  /** When all have bitmaps: the target of one may be the source of another. */
  private void prepare(List<StartItem> items, Deque<Undo> undo) throws StorageException {
    for (StartItem item : items) {
      undo.push(() -> forget(item.target()));
      forgetPrepared(item.target());
      prepare(item);
    }
  }

  /** Prepares what can be known now; of a start of all bytes the other bitmaps learn only. */
  private void prepare(StartItem item) throws StorageException {
    Changes changes = item.changes();
    PointVolume safety = item.safety();
    if (safety != null) {
      changes.prepareSince(safety);
    } else if (item.next().full()) {
      changes.announceAll();
    } else {
      changes.prepare(opc.trackedBefore(item.next()));
    }
  }

  // ---- 3

  private @Nullable PointInTime commit(List<StartItem> items) throws StorageException {
    Catalogue.Change rows =
        connection -> {
          for (StartItem item : items) {
            OpcTable.put(connection, item.next());
            Session restore = item.restore(opc);
            if (restore != null) {
              OpcTable.delete(connection, restore.record());
            }
          }
          opc.noteNumbers(connection);
          spec.also().run(connection);
        };
    String key = items.get(0).next().point();
    if (key == null) {
      bay.catalogue().change(rows);
      return null;
    }
    List<Volume> sources = items.stream().map(StartItem::source).distinct().toList();
    return bay.points().freezeSession(sources, key, rows);
  }

  // ---- 4, 5

  private List<Session> publish(List<StartItem> items) {
    List<Session> started = new ArrayList<>();
    for (StartItem item : items) {
      Session session = item.before();
      if (session == null) {
        session = new Session(bay, item.next(), item.source(), item.target());
      } else {
        session.setRecord(item.next());
      }
      opc.publish(session);
      started.add(session);
    }
    return started;
  }

  private void show(List<StartItem> items, List<Session> started, @Nullable PointInTime point)
      throws StorageException {
    List<OriginSwitch.Wanted> wanted = new ArrayList<>();
    for (StartItem item : items) {
      wanted.add(wanted(item, point));
    }
    OriginSwitch.make(bay, wanted);
    for (Session session : started) {
      TrackOrigin origin = session.target().origin();
      session.setRecord(session.record().withSwitched().withStartBytes(origin.unfilledBytes()));
    }
    bay.catalogue()
        .change(
            connection -> {
              for (Session session : started) {
                OpcTable.put(connection, session.record());
              }
            });
  }

  private OriginSwitch.Wanted wanted(StartItem item, @Nullable PointInTime point)
      throws StorageException {
    PointVolume safety = item.safety();
    PointVolume shown = safety == null ? opc.frozen(point, item.source()) : safety;
    Image origin = new Padded(shown, item.target().size());
    TrackOrigin.Late late;
    if (safety != null) {
      late = item.changes().lateSince(safety);
    } else if (item.next().full()) {
      late = item.changes().late(List.of());
    } else {
      late = item.changes().late(opc.trackedBefore(item.next()));
    }
    long all =
        item.next().full() && safety == null
            ? Math.min(item.source().size(), item.target().size())
            : 0;
    return new OriginSwitch.Wanted(item.target(), all, item.next().stamp(), origin, late);
  }

  // ---- 6

  private void finish(List<StartItem> items, List<Session> started) {
    for (int i = 0; i < items.size(); i++) {
      StartItem item = items.get(i);
      Session session = started.get(i);
      endRestore(item);
      SessionRecord old = item.old();
      new Ending(opc).removeBefore(session, old == null ? null : old.point());
      opc.tell(session.record(), session.phase());
      try {
        copy(session, i == 0 ? spec.id() : null);
      } catch (StorageException e) {
        LOG.error("session={}: no job to copy: {}", session.record().id(), e.getMessage());
      }
    }
  }

  /** One id is for one job: of many pairs, that of the first. */
  private void copy(Session session, @Nullable String id) throws StorageException {
    Job job =
        new SessionJobs(opc)
            .accept(session, spec, id == null || opc.jobs().find(id) != null ? null : id);
    Long rate = spec.rate();
    if (rate != null) {
      JobOrder order = job.setRate(rate);
      LOG.debug("session={} rate={} {}", session.record().id(), rate, order);
    }
  }

  private void endRestore(StartItem item) {
    Session restore = item.restore(opc);
    if (restore != null) {
      new Ending(opc).forget(restore);
    }
  }

  // ---- the mount

  /** Does the steps 2 and 4 again of a start that a crash interrupted after 3. */
  void again(Session session) throws StorageException {
    SessionRecord record = session.record();
    StartItem item = itemAgain(session);
    session.target().origin().hold();
    try {
      forgetPrepared(session.target());
      prepare(item);
      String key = record.point();
      PointInTime point = key == null ? null : bay.points().findSession(key);
      OriginSwitch.make(bay, List.of(wanted(item, point)));
    } finally {
      release(session.target());
    }
  }

  /**
   * Does the announcements of 2 and 4 again, where the switch survived power loss and they did not
   * (P3).
   */
  void announce(Session session) throws StorageException {
    StartItem item = itemAgain(session);
    PointVolume safety = item.safety();
    if (safety != null) {
      item.changes().announceSince(safety);
    } else if (item.next().full()) {
      item.changes().announceAll();
    } else {
      item.changes().announce(opc.trackedBefore(item.next()));
    }
    OriginSwitch.flushBitmaps(session.target());
  }

  private StartItem itemAgain(Session session) throws StorageException {
    SessionRecord record = session.record();
    PointVolume safety = opc.safety(record, session.target());
    Changes changes = changes(record, session.source(), session.target());
    return new StartItem(null, null, record, session.source(), session.target(), safety, changes);
  }
}
