package org.copybay.volumes.bay;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.Words;
import org.copybay.volumes.event.Event;
import org.copybay.volumes.track.TrackDevice;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/*
 * Steps, and what a crash after each leaves (P7):
 *
 *   lock    row with the time; the time in the record of each volume, fenced
 *           the next mount writes it to those that lack it
 *
 * How one is made: Freezing; how one goes: Dropping. A mount drops the points of rows DROPPING, each
 * only where number and instant are those of the row: while it waits for the disk of one volume,
 * another may give its number again. A point of a volume that no row knows is kept.
 */
/** The points in time of a bay, by name. Any thread may call; whoever looks takes no lock. */
public final class Points {
  private static final Logger LOG = LoggerFactory.getLogger(Points.class);

  private final Bay bay;
  private final Roster roster;
  private final Catalogue catalogue;

  // concurrent: changed under the lock of the bay, read without it
  private final Map<String, PointInTime> ready = new ConcurrentSkipListMap<>();

  // concurrent: why points of these names are not dropped
  private final Map<String, Uses.Use> kept = new ConcurrentHashMap<>();

  // guarded by the lock of the bay: of points that are being made
  private final Map<String, List<Volume>> pending = new HashMap<>();

  Points(Bay bay, Roster roster, Catalogue catalogue) {
    this.bay = bay;
    this.roster = roster;
    this.catalogue = catalogue;
  }

  /** All that are seen, by name. */
  public List<PointInTime> all() {
    return ready.values().stream().filter(point -> !point.hidden()).toList();
  }

  /** The point of that name, or null; never a hidden one. */
  public @Nullable PointInTime findOrNull(String name) {
    PointInTime found = ready.get(name);
    return found == null || found.hidden() ? null : found;
  }

  /** All, those of jobs too. */
  List<PointInTime> ready() {
    return List.copyOf(ready.values());
  }

  /** Those that belong to jobs. */
  public List<PointInTime> ofJobs() {
    return ready.values().stream().filter(point -> point.job() != null).toList();
  }

  /** Those of safeguarded backups, the oldest first. */
  List<PointInTime> ofBackups() {
    return ready.values().stream()
        .filter(point -> point.backup() != 0)
        .sorted(Comparator.comparingLong(PointInTime::backup))
        .toList();
  }

  /** Those that belong to sessions. */
  public List<PointInTime> ofSessions() {
    return ready.values().stream().filter(point -> point.session() != null).toList();
  }

  /** The points that a volume has since one of that number, hidden ones too. */
  public List<PointInTime> since(Volume volume, int number) {
    return ready.values().stream()
        .filter(
            point ->
                point.volumes().stream()
                    .anyMatch(of -> of.volume() == volume && of.number() > number))
        .toList();
  }

  /** The point of a session, or null. */
  public @Nullable PointInTime findSession(String key) {
    return ready.get(PointInTime.nameForSession(key));
  }

  /** What the job has frozen. NOT_FOUND. */
  public PointVolume findFor(String job) throws StorageException {
    PointInTime point = ready.get(PointInTime.nameFor(job));
    if (point == null || point.volumes().isEmpty()) {
      throw new StorageException(
          Fault.NOT_FOUND, "the point in time that job " + job + " copies is gone");
    }
    return point.volumes().get(0);
  }

  /** BUSY when a point needs the volume. */
  public void requireNone(Volume volume, String what) throws StorageException {
    try (var held = roster.enter()) {
      requireNoneLocked(volume, what);
    }
  }

  /** {@link #requireNone}, called under the lock of the bay. */
  void requireNoneLocked(Volume volume, String what) throws StorageException {
    bay.backupPoints().requireNoLockOn(volume, what);
    bay.uses().requireNone(volume, what);
    if (pending.values().stream().anyMatch(volumes -> volumes.contains(volume))) {
      throw new StorageException(
          Fault.BUSY, "a point in time of volume " + volume.name() + " is being made", "try again");
    }
    for (PointInTime point : ready.values()) {
      if (point.has(volume)) {
        throw needed(volume, point, what);
      }
    }
  }

  private StorageException needed(Volume volume, PointInTime point, String what) {
    if (point.backup() != 0) {
      return BackupPoints.needed(volume, point, what, bay.vaultMillis());
    }
    String job = point.job();
    String why =
        job == null
            ? " has the point in time " + point.name()
            : " is being copied by job " + job + " as it was when that began";
    return new StorageException(
        Fault.BUSY,
        "volume " + volume.name() + why + ": cannot " + what,
        job == null
            ? "drop point=" + Words.word(point.name())
            : "cat .control/jobs/" + job + "/wait, or: cancel job=" + job);
  }

  // ---- freeze

  /**
   * Keeps what the volumes hold at one instant, under a name; durable before this returns. What was
   * written before the call is in. BUSY, EXISTS, BAD_REQUEST, NAME_TOO_LONG, NO_SPACE.
   *
   * @param also belongs into the transaction that makes it be there
   */
  public PointInTime freeze(List<Volume> wanted, String name, Catalogue.Change also)
      throws StorageException {
    VolumeName.require(name);
    return freezeAs(wanted, Freezing.Wanted.named(name), also);
  }

