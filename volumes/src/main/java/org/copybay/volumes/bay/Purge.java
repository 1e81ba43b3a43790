package org.copybay.volumes.bay;

import org.copybay.volumes.Aside;
import org.copybay.volumes.StorageException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Ends deleted volumes: their files go first, then their rows. */
final class Purge {
  private static final Logger LOG = LoggerFactory.getLogger(Purge.class);

  /** How long a removal waits for a disk that the owner of a volume chose. */
  private static final long ASIDE_WAIT_MILLIS = 1_000;

  private final Catalogue catalogue;
  private final VolumeFiles files;

  Purge(Catalogue catalogue, VolumeFiles files) {
    this.catalogue = catalogue;
    this.files = files;
  }

  /**
   * Removes the bytes of a dropped volume that nobody has open, then its row; what fails is done at
   * the next mount. Nothing is removed once the catalogue is in doubt: what it will say of this
   * volume is not known. On a disk of its own its directory must be seen first, and that it was is
   * recorded: an empty mount point has none either. Needs no lock and may run twice. P7.
   */
  void now(@Nullable Volume volume) {
    if (volume == null || volume.isOpen() || catalogue.failure() != null) {
      return;
    }
    try {
      boolean used = volume.bytes().closeLayers();
      VolumeRecord row = volume.row();
      if (row.directory() != null && row.hasFiles()) {
        files.requireSeen(row, used);
        catalogue.change(connection -> VolumeTable.update(connection, row.withoutFiles()));
      }
      files.remove(row);
      removeRow(volume);
    } catch (StorageException e) {
      LOG.error("purge: volume={} {}", volume.name(), e.getMessage());
    }
  }

  /** Removes the row of a volume that has no files; an error leaves it to the next mount. */
  void removeRow(Volume volume) {
    try {
      catalogue.change(
          connection -> {
            BitmapTable.deleteOf(connection, volume.id());
            VolumeTable.delete(connection, volume.id());
          });
    } catch (StorageException e) {
      LOG.error("purge: volume={} {}", volume.name(), e.getMessage());
    }
  }

  /** {@link #now}, but a disk of its own, which may hang, keeps nobody waiting for ever. */
  void aside(@Nullable Volume old) {
    if (old == null || old.row().directory() == null) {
      now(old);
    } else if (!Aside.done("purge-" + old.id(), ASIDE_WAIT_MILLIS, () -> now(old))) {
      LOG.warn("purge: the disk of volume={} does not answer", old.name());
    }
  }
}
