package org.copybay.control.command;

import static org.copybay.control.report.Errno.EACCES;
import static org.copybay.control.report.Errno.ENOENT;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.copybay.control.report.Errno;
import org.copybay.copy.optical.CartridgeRecord;
import org.copybay.copy.optical.DeviceType;
import org.copybay.copy.optical.DuplicateSpec;
import org.copybay.copy.optical.Optical;
import org.copybay.copy.optical.OpticalDevice;
import org.copybay.copy.optical.OpticalVolume;
import org.copybay.copy.optical.SideState;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.Words;
import org.copybay.volumes.bay.Bay;

/** What the verbs of optical storage find and check alike. */
record Opticals(Bay bay, Optical optical, Owner owner) {
  static final String VOLUME = "volume";
  static final String DEVICE = "device";
  static final String CARTRIDGE = "cartridge";
  static final String ACTION = "action";

  /** The volume in the drive of a stand-alone device. */
  static final String MOUNTED = DuplicateSpec.MOUNTED;

  static final Key DEVICE_OF_MOUNTED =
      Key.optional(DEVICE, "the stand-alone device that volume=*MOUNTED is in");

  /** All of these verbs. */
  List<Verb> verbs() {
    List<Verb> all = new ArrayList<>(new OpticalDeviceVerbs(this).verbs());
    all.addAll(new OpticalCartridgeVerbs(this).verbs());
    all.addAll(new OpticalVolumeVerbs(this).verbs());
    all.addAll(new OpticalLookVerbs(this).verbs());
    all.add(new OpticalDuplicateVerb(this).verb());
    all.addAll(new OpticalRotationVerbs(this).verbs());
    return all;
  }

  /** The numbers that verbs about a volume can answer with, and some more. */
  static List<Errno> errnos(Errno... more) {
    List<Errno> all = new ArrayList<>(List.of(ENOENT, EACCES));
    all.addAll(List.of(more));
    return all;
  }

  // ---- names

  /** The device of that key. NOT_FOUND. */
  OpticalDevice device(Arguments arguments, String key) throws RefusedException {
    String name = arguments.text(key);
    return arguments.at(key, () -> optical.device(name));
  }

  /** The cartridge of that key. NOT_FOUND. */
  CartridgeRecord cartridge(Arguments arguments) throws RefusedException {
    String name = arguments.text(CARTRIDGE);
    return arguments.at(CARTRIDGE, () -> optical.cartridge(name));
  }

  /** The volume of volume=, which device= may help to find. NOT_FOUND, NO_MEDIUM, UNSUPPORTED. */
  OpticalVolume volume(Arguments arguments) throws RefusedException {
    return volume(arguments, VOLUME, arguments.text(VOLUME));
  }

  /** The volume of a name that stands in that key. */
  OpticalVolume volume(Arguments arguments, String key, String name) throws RefusedException {
    if (name.equalsIgnoreCase(MOUNTED)) {
      return mounted(arguments, key);
    }
    OpticalVolume found = arguments.at(key, () -> optical.find(name));
    if (arguments.has(DEVICE)) {
      OpticalDevice wanted = device(arguments, DEVICE);
      OpticalDevice at = optical.deviceOf(found);
      if (at != wanted) {
        throw arguments.refuse(
            DEVICE,
            Fault.NOT_FOUND,
            "OPT1460: volume "
                + name
                + " is not in device "
                + wanted.name()
                + (at == null ? " but on the shelf" : " but in " + at.name()),
            "leave out device=");
      }
    }
    return found;
  }

  private OpticalVolume mounted(Arguments arguments, String key) throws RefusedException {
    if (!arguments.has(DEVICE)) {
      throw RefusedException.badRequest(
          arguments.column(key), "*MOUNTED needs a device", "device=NAME");
    }
    OpticalDevice device = device(arguments, DEVICE);
    return arguments.at(DEVICE, () -> optical.setup().mountedVolume(device));
  }

  /** NOT_FOUND for a volume that no drive can get: on the shelf, or the lower side. */
  void requireReachable(Arguments arguments, OpticalVolume volume) throws RefusedException {
    OpticalDevice device = optical.deviceOf(volume);
    if (device == null) {
      throw arguments.refuse(
          VOLUME,
          Fault.NOT_FOUND,
          "volume " + volume.id() + " is on the shelf",
          "optical add device=NAME cartridge=" + volume.cartridge());
    }
    if (device.type() == DeviceType.STANDALONE && optical.drives().driveOf(volume) == 0) {
      throw arguments.refuse(
          VOLUME,
          Fault.NOT_FOUND,
          "volume " + volume.id() + " is on the lower side of its cartridge",
          "optical flip device=" + device.name());
    }
  }

  // ---- who may

  /** DENIED to everybody but who mounted and root. */
  void requireOwner(Request request, String key, String what) throws RefusedException {
    owner.require(request.caller(), request.arguments(), key, what, null);
  }

  /** DENIED to everybody but the owner of a volume, who mounted, and root. */
  void requireOwn(Request request, OpticalVolume volume, String key, String what)
      throws RefusedException {
    owner.requireOrOwnerOf(volume.owner().uid(), request.caller(), request.arguments(), key, what);
  }

  /** Whether the caller may do with any volume what its owner may. */
  boolean privileged(Request request) {
    int uid = request.caller().uid();
    return uid == owner.uid() || uid == 0;
  }

  // ---- words

  /** What the conditions of a command about a volume are about. */
  static Subject subject(OpticalVolume volume) {
    return new Subject(
        "optical volume " + volume.id(),
        volume.row().state().word(),
        Subject.words(SideState.values()),
        Subject.NONE);
  }

  /** Takes a volume out of its drive at the end of a command, and says what became of that. */
  String takenOut(OpticalVolume volume) {
    try {
      optical.moving().takeOut(volume);
      return "volume " + volume.id() + " is unloaded";
    } catch (StorageException e) {
      return "volume " + volume.id() + " is not unloaded: " + e.getMessage();
    }
  }

  /** A reply of one sentence. */
  static Reply reply(String text) {
    return Reply.text(Subject.NONE, text);
  }

  /** A special value in capital letters, anything else as it is. */
  static String special(String text) {
    return text.startsWith("*") ? text.toUpperCase(Locale.ROOT) : text;
  }

  /** Identifiers as words with commas. */
  static String ids(List<OpticalVolume> volumes) {
    return String.join(", ", volumes.stream().map(each -> Words.word(each.id())).toList());
  }
}
