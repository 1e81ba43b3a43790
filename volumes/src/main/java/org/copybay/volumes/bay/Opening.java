package org.copybay.volumes.bay;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.copybay.volumes.Aside;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens the homes of volumes, at the mount and after a repair. A volume that cannot be opened is
 * damaged; the others are served.
 */
final class Opening {
  private static final Logger LOG = LoggerFactory.getLogger(Opening.class);

  /** How long a mount waits for the disks that owners of volumes chose, all together. */
  private static final long OPEN_WAIT_MILLIS = 10_000;

  /** How long it waits for one of them when that time is used up. */
  private static final long LATE_WAIT_MILLIS = 1_000;

  private final Bay bay;
  private final Roster roster;
  private final Catalogue catalogue;
  private final VolumeFiles files;
  private final Set<UUID> toldDamaged = new HashSet<>(); // guarded by the lock of the bay
  private final Set<UUID> underWay = ConcurrentHashMap.newKeySet(); // concurrent: set by any thread

  Opening(Bay bay, Roster roster, Catalogue catalogue, VolumeFiles files) {
    this.bay = bay;
    this.roster = roster;
    this.catalogue = catalogue;
    this.files = files;
  }

  /**
   * Opens a volume at the mount. A disk of its own that hangs keeps nobody from the other volumes;
   * it is in when it answers.
   *
   * @param startNanos when the first one was opened
   */
  void open(Volume volume, long startNanos) {
    long waited = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos);
    long millis = Math.max(OPEN_WAIT_MILLIS - waited, LATE_WAIT_MILLIS);
    volume.bytes().damage().setAsked();
    if (volume.row().directory() == null) {
      openOrDamaged(volume);
    } else if (!Aside.done("open-" + volume.id(), millis, () -> openOrDamaged(volume))) {
      LOG.error("the disk of volume={} does not answer", volume.name());
      tellAsked(volume);
    }
  }

  private void openOrDamaged(Volume volume) {
    try {
      reopen(volume);
    } catch (StorageException e) {
      setDamage(volume, e.getMessage());
    }
  }

  /** The volume answers nothing from now on. */
  void setDamage(Volume volume, String why) {
    LOG.error("volume={} is damaged: {}", volume.name(), why);
    try (var held = roster.enter()) {
      volume.bytes().damage().set(why);
      tellDamaged(volume, why);
    }
  }

  private void tellAsked(Volume volume) {
    try (var held = roster.enter()) {
      String why = volume.failure();
      if (volume.awaitsDisk() && why != null) { // else it answered just now
        tellDamaged(volume, why);
      }
    }
  }

  private void tellDamaged(Volume volume, String why) {
    toldDamaged.add(volume.id());
    roster.news().damaged(volume, why);
  }

  /**
   * Opens the home of a damaged volume, with the lock of the bay open, and gives it to it: one at a
   * time, for what lies beside a home is made good by whoever opens it. CORRUPT; BUSY when somebody
   * waits for its disk.
   *
   * @return false when it was not damaged, or was deleted
   */
  boolean reopen(Volume volume) throws StorageException {
    if (!underWay.add(volume.id())) {
      throw new StorageException(
          Fault.BUSY, "volume " + volume.name() + " is being opened", "try again");
    }
    try {
      return volume.damaged() && adopt(volume, openFiles(volume));
    } finally {
      underWay.remove(volume.id());
    }
  }

  private boolean adopt(Volume volume, Layers found) throws StorageException {
    boolean taken = false;
    try {
      try (var held = roster.enter()) {
        if (volume.damaged() && volume.state() != VolumeState.DROPPING) {
          bay.points().requireFound(volume, found.tracks());
          volume.bytes().setLayers(found);
          taken = true;
          if (toldDamaged.remove(volume.id())) {
            roster.news().opened(volume);
          }
        }
      }
      return taken;
    } finally {
      if (!taken) {
        found.close(); // with the lock open: it waits for the upkeep
      }
    }
  }

  /**
   * Opens the home of a volume, which does not use it yet. CORRUPT. That its write bitmaps are lost
   * is recorded before any change that they do not see (P3).
   */
  private Layers openFiles(Volume volume) throws StorageException {
    Layers found = files.open(volume);
    String lost = found.lost();
    boolean recorded = false;
    try {
      if (lost != null) {
        recordLost(volume, lost);
      }
      recorded = true;
      return found;
    } finally {
      if (!recorded) {
        found.close();
      }
    }
  }

  private void recordLost(Volume volume, String why) throws StorageException {
    LOG.error("volume={} lost its write bitmaps: {}", volume.name(), why);
    try (var held = roster.enter()) {
      List<BitmapRecord> before = volume.bitmaps();
      List<BitmapRecord> records = before.stream().map(record -> record.withDamage(why)).toList();
      if (!bay.readOnly()) {
        catalogue.change(
            connection -> {
              for (BitmapRecord record : records) {
                BitmapTable.update(connection, record, BitmapTable.READY);
              }
            });
      }
      volume.setBitmaps(records);
      records.forEach(record -> bay.labels().row(volume, record));
      before.stream()
          .filter(record -> record.damage() == null)
          .forEach(record -> roster.news().bitmapLost(volume, record, why));
    }
  }
}
