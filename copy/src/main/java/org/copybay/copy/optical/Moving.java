package org.copybay.copy.optical;

import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Bay;
import org.copybay.volumes.bay.Catalogue;
import org.copybay.volumes.event.Event;

/**
 * Cartridges move: between devices and the shelf (ADDOPTCTG, RMVOPTCTG), into drives and out, and
 * what a person does at a stand-alone device. Any thread may call.
 */
public final class Moving {
  private final Optical optical;

  Moving(Optical optical) {
    this.optical = optical;
  }

  private Bay bay() {
    return optical.bay();
  }

  /** Checks {@link #insert}, changing nothing. BUSY, BAD_REQUEST, NO_SPACE, READ_ONLY. */
  public void requireInsert(CartridgeRecord row, OpticalDevice device, int slot)
      throws StorageException {
    bay().requireChangeable();
    if (!row.shelved()) {
      throw new StorageException(
          Fault.BUSY,
          "cartridge " + row.name() + " is in device " + row.device(),
          "optical remove cartridge=" + row.name());
    }
    optical.setup().place(device, slot);
  }

  /** Puts a cartridge from the shelf into a device (ADDOPTCTG), in one transaction (P7). BUSY. */
  public void insert(CartridgeRecord row, OpticalDevice device, int slot, Catalogue.Change also)
      throws StorageException {
    try (var held = optical.enter()) {
      CartridgeRecord now = optical.cartridge(row.name());
      requireInsert(now, device, slot);
      record(now.in(device.name(), optical.setup().place(device, slot)), also);
      optical.cartridges().loadIfStandalone(optical.cartridge(row.name()));
    }
    bay().events().tell("optical_added", row.name(), Event.fact("device", device.name()));
  }

  /** Takes one out of its device and puts it on the shelf (RMVOPTCTG; P7). BUSY, ALREADY. */
  public void shelve(CartridgeRecord row, String location, Catalogue.Change also)
      throws StorageException {
    bay().requireChangeable();
    optical.drives().awaitClosed(row.name());
    try (var held = optical.enter()) {
      CartridgeRecord now = optical.cartridge(row.name());
      String name = now.device();
      if (name == null) {
        throw new StorageException(
            Fault.ALREADY, "cartridge " + row.name() + " is on the shelf already");
      }
      optical.device(name).eject(row.name(), "take cartridge " + row.name() + " out");
      record(now.shelvedAt(location), also);
    }
    bay().events().tell("optical_removed", row.name(), Event.fact("location", location));
  }

  /** Turns the cartridge of a stand-alone device, so that its other side is up (P7). BUSY. */
  public void flip(OpticalDevice device, Catalogue.Change also) throws StorageException {
    bay().requireChangeable();
    optical.drives().awaitClosed(optical.setup().mounted(device).name());
    try (var held = optical.enter()) {
      CartridgeRecord row = optical.setup().mounted(device);
      if (row.sides() < 2) {
        throw new StorageException(
            Fault.BAD_REQUEST, "cartridge " + row.name() + " has one side only");
      }
      device.eject(row.name(), "turn cartridge " + row.name());
      record(row.turned(1 - row.up()), also);
      optical.cartridges().loadIfStandalone(optical.cartridge(row.name()));
    }
  }

  /** Checks {@link #load}, changing nothing. ALREADY, NOT_FOUND. */
  public void requireLoad(OpticalVolume volume) throws StorageException {
    String hidden = optical.hidden(volume);
    OpticalDevice device = optical.deviceOf(volume);
    if (hidden != null) {
      throw new StorageException(
          Fault.NOT_FOUND,
          "volume " + volume.id() + " is not to be had: " + hidden,
          device != null && device.type() == DeviceType.STANDALONE
              ? "optical flip device=" + device.name()
              : "optical add device=NAME cartridge=" + volume.cartridge());
    }
    if (optical.drives().driveOf(volume) != 0) {
      throw new StorageException(
          Fault.ALREADY, "volume " + volume.id() + " is in a drive already", null);
    }
  }

  /** Fetches a volume into a drive of its library. BUSY where none is free at once. */
  public void load(OpticalVolume volume) throws StorageException {
    requireLoad(volume);
    optical.drives().load(volume);
  }

  /** Takes an idle cartridge of a library out of its drive, back to its slot. BUSY. */
  public void unload(OpticalVolume volume) throws StorageException {
    optical.drives().awaitClosed(volume.cartridge());
    try (var held = optical.enter()) {
      OpticalDevice device = optical.deviceOf(volume);
      if (device == null || device.driveOf(volume) == null) {
        throw new StorageException(Fault.ALREADY, "volume " + volume.id() + " is in no drive");
      }
      if (device.type() != DeviceType.LIBRARY) {
        throw new StorageException(
            Fault.UNSUPPORTED,
            "device " + device.name() + " is " + device.type().phrase(),
            "optical remove cartridge=" + volume.cartridge());
      }
      device.eject(volume.cartridge(), "unload it");
      optical.drives().signal();
    }
  }

  private void record(CartridgeRecord row, Catalogue.Change also) throws StorageException {
    bay()
        .catalogue()
        .change(
            connection -> {
              OpticalTable.put(connection, row);
              also.run(connection);
            });
    optical.put(row);
  }

  /** Checks {@link #takeOut}, changing nothing. ALREADY, UNSUPPORTED. */
  public void requireTakeOut(OpticalVolume volume) throws StorageException {
    OpticalDevice device = optical.deviceOf(volume);
    if (device != null && device.type() == DeviceType.VIRTUAL) {
      throw new StorageException(
          Fault.UNSUPPORTED,
          "volume " + volume.id() + " is an image, which is always loaded",
          "optical remove cartridge=" + volume.cartridge());
    }
    if (optical.drives().driveOf(volume) == 0) {
      throw new StorageException(Fault.ALREADY, "volume " + volume.id() + " is in no drive");
    }
  }

  /**
   * Takes a volume out of its drive: a library puts its cartridge back, a person puts that of a
   * stand-alone device on the shelf; an image stays. BUSY, ALREADY.
   */
  public void takeOut(OpticalVolume volume) throws StorageException {
    OpticalDevice device = optical.deviceOf(volume);
    if (device != null && device.type() == DeviceType.LIBRARY) {
      unload(volume);
    } else if (device != null && device.type() == DeviceType.STANDALONE) {
      shelve(optical.cartridge(volume.cartridge()), "", Catalogue.Change.NOTHING);
    }
  }
}
