package org.copybay.copy.quickopc;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.copybay.copy.engine.Job;
import org.copybay.copy.engine.JobRecord;
import org.copybay.copy.engine.JobTable;
import org.copybay.copy.engine.Jobs;
import org.copybay.copy.engine.Lane;
import org.copybay.volumes.Fault;
import org.copybay.volumes.LockRank;
import org.copybay.volumes.RankedLock;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.Words;
import org.copybay.volumes.bay.Bay;
import org.copybay.volumes.bay.PointInTime;
import org.copybay.volumes.bay.PointVolume;
import org.copybay.volumes.bay.Uses;
import org.copybay.volumes.bay.Volume;
import org.copybay.volumes.bitmap.WriteBitmap;
import org.copybay.volumes.event.Event;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sessions of a bay, of the pairs of its groups. Any thread may call; whoever looks takes no
 * lock, and every change is made under one: one command at a time.
 */
public final class QuickOpc {
  private static final Logger LOG = LoggerFactory.getLogger(QuickOpc.class);
  private static final String LAST_ID = "last_id";
  private static final String LAST_STAMP = "last_stamp";

  private static final int COPIES_AT_ONCE = 4;

  // set once
  private final Bay bay;
  private final Jobs jobs;
  private final RankedLock lock = new RankedLock(LockRank.QUICKOPC);
  private final Groups groups = new Groups(this);

  // volatile: replaced as a whole under lock, read without it
  private volatile Map<Integer, Session> sessions = Map.of();

  // guarded by lock
  private int lastId;
  private long lastStamp;

  /** The sessions of that bay; {@link #load} brings back what the catalogue remembers. */
  public QuickOpc(Bay bay, Jobs jobs) throws StorageException {
    this.bay = bay;
    this.jobs = jobs;
    bay.catalogue().change(OpcTable::create);
    Lane lane =
        new Lane() {
          @Override
          public int places() {
            return COPIES_AT_ONCE;
          }

          @Override
          public int priority(JobRecord job) {
            return 1;
          }
        };
    jobs.register(FillWork.VERB, lane, row -> new FillWork(this, row));
    jobs.register(VerifyWork.VERB, row -> new VerifyWork(this, row));
  }

  // ---- facts

  Bay bay() {
    return bay;
  }

  /** The copy groups, their pairs, and what volumes may not be. */
  public Groups groups() {
    return groups;
  }

  Jobs jobs() {
    return jobs;
  }

  RankedLock.Held enter() {
    return lock.enter();
  }

  /** All sessions, oldest first. */
  public List<Session> sessions() {
    return new ArrayList<>(sessions.values());
  }

  /** The session of that number, or null. */
  public @Nullable Session findSession(int id) {
    return sessions.get(id);
  }

  /** The session of a pair that copies that way, or null. */
  public @Nullable Session find(PairRecord pair, Direction direction) {
    for (Session session : sessions.values()) {
      SessionRecord record = session.record();
      if (record.group().equals(pair.group())
          && record.pair().equals(pair.name())
          && record.direction() == direction) {
        return session;
      }
    }
    return null;
  }

  /** The restore of a pair, or what undoes one, or null. */
  public @Nullable Session findBackward(PairRecord pair) {
    Session restore = find(pair, Direction.REVERSE);
    return restore == null ? find(pair, Direction.UNDO) : restore;
  }

  /** The session that orders to the copy of a pair are for: a restore goes first. Or null. */
  public @Nullable Session findCopying(PairRecord pair) {
    Session backward = findBackward(pair);
    return backward == null ? find(pair, Direction.FORWARD) : backward;
  }

  /** What the session of a pair does. */
  public Phase phase(PairRecord pair) {
    Session session = find(pair, Direction.FORWARD);
    return session == null ? Phase.NONE : session.phase();
  }

