package org.copybay.control.command;

import static org.copybay.control.command.TapeCommands.BARCODE;
import static org.copybay.control.command.TapeCommands.LIBRARY;
import static org.copybay.control.command.TapeCommands.SLOT;
import static org.copybay.control.report.Errno.EALREADY;
import static org.copybay.control.report.Errno.EMEDIUMTYPE;

import java.util.List;
import java.util.stream.Stream;
import org.copybay.copy.library.CartridgeMaking;
import org.copybay.copy.library.CartridgeMaking.NewCartridges;
import org.copybay.copy.library.MediumKind;
import org.copybay.copy.library.TapeCartridge;
import org.copybay.copy.library.TapeLibrary;
import org.copybay.copy.library.TapeMedia;
import org.copybay.volumes.Fault;
import org.jspecify.annotations.Nullable;

/** The verbs of tape cartridges: they are made, protected and destroyed. */
final class TapeCartridgeVerbs {
  private static final String COUNT = "count";
  private static final String PREFIX = "prefix";
  private static final String KIND = "kind";
  private static final String MEDIA = "media";
  private static final String CAPACITY = "capacity";
  private static final String COMPRESSION = "compression";
  private static final String TAB = "tab";

  private final TapeCommands commands;
  private final CartridgeMaking making;

  TapeCartridgeVerbs(TapeCommands commands) {
    this.commands = commands;
    this.making = commands.tapes().making();
  }

  List<Verb> verbs() {
    return List.of(add(), protect(), destroy());
  }

  // ---- add

  private Verb add() {
    return new Verb(
        "tape-add",
        "tape add library=NAME [barcode=BARCODE,…] [count=N] [prefix=TEXT] [kind=data|worm|cleaning]"
            + " [media=LTO-N] [capacity=SIZE] [compression=none|zstd] [slot=N]",
        "put new, blank cartridges into a tape library",
        LIBRARY,
        List.of(
            Key.library(LIBRARY, "the library"),
            Key.optional(BARCODE, "of them; usually the next free ones behind the prefix"),
            Key.optional(COUNT, "how many, usually 1"),
            Key.optional(PREFIX, "what barcodes begin with, usually VT, or CLN"),
            Key.word(KIND, "data (usual), worm or cleaning"),
            Key.optional(MEDIA, "their generation; usually that of the library"),
            Key.optional(CAPACITY, "bytes up to the early warning; the media type has a usual one"),
            Key.word(COMPRESSION, "zstd: drives compress what is written; usually none"),
            Key.optional(SLOT, "where the first one goes, usually the first free slot")),
        List.of(LIBRARY, BARCODE),
        List.of(
            "A barcode is made of the prefix, a number, and two letters that tell the media type:"
                + " VT0001L8.",
            "A cartridge takes space when something is written to it.",
            "A cleaning cartridge can be used " + CartridgeMaking.CLEANINGS + " times."),
        List.of(
            "tape add library=VTL1 count=10",
            "tape add library=VTL1 barcode=PAY001L8,PAY002L8 capacity=50G compression=zstd",
            "tape add library=VTL1 kind=cleaning"),
        TapeCommands.errnos(EMEDIUMTYPE),
        Verb.Destroys.NEVER,
        commands.changing(this::prepareAdd));
  }

  private Plan prepareAdd(Request request) throws RefusedException {
    Arguments arguments = request.arguments();
    TapeLibrary library = commands.library(arguments);
    commands.requireOwner(request, LIBRARY, "make cartridges");
    NewCartridges wanted = wanted(arguments, library);
    String blame =
        Stream.of(BARCODE, COUNT, SLOT, CAPACITY, KIND)
            .filter(arguments::has)
            .findFirst()
            .orElse(LIBRARY);
    arguments.require(blame, () -> making.requireAdd(wanted));
    List<String> barcodes = wanted.barcodes();
    String words =
        barcodes.size() == 1
            ? "cartridge " + barcodes.get(0)
            : barcodes.size()
                + " cartridges "
                + barcodes.get(0)
                + " to "
                + barcodes.get(barcodes.size() - 1);
    return new Plan(
        Subject.none(words),
        "make " + words + " in library " + library.name(),
        () ->
            arguments.at(
                blame,
                () -> {
                  making.add(wanted, request.acceptance());
                  return TapeCommands.reply(
                      words + (barcodes.size() == 1 ? " is" : " are") + " in " + library.name());
                }));
  }

  private NewCartridges wanted(Arguments arguments, TapeLibrary library) throws RefusedException {
    MediumKind kind =
        switch (arguments.word(KIND, "data", "data", "worm", "cleaning")) {
          case "worm" -> MediumKind.WORM;
          case "cleaning" -> MediumKind.CLEANING;
          default -> MediumKind.DATA;
        };
    TapeMedia media = library.row().media();
    if (arguments.has(MEDIA)) {
      String word = arguments.text(MEDIA);
      media = arguments.at(MEDIA, () -> TapeMedia.of(word));
    }
    return new NewCartridges(
        barcodes(arguments, kind, media),
        library,
        arguments.has(SLOT) ? TapeCommands.element(arguments, SLOT) : 0,
        kind,
        media,
        arguments.has(CAPACITY) ? arguments.size(CAPACITY) : media.capacity(),
        arguments.word(COMPRESSION, "none", "none", "zstd").equals("zstd"));
  }

