package org.copybay.volumes.bay;

import java.util.List;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a volume remembers of its disk: a lost sync, a size that was fenced, a home that is back.
 */
final class Repairs {
  private static final Logger LOG = LoggerFactory.getLogger(Repairs.class);

  private final Bay bay;
  private final Roster roster;
  private final Catalogue catalogue;

  Repairs(Bay bay, Roster roster, Catalogue catalogue) {
    this.bay = bay;
    this.roster = roster;
    this.catalogue = catalogue;
  }

  /**
   * {@link Bay#sizeSynced}. The bytes are safe all the same: what is not recorded, on a full disk
   * for example, is tried again by the next fence, and spends no reserve.
   */
  void sizeSynced(Volume volume, VolumeRecord before) {
    if (bay.readOnly()) {
      return;
    }
    try (var held = roster.enter()) {
      if (volume.row().generation() == before.generation()) {
        VolumeRecord synced = before.withSizeSynced();
        if (catalogue.changeIfRoom(connection -> VolumeTable.update(connection, synced))) {
          volume.setRow(synced);
          bay.labels().row(volume);
        }
      }
    } catch (StorageException e) {
      LOG.warn("size of volume={} not recorded as synced: {}", volume.name(), e.getMessage());
    }
  }

  /** {@link Bay#failed}. */
  void failed(Volume volume, String why) {
    try (var held = roster.enter()) {
      if (volume.row().failure() != null) {
        return;
      }
      VolumeRecord before = volume.row();
      VolumeRecord row = before.withFailure(why);
      volume.setRow(row);
      roster.news().changed(before, row); // true from now on, whether or not the disk records it
      LOG.error("volume={} takes no writes any more: {}", volume.name(), why);
      if (!bay.readOnly()) {
        catalogue.change(connection -> VolumeTable.update(connection, row));
        bay.labels().row(volume);
      }
    } catch (StorageException e) {
      LOG.error("failure of volume={} not recorded: {}", volume.name(), e.getMessage());
    }
    bay.labels().fence(volume); // no fence of the volume will do it: they fail from now on
  }

  /**
   * {@link Bay#reopen}: opens the home with the lock open, since its disk may hang.
   *
   * @return whether the volume was damaged and is not any more
   */
  boolean reopen(Volume volume) throws StorageException {
    if (!volume.damaged()) {
      return false;
    }
    try {
      return roster.opening().reopen(volume);
    } catch (StorageException e) {
      throw new StorageException(
          Fault.CORRUPT,
          "volume " + volume.name() + " is still damaged: " + e.getMessage(),
          volume.bytes().damage().remedy(),
          e);
    }
  }

  /**
   * {@link Bay#repaired}.
   *
   * @return whether it had failed, so that what is cached of it may not be what its disk has
   */
  boolean repaired(Volume volume, Catalogue.Change also) throws StorageException {
    if (volume.row().failure() == null) {
      catalogue.change(also);
      return false;
    }
    volume.bytes().forgetBlocks(); // what was read while it was checked is what the disk has
    volume.bytes().tracks().repair();
    try (var sized = volume.sizeLock().enter()) { // no bitmap comes or goes meanwhile
      volume.bytes().bitmaps().repair();
    }
    volume.checkBesideHome();
    try (var held = roster.enter()) {
      roster.put(volume, volume.row().withFailure(null), also);
    }
    return true;
  }

  /** {@link Bay#flushAll}. */
  void flushAll() {
    for (Volume volume : bay.readOnly() ? List.<Volume>of() : roster.visible()) {
      try {
        if (!volume.damaged() && volume.row().failure() == null) {
          volume.flush();
        }
      } catch (StorageException e) {
        LOG.error("flush: volume={} {}", volume.name(), e.getMessage());
      }
      bay.labels().fence(volume);
    }
  }
}
