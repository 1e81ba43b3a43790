package org.copybay.control.command;

import static org.copybay.control.command.TapeCommands.BARCODE;
import static org.copybay.control.command.TapeCommands.DRIVE;
import static org.copybay.control.command.TapeCommands.LIBRARY;
import static org.copybay.control.command.TapeCommands.OF_BARCODE;
import static org.copybay.control.command.TapeCommands.OF_LIBRARY;
import static org.copybay.control.command.TapeCommands.SLOT;
import static org.copybay.control.report.Errno.EALREADY;
import static org.copybay.control.report.Errno.EMEDIUMTYPE;
import static org.copybay.control.report.Errno.ENOMEDIUM;
import static org.copybay.control.report.Errno.EPERM;
import static org.copybay.control.report.Errno.EXDEV;

import java.util.List;
import org.copybay.copy.library.Changer;
import org.copybay.copy.library.MediumKind;
import org.copybay.copy.library.TapeCartridge;
import org.copybay.copy.library.TapeLibrary;
import org.copybay.volumes.drive.TapeDrive;

/**
 * The verbs that move cartridges. In the changer file of a library they are those of mtx(1), with
 * its numbers: {@code load 3 0}, {@code unload 3 0}, {@code transfer 3 41}.
 */
final class TapeMoveVerbs {
  private static final String FROM = "from";
  private static final String TO = "to";
  private static final String LOCATION = "location";
  private static final String FORCE = "force";
  private static final int MAX_LOCATION = 50;

  private final TapeCommands commands;
  private final Changer changer;

  TapeMoveVerbs(TapeCommands commands) {
    this.commands = commands;
    this.changer = commands.tapes().changer();
  }

  List<Verb> verbs() {
    return List.of(load(), unload(), transfer(), inventory(), eject(), insert());
  }

  // ---- load

  private Verb load() {
    return new Verb(
        "tape-load",
        "tape load barcode=BARCODE drive=nstN | tape load library=NAME slot=N [drive=N]",
        "put a cartridge into a drive",
        LIBRARY,
        List.of(
            OF_LIBRARY,
            Key.optional(SLOT, "the storage element it is in"),
            Key.optional(DRIVE, "nst0 as in drives/, or 0 for the first one of the library"),
            OF_BARCODE),
        List.of(SLOT, DRIVE),
        List.of(
            "In the changer file of a library it is load SLOT DRIVE, as mtx has it.",
            "A cleaning cartridge cleans the drive and goes back to its slot."),
        List.of("tape load barcode=VT0001L8 drive=nst0", "tape load library=VTL1 slot=3 drive=0"),
        TapeCommands.errnos(EALREADY, ENOMEDIUM, EXDEV, EMEDIUMTYPE),
        Verb.Destroys.NEVER,
        commands.changing(this::prepareLoad));
  }

  private Plan prepareLoad(Request request) throws RefusedException {
    Arguments arguments = request.arguments();
    TapeCartridge cartridge = commands.cartridgeOrSlot(arguments, SLOT);
    String name =
        arguments.names(LIBRARY) ? arguments.text(LIBRARY) : cartridge.row().place().library();
    TapeLibrary library = name == null ? null : commands.tapes().libraryOrNull(name);
    TapeDrive drive = commands.drive(arguments, library);
    String blame = arguments.has(BARCODE) ? BARCODE : SLOT;
    RefusedException reached =
        TapeCartridgeVerbs.reached(arguments, blame, () -> changer.requireLoad(cartridge, drive));
    return new Plan(
        TapeCommands.subject(cartridge),
        "load cartridge " + cartridge.barcode() + " into drive " + drive.name(),
        () ->
            arguments.at(
                blame,
                () -> {
                  changer.load(cartridge, drive, request.acceptance());
                  boolean cleaning = cartridge.row().kind() == MediumKind.CLEANING;
                  return TapeCommands.reply(
                      cleaning
                          ? "drive " + drive.name() + " is clean"
                          : "cartridge " + cartridge.barcode() + " is in drive " + drive.name());
                }),
        reached);
  }

  // ---- unload

