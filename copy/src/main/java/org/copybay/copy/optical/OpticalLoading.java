package org.copybay.copy.optical;

import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.copybay.copy.engine.JobRecord;
import org.copybay.copy.engine.JobTable;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Bay;
import org.copybay.volumes.bay.Catalogue;
import org.copybay.volumes.bay.Volume;
import org.copybay.volumes.bay.VolumeState;
import org.copybay.volumes.media.Medium;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings the optical storage back at a mount, and ends what a crash left half done. */
final class OpticalLoading {
  private static final Logger LOG = LoggerFactory.getLogger(OpticalLoading.class);

  private static final int LOOK_BYTES = 1 << 16;

  private final Optical optical;
  private final Bay bay;

  OpticalLoading(Optical optical) {
    this.optical = optical;
    this.bay = optical.bay();
  }

  void run() throws StorageException {
    List<UUID> gone = bay.catalogue().read(OpticalTable::gone);
    List<SideRecord> sides = bay.catalogue().read(OpticalTable::sides);
    Set<UUID> known = new HashSet<>(gone);
    try (var held = optical.enter()) {
      for (DeviceRecord row : bay.catalogue().read(OpticalTable::devices)) {
        optical.put(new OpticalDevice(row));
      }
      for (CartridgeRecord row : bay.catalogue().read(OpticalTable::cartridges)) {
        optical.put(row);
      }
      for (SideRecord row : sides) {
        known.add(row.bytes());
        bay.useInode(row.inode());
        load(row);
      }
    }
    if (!bay.readOnly()) {
      remove(gone);
      for (Volume each : bay.hiddenVolumes()) {
        if (each.name().startsWith(Cartridges.HIDDEN) && !known.contains(each.id())) {
          adopt(each);
        }
      }
      finish();
      optical.volumes().forEach(SideLabel::repair);
      Set<String> atWork =
          bay.catalogue().read(JobTable::all).stream()
              .filter(job -> !job.state().ended())
              .map(JobRecord::id)
              .collect(Collectors.toSet());
      Bases.dropUnknown(optical, job -> !atWork.contains(job));
    }
    try (var held = optical.enter()) {
      optical.cartridgeRows().forEach(optical.cartridges()::loadIfStandalone);
    }
    optical.rotations().load();
  }

  private void load(SideRecord row) {
    Volume bytes = bay.findOrNull(row.bytes());
    CartridgeRecord cartridge = optical.cartridgeOrNull(row.cartridge());
    if (bytes == null || cartridge == null) {
      LOG.error("optical volume={} has no {}", row.key(), bytes == null ? "bytes" : "cartridge");
      return;
    }
    Medium medium = new Medium(bay, bytes, cartridge.type(), cartridge.sectorBytes());
    optical.put(new OpticalVolume(optical, row, medium));
  }

  private void remove(List<UUID> gone) throws StorageException {
    for (UUID id : gone) {
      Volume bytes = bay.findOrNull(id);
      if (bytes != null) {
        try {
          optical.cartridges().remove(bytes);
        } catch (StorageException e) { // the next mount tries again
          LOG.warn("volume={} is not removed yet: {}", bytes.name(), e.getMessage());
        }
      } else {
        bay.catalogue().change(connection -> OpticalTable.deleteGone(connection, id));
      }
    }
  }

  /**
   * A volume that no row names: of a cartridge that was being made, which holds nothing; or the
   * catalogue was made anew, and its label says what it was.
   */
  private void adopt(Volume bytes) throws StorageException {
    SideLabel label = SideLabel.read(bytes, bay.newInode());
    if (label == null) {
      if (isBlank(bytes)) {
        bay.removeHidden(bytes, Catalogue.Change.NOTHING);
      } else {
        LOG.error("volume={} is of no cartridge that is known, and has no label", bytes.name());
      }
      return;
    }
    SideRecord row = label.row();
    CartridgeRecord known = optical.cartridgeOrNull(row.cartridge());
    CartridgeRecord cartridge =
        known != null
            ? known
            : new CartridgeRecord(
                row.cartridge(),
                label.type(),
                label.sectorBytes(),
                label.sides(),
                null,
                0,
                0,
                "its catalogue was made anew");
    try (var held = optical.enter()) {
      bay.catalogue()
          .change(
              connection -> {
                OpticalTable.put(connection, cartridge);
                OpticalTable.put(connection, row);
              });
      optical.put(cartridge);
      load(row);
    }
    LOG.warn("optical volume={} id={} is back, on the shelf", row.key(), row.id());
  }

  /** Whether it holds nothing but zeros, also where its file system knows no holes. */
  private static boolean isBlank(Volume bytes) {
    ByteBuffer buffer = ByteBuffer.allocateDirect(LOOK_BYTES);
    try {
      long at = bytes.seek(0, true);
      while (at >= 0 && at < bytes.size()) {
        long end = bytes.seek(at, false);
        for (; at < end; at += buffer.limit()) {
          bytes.read(at, buffer.clear().limit((int) Math.min(LOOK_BYTES, end - at)));
          if (!SectorMap.isZero(buffer.flip())) {
            return false;
          }
        }
        at = bytes.seek(end, true);
      }
      return true;
    } catch (StorageException e) {
      return false;
    }
  }

  /** Ends the making of images whose program closed them before a crash. */
  private void finish() {
    for (OpticalVolume each : optical.volumes()) {
      boolean closed =
          each.row().state() == SideState.MAKING
              && each.medium().volume().state() == VolumeState.READY;
      if (closed) {
        try {
          optical.labels().finish(each);
        } catch (StorageException e) {
          LOG.warn("optical volume={}: {}", each.key(), e.getMessage());
        }
      }
    }
  }
}
