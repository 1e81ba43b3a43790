package org.copybay.control.tree;

import java.util.List;
import java.util.Map;
import org.copybay.control.command.Commands;
import org.copybay.control.command.Scope;
import org.copybay.control.command.TapeFacts;
import org.copybay.control.report.ErrorLog;
import org.copybay.copy.library.MediaPool;
import org.copybay.copy.library.TapeCartridge;
import org.copybay.copy.library.TapeLibrary;
import org.copybay.copy.library.Tapes;
import org.copybay.copy.smartcopy.CopyPolicy;
import org.copybay.copy.smartcopy.Policies;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.drive.TapeDrive;
import org.jspecify.annotations.Nullable;

/**
 * tape/: its ctl, and rooms of libraries, drives and cartridges, with one directory for each. A
 * file is about the object that has its name when it is opened.
 */
final class TapeEntries {
  private static final String ROOM = "tape/";

  private final Tapes tapes;
  private final TapeFacts facts;
  private final Commands commands;
  private final ErrorLog errors;

  TapeEntries(Tapes tapes, Policies policies, Commands commands, ErrorLog errors) {
    this.tapes = tapes;
    this.facts = new TapeFacts(tapes, policies);
    this.commands = commands;
    this.errors = errors;
  }

  /** The directory itself. */
  ControlDirectory directory() {
    return new ControlDirectory(
        "tape",
        new FixedEntries()
            .add(new CtlFile(Scope.tape(), commands))
            .add(new TextFile(ROOM + "list", errors, caller -> facts.media(tapes.cartridges())))
            .add(new TextFile(ROOM + "queue", errors, caller -> facts.queue()))
            .add(new TextFile(ROOM + "locations", errors, caller -> facts.locations()))
            .add(new TextFile(ROOM + "summary", errors, caller -> facts.summary()))
            .add(
                new ControlDirectory(
                    ROOM + "policies",
                    new Room<>(
                        "policies",
                        () -> facts.policies().all().stream().map(CopyPolicy::name).toList(),
                        facts.policies()::findOrNull,
                        facts::policy)))
            .add(
                new ControlDirectory(
                    ROOM + "pools",
                    new Room<>(
                        "pools",
                        () -> tapes.pools().all().stream().map(MediaPool::name).toList(),
                        tapes.pools()::findOrNull,
                        facts::pool)))
            .add(
                new ControlDirectory(
                    ROOM + "libraries",
                    new Room<>(
                        "libraries",
                        () -> tapes.libraries().stream().map(TapeLibrary::name).toList(),
                        tapes::libraryOrNull,
                        facts::library)))
            .add(
                new ControlDirectory(
                    ROOM + "drives",
                    new Room<>(
                        "drives",
                        () -> tapes.drives().stream().map(TapeDrive::name).toList(),
                        this::driveOrNull,
                        facts::drive)))
            .add(
                new ControlDirectory(
                    ROOM + "media",
                    new Room<>(
                        "media",
                        () -> tapes.cartridges().stream().map(TapeCartridge::barcode).toList(),
                        tapes::cartridgeOrNull,
                        facts::cartridge))));
  }

  private @Nullable TapeDrive driveOrNull(String name) {
    return name.matches("nst[0-9]{1,6}")
        ? tapes.driveOrNull(Integer.parseInt(name.substring(3)))
        : null;
  }

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

  /** One directory for each object of a kind. */
  private final class Room<T> implements ControlDirectory.Entries {
    private final String room;
    private final Names names;
    private final Finding<T> finding;
    private final Facts<T> about;

    Room(String room, Names names, Finding<T> finding, Facts<T> about) {
      this.room = room;
      this.names = names;
      this.finding = finding;
      this.about = about;
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
      String path = ROOM + room + "/" + name;
      FixedEntries entries = new FixedEntries();
      if (room.equals("libraries")) {
        entries.add(new ChangerFile(name, facts, commands));
      }
      if (room.equals("media")) {
        entries.add(
            new TextFile(path + "/mam", errors, caller -> facts.mam(tapes.cartridge(name))));
      }
      entries.add(
          new TextFile(
              path + "/status",
              errors,
              caller -> new Page().putAll(about.of(there(name, path))).text()));
      entries.add(
          new TextFile(
              path + "/status.json",
              errors,
              caller -> new Page().putAll(about.of(there(name, path))).json()));
      return new ControlDirectory(path, entries);
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
