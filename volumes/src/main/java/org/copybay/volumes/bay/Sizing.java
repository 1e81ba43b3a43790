package org.copybay.volumes.bay;

import org.copybay.volumes.Aside;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.Words;
import org.copybay.volumes.bitmap.BitmapSet;
import org.copybay.volumes.store.HomeFile;
import org.copybay.volumes.track.Passages;
import org.copybay.volumes.track.TrackDevice;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The size of volumes: how one in the making gets its own, and how it changes later. The file is
 * never shorter than the row says; what an interrupted change leaves past that end is cut before
 * the volume grows over it.
 */
final class Sizing {
  private static final Logger LOG = LoggerFactory.getLogger(Sizing.class);

  /** How long a volume is waited for that is being brought home after its last point. */
  private static final long SETTLE_WAIT_MILLIS = 2_000;

  private final Bay bay;
  private final Roster roster;
  private final Points points;

  Sizing(Bay bay, Roster roster, Points points) {
    this.bay = bay;
    this.roster = roster;
    this.points = points;
  }

  static void require(long size) throws StorageException {
    if (size < 1) {
      throw new StorageException(Fault.BAD_REQUEST, "a volume has at least 1 byte");
    }
  }

  /** {@link Bay#finish}. */
  void finish(Volume volume, Catalogue.Change also) throws StorageException {
    volume.requireWritable();
    volume.awaitMade("finish it");
    try (var held = roster.enter()) {
      roster.requireNamed(volume, volume.name());
      if (volume.state() != VolumeState.MAKING) {
        throw new StorageException(Fault.ALREADY, "volume " + volume.name() + " is finished");
      }
      whileClosed(volume, "finish it", () -> finishClosed(volume, also));
    }
  }

  private void finishClosed(Volume volume, Catalogue.Change also) throws StorageException {
    volume.requireSized();
    roster.put(volume, volume.row().withSize(VolumeState.READY, volume.size(), false), also);
  }

  /** The last handle was closed, and nobody can open it meanwhile. */
  void lastClosed(Volume volume) {
    try (var held = roster.enter()) {
      if (volume.state() == VolumeState.MAKING && !volume.isOpen() && volume.size() > 0) {
        finishClosed(volume, Catalogue.Change.NOTHING);
      }
    } catch (StorageException e) {
      LOG.error("last close: volume={} {}", volume.name(), e.getMessage());
    }
  }

  /**
   * {@link Bay#resize}. The lock of the bay is open while the disk of the volume changes the length
   * of its home; another resize of this volume waits.
   *
   * @return the size before
   */
  long resize(Volume volume, long size, boolean shrink, Catalogue.Change also)
      throws StorageException {
    volume.requireWritable();
    require(size);
    volume.awaitMade("resize it");
    try (var sized = volume.sizeLock().enter()) {
      long now;
      try (var held = roster.enter()) {
        now = volume.size();
        requireResizable(volume, volume.name(), size < now);
      }
      if (size < now) {
        requireAsked(volume, size, shrink);
        requirePlain(volume);
        whileClosed(volume, "make it smaller", () -> shrinkClosed(volume, size, also));
      } else if (size > now) {
        grow(volume, now, size, also);
      }
      return now;
    }
  }

  /** A member that its set writes to may grow; nobody else may change one that a set waits for. */
  private void requireResizable(Volume volume, String name, boolean cut) throws StorageException {
    roster.requireNamed(volume, name);
    volume.requireFinished();
    if (cut) {
      bay.backupPoints().requireNoLockOn(volume, "make it smaller");
    }
    bay.uses().requireNone(volume, "resize it");
    Relation relation = volume.relation();
    if (cut || relation == null || !relation.written()) { // else its set lets it follow
      volume.requireNoHold("resize it");
    } else {
      volume.requireNoJob("resize it");
    }
  }

  /** The home grows first: where the row cannot follow, it is only longer than it needs to be. */
  private void grow(Volume volume, long now, long size, Catalogue.Change also)
      throws StorageException {
    HomeFile home = volume.fill();
    if (home.status().size() > now) { // a shrink was interrupted
      home.setSize(now);
      home.flush(); // else power loss could bring back what was cut, where zeros are promised
    }
    boolean grown = false;
    try {
      volume.bytes().bitmaps().extend(size);
      home.setSize(size);
      record(volume, size, also);
      grown = true;
    } finally {
      if (!grown && !roster.inDoubt()) {
        shrinkBitmaps(volume, now);
      }
    }
  }

  /**
   * With the gate closed: where a growth failed, programs may be writing. What fails leaves them
   * only longer than the volume is.
   */
  private static void shrinkBitmaps(Volume volume, long size) {
    try {
      BitmapSet bitmaps = volume.bytes().bitmaps();
      try (Passages.Closed closed = volume.bytes().tracks().gate().close()) {
        bitmaps.shrink(size);
      }
    } catch (StorageException e) {
      LOG.warn("bitmaps of volume={} are too long: {}", volume.name(), e.getMessage());
    }
  }

  private void record(Volume volume, long size, Catalogue.Change also) throws StorageException {
    try (var held = roster.enter()) {
      requireResizable(volume, volume.name(), size < volume.size());
      roster.put(volume, volume.row().withSize(VolumeState.READY, size, false), also);
    }
  }

  private static void requireAsked(Volume volume, long size, boolean shrink)
      throws StorageException {
    if (!shrink) {
      throw new StorageException(
          Fault.BAD_REQUEST,
          "volume "
              + volume.name()
              + " has "
              + volume.size()
              + " bytes: "
              + size
              + " would lose its end",
          "resize volume=" + Words.word(volume.name()) + " size=" + size + " shrink=yes");
    }
  }

  /** BUSY when a point needs what would be cut, or when it is not all at home yet. */
  private void requirePlain(Volume volume) throws StorageException {
    points.requireNone(volume, "make it smaller");
    TrackDevice tracks = volume.bytes().tracks();
    if (tracks.engaged() // a point or a job is gone a moment ago
        && !Aside.done("settle-" + volume.id(), SETTLE_WAIT_MILLIS, tracks::awaitUpkeep)) {
      LOG.info("volume={} is still being brought home", volume.name());
    }
    if (tracks.engaged()) {
      throw new StorageException(
          Fault.BUSY,
          "volume " + volume.name() + " is being brought home after its last point was dropped",
          "try again in a moment");
    }
  }

  /** The row goes first: bytes past its end that cannot be cut now are cut before it grows. */
  private void shrinkClosed(Volume volume, long size, Catalogue.Change also)
      throws StorageException {
    HomeFile home = volume.fill();
    record(volume, size, also);
    bay.labels().fence(volume); // else it could say that the home is too short
    try {
      home.setSize(size);
    } catch (StorageException e) {
      LOG.warn("volume={} keeps bytes past its end: {}", volume.name(), e.getMessage());
    }
    shrinkBitmaps(volume, size);
  }

  /** A change that needs the volume closed. */
  @FunctionalInterface
  private interface ClosedChange {
    void run() throws StorageException;
  }

  /** Makes the change while nobody can open the volume. BUSY when somebody has it open. */
  private static void whileClosed(Volume volume, String what, ClosedChange change)
      throws StorageException {
    if (!volume.gate().settle()) {
      throw volume.openBy(what);
    }
    try {
      change.run();
    } finally {
      volume.gate().settled();
    }
  }
}
