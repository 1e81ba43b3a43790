package org.copybay.volumes.bay;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.copybay.volumes.Fault;
import org.copybay.volumes.RankedLock;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.Words;
import org.copybay.volumes.event.Event;
import org.copybay.volumes.track.Freeze;
import org.copybay.volumes.track.TrackDevice;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/*
 * Steps, and what a crash after each leaves (P7):
 *
 *   freeze  row DROPPING; the point in each volume, fenced; row READY
 *           the point of a job is made before the row of the job: without that it is dropped
 *   drop    row DROPPING; the point dropped in each volume, fenced; no row
 *
 * A mount drops the points of rows DROPPING, each only where number and instant are those of the
 * row: while it waits for the disk of one volume, another may give its number again. A point of a volume that no row knows is kept.
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

  // guarded by the lock of the bay
  private final Map<String, List<Volume>> pending = new HashMap<>(); // points being made

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

  private static StorageException needed(Volume volume, PointInTime point, String what) {
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
    return freezeNamed(wanted, name, also);
  }

  /**
   * Keeps what a volume holds now for a job, until {@link #dropFor}; durable before this returns.
   * BUSY, NO_SPACE.
   */
  public PointVolume freezeFor(String job, Volume volume) throws StorageException {
    return freezeNamed(List.of(volume), PointInTime.nameFor(job), Catalogue.Change.NOTHING)
        .volumes()
        .get(0);
  }

  /**
   * Keeps what volumes hold at one instant for a session, until {@link #dropSession}; as {@link
   * #freeze} else.
   */
  public PointInTime freezeSession(List<Volume> wanted, String key, Catalogue.Change also)
      throws StorageException {
    return freezeNamed(wanted, PointInTime.nameForSession(key), also);
  }

  private PointInTime freezeNamed(List<Volume> wanted, String name, Catalogue.Change also)
      throws StorageException {
    List<Volume> volumes =
        wanted.stream().distinct().sorted(Comparator.comparingLong(v -> v.row().inode())).toList();
    Deque<RankedLock.Held> sized = new ArrayDeque<>();
    try {
      for (Volume volume : volumes) {
        sized.push(volume.sizeLock().enter());
      }
      return freezeSized(volumes, name, also);
    } finally {
      sized.forEach(RankedLock.Held::close);
    }
  }

  private PointInTime freezeSized(List<Volume> volumes, String name, Catalogue.Change also)
      throws StorageException {
    reserve(volumes, name);
    List<Freeze> freezes = new ArrayList<>();
    try {
      for (Volume volume : volumes) {
        TrackDevice tracks = volume.bytes().tracks();
        freezes.add(new Freeze(tracks, tracks.prepareFreeze(), volume.size()));
      }
      PointInTime point = begin(volumes, freezes, name);
      make(point, freezes, also);
      return point;
    } finally {
      freezes.forEach(freeze -> freeze.device().endFreeze());
      try (var held = roster.enter()) {
        pending.remove(name);
      }
    }
  }

  private void reserve(List<Volume> volumes, String name) throws StorageException {
    bay.requireChangeable();
    try (var held = roster.enter()) {
      if (ready.containsKey(name) || pending.containsKey(name)) {
        throw new StorageException(
            Fault.EXISTS,
            "point " + name + " exists",
            "choose another name, or: drop point=" + Words.word(name));
      }
      for (Volume volume : volumes) {
        roster.requireNamed(volume, volume.name());
        volume.requireFinished();
        volume.requireFreezable("take a point in time of it");
        volume.requireSound();
        volume.requireValid();
        volume.requireWritable();
      }
      pending.put(name, volumes);
    }
  }

  /** Records what is going to be made, so that a crash leaves nothing that is half there. */
  private PointInTime begin(List<Volume> volumes, List<Freeze> freezes, String name)
      throws StorageException {
    try (var held = roster.enter()) {
      long inode = roster.newInode();
      Instant created = bay.clock().instant();
      List<PointVolume> members = new ArrayList<>();
      for (int i = 0; i < volumes.size(); i++) {
        Volume volume = volumes.get(i);
        Freeze freeze = freezes.get(i);
        members.add(
            new PointVolume(
                volume,
                new PointVolume.Facts(
                    roster.newInode(),
                    volume.name(),
                    freeze.number(),
                    freeze.sizeBytes(),
                    volume.row().owner(),
                    created)));
      }
      members.sort(Comparator.comparing(PointVolume::name));
      PointInTime point = new PointInTime(UUID.randomUUID(), inode, name, created, members);
      catalogue.change(connection -> PointTable.insert(connection, point));
      return point;
    }
  }

  private void make(PointInTime point, List<Freeze> freezes, Catalogue.Change also)
      throws StorageException {
    boolean made = false;
    try {
      Freeze.make(freezes, point.created().toEpochMilli());
      for (PointVolume volume : point.volumes()) {
        volume.volume().bytes().flush();
      }
      try (var held = roster.enter()) {
        catalogue.change(
            connection -> {
              PointTable.setState(connection, point.id(), PointTable.READY);
              also.run(connection);
            });
        ready.put(point.name(), point);
        bay.labels().made(point);
        tell("point_made", point);
      }
      made = true;
    } finally {
      if (!made && !roster.inDoubt()) {
        purge(point);
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
    catalogue.change(
        connection -> {
          PointTable.setState(connection, point.id(), PointTable.DROPPING);
          also.run(connection);
        });
    ready.remove(point.name());
    tell("point_dropped", point);
  }

  private void tell(String kind, PointInTime point) {
    if (!point.hidden()) {
      List<String> volumes = point.volumes().stream().map(PointVolume::name).toList();
      bay.events().tell(kind, point.name(), Event.fact("volumes", volumes));
    }
  }

  /** Drops the point in every volume, then its row; what fails is done at the next mount. */
  private void purge(PointInTime point) {
    try {
      for (PointVolume volume : point.volumes()) {
        TrackDevice tracks = volume.volume().bytes().tracks();
        tracks.drop(volume.number(), point.created().toEpochMilli());
        tracks.flush();
      }
      try (var held = roster.enter()) {
        catalogue.change(connection -> PointTable.delete(connection, point.id()));
        bay.labels().gone(point);
      }
    } catch (StorageException e) {
      LOG.warn("drop: point={} {}", point.name(), e.getMessage());
    }
  }

  // ---- mount

  /** Takes over the rows; called once, after the volumes. */
  void load() throws StorageException {
    catalogue.change(PointTable::create);
    Map<UUID, List<PointTable.Row>> rows = new LinkedHashMap<>();
    for (PointTable.Row row : catalogue.read(PointTable::all)) {
      rows.computeIfAbsent(row.id(), id -> new ArrayList<>()).add(row);
    }
    Map<UUID, Volume> volumes = new LinkedHashMap<>();
    roster.visible().forEach(volume -> volumes.put(volume.id(), volume));
    roster.reserved().forEach(volume -> volumes.put(volume.id(), volume));
    for (List<PointTable.Row> point : rows.values()) {
      load(point, volumes);
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
            && !tracks.hasPoint(of.number(), point.created().toEpochMilli())) {
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

  private void load(List<PointTable.Row> rows, Map<UUID, Volume> volumes) {
    List<PointVolume> members = new ArrayList<>();
    for (PointTable.Row row : rows) {
      Volume volume = volumes.get(row.volume());
      if (volume != null) {
        members.add(new PointVolume(volume, row.facts()));
        roster.useInode(row.facts().inode());
      }
    }
    PointTable.Row first = rows.get(0);
    roster.useInode(first.inode());
    Instant created = first.created();
    PointInTime point = new PointInTime(first.id(), first.inode(), first.name(), created, members);
    if (first.ready()) {
      ready.put(point.name(), point);
      members.forEach(member -> closeIncomplete(member.volume()));
    } else if (!bay.readOnly()) {
      purge(point);
    }
  }
}
