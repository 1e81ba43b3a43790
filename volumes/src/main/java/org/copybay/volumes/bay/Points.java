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
import java.util.concurrent.ConcurrentSkipListMap;
import org.copybay.volumes.Fault;
import org.copybay.volumes.RankedLock;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.Words;
import org.copybay.volumes.track.Freeze;
import org.copybay.volumes.track.TrackDevice;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/*
 * Steps, and what a crash after each leaves (P7):
 *
 *   freeze  row DROPPING; the point in each volume, fenced; row READY
 *   drop    row DROPPING; the point dropped in each volume, fenced; no row
 *
 * A mount drops the points of rows DROPPING. A point of a volume that no row knows is kept.
 */
/** The points in time of a bay, by name. Any thread may call; whoever looks takes no lock. */
public final class Points {
  private static final Logger LOG = LoggerFactory.getLogger(Points.class);

  private final Bay bay;
  private final Roster roster;
  private final Catalogue catalogue;

  // concurrent: changed under the lock of the bay, read without it
  private final Map<String, PointInTime> visible = new ConcurrentSkipListMap<>();

  // guarded by the lock of the bay
  private final Map<String, List<Volume>> pending = new HashMap<>(); // points being made

  Points(Bay bay, Roster roster, Catalogue catalogue) {
    this.bay = bay;
    this.roster = roster;
    this.catalogue = catalogue;
  }

  /** All of them, by name. */
  public List<PointInTime> all() {
    return new ArrayList<>(visible.values());
  }

  /** The point of that name, or null. */
  public @Nullable PointInTime findOrNull(String name) {
    return visible.get(name);
  }

  /** BUSY when a point needs the volume; called under the lock of the bay. */
  void requireNone(Volume volume, String what) throws StorageException {
    if (pending.values().stream().anyMatch(volumes -> volumes.contains(volume))) {
      throw new StorageException(
          Fault.BUSY, "a point in time of volume " + volume.name() + " is being made", "try again");
    }
    for (PointInTime point : visible.values()) {
      for (PointVolume of : point.volumes()) {
        if (of.volume() == volume) {
          throw new StorageException(
              Fault.BUSY,
              "volume "
                  + volume.name()
                  + " has the point in time "
                  + point.name()
                  + ": cannot "
                  + what,
              "drop point=" + Words.word(point.name()));
        }
      }
    }
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
    boolean made = false;
    try {
      for (Volume volume : volumes) {
        TrackDevice tracks = volume.bytes().tracks();
        freezes.add(new Freeze(tracks, tracks.prepareFreeze(), volume.size()));
      }
      PointInTime point = begin(volumes, freezes, name);
      make(point, freezes, also);
      made = true;
      return point;
    } finally {
      if (!made) {
        freezes.forEach(freeze -> freeze.device().endFreeze());
      }
      try (var held = roster.enter()) {
        pending.remove(name);
      }
    }
  }

  private void reserve(List<Volume> volumes, String name) throws StorageException {
    bay.requireChangeable();
    VolumeName.require(name);
    try (var held = roster.enter()) {
      if (visible.containsKey(name) || pending.containsKey(name)) {
        throw new StorageException(
            Fault.EXISTS,
            "point " + name + " exists",
            "choose another name, or: drop point=" + Words.word(name));
      }
      for (Volume volume : volumes) {
        roster.requireNamed(volume, volume.name());
        volume.requireFinished();
        volume.requireNoHold("freeze it");
        volume.requireSound();
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
        volume.volume().flush();
      }
      try (var held = roster.enter()) {
        catalogue.change(
            connection -> {
              PointTable.setState(connection, point.id(), PointTable.READY);
              also.run(connection);
            });
        visible.put(point.name(), point);
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
      point = visible.get(name);
      if (point == null) {
        throw new StorageException(
            Fault.NOT_FOUND, "no point " + name, "ls points/ shows what there is");
      }
      PointInTime gone = point;
      catalogue.change(
          connection -> {
            PointTable.setState(connection, gone.id(), PointTable.DROPPING);
            also.run(connection);
          });
      visible.remove(name);
    }
    purge(point);
  }

  /** Drops the point in every volume, then its row; what fails is done at the next mount. */
  private void purge(PointInTime point) {
    try {
      for (PointVolume volume : point.volumes()) {
        TrackDevice tracks = volume.volume().bytes().tracks();
        tracks.drop(volume.number());
        tracks.flush();
      }
      catalogue.change(connection -> PointTable.delete(connection, point.id()));
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
   * A volume whose engine does not know the point is damaged: its home alone is not what it holds
   * (P8).
   */
  private static void requireFound(PointVolume of) {
    VolumeBytes bytes = of.volume().bytes();
    try {
      if (!bytes.tracks().points().contains(of.number())) {
        bytes.closeLayers();
        bytes.setDamage("it lacks point " + of.number() + ", which the catalogue knows");
        LOG.error("volume={} is damaged: it lacks point {}", of.volume().name(), of.number());
      }
    } catch (StorageException e) {
      LOG.error("point of volume={}: {}", of.volume().name(), e.getMessage()); // damaged anyway
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
      visible.put(point.name(), point);
      members.forEach(Points::requireFound);
    } else if (!bay.readOnly()) {
      purge(point);
    }
  }
}