  /**
   * Keeps what a volume holds now for a job, until {@link #dropFor}; durable before this returns.
   * BUSY, NO_SPACE.
   */
  public PointVolume freezeFor(String job, Volume volume) throws StorageException {
    Freezing.Wanted wanted = Freezing.Wanted.named(PointInTime.nameFor(job));
    return freezeAs(List.of(volume), wanted, Catalogue.Change.NOTHING).volumes().get(0);
  }

  /**
   * Keeps what volumes hold at one instant for a session, until {@link #dropSession}; as {@link
   * #freeze} else.
   */
  public PointInTime freezeSession(List<Volume> wanted, String key, Catalogue.Change also)
      throws StorageException {
    return freezeAs(wanted, Freezing.Wanted.named(PointInTime.nameForSession(key)), also);
  }

  /** As {@link #freeze}, under any name. */
  PointInTime freezeAs(List<Volume> volumes, Freezing.Wanted wanted, Catalogue.Change also)
      throws StorageException {
    return new Freezing(bay, roster, this).run(volumes, wanted, also);
  }

  // ---- for those who make points

  /** EXISTS where a point has the name. Under the lock of the bay. */
  void requireFree(String name) throws StorageException {
    if (ready.containsKey(name) || pending.containsKey(name)) {
      throw new StorageException(
          Fault.EXISTS,
          "point " + name + " exists",
          "choose another name, or: drop point=" + Words.word(name));
    }
  }

  /** The volumes get a point of that name. Under the lock of the bay. */
  void reserve(String name, List<Volume> volumes) {
    pending.put(name, volumes);
  }

  /** Ends {@link #reserve}. */
  void reserved(String name) {
    try (var held = roster.enter()) {
      pending.remove(name);
    }
  }

  /** Everybody sees the point from now on. Under the lock of the bay. */
  void show(PointInTime point) {
    ready.put(point.name(), point);
    bay.labels().made(point);
  }

  /** What is left of a point is shown in its place, or nothing. Under the lock of the bay. */
  void replace(PointInTime rest) {
    if (rest.volumes().isEmpty()) {
      ready.remove(rest.name());
    } else {
      ready.put(rest.name(), rest);
    }
  }

  /** The point of that name, hidden or not; or null. */
  @Nullable PointInTime named(String name) {
    return ready.get(name);
  }

  // ---- lock

  /**
   * Lets nobody drop a point before a time; a lock only grows. It stands in the catalogue and in
   * the record of the point in each of its volumes; durable when this returns. NOT_FOUND.
   *
   * @param untilMillis of the vault clock, since 1970
   * @param also belongs into the transaction
   */
  PointInTime lock(String name, long untilMillis, Catalogue.Change also) throws StorageException {
    bay.requireChangeable();
    PointInTime locked;
    try (var held = roster.enter()) {
      PointInTime point = ready.get(name);
      if (point == null) {
        throw new StorageException(Fault.NOT_FOUND, "no point " + name);
      }
      locked = point.lockedUntil(untilMillis);
      catalogue.change(
          connection -> {
            PointTable.lock(connection, point.id(), locked.lockedUntilMillis());
            also.run(connection);
          });
      show(locked);
    }
    writeLock(locked);
    return locked;
  }

  /** What cannot be written now is written at the next mount; until then the catalogue has it. */
  void writeLock(PointInTime point) {
    if (point.lockedUntilMillis() == 0) {
      return;
    }
    for (PointVolume of : point.volumes()) {
      try {
        TrackDevice tracks = of.volume().bytes().tracks();
        if (tracks.points().lockedUntil(of.number(), of.timeMillis()) < point.lockedUntilMillis()) {
          tracks.points().lock(of.number(), of.timeMillis(), point.lockedUntilMillis());
          tracks.flush();
        }
      } catch (StorageException e) {
        LOG.error("lock: point={} volume={} {}", point.name(), of.name(), e.getMessage());
      }
    }
  }

  // ---- drop

  /**
   * Gives a point up; its space is free a little later. NOT_FOUND.
   *
   * @param also belongs into the transaction that takes it away
   */
  public void drop(String name, Catalogue.Change also) throws StorageException {
    bay.requireChangeable();
    PointInTime point;
    try (var held = roster.enter()) {
      point = findOrNull(name);
      if (point == null) {
        throw new StorageException(
            Fault.NOT_FOUND, "no point " + name, "ls points/ shows what there is");
      }
      Uses.Use use = kept.get(name);
      if (use != null) {
        throw new StorageException(
            Fault.BUSY, "point " + name + " is " + use.what() + ": cannot drop it", use.remedy());
      }
      dropLocked(point, also);
    }
    purge(point);
  }

