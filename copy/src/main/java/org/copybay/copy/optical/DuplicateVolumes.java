package org.copybay.copy.optical;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.jspecify.annotations.Nullable;

/** The volumes that a duplicate names, where they are to be had. Nothing is changed. */
final class DuplicateVolumes {
  private final Optical optical;
  private final DuplicateSpec wanted;

  DuplicateVolumes(Optical optical, DuplicateSpec wanted) {
    this.optical = optical;
    this.wanted = wanted;
  }

  /** The volume that is duplicated, which has a label and can be read. */
  OpticalVolume source() throws StorageException {
    OpticalVolume source = resolve(wanted.from(), wanted.fromDevice(), Odup.NOSRC);
    optical.drives().awaitClosed(source);
    SideState state = source.row().state();
    if (state != SideState.INITIALIZED) {
      throw Odup.NOSRC.refusal(
          "source " + source.id() + " is " + state.word() + ": it has no label", remedy(source));
    }
    if (source.medium().volume().damaged()) {
      throw Odup.NOSRC.refusal(
          "source " + source.id() + " cannot be read: " + source.medium().volume().failure(), null);
    }
    return source;
  }

  private static String remedy(OpticalVolume source) {
    SideState state = source.row().state();
    if (state == SideState.MAKING && source.size() == 0) {
      return "write it, or rm optical/" + source.id();
    }
    if (state == SideState.MAKING) {
      return source.openers().isEmpty()
          ? ": >> optical/" + source.id() + " ends its making"
          : "close it, and try again";
    }
    return state == SideState.UNINITIALIZED && source.size() == 0
        ? "optical initialize volume=" + source.id() + ", then write it"
        : "another source: initializing it erases what it holds";
  }

  /** The volumes it is duplicated to, in order. */
  List<OpticalVolume> targets() throws StorageException {
    List<OpticalVolume> found = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (String name : wanted.to()) {
      OpticalVolume target = resolve(name, wanted.toDevice(), Odup.NOTGT);
      optical.drives().awaitClosed(target);
      if (!seen.add(target.key())) {
        throw Odup.SAMEVOL.refusal("target " + target.id() + " is named twice", null);
      }
      if (target.row().state() == SideState.MAKING) {
        throw Odup.NOTGT.refusal(
            "target " + target.id() + " is an image that is being made", "another target");
      }
      if (target.row().state() == SideState.SPOILED) {
        throw Odup.NOTGT.refusal(
            "target " + target.id() + " is spoiled: a duplicate to it did not end",
            "another target");
      }
      String failure = target.medium().volume().failure();
      if (failure != null || target.medium().volume().damaged()) {
        throw Odup.NOTGT.refusal(
            "target " + target.id() + " takes no writes: " + failure,
            "optical check volume=" + target.id());
      }
      found.add(target);
    }
    return found;
  }

  private OpticalVolume resolve(String name, @Nullable String device, Odup missing)
      throws StorageException {
    if (name.equals(DuplicateSpec.MOUNTED)) {
      return mounted(device, missing);
    }
    OpticalVolume found = optical.findOrNull(name);
    OpticalDevice at = found == null ? null : optical.deviceOf(found);
    if (found == null || at == null) {
      throw missing.refusal(
          "OPT1330: volume " + name + " is not found in a device",
          found == null
              ? "ls .control/optical/volumes"
              : "optical add device=NAME cartridge=" + found.cartridge());
    }
    if (device != null && !at.name().equals(device)) {
      throw missing.refusal(
          "OPT1460: volume " + name + " is not in device " + device + " but in " + at.name(), null);
    }
    String hidden = optical.hidden(found);
    if (hidden != null && found.row().state() != SideState.SPOILED) {
      throw missing.refusal("volume " + name + " is not to be had: " + hidden, null);
    }
    return found;
  }

  private OpticalVolume mounted(@Nullable String device, Odup missing) throws StorageException {
    if (device == null) {
      throw new StorageException(
          Fault.BAD_REQUEST,
          "*MOUNTED needs a device",
          missing == Odup.NOSRC ? "fromdev=NAME" : "todev=NAME");
    }
    OpticalDevice found = optical.deviceOrNull(device);
    if (found == null) {
      throw missing.refusal("no optical device " + device, "ls .control/optical/devices");
    }
    try {
      return optical.setup().mountedVolume(found);
    } catch (StorageException e) {
      if (e.fault() == Fault.UNSUPPORTED) {
        throw e; // *MOUNTED of a library
      }
      throw Odup.EMPTY.refusal(e.getMessage(), e.remedy(), e);
    }
  }
}
