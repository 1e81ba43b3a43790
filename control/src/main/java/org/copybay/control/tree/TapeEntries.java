package org.copybay.control.tree;

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
import org.copybay.volumes.drive.TapeDrive;
import org.jspecify.annotations.Nullable;

/** tape/: its ctl, and rooms of libraries, drives and cartridges, with one directory for each. */
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
            .add(policies())
            .add(pools())
            .add(libraries())
            .add(drives())
            .add(media()));
  }

  private ControlDirectory policies() {
    Policies policies = facts.policies();
    return new Room<>(
            ROOM + "policies",
            errors,
            () -> policies.all().stream().map(CopyPolicy::name).toList(),
            policies::findOrNull)
        .status(facts::policy)
        .directory();
  }

  private ControlDirectory pools() {
    return new Room<>(
            ROOM + "pools",
            errors,
            () -> tapes.pools().all().stream().map(MediaPool::name).toList(),
            tapes.pools()::findOrNull)
        .status(facts::pool)
        .directory();
  }

  private ControlDirectory libraries() {
    return new Room<>(
            ROOM + "libraries",
            errors,
            () -> tapes.libraries().stream().map(TapeLibrary::name).toList(),
            tapes::libraryOrNull)
        .file(name -> new ChangerFile(name, facts, commands))
        .status(facts::library)
        .directory();
  }

  private ControlDirectory drives() {
    return new Room<>(
            ROOM + "drives",
            errors,
            () -> tapes.drives().stream().map(TapeDrive::name).toList(),
            this::driveOrNull)
        .status(facts::drive)
        .directory();
  }

  private ControlDirectory media() {
    return new Room<>(
            ROOM + "media",
            errors,
            () -> tapes.cartridges().stream().map(TapeCartridge::barcode).toList(),
            tapes::cartridgeOrNull)
        .text("mam", facts::mam)
        .status(facts::cartridge)
        .directory();
  }

  private @Nullable TapeDrive driveOrNull(String name) {
    return name.matches("nst[0-9]{1,6}")
        ? tapes.driveOrNull(Integer.parseInt(name.substring(3)))
        : null;
  }
}