  /** The job that copies for a session, or null. */
  public @Nullable Job findJob(SessionRecord session) {
    for (Job job : jobs.all()) {
      if (!job.state().ended()
          && !job.isDiscarded()
          && !job.cancelling()
          && job.work() instanceof FillWork copy
          && copy.belongsTo(session)
          && copy.goesOn()) {
        return job;
      }
    }
    return null;
  }

  /** The command that lets a suspended session go on. */
  static String resuming(SessionRecord record) {
    return "quickopc resume group="
        + Words.word(record.group())
        + " pair="
        + Words.word(record.pair());
  }

  /** The command that ends a session. */
  static String cancelling(SessionRecord record) {
    return "quickopc cancel group="
        + Words.word(record.group())
        + " pair="
        + Words.word(record.pair())
        + (record.direction() == Direction.FORWARD ? "" : " restore=yes");
  }

  // ---- what others do under the lock

  int newId() {
    assert lock.isHeld();
    lastId++;
    return lastId;
  }

  long newStamp() {
    assert lock.isHeld();
    lastStamp = Math.max(lastStamp + 1, bay.clock().millis());
    return lastStamp;
  }

  /** Lets everybody see a session, in place of the one of its number. */
  void publish(Session session) {
    assert lock.isHeld();
    Map<Integer, Session> more = new LinkedHashMap<>(sessions);
    more.put(session.record().id(), session);
    sessions = Collections.unmodifiableMap(more);
  }

  /** Keeps others from removing what a session needs, until {@link #letGo}. NOT_FOUND. */
  void use(SessionRecord record, Volume source, Volume target) throws StorageException {
    assert lock.isHeld();
    String key = SessionRecord.NAMES + record.id();
    String remedy = cancelling(record);
    String which = " of " + record.describe();
    bay.uses().put(source, key, new Uses.Use("the source" + which, remedy));
    if (!target.equals(source)) {
      bay.uses().put(target, key, new Uses.Use("the target" + which, remedy));
    }
    String safety = record.safety();
    if (safety != null) {
      bay.points()
          .keep(safety, new Uses.Use("what is copied back by " + record.describe(), remedy));
    }
  }

  /** Nobody sees a session any more. */
  void unpublish(SessionRecord record) {
    assert lock.isHeld();
    Map<Integer, Session> fewer = new LinkedHashMap<>(sessions);
    fewer.remove(record.id());
    sessions = Collections.unmodifiableMap(fewer);
    letGo(record);
  }

  /** Ends {@link #use}. */
  void letGo(SessionRecord record) {
    bay.uses().remove(record.source(), SessionRecord.NAMES + record.id());
    bay.uses().remove(record.target(), SessionRecord.NAMES + record.id());
    String safety = record.safety();
    if (safety != null) {
      bay.points().letGo(safety);
    }
  }

  /** Tells that the phase of a session is another one. */
  void tell(SessionRecord record, Phase phase) {
    bay.events()
        .tell(
            "quickopc_phase",
            record.group() + "/" + record.pair(),
            Event.fact("session", record.id()),
            Event.fact("direction", record.direction().word()),
            Event.fact("phase", phase.state()));
  }

  /** What was frozen of a volume. NOT_FOUND. */
  PointVolume frozen(@Nullable PointInTime point, Volume volume) throws StorageException {
    if (point != null) {
      for (PointVolume of : point.volumes()) {
        if (of.volume().equals(volume)) {
          return of;
        }
      }
    }
    throw new StorageException(
        Fault.NOT_FOUND, "the point in time of volume " + volume.name() + " is gone");
  }

  /** What a target held before a restore that is undone, or null where none is. NOT_FOUND. */
  @Nullable PointVolume safety(SessionRecord record, Volume target) throws StorageException {
    String name = record.safety();
    return name == null ? null : frozen(bay.points().findOrNull(name), target);
  }

