package org.copybay.copy.optical;

import java.util.List;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Bay;
import org.copybay.volumes.bay.Catalogue;
import org.copybay.volumes.bay.Volume;
import org.copybay.volumes.bay.VolumeRecord.Owner;
import org.copybay.volumes.media.MediaType;

/** Images that programs write, as volumes of image catalogues. Any thread may call. */
public final class Images {
  private final Optical optical;

  Images(Optical optical) {
    this.optical = optical;
  }

  private Bay bay() {
    return optical.bay();
  }

  /**
   * Makes an image of that identifier for a program that will write it. It is in the image
   * catalogue of the bay, of which the first one is made when there is none. BAD_REQUEST, EXISTS,
   * NO_SPACE, READ_ONLY. A crash before its row leaves a blank volume, which the mount removes.
   */
  public OpticalVolume create(String id, Owner owner) throws StorageException {
    bay().requireChangeable();
    Labels.requireId(id);
    optical.labels().requireFree(id, null);
    optical.cartridges().requireSectors(1);
    OpticalDevice device = catalogue();
    Volume bytes = imageBytes(owner);
    String key = bytes.name().substring(Cartridges.HIDDEN.length());
    String name = key.substring(0, key.lastIndexOf('.')); // of its cartridge
    boolean made = false;
    try {
      MediaType type = device.row().images();
      Cartridges.NewCartridge wanted =
          new Cartridges.NewCartridge(
              name, device.name(), 0, type, type.sectorBytes(), 0, 1, owner);
      optical
          .cartridges()
          .publish(wanted, List.of(bytes), SideState.MAKING, id, Catalogue.Change.NOTHING);
      made = true;
    } finally {
      if (!made) {
        optical.cartridges().discard(List.of(bytes));
      }
    }
    return optical.find(key);
  }

  /**
   * The bytes of an image of a cartridge that has a name of its own: programs make many at once.
   */
  private Volume imageBytes(Owner owner) throws StorageException {
    for (int number = 1; ; number++) {
      String name = Cartridges.name(number);
      if (optical.cartridgeOrNull(name) == null) {
        try {
          return optical.cartridges().hidden(Cartridges.key(name, 0), 0, owner);
        } catch (StorageException e) {
          if (e.fault() != Fault.EXISTS) {
            throw e;
          }
        }
      }
    }
  }

  private OpticalDevice catalogue() throws StorageException {
    for (OpticalDevice each : optical.devices()) {
      if (each.type() == DeviceType.VIRTUAL) {
        return each;
      }
    }
    try {
      return optical
          .setup()
          .create(
              new DeviceRecord(DeviceRecord.IMAGES, DeviceType.VIRTUAL, 1, 0, MediaType.DVD_RAM),
              Catalogue.Change.NOTHING);
    } catch (StorageException e) {
      OpticalDevice other = optical.deviceOrNull(DeviceRecord.IMAGES); // somebody was faster
      if (e.fault() == Fault.EXISTS && other != null && other.type() == DeviceType.VIRTUAL) {
        return other;
      }
      throw e;
    }
  }
}
