package org.copybay.copy.safeguarded;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.copybay.copy.engine.JobRecord;
import org.copybay.copy.engine.Jobs;
import org.copybay.copy.engine.Lane;
import org.copybay.copy.schedule.Scheduler;
import org.copybay.volumes.LockRank;
import org.copybay.volumes.RankedLock;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.Words;
import org.copybay.volumes.bay.Bay;
import org.copybay.volumes.bay.Uses;
import org.copybay.volumes.bay.Volume;
import org.copybay.volumes.event.Event;
import org.jspecify.annotations.Nullable;

/**
 * The safeguarded sessions of a bay. Any thread may call; whoever looks takes no lock, and every
 * change is made under one: one command at a time.
 */
public final class Safeguarded implements AutoCloseable {
  private static final String LAST_ID = "last_id";
  private static final String LAST_STAMP = "last_stamp";

  /** What the keys of its uses of volumes begin with, before the name of the session. */
  public static final String USE = "safeguarded/";

  private static final int COPIES_AT_ONCE = 4;
  private static final int VERIFICATIONS_AT_ONCE = 2;

  // set once
  private final Bay bay;
  private final Jobs jobs;
  private final Scheduler scheduler;
  private final RankedLock lock = new RankedLock(LockRank.SAFEGUARDED);
  private final SessionSetup setup = new SessionSetup(this);
  private final Backups backups = new Backups(this);
  private final Recoveries recoveries = new Recoveries(this);
  private final ScheduledBackups scheduled = new ScheduledBackups(this);
  private final Verifications verifications = new Verifications(this);
  private final Requests requests = new Requests(this);
  private final Upkeep upkeep = new Upkeep(this);
  private final VaultTime time = new VaultTime(this);
  private final Capacity capacity = new Capacity(this);
  private final Sealer sealer;
  private final KeptBytes keptBytes;
  private final Proofs proofs = new Proofs(this);

  // volatile: replaced as a whole under lock, read without it
  private volatile Map<String, SafeguardedSession> sessions = Map.of();

  // guarded by lock
  private long lastId;
  private long lastStamp;

  /** The sessions of that bay; {@link #load} brings back what the catalogue remembers. */
  public Safeguarded(Bay bay, Jobs jobs, Scheduler scheduler) throws StorageException {
    this.bay = bay;
    this.jobs = jobs;
    this.scheduler = scheduler;
    this.sealer = new Sealer(this);
    this.keptBytes = new KeptBytes(bay);
    scheduler.register(ScheduledBackups.KIND, (task, due) -> scheduled.run(task, due));
    bay.catalogue().change(SafeguardedTable::create);
    bay.catalogue().change(RequestTable::create);
    jobs.register(RecoverWork.VERB, lane(COPIES_AT_ONCE), row -> new RecoverWork(this, row));
    jobs.register(VerifyWork.VERB, lane(VERIFICATIONS_AT_ONCE), row -> new VerifyWork(this, row));
  }

  private static Lane lane(int places) {
    return new Lane() {
      @Override
      public int places() {
        return places;
      }

      @Override
      public int priority(JobRecord job) {
        return 1;
      }
    };
  }

  // ---- parts

  Bay bay() {
    return bay;
  }

  Jobs jobs() {
    return jobs;
  }

  Scheduler scheduler() {
    return scheduler;
  }

  RankedLock.Held enter() {
    return lock.enter();
  }

  /** What makes sessions and says which volumes they have. */
  public SessionSetup setup() {
    return setup;
  }

  /** The commands about backups. */
  public Backups backups() {
    return backups;
  }

  /** What hashes backups. */
  public Sealer sealer() {
    return sealer;
  }

  /** What is known of the evidence of backups. */
  public Proofs proofs() {
    return proofs;
  }

  /** How full the volumes are of backups. */
  public Capacity capacity() {
    return capacity;
  }

  /** What looks after the vault clock. */
  public VaultTime time() {
    return time;
  }

  /** The commands about recoveries. */
  public Recoveries recoveries() {
    return recoveries;
  }

  /** The backups that sessions make by themselves. */
  public ScheduledBackups scheduled() {
    return scheduled;
  }

  /** The commands that verify backups. */
  public Verifications verifications() {
    return verifications;
  }

  /** The commands that wait for a second person. */
  public Requests requests() {
    return requests;
  }

  // ---- facts

  /** All sessions, by name. */
  public List<SafeguardedSession> sessions() {
    return new ArrayList<>(sessions.values());
  }

  /** The session of that name, or null. */
  public @Nullable SafeguardedSession findOrNull(String name) {
    return sessions.get(name);
  }

  /** The session of that name. NOT_FOUND. */
  public SafeguardedSession find(String name) throws StorageException {
    SafeguardedSession found = sessions.get(name);
    if (found == null) {
      throw Refusals.noSession(name);
    }
    return found;
  }

  /** The session that protects a volume, or null. */
  public @Nullable SafeguardedSession protecting(Volume volume) {
    return sessions.values().stream()
        .filter(session -> session.state().findSource(volume.id()) != null)
        .findFirst()
        .orElse(null);
  }

