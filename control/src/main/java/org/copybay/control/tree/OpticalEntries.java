package org.copybay.control.tree;

import java.util.ArrayList;
import java.util.List;
import org.copybay.control.command.Commands;
import org.copybay.control.command.OpticalFacts;
import org.copybay.control.command.Scope;
import org.copybay.control.report.ErrorLog;
import org.copybay.copy.optical.CartridgeRecord;
import org.copybay.copy.optical.Optical;
import org.copybay.copy.optical.OpticalDevice;
import org.copybay.copy.optical.OpticalVolume;
import org.copybay.copy.optical.RotationRecord;
import org.jspecify.annotations.Nullable;

/**
 * optical/: its ctl, and rooms of devices, cartridges, volumes and rotations, with one directory
 * for each.
 */
final class OpticalEntries {
  private static final String ROOM = "optical/";

  private final Optical optical;
  private final OpticalFacts facts;
  private final Commands commands;
  private final ErrorLog errors;

  OpticalEntries(Optical optical, Commands commands, ErrorLog errors) {
    this.optical = optical;
    this.facts = new OpticalFacts(optical);
    this.commands = commands;
    this.errors = errors;
  }

  /** The directory itself. */
  ControlDirectory directory() {
    return new ControlDirectory(
        "optical",
        new FixedEntries()
            .add(new CtlFile(Scope.optical(), commands))
            .add(devices())
            .add(cartridges())
            .add(volumes())
            .add(rotations()));
  }

  private ControlDirectory devices() {
    return new Room<>(
            ROOM + "devices",
            errors,
            () -> optical.devices().stream().map(OpticalDevice::name).toList(),
            optical::deviceOrNull)
        .status(facts::device)
        .text("drives", facts::drives)
        .text("cartridges", facts::inside)
        .directory();
  }

  private ControlDirectory cartridges() {
    return new Room<>(
            ROOM + "cartridges",
            errors,
            () -> optical.cartridgeRows().stream().map(CartridgeRecord::name).toList(),
            optical::cartridgeOrNull)
        .status(facts::cartridge)
        .directory();
  }

  private ControlDirectory rotations() {
    return new Room<>(
            ROOM + "rotations",
            errors,
            () -> optical.rotations().all().stream().map(RotationRecord::name).toList(),
            optical.rotations()::findOrNull)
        .status(facts::rotation)
        .text("targets", facts::targets)
        .directory();
  }

  private ControlDirectory volumes() {
    return new Room<>(ROOM + "volumes", errors, this::volumeNames, this::volumeOrNull)
        .file(name -> new CtlFile(Scope.side(name), commands))
        .status(facts::volume)
        .text("format", volume -> new Page().putAll(facts.format(volume)).text())
        .text("format.json", volume -> new Page().putAll(facts.format(volume)).json())
        .directory();
  }

  /** Identifiers of those that have a file; keys of the others. */
  private List<String> volumeNames() {
    List<String> names = new ArrayList<>();
    List<OpticalVolume> active = optical.active();
    active.forEach(each -> names.add(each.id()));
    for (OpticalVolume each : optical.volumes()) {
      if (!active.contains(each) && !names.contains(each.key())) {
        names.add(each.key());
      }
    }
    return names;
  }

  private @Nullable OpticalVolume volumeOrNull(String name) {
    OpticalVolume active = optical.activeOrNull(name);
    return active == null ? optical.byKey(name) : active;
  }
}
