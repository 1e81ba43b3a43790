package org.copybay.copy.optical;

import org.copybay.volumes.media.MediaType;
import org.jspecify.annotations.Nullable;

/**
 * The row of a cartridge.
 *
 * @param name of the cartridge; that of a side is this and A or B
 * @param type of its medium
 * @param sectorBytes bytes of a sector
 * @param sides 1 or 2
 * @param device it is in, or null: on the shelf
 * @param slot of a library where it belongs, 1 or more; 0 elsewhere
 * @param up the side that faces the drive of a stand-alone device, 0 or 1
 * @param location what was noted when it was taken out, or empty
 */
public record CartridgeRecord(
    String name,
    MediaType type,
    int sectorBytes,
    int sides,
    @Nullable String device,
    int slot,
    int up,
    String location) {
  /** Whether it is in no device. */
  public boolean shelved() {
    return device == null;
  }

  CartridgeRecord in(String newDevice, int newSlot) {
    return new CartridgeRecord(name, type, sectorBytes, sides, newDevice, newSlot, 0, "");
  }

  CartridgeRecord shelvedAt(String where) {
    return new CartridgeRecord(name, type, sectorBytes, sides, null, 0, 0, where);
  }

  CartridgeRecord turned(int side) {
    return new CartridgeRecord(name, type, sectorBytes, sides, device, slot, side, location);
  }
}