  /** The backups of a session as they are now, the oldest first. */
  public List<Backup> backupsOf(SafeguardedSession session) {
    SessionState state = session.state();
    return state.backups().values().stream().map(b -> Backup.of(bay, state, b)).toList();
  }

  /** The newest backup of a session that can be recovered, or null. */
  public @Nullable Backup newestRecoverable(SafeguardedSession session) {
    SessionState state = session.state();
    for (BackupRecord record : state.backups().descendingMap().values()) {
      Backup backup = Backup.of(bay, state, record);
      if (backup.unrecoverable() == null) {
        return backup;
      }
    }
    return null;
  }

  /** That backup of a session. NOT_FOUND. */
  public Backup backup(SafeguardedSession session, long id) throws StorageException {
    SessionState state = session.state();
    BackupRecord record = state.backups().get(id);
    if (record == null) {
      throw Refusals.noBackup(state.name(), id);
    }
    return Backup.of(bay, state, record);
  }

  /**
   * Bytes that each backup of a session keeps, by number, none for one that keeps nothing; null
   * where it is not known. A few seconds old at most. It may look through the maps of volumes: once
   * for a table, not for each line.
   */
  public @Nullable Map<Long, Long> keptBytes(SafeguardedSession session) {
    return keptBytes.of(session.state());
  }

  // ---- what others do under the lock

  /** BUSY or AGAIN where the table of commands says no. */
  void requireTaken(SafeguardedSession session, SessionCommand command, String set)
      throws StorageException {
    Situation now = lock.isHeld() ? session.settled(set) : session.situation(set);
    if (!command.takenIn(now)) {
      throw Refusals.notTaken(session.name(), command, now);
    }
  }

  long lastId() {
    assert lock.isHeld();
    return lastId;
  }

  void noteId(long id) {
    assert lock.isHeld();
    lastId = Math.max(lastId, id);
  }

  long newStamp() {
    assert lock.isHeld();
    lastStamp = Math.max(lastStamp + 1, bay.clock().millis());
    return lastStamp;
  }

  /** Remembers which numbers were given: they are not given again. */
  void noteNumbers(Connection connection, long id) throws SQLException {
    assert lock.isHeld();
    SafeguardedTable.set(connection, LAST_ID, Math.max(id, lastId));
    SafeguardedTable.set(connection, LAST_STAMP, lastStamp);
  }

  void publish(SafeguardedSession session) {
    assert lock.isHeld();
    Map<String, SafeguardedSession> more = new TreeMap<>(sessions);
    more.put(session.name(), session);
    sessions = Collections.unmodifiableMap(more);
  }

  void unpublish(SafeguardedSession session) {
    assert lock.isHeld();
    Map<String, SafeguardedSession> fewer = new TreeMap<>(sessions);
    fewer.remove(session.name());
    sessions = Collections.unmodifiableMap(fewer);
  }

  /** Keeps others from removing a volume of a session, until {@link #letGo}. NOT_FOUND. */
  void use(String session, Volume volume, String what) throws StorageException {
    String remedy =
        "safeguarded remove session="
            + Words.word(session)
            + " volume="
            + Words.word(volume.name());
    bay.uses().put(volume, USE + session, new Uses.Use(what + session, remedy));
  }

  void letGo(String session, UUID volume) {
    bay.uses().remove(volume, USE + session);
  }

  /** The volume of that id, or null where it is gone. */
  @Nullable Volume volume(UUID id) {
    return bay.findOrNull(id);
  }

  /** Tells what happened to a session. */
  void tell(String kind, String session, Event.Fact... facts) {
    bay.events().tell(kind, session, facts);
  }

  // ---- mount

  /**
   * Brings back what the catalogue remembers; called once, before the jobs are loaded. What a crash
   * left half done is done.
   */
  public void load() throws StorageException {
    try (var held = enter()) {
      lastId = bay.catalogue().read(connection -> SafeguardedTable.setting(connection, LAST_ID));
      lastStamp =
          bay.catalogue().read(connection -> SafeguardedTable.setting(connection, LAST_STAMP));
      requests.load();
      new Loading(this).run(bay.catalogue().read(SafeguardedTable::sessions));
    }
  }

  /** Brings a recovery back whose disk answered late. */
  void bringBack(String name, String set, UUID target) {
    try (var held = enter()) {
      SafeguardedSession session = sessions.get(name);
      if (session != null) {
        new Loading(this).bringBack(session, set, target);
      }
    }
  }

  /** Lets everything go on; called once the jobs were loaded. */
  public void start() {
    startMissing();
    if (!bay.readOnly()) {
      upkeep.begin();
      sealer.begin();
    }
  }

  /** Nothing more is done by itself. */
  @Override
  public void close() {
    upkeep.close();
    sealer.close();
  }

  /** Starts the copies that no job goes on with. */
  void startMissing() {
    if (!bay.readOnly()) {
      try (var held = enter()) {
        recoveries.startMissing();
      }
    }
  }
}