  private Verb unload() {
    return new Verb(
        "tape-unload",
        "tape unload drive=nstN [slot=N] | tape unload library=NAME [slot=N] [drive=N]",
        "take a cartridge out of a drive",
        LIBRARY,
        List.of(
            OF_LIBRARY,
            Key.optional(SLOT, "where it goes, usually where it came from"),
            Key.optional(DRIVE, "nst0 as in drives/, or 0 for the first one of the library")),
        List.of(SLOT, DRIVE),
        List.of(
            "In the changer file of a library it is unload SLOT DRIVE, as mtx has it.",
            "A drive that a program has open, or whose door is locked (mt lock), keeps its"
                + " cartridge."),
        List.of("tape unload drive=nst0", "tape unload library=VTL1 slot=3 drive=0"),
        TapeCommands.errnos(ENOMEDIUM, EPERM),
        Verb.Destroys.NEVER,
        commands.changing(this::prepareUnload));
  }

  private Plan prepareUnload(Request request) throws RefusedException {
    Arguments arguments = request.arguments();
    TapeLibrary library = arguments.names(LIBRARY) ? commands.library(arguments) : null;
    TapeDrive drive = commands.drive(arguments, library);
    int slot = arguments.has(SLOT) ? TapeCommands.element(arguments, SLOT) : 0;
    String blame = arguments.has(DRIVE) ? DRIVE : LIBRARY;
    TapeCartridge there = arguments.at(blame, () -> changer.requireUnload(drive, slot));
    return new Plan(
        TapeCommands.subject(there),
        "unload cartridge " + there.barcode() + " from drive " + drive.name(),
        () ->
            arguments.at(
                blame,
                () -> {
                  TapeCartridge moved = changer.unload(drive, slot, request.acceptance());
                  return TapeCommands.reply(
                      "cartridge "
                          + moved.barcode()
                          + " is in storage element "
                          + moved.row().place().element());
                }));
  }

  // ---- transfer, inventory

  private Verb transfer() {
    return new Verb(
        "tape-transfer",
        "tape transfer library=NAME from=N to=N",
        "move a cartridge from one storage element to another",
        LIBRARY,
        List.of(
            Key.library(LIBRARY, "the library"),
            Key.required(FROM, "a storage element that is full"),
            Key.required(TO, "one that is empty")),
        List.of(FROM, TO),
        List.of("In the changer file of a library it is transfer FROM TO, as mtx has it."),
        List.of("tape transfer library=VTL1 from=3 to=41"),
        TapeCommands.errnos(ENOMEDIUM),
        Verb.Destroys.NEVER,
        commands.changing(this::prepareTransfer));
  }

  private Plan prepareTransfer(Request request) throws RefusedException {
    Arguments arguments = request.arguments();
    TapeLibrary library = commands.library(arguments);
    int from = TapeCommands.element(arguments, FROM);
    int to = TapeCommands.element(arguments, TO);
    arguments.at(FROM, () -> changer.inElement(library, from));
    TapeCartridge moved = arguments.at(TO, () -> changer.requireTransfer(library, from, to));
    return new Plan(
        TapeCommands.subject(moved),
        "move cartridge " + moved.barcode() + " to storage element " + to,
        () ->
            arguments.at(
                TO,
                () -> {
                  TapeCartridge done = changer.transfer(library, from, to, request.acceptance());
                  return TapeCommands.reply(
                      "cartridge " + done.barcode() + " is in storage element " + to);
                }));
  }

  private Verb inventory() {
    return new Verb(
        "tape-inventory",
        "tape inventory library=NAME",
        "look at all elements of a tape library",
        LIBRARY,
        List.of(Key.library(LIBRARY, "the library")),
        List.of(LIBRARY),
        List.of("What is where is always known: it changes nothing."),
        List.of("tape inventory library=VTL1"),
        TapeCommands.errnos(),
        Verb.Destroys.NEVER,
        this::prepareInventory);
  }

  private Plan prepareInventory(Request request) throws RefusedException {
    TapeLibrary library = commands.library(request.arguments());
    return new Plan(
        Subject.none("tape library " + library.name()),
        "look at library " + library.name(),
        () ->
            TapeCommands.reply(
                "library "
                    + library.name()
                    + " has "
                    + commands.tapes().inside(library.name()).size()
                    + " cartridges"));
  }

