package org.copybay.copy.optical;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.jspecify.annotations.Nullable;

/** A device and its drives. Guarded by the lock of the optical storage, unless it says else. */
public final class OpticalDevice {
  private final DeviceRecord row; // set once
  private final List<Drive> drives = new ArrayList<>();

  OpticalDevice(DeviceRecord row) {
    this.row = row;
    if (row.type() != DeviceType.VIRTUAL) {
      for (int i = 1; i <= row.drives(); i++) {
        drives.add(new Drive(i));
      }
    }
  }

  /** Its row; any thread may ask. */
  public DeviceRecord row() {
    return row;
  }

  /** Its name; any thread may ask. */
  public String name() {
    return row.name();
  }

  /** What kind of device it is; any thread may ask. */
  public DeviceType type() {
    return row.type();
  }

  List<Drive> drives() {
    return drives;
  }

  /** The drive that a volume is in, or null. */
  @Nullable Drive driveOf(OpticalVolume volume) {
    return drives.stream().filter(drive -> drive.loaded() == volume).findFirst().orElse(null);
  }

  /** The drive that the other side of the cartridge of a volume is in, or null. */
  @Nullable Drive driveOfOpposite(OpticalVolume volume) {
    return drives.stream()
        .filter(drive -> drive.loaded() != volume && isCartridgeOf(volume, drive.loaded()))
        .findFirst()
        .orElse(null);
  }

  private static boolean isCartridgeOf(OpticalVolume volume, @Nullable OpticalVolume other) {
    return other != null && other.cartridge().equals(volume.cartridge());
  }

  /**
   * A drive with the volume in it, which is fetched where that is possible; null where no drive is
   * free for it now.
   */
  @Nullable Drive fetch(OpticalVolume volume) {
    Drive there = driveOf(volume);
    if (there != null) {
      return there;
    }
    if (type() == DeviceType.STANDALONE) {
      return null; // a person puts it in
    }
    if (type() == DeviceType.VIRTUAL) {
      int last = drives.stream().mapToInt(Drive::number).max().orElse(0);
      Drive own = new Drive(last + 1);
      own.load(volume);
      drives.add(own);
      return own;
    }
    Drive opposite = driveOfOpposite(volume);
    if (opposite != null) {
      return opposite.idle() ? reload(opposite, volume) : null;
    }
    Drive free = free();
    return free == null ? null : reload(free, volume);
  }

  private static Drive reload(Drive drive, OpticalVolume volume) {
    drive.load(null);
    drive.load(volume);
    return drive;
  }

  /** An empty drive, else one whose volume may be taken out; or null. */
  private @Nullable Drive free() {
    Drive idle = null;
    for (Drive drive : drives) {
      if (drive.idle()) {
        if (drive.loaded() == null) {
          return drive;
        }
        idle = idle == null ? drive : idle;
      }
    }
    return idle;
  }

  /** Takes the volumes of a cartridge out of its drives. BUSY when one is in use. */
  void eject(String cartridge, String what) throws StorageException {
    for (Drive drive : drives) {
      OpticalVolume loaded = drive.loaded();
      if (loaded != null && loaded.cartridge().equals(cartridge) && !drive.idle()) {
        throw new StorageException(
            Fault.BUSY,
            name() + " " + drive.describe() + ": cannot " + what,
            drive.job() == null ? "close it there" : "cat .control/jobs/" + drive.job() + "/wait");
      }
    }
    for (Drive drive : drives) {
      OpticalVolume loaded = drive.loaded();
      if (loaded != null && loaded.cartridge().equals(cartridge)) {
        drive.load(null);
      }
    }
    if (type() == DeviceType.VIRTUAL) {
      drives.removeIf(drive -> drive.loaded() == null);
    }
  }

  /** What its drives are doing, in words. */
  String describeDrives() {
    return drives.stream().map(Drive::describe).collect(Collectors.joining("; "));
  }
}