  /** What was recorded until a start, of which it is about. CORRUPT where that is lost. */
  List<WriteBitmap> trackedBefore(SessionRecord started) throws StorageException {
    PairRecord pair = groups.findPair(started.group(), started.pair());
    boolean again = started.direction() == Direction.FORWARD;
    Session session =
        again ? sessions.get(started.id()) : pair == null ? null : find(pair, Direction.FORWARD);
    if (session != null) {
      int now = session.record().generation();
      List<WriteBitmap> found = session.tracked(again ? started.generation() - 1 : now);
      if (!found.isEmpty()) {
        return found;
      }
    }
    throw new StorageException(
        Fault.CORRUPT, "the write bitmaps of " + started.describe() + " are gone");
  }

  /** Remembers which numbers were given: they are not given again. */
  void noteNumbers(Connection connection) throws SQLException {
    assert lock.isHeld();
    OpcTable.set(connection, LAST_ID, "" + lastId);
    OpcTable.set(connection, LAST_STAMP, "" + lastStamp);
  }

  /** Whether another session than that one needs the point of that key. */
  boolean isPointShared(String key, SessionRecord by) {
    return sessions.values().stream()
        .map(Session::record)
        .anyMatch(other -> other.id() != by.id() && key.equals(other.point()));
  }

  // ---- for jobs

  /**
   * All that a session had to copy is on its target, and was synced: records that, with the end of
   * its job. The point that was copied goes, and so does a session that records nothing.
   *
   * @param stamp of the start whose copy was synced
   * @return false where there is more to copy, or to sync
   */
  boolean complete(Session session, long stamp, FillWork copy, JobRecord done)
      throws StorageException {
    try (var held = enter()) {
      SessionRecord record = session.record();
      if (sessions.get(record.id()) != session) {
        throw new StorageException(Fault.CANCELLED, record.describe() + " was cancelled");
      }
      String error = record.error();
      if (error != null) {
        throw new StorageException(Fault.CANCELLED, record.describe() + " is suspended: " + error);
      }
      if (copy.isOver() || record.stamp() != stamp || session.isCopying()) {
        return false;
      }
      new Ending(this).complete(session, connection -> JobTable.put(connection, done));
      copy.end();
      return true;
    }
  }

  /** The copy of a session failed. Returns whether that is recorded, or was no news. */
  boolean suspend(FillWork copy, int number, String why) {
    try (var held = enter()) {
      return copy.isOver() || suspend(number, why);
    }
  }

  /** A session cannot go on. Returns whether that is recorded, or was no news. */
  boolean suspend(int number, String why) {
    try (var held = enter()) {
      Session session = sessions.get(number);
      if (session == null || session.record().error() != null) {
        return true;
      }
      SessionRecord record = session.record().withError(why);
      session.setRecord(record);
      tell(record, Phase.ERROR_SUSPEND);
      bay.catalogue().change(connection -> OpcTable.put(connection, record));
      return true;
    } catch (StorageException e) {
      LOG.error("session={} is suspended, which is not recorded: {}", number, e.getMessage());
      return false;
    }
  }

  // ---- mount

  /**
   * Brings back what the catalogue remembers; called once, before the jobs are loaded. What a crash
   * left half done is done, and what nobody needs any more is removed.
   */
  public void load() throws StorageException {
    try (var held = enter()) {
      groups.load();
      lastId = (int) setting(LAST_ID, 0);
      lastStamp = setting(LAST_STAMP, 0);
      new Loading(this).run(bay.catalogue().read(OpcTable::sessions));
    }
  }

  long setting(String name, long usual) throws StorageException {
    return bay.catalogue().read(connection -> OpcTable.setting(connection, name, usual));
  }

  /** Brings a session back whose disks answered late. */
  void bringBack(Session session) {
    try (var held = enter()) {
      if (sessions.get(session.record().id()) == session) {
        new Loading(this).bringBack(session);
      }
    }
  }

  /** Starts the copies of sessions that no job goes on with; called once the jobs were loaded. */
  public void startMissing() {
    if (bay.readOnly()) {
      return;
    }
    try (var held = enter()) {
      new SessionJobs(this).startMissing();
    }
  }
}