  // ---- eject, insert

  private Verb eject() {
    return new Verb(
        "tape-eject",
        "tape eject barcode=BARCODE [location=TEXT] [force=yes] | tape eject library=NAME slot=N",
        "take a cartridge out of its library and put it on the shelf",
        LIBRARY,
        List.of(
            OF_LIBRARY,
            Key.optional(SLOT, "the storage element it is in"),
            OF_BARCODE,
            Key.optional(LOCATION, "where it is put, at most 50 characters"),
            Key.word(FORCE, "yes: also while a job reads or makes it, which fails then")),
        List.of(SLOT),
        List.of(
            "It keeps all that it holds; tape insert brings it back.",
            "With force=yes a target of a copy that is not whole is blank when its job has ended;"
                + " only who mounted and root may."),
        List.of(
            "tape eject barcode=VT0001L8 location=\"vault 1\"",
            "tape eject barcode=PH0001L8 force=yes"),
        TapeCommands.errnos(EALREADY, ENOMEDIUM),
        Verb.Destroys.whenYes(FORCE),
        commands.changing(this::prepareEject));
  }

  private Plan prepareEject(Request request) throws RefusedException {
    Arguments arguments = request.arguments();
    TapeCartridge cartridge = commands.cartridgeOrSlot(arguments, SLOT);
    String location = arguments.has(LOCATION) ? arguments.text(LOCATION) : "";
    boolean force = arguments.yes(FORCE, false);
    if (location.length() > MAX_LOCATION) {
      throw RefusedException.badRequest(
          arguments.column(LOCATION),
          "location= has at most " + MAX_LOCATION + " characters, got " + location.length());
    }
    String blame = arguments.has(BARCODE) ? BARCODE : SLOT;
    RefusedException reached =
        TapeCartridgeVerbs.reached(
            arguments,
            blame,
            () -> changer.requireEject(cartridge, force ? cartridge.holder() : null));
    return new Plan(
        TapeCommands.subject(cartridge),
        "put cartridge " + cartridge.barcode() + " on the shelf",
        () ->
            arguments.at(
                blame,
                () -> {
                  if (force) {
                    commands.copies().ejectByForce(cartridge, location, request.acceptance());
                  } else {
                    changer.eject(cartridge, location, request.acceptance());
                  }
                  return TapeCommands.reply(
                      "cartridge " + cartridge.barcode() + " is on the shelf");
                }),
        reached);
  }

  private Verb insert() {
    return new Verb(
        "tape-insert",
        "tape insert library=NAME barcode=BARCODE [slot=N]",
        "put a cartridge from the shelf into a tape library",
        LIBRARY,
        List.of(
            Key.library(LIBRARY, "the library"),
            Key.barcode(BARCODE, "the cartridge"),
            Key.optional(SLOT, "where it goes, usually the first free slot")),
        List.of(LIBRARY, BARCODE),
        List.of(),
        List.of("tape insert library=VTL1 barcode=VT0001L8"),
        TapeCommands.errnos(),
        Verb.Destroys.NEVER,
        commands.changing(this::prepareInsert));
  }

  private Plan prepareInsert(Request request) throws RefusedException {
    Arguments arguments = request.arguments();
    TapeLibrary library = commands.library(arguments);
    TapeCartridge cartridge = commands.cartridge(arguments);
    int slot = arguments.has(SLOT) ? TapeCommands.element(arguments, SLOT) : 0;
    String blame = arguments.has(SLOT) ? SLOT : BARCODE;
    arguments.require(blame, () -> changer.requireInsert(cartridge, library, slot));
    return new Plan(
        TapeCommands.subject(cartridge),
        "put cartridge " + cartridge.barcode() + " into library " + library.name(),
        () ->
            arguments.at(
                blame,
                () -> {
                  int at = changer.insert(cartridge, library, slot, request.acceptance());
                  return TapeCommands.reply(
                      "cartridge " + cartridge.barcode() + " is in storage element " + at);
                }));
  }
}
