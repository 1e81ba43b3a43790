package org.copybay.volumes.bay;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.track.PointId;
import org.copybay.volumes.track.TrackDevice;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/*
 * Steps, and what a crash after each leaves (P7):
 *
 *   1 row DROPPING                              the next mount does 2 and 3
 *   2 the point dropped in each volume, fenced  the same
 *   3 no row
 *
 * Space is free only behind 2, and no point shows what was given up from 1 on (P5).
 */
/** Takes points out of their volumes, many at once. */
final class Dropping {
  private static final Logger LOG = LoggerFactory.getLogger(Dropping.class);

  private final Bay bay;
  private final Roster roster;
  private final Points points;

  Dropping(Bay bay, Roster roster, Points points) {
    this.bay = bay;
    this.roster = roster;
    this.points = points;
  }

  /**
   * Gives up what points have of some volumes; all or none (P7). What goes is in the catalogue a
   * point of its own that is being dropped. FORBIDDEN for one that is locked, NOT_FOUND.
   */
  void parts(List<String> names, List<Volume> of, Catalogue.Change also) throws StorageException {
    bay.requireChangeable();
    Map<PointInTime, PointInTime> parts = new LinkedHashMap<>(); // by what they are of
    long now = bay.vaultMillis();
    try (var held = roster.enter()) {
      for (String name : names) {
        PointInTime point = points.named(name);
        if (point == null) {
          throw new StorageException(Fault.NOT_FOUND, "no point " + name);
        }
        BackupPoints.requireUnlocked(point, now);
        parts.put(point, part(point, of));
      }
      parts.values().removeIf(part -> part.volumes().isEmpty());
      bay.catalogue()
          .change(
              connection -> {
                for (Map.Entry<PointInTime, PointInTime> part : parts.entrySet()) {
                  PointTable.dropPart(connection, part.getKey(), part.getValue());
                }
                also.run(connection);
              });
      for (PointInTime point : parts.keySet()) {
        points.replace(point.without(of));
      }
    }
    Map<PointInTime, UUID> going = new LinkedHashMap<>();
    parts.forEach((point, part) -> going.put(part, point.id()));
    purge(going);
  }

  private PointInTime part(PointInTime point, List<Volume> of) {
    boolean all = point.without(of).volumes().isEmpty();
    return all ? point : point.of(UUID.randomUUID(), roster.newInode(), of);
  }

  /**
   * Drops points in every volume, then their rows; what fails is done at the next mount.
   *
   * @param named the id by which the labels of its volumes know each of them
   */
  void purge(Map<PointInTime, UUID> named) {
    Map<PointInTime, UUID> gone = new LinkedHashMap<>(named);
    Map<Volume, List<PointInTime>> byVolume = new LinkedHashMap<>();
    for (PointInTime point : named.keySet()) {
      for (PointVolume of : point.volumes()) {
        byVolume.computeIfAbsent(of.volume(), volume -> new ArrayList<>()).add(point);
      }
    }
    byVolume.forEach(
        (volume, of) -> {
          try {
            dropIn(volume, of);
          } catch (StorageException e) {
            LOG.warn("drop: points={} volume={} {}", of.size(), volume.name(), e.getMessage());
            boolean locked = e.fault() == Fault.FORBIDDEN;
            of.stream().filter(p -> !locked || isThere(volume, p)).forEach(gone::remove);
          }
        });
    try (var held = roster.enter()) {
      bay.catalogue()
          .change(
              connection -> {
                for (PointInTime point : gone.keySet()) {
                  PointTable.delete(connection, point.id());
                }
              });
      gone.forEach((point, id) -> bay.labels().gone(id, point.volumes()));
    } catch (StorageException e) {
      LOG.warn("drop: points={} {}", gone.size(), e.getMessage());
    }
  }

  private static boolean isThere(Volume volume, PointInTime point) {
    try {
      TrackDevice tracks = volume.bytes().tracks();
      return point.volumes().stream()
          .anyMatch(
              of -> of.volume() == volume && tracks.points().has(of.number(), of.timeMillis()));
    } catch (StorageException e) {
      return true; // damaged: nobody knows
    }
  }

  private static void dropIn(Volume volume, List<PointInTime> points) throws StorageException {
    TrackDevice tracks = volume.bytes().tracks();
    List<PointId> ids = new ArrayList<>();
    for (PointInTime point : points) {
      for (PointVolume of : point.volumes()) {
        if (of.volume() == volume) {
          ids.add(new PointId(of.number(), of.timeMillis()));
        }
      }
    }
    try {
      tracks.points().drop(ids);
    } finally {
      tracks.flush(); // also where one is locked: the rows of the others go
    }
    for (PointInTime point : points) {
      for (PointVolume of : point.volumes()) {
        if (of.volume() == volume && point.backup() != 0) {
          volume.bytes().evidence().drop(of.frozen());
        }
      }
    }
  }
}
