package org.copybay.volumes.bay;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.UUID;
import org.copybay.volumes.RankedLock;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.track.Freeze;
import org.copybay.volumes.track.TrackDevice;
import org.jspecify.annotations.Nullable;

/*
 * Steps, and what a crash after each leaves (P7):
 *
 *   1 row DROPPING                         dropped at the next mount, which finds nothing
 *   2 the point in each volume, fenced     dropped at the next mount
 *   3 row READY, with its lock             the point; the next mount writes the lock to the volumes
 *   4 the lock in each volume, fenced      the point
 *
 * The point of a job is made before the row of the job: without that it is dropped.
 */
/** Makes one point of volumes, at one instant of all of them. */
final class Freezing {
  private final Bay bay;
  private final Roster roster;
  private final Points points;

  Freezing(Bay bay, Roster roster, Points points) {
    this.bay = bay;
    this.roster = roster;
    this.points = points;
  }

  /**
   * What is to be made.
   *
   * @param name of the point
   * @param created its instant; null for that of the bay when it is made
   * @param lockMillis until when nobody can drop it, 0 for no lock
   */
  record Wanted(String name, @Nullable Instant created, long lockMillis) {
    static Wanted named(String name) {
      return new Wanted(name, null, 0);
    }
  }

  /**
   * Makes it; durable before this returns. BUSY, EXISTS, NO_SPACE.
   *
   * @param also belongs into the transaction that makes it be there
   */
  PointInTime run(List<Volume> of, Wanted wanted, Catalogue.Change also) throws StorageException {
    List<Volume> volumes =
        of.stream().distinct().sorted(Comparator.comparingLong(v -> v.row().inode())).toList();
    Deque<RankedLock.Held> sized = new ArrayDeque<>();
    try {
      for (Volume volume : volumes) {
        sized.push(volume.sizeLock().enter());
      }
      return runSized(volumes, wanted, also);
    } finally {
      sized.forEach(RankedLock.Held::close);
    }
  }

  private PointInTime runSized(List<Volume> volumes, Wanted wanted, Catalogue.Change also)
      throws StorageException {
    reserve(volumes, wanted.name);
    List<Freeze> freezes = new ArrayList<>();
    try {
      for (Volume volume : volumes) {
        TrackDevice tracks = volume.bytes().tracks();
        freezes.add(new Freeze(tracks, tracks.prepareFreeze(), volume.size()));
      }
      PointInTime point = begin(volumes, freezes, wanted);
      make(point, freezes, also);
      points.writeLock(point);
      return point;
    } finally {
      freezes.forEach(freeze -> freeze.device().endFreeze());
      points.reserved(wanted.name);
    }
  }

  private void reserve(List<Volume> volumes, String name) throws StorageException {
    bay.requireChangeable();
    try (var held = roster.enter()) {
      points.requireFree(name);
      for (Volume volume : volumes) {
        roster.requireNamed(volume, volume.name());
        volume.requireFinished();
        volume.requireFreezable("take a point in time of it");
        volume.requireSound();
        volume.requireValid();
        volume.requireWritable();
      }
      points.reserve(name, volumes);
    }
  }

  /** Records what is going to be made, so that a crash leaves nothing that is half there. */
  private PointInTime begin(List<Volume> volumes, List<Freeze> freezes, Wanted wanted)
      throws StorageException {
    try (var held = roster.enter()) {
      long inode = roster.newInode();
      Instant created = wanted.created == null ? bay.clock().instant() : wanted.created;
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
                    created),
                wanted.name.startsWith(PointInTime.OF_BACKUP)));
      }
      members.sort(Comparator.comparing(PointVolume::name));
      PointInTime point =
          new PointInTime(
              UUID.randomUUID(), inode, wanted.name, created, members, wanted.lockMillis);
      bay.catalogue().change(connection -> PointTable.insert(connection, point));
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
        bay.catalogue()
            .change(
                connection -> {
                  PointTable.setState(connection, point.id(), PointTable.READY);
                  also.run(connection);
                });
        points.show(point);
        points.tell("point_made", point);
      }
      made = true;
    } finally {
      if (!made && !roster.inDoubt()) {
        points.purge(point.unlocked());
      }
    }
  }
}