  /** Gives up the point of a job, if there is one; what fails is done at the next mount. */
  public void dropFor(String job) {
    PointInTime point;
    try (var held = roster.enter()) {
      point = ready.get(PointInTime.nameFor(job));
      if (point == null) {
        return;
      }
      dropLocked(point, Catalogue.Change.NOTHING);
    } catch (StorageException e) {
      LOG.warn("drop: point of job={} {}", job, e.getMessage());
      return;
    }
    purge(point);
  }

  /** Lets nobody drop the point of that name, until {@link #letGo}. */
  public void keep(String name, Uses.Use use) {
    kept.put(name, use);
  }

  /** Ends {@link #keep}. */
  public void letGo(String name) {
    kept.remove(name);
  }

  /** Gives up the point of a session; one that is not there is no error. As {@link #drop} else. */
  public void dropSession(String key, Catalogue.Change also) throws StorageException {
    PointInTime point;
    try (var held = roster.enter()) {
      point = findSession(key);
      if (point == null) {
        catalogue.change(also);
        return;
      }
      dropLocked(point, also);
    }
    purge(point);
  }

  private void dropLocked(PointInTime point, Catalogue.Change also) throws StorageException {
    BackupPoints.requireUnlocked(point, bay.vaultMillis());
    catalogue.change(
        connection -> {
          PointTable.setState(connection, point.id(), PointTable.DROPPING);
          also.run(connection);
        });
    ready.remove(point.name());
    tell("point_dropped", point);
  }

  /** {@link Dropping#parts}. */
  void dropParts(List<String> names, List<Volume> of, Catalogue.Change also)
      throws StorageException {
    new Dropping(bay, roster, this).parts(names, of, also);
  }

  /** {@link Dropping#purge}. */
  void purge(PointInTime point) {
    purge(Map.of(point, point.id()));
  }

  /** The same of many. */
  void purge(Map<PointInTime, UUID> named) {
    new Dropping(bay, roster, this).purge(named);
  }

  void tell(String kind, PointInTime point) {
    if (!point.hidden()) {
      List<String> volumes = point.volumes().stream().map(PointVolume::name).toList();
      bay.events().tell(kind, point.name(), Event.fact("volumes", volumes));
    }
  }

  // ---- mount

  /** Takes over the rows; called once, after the volumes. */
  void load() throws StorageException {
    Map<UUID, List<PointTable.Row>> rows = new LinkedHashMap<>();
    for (PointTable.Row row : catalogue.read(PointTable::all)) {
      rows.computeIfAbsent(row.id(), id -> new ArrayList<>()).add(row);
    }
    Map<UUID, Volume> volumes = new LinkedHashMap<>();
    roster.visible().forEach(volume -> volumes.put(volume.id(), volume));
    roster.reserved().forEach(volume -> volumes.put(volume.id(), volume));
    Set<Volume> having = new LinkedHashSet<>();
    Map<PointInTime, UUID> going = new LinkedHashMap<>();
    for (List<PointTable.Row> of : rows.values()) {
      PointInTime point = load(of, volumes);
      if (of.get(0).ready()) {
        ready.put(point.name(), point);
        point.volumes().forEach(member -> having.add(member.volume()));
      } else if (!bay.readOnly()) {
        going.put(point, point.id());
      }
    }
    if (!going.isEmpty()) { // all at once: an Expire of thousands may have been cut off
      purge(going);
    }
    having.forEach(this::closeIncomplete);
    if (!bay.readOnly()) {
      ready.values().forEach(this::writeLock);
    }
  }

  /**
   * A volume whose engine does not know a point of it is not served: its home alone is not what it
   * holds (P8). CORRUPT.
   *
   * @param tracks what was opened of the volume
   */
  void requireFound(Volume volume, TrackDevice tracks) throws StorageException {
    for (PointInTime point : ready.values()) {
      for (PointVolume of : point.volumes()) {
        if (of.volume() == volume
            && !tracks.points().has(of.number(), point.created().toEpochMilli())) {
          throw new StorageException(
              Fault.CORRUPT, "it lacks point " + of.number() + ", which the catalogue knows");
        }
      }
    }
  }

  private void closeIncomplete(Volume volume) {
    VolumeBytes bytes = volume.bytes();
    try {
      requireFound(volume, bytes.tracks());
    } catch (StorageException e) {
      if (!volume.damaged()) {
        bytes.closeLayers();
        roster.opening().setDamage(volume, e.getMessage());
      }
    }
  }

  private PointInTime load(List<PointTable.Row> rows, Map<UUID, Volume> volumes) {
    List<PointVolume> members = new ArrayList<>();
    for (PointTable.Row row : rows) {
      Volume volume = volumes.get(row.volume());
      if (volume != null) {
        members.add(
            new PointVolume(volume, row.facts(), row.name().startsWith(PointInTime.OF_BACKUP)));
        roster.useInode(row.facts().inode());
      }
    }
    PointTable.Row first = rows.get(0);
    roster.useInode(first.inode());
    Instant created = first.created();
    long locked = first.lockedUntilMillis();
    return new PointInTime(first.id(), first.inode(), first.name(), created, members, locked);
  }
}
