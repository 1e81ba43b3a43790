package org.copybay.control.tree;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.copybay.control.command.Commands;
import org.copybay.control.command.OpticalFacts;
import org.copybay.control.command.Scope;
import org.copybay.control.report.ErrorLog;
import org.copybay.copy.optical.CartridgeRecord;
import org.copybay.copy.optical.Optical;
import org.copybay.copy.optical.OpticalDevice;
import org.copybay.copy.optical.OpticalVolume;
import org.copybay.copy.optical.RotationRecord;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.jspecify.annotations.Nullable;

/**
 * optical/: its ctl, and rooms of devices, cartridges, volumes and rotations, with one directory
 * for each. A file is about the object that has its name when it is opened.
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
            .add(new ControlDirectory(ROOM + "devices", devices()))
            .add(new ControlDirectory(ROOM + "cartridges", cartridges()))
            .add(new ControlDirectory(ROOM + "volumes", volumes()))
            .add(new ControlDirectory(ROOM + "rotations", rotations())));
  }

  private ControlDirectory.Entries devices() {
    return new Room<>(
        "devices",
        () -> optical.devices().stream().map(OpticalDevice::name).toList(),
        optical::deviceOrNull,
        facts::device,
        List.of(new Table<>("drives", facts::drives), new Table<>("cartridges", facts::inside)));
  }

  private ControlDirectory.Entries cartridges() {
    return new Room<>(
        "cartridges",
        () -> optical.cartridgeRows().stream().map(CartridgeRecord::name).toList(),
        optical::cartridgeOrNull,
        facts::cartridge,
        List.of());
  }

  private ControlDirectory.Entries rotations() {
    return new Room<>(
        "rotations",
        () -> optical.rotations().all().stream().map(RotationRecord::name).toList(),
        optical.rotations()::findOrNull,
        facts::rotation,
        List.of(new Table<>("targets", facts::targets)));
  }

  private ControlDirectory.Entries volumes() {
    return new Room<>(
        "volumes",
        this::volumeNames,
        this::volumeOrNull,
        facts::volume,
        List.of(
            new Table<>("format", volume -> new Page().putAll(facts.format(volume)).text()),
            new Table<>("format.json", volume -> new Page().putAll(facts.format(volume)).json())));
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

  // ---- rooms

  /** Lists names. */
  @FunctionalInterface
  private interface Names {
    List<String> all();
  }

  /** Finds an object. */
  @FunctionalInterface
  private interface Finding<T> {
    @Nullable T find(String name);
  }

  /** Tells of an object. */
  @FunctionalInterface
  private interface Facts<T> {
    Map<String, @Nullable Object> of(T object);
  }

  /** Renders an object. */
  @FunctionalInterface
  private interface Rendering<T> {
    String of(T object) throws StorageException;
  }

  /** A table of an object. */
  private record Table<T>(String name, Rendering<T> rendering) {}

  /** One directory for each object of a kind. */
  private final class Room<T> implements ControlDirectory.Entries {
    private final String room;
    private final Names names;
    private final Finding<T> finding;
    private final Facts<T> about;
    private final List<Table<T>> tables;

    Room(String room, Names names, Finding<T> finding, Facts<T> about, List<Table<T>> tables) {
      this.room = room;
      this.names = names;
      this.finding = finding;
      this.about = about;
      this.tables = tables;
    }

    @Override
    public List<String> names() {
      return names.all();
    }

    @Override
    public @Nullable ControlNode find(String name) {
      if (finding.find(name) == null) {
        return null;
      }
      FixedEntries entries = new FixedEntries();
      if (room.equals("volumes")) {
        entries.add(new CtlFile(Scope.side(name), commands));
      }
      entries.add(text(name, "status", object -> new Page().putAll(about.of(object)).text()));
      entries.add(text(name, "status.json", object -> new Page().putAll(about.of(object)).json()));
      for (Table<T> each : tables) {
        entries.add(text(name, each.name(), each.rendering()));
      }
      return new ControlDirectory(ROOM + room + "/" + name, entries);
    }

    private TextFile text(String name, String file, Rendering<T> rendering) {
      String path = ROOM + room + "/" + name;
      return new TextFile(path + "/" + file, errors, caller -> rendering.of(there(name, path)));
    }

    private T there(String name, String path) throws StorageException {
      T object = finding.find(name);
      if (object == null) {
        throw new StorageException(Fault.NOT_FOUND, "no " + path + " below .control");
      }
      return object;
    }
  }
}
