package org.copybay.copy.optical;

import java.util.List;
import java.util.regex.Pattern;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Bay;
import org.copybay.volumes.bay.Catalogue;

/**
 * The devices of a bay: making and removing them, and the place that each has for a cartridge. Any
 * thread may call.
 */
public final class DeviceSetup {
  private static final Pattern NAME = Pattern.compile("[A-Z0-9][A-Z0-9._-]{0,31}");

  private final Optical optical;

  DeviceSetup(Optical optical) {
    this.optical = optical;
  }

  private Bay bay() {
    return optical.bay();
  }

  /** Refuses what is no name of a device or cartridge. BAD_REQUEST. */
  public static void requireName(String name) throws StorageException {
    if (!NAME.matcher(name).matches()) {
      throw new StorageException(
          Fault.BAD_REQUEST,
          "a device or cartridge is named by 1 to 32 of A-Z 0-9 - _ . , got " + name,
          "capital letters, as in LIB1");
    }
  }

  /** Makes a device. EXISTS, BAD_REQUEST. */
  public OpticalDevice create(DeviceRecord wanted, Catalogue.Change also) throws StorageException {
    bay().requireChangeable();
    requireName(wanted.name());
    requireCounts(wanted);
    try (var held = optical.enter()) {
      if (optical.deviceOrNull(wanted.name()) != null) {
        throw new StorageException(
            Fault.EXISTS,
            "optical device " + wanted.name() + " exists",
            "cat .control/optical/devices/" + wanted.name() + "/status");
      }
      bay()
          .catalogue()
          .change(
              connection -> {
                OpticalTable.put(connection, wanted);
                also.run(connection);
              });
      OpticalDevice made = new OpticalDevice(wanted);
      optical.put(made);
      return made;
    }
  }

  private static void requireCounts(DeviceRecord wanted) throws StorageException {
    boolean library = wanted.type() == DeviceType.LIBRARY;
    if (library && (wanted.drives() < 1 || wanted.drives() > DeviceRecord.MAX_DRIVES)) {
      throw new StorageException(
          Fault.BAD_REQUEST,
          "drives is 1 to " + DeviceRecord.MAX_DRIVES + ", got " + wanted.drives());
    }
    if (library && (wanted.slots() < 1 || wanted.slots() > DeviceRecord.MAX_SLOTS)) {
      throw new StorageException(
          Fault.BAD_REQUEST, "slots is 1 to " + DeviceRecord.MAX_SLOTS + ", got " + wanted.slots());
    }
  }

  /** Checks {@link #remove(OpticalDevice, Catalogue.Change)}, changing nothing. BUSY. */
  public void requireRemove(OpticalDevice device) throws StorageException {
    bay().requireChangeable();
    for (CartridgeRecord each : optical.cartridgeRows()) {
      if (device.name().equals(each.device())) {
        throw new StorageException(
            Fault.BUSY,
            "cartridge " + each.name() + " is in device " + device.name(),
            "optical remove cartridge=" + each.name());
      }
    }
  }

  /** Takes away a device that has no cartridge. BUSY. */
  public void remove(OpticalDevice device, Catalogue.Change also) throws StorageException {
    try (var held = optical.enter()) {
      requireRemove(device);
      bay()
          .catalogue()
          .change(
              connection -> {
                OpticalTable.delete(connection, device.row());
                also.run(connection);
              });
      optical.remove(device);
    }
  }

  // ---- what is in them

  /** The slot, which is free; 0 in a device without slots. NOT_FOUND, BUSY, NO_SPACE. */
  int place(OpticalDevice device, int slot) throws StorageException {
    List<CartridgeRecord> there =
        optical.cartridgeRows().stream()
            .filter(each -> device.name().equals(each.device()))
            .toList();
    if (device.type() == DeviceType.STANDALONE) {
      if (!there.isEmpty()) {
        throw new StorageException(
            Fault.BUSY,
            "device " + device.name() + " has cartridge " + there.get(0).name(),
            "optical remove cartridge=" + there.get(0).name());
      }
      return 0;
    }
    if (there.size() >= DeviceRecord.MAX_SLOTS) {
      throw new StorageException(
          Fault.NO_SPACE, "device " + device.name() + " has " + there.size() + " images");
    }
    return device.type() == DeviceType.VIRTUAL ? 0 : slotOf(device, there, slot);
  }

  private static int slotOf(OpticalDevice device, List<CartridgeRecord> there, int wanted)
      throws StorageException {
    int slots = device.row().slots();
    if (wanted < 0 || wanted > slots) {
      throw new StorageException(
          Fault.BAD_REQUEST,
          "library " + device.name() + " has slots 1 to " + slots + ", got " + wanted);
    }
    for (int slot = wanted == 0 ? 1 : wanted; slot <= (wanted == 0 ? slots : wanted); slot++) {
      int at = slot;
      if (there.stream().noneMatch(each -> each.slot() == at)) {
        return slot;
      }
    }
    throw new StorageException(
        wanted == 0 ? Fault.NO_SPACE : Fault.BUSY,
        wanted == 0
            ? "all " + slots + " slots of library " + device.name() + " are taken"
            : "slot " + wanted + " of library " + device.name() + " is taken",
        "optical remove cartridge=NAME makes room");
  }

  /** The cartridge in a stand-alone device. NO_MEDIUM, UNSUPPORTED. */
  public CartridgeRecord mounted(OpticalDevice device) throws StorageException {
    if (device.type() != DeviceType.STANDALONE) {
      throw new StorageException(
          Fault.UNSUPPORTED,
          "*MOUNTED is for stand-alone devices; device "
              + device.name()
              + " is "
              + device.type().phrase(),
          "the identifier of a volume");
    }
    return optical.cartridgeRows().stream()
        .filter(each -> device.name().equals(each.device()))
        .findFirst()
        .orElseThrow(
            () ->
                new StorageException(
                    Fault.NO_MEDIUM,
                    "OPT1504: device " + device.name() + " is empty",
                    "optical add device=" + device.name() + " cartridge=NAME"));
  }

  /** The volume that is up in a stand-alone device. NO_MEDIUM, UNSUPPORTED. */
  public OpticalVolume mountedVolume(OpticalDevice device) throws StorageException {
    CartridgeRecord row = mounted(device);
    return optical.find(Cartridges.key(row.name(), row.up()));
  }
}