  private List<String> barcodes(Arguments arguments, MediumKind kind, TapeMedia media)
      throws RefusedException {
    if (arguments.has(BARCODE)) {
      for (String key : List.of(COUNT, PREFIX)) {
        if (arguments.has(key)) {
          throw RefusedException.badRequest(
              arguments.column(key), key + "= does not go together with barcode=");
        }
      }
      List<String> given = arguments.list(BARCODE);
      if (given.stream().distinct().count() < given.size()) {
        throw RefusedException.badRequest(arguments.column(BARCODE), "a barcode is given twice");
      }
      return given;
    }
    long count = arguments.has(COUNT) ? arguments.number(COUNT) : 1;
    if (count < 1 || count > CartridgeMaking.MAX_COUNT) {
      throw RefusedException.badRequest(
          arguments.column(COUNT),
          "count= is 1 to " + CartridgeMaking.MAX_COUNT + ", got " + count);
    }
    String prefix =
        arguments.has(PREFIX) ? arguments.text(PREFIX) : kind == MediumKind.CLEANING ? "CLN" : "VT";
    return making.freeBarcodes(prefix, media.suffix(kind), (int) count);
  }

  // ---- protect

  private Verb protect() {
    return new Verb(
        "tape-protect",
        "tape protect barcode=BARCODE [tab=on|off]",
        "set the write-protect tab of a cartridge",
        "",
        List.of(
            Key.barcode(BARCODE, "the cartridge, in no drive"),
            Key.word(TAB, "on (usual): nothing of it can be changed; or off")),
        List.of(BARCODE, TAB),
        List.of(
            "A drive that has it opens for reading only (EROFS).",
            "tape set protect= protects what it holds for some time."),
        List.of("tape protect barcode=VT0001L8", "tape protect VT0001L8 tab=off"),
        TapeCommands.errnos(EALREADY),
        Verb.Destroys.NEVER,
        commands.changing(this::prepareProtect));
  }

  private Plan prepareProtect(Request request) throws RefusedException {
    Arguments arguments = request.arguments();
    commands.requireOwner(request, BARCODE, "set the tabs of cartridges");
    TapeCartridge cartridge = commands.cartridge(arguments);
    boolean set = arguments.word(TAB, "on", "on", "off").equals("on");
    RefusedException reached =
        reached(arguments, BARCODE, () -> making.requireSetTab(cartridge, set));
    String what = set ? "write-protected" : "not write-protected any more";
    return new Plan(
        TapeCommands.subject(cartridge),
        "make cartridge " + cartridge.barcode() + " " + what,
        () ->
            arguments.at(
                BARCODE,
                () -> {
                  making.setTab(cartridge, set, request.acceptance());
                  return TapeCommands.reply("cartridge " + cartridge.barcode() + " is " + what);
                }),
        reached);
  }

  /** Checks; what is reached already is returned and not thrown. */
  static @Nullable RefusedException reached(
      Arguments arguments, String key, Arguments.Requirement requirement) throws RefusedException {
    try {
      arguments.require(key, requirement);
      return null;
    } catch (RefusedException e) {
      if (e.error().fault() == Fault.ALREADY) {
        return e;
      }
      throw e;
    }
  }

  // ---- destroy

  private Verb destroy() {
    return new Verb(
        "tape-destroy",
        "tape destroy barcode=BARCODE",
        "destroy a cartridge with all that it holds",
        "",
        List.of(Key.barcode(BARCODE, "the cartridge, in no drive")),
        List.of(BARCODE),
        List.of(
            "It is noted in .control/audit.",
            "Of its copies the oldest one that is whole takes its place."),
        List.of("tape destroy barcode=VT0001L8"),
        TapeCommands.errnos(),
        Verb.Destroys.ALWAYS,
        commands.changing(this::prepareDestroy));
  }

  private Plan prepareDestroy(Request request) throws RefusedException {
    Arguments arguments = request.arguments();
    TapeCartridge cartridge = commands.cartridge(arguments);
    arguments.require(BARCODE, () -> making.requireDestroy(cartridge));
    return new Plan(
        TapeCommands.subject(cartridge),
        "destroy cartridge "
            + cartridge.barcode()
            + " with "
            + cartridge.contents().imageBytes()
            + " bytes",
        () ->
            arguments.at(
                BARCODE,
                () -> {
                  making.destroy(cartridge, request.acceptance());
                  return TapeCommands.reply("cartridge " + cartridge.barcode() + " is destroyed");
                }));
  }
}
