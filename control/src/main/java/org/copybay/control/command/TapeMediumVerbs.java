package org.copybay.control.command;

import static org.copybay.control.command.TapeCommands.BARCODE;
import static org.copybay.control.report.Errno.EMEDIUMTYPE;
import static org.copybay.control.report.Errno.EPERM;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import org.copybay.copy.library.MediaPools;
import org.copybay.copy.library.MediumFacts;
import org.copybay.copy.library.MediumInitializing;
import org.copybay.copy.library.Protection;
import org.copybay.copy.library.TapeCartridge;
import org.copybay.copy.library.TapeRecord;
import org.jspecify.annotations.Nullable;

/** The verbs of media management: a cartridge is initialized, and described. */
final class TapeMediumVerbs {
  private static final String POOL = "pool";
  private static final String LABEL = "label";
  private static final String PROTECT = "protect";
  private static final String CLEAR = "clear";
  private static final String ID_OF_ATTRIBUTE = "attribute";
  private static final String VALUE = "value";
  private static final String HEX = "hex";
  private static final int MAX_LABEL = 76;

  private final TapeCommands commands;
  private final MediaPools pools;

  TapeMediumVerbs(TapeCommands commands) {
    this.commands = commands;
    this.pools = commands.tapes().pools();
  }

  List<Verb> verbs() {
    return List.of(initialize(), set(), mam());
  }

  // ---- initialize

  private Verb initialize() {
    return new Verb(
        "tape-initialize",
        "tape initialize barcode=BARCODE [label=TEXT] [clear=yes|no]",
        "let a cartridge begin with labels that have its medium id and barcode",
        "",
        List.of(
            Key.barcode(BARCODE, "the cartridge, in no drive"),
            Key.optional(LABEL, "text, at most 76 characters"),
            Key.word(CLEAR, "yes: what it holds goes; usually that is refused")),
        List.of(BARCODE),
        List.of(
            "The labels are those of ANSI X3.27, in a tape file of their own: VOL1, and UVL1 to UVL3"
                + " with medium id, barcode and label. mt fsf 1 passes them.",
            "A copy of such a cartridge has labels of its own.",
            "A cartridge need not be initialized: programs that write labels of their own want"
                + " blank ones."),
        List.of(
            "tape initialize barcode=VT0001L8 label=\"monday full\"",
            "tape initialize VT0001L8 clear=yes"),
        TapeCommands.errnos(EPERM, EMEDIUMTYPE),
        Verb.Destroys.whenYes(CLEAR),
        commands.changing(this::prepareInitialize));
  }

  private Plan prepareInitialize(Request request) throws RefusedException {
    Arguments arguments = request.arguments();
    commands.requireOwner(request, BARCODE, "initialize cartridges");
    TapeCartridge cartridge = commands.cartridge(arguments);
    MediumInitializing initializing = commands.tapes().initializing();
    boolean clear = arguments.yes(CLEAR, false);
    String given = text(arguments, LABEL, MAX_LABEL);
    String label = given == null ? cartridge.row().medium().label() : given;
    arguments.require(BARCODE, () -> initializing.requireInitialize(cartridge, clear));
    return new Plan(
        TapeCommands.subject(cartridge),
        "initialize cartridge " + cartridge.barcode(),
        () ->
            arguments.at(
                BARCODE,
                () -> {
                  initializing.initialize(cartridge, label, clear, request.acceptance());
                  return TapeCommands.reply("cartridge " + cartridge.barcode() + " is initialized");
                }));
  }

  // ---- set

  private Verb set() {
    return new Verb(
        "tape-set",
        "tape set barcode=BARCODE [pool=NAME] [label=TEXT] [protect=none|permanent|TIME]",
        "say what media management is to know of a cartridge",
        "",
        List.of(
            Key.barcode(BARCODE, "the cartridge"),
            Key.optional(POOL, "a media pool; none"),
            Key.optional(LABEL, "text, at most 76 characters"),
            Key.optional(
                PROTECT,
                "until when nothing it holds is overwritten: none, permanent, or a time like 30d or"
                    + " 2027-01-31T00:00:00Z")),
        List.of(BARCODE),
        List.of("A protected cartridge takes more at its end, unless it was copied."),
        List.of("tape set barcode=VT0001L8 pool=Default protect=30d"),
        TapeCommands.errnos(EMEDIUMTYPE),
        Verb.Destroys.NEVER,
        commands.changing(this::prepareSet));
  }

  private Plan prepareSet(Request request) throws RefusedException {
    Arguments arguments = request.arguments();
    commands.requireOwner(request, BARCODE, "describe cartridges");
    TapeCartridge cartridge = commands.cartridge(arguments);
    if (!arguments.has(POOL) && !arguments.has(LABEL) && !arguments.has(PROTECT)) {
      throw RefusedException.badRequest(
          arguments.line().stripTrailing().length(),
          "want what is to be said of it: pool=, label= or protect=",
          "tape set barcode=" + cartridge.barcode() + " protect=30d");
    }
    String pool = text(arguments, POOL, MAX_LABEL);
    if (pool != null) {
      arguments.require(POOL, () -> pools.requireMove(cartridge.row(), pool));
    }
    String label = text(arguments, LABEL, MAX_LABEL);
    Protection protection = arguments.has(PROTECT) ? commands.protection(arguments, PROTECT) : null;
    return new Plan(
        TapeCommands.subject(cartridge),
        "describe cartridge " + cartridge.barcode(),
        () ->
            arguments.at(
                BARCODE,
                () -> {
                  commands
                      .tapes()
                      .copies()
                      .describe(
                          cartridge,
                          row -> described(row, pool, label, protection),
                          request.acceptance());
                  return TapeCommands.reply("cartridge " + cartridge.barcode() + " is described");
                }));
  }

  private MediumFacts described(
      TapeRecord row,
      @Nullable String pool,
      @Nullable String label,
      @Nullable Protection protection) {
    MediumFacts now = pool == null ? row.medium() : pools.moved(row, pool);
    now = label == null ? now : now.labelled(label);
    return protection == null ? now : now.protectedBy(protection);
  }

  private static @Nullable String text(Arguments arguments, String key, int most)
      throws RefusedException {
    if (!arguments.has(key)) {
      return null;
    }
    String text = arguments.text(key);
    if (text.length() > most) {
      throw RefusedException.badRequest(
          arguments.column(key),
          key + "= has at most " + most + " characters, got " + text.length());
    }
    return text.equals("none") ? "" : text;
  }

  // ---- mam

  private Verb mam() {
    return new Verb(
        "tape-mam",
        "tape mam barcode=BARCODE attribute=ID value=TEXT|hex=DIGITS",
        "leave an attribute in the memory of a cartridge (MAM)",
        "",
        List.of(
            Key.barcode(BARCODE, "the cartridge"),
            Key.required(ID_OF_ATTRIBUTE, "four digits: 0800 to 0bff, or 1400 to 17ff"),
            Key.optional(VALUE, "its text; none takes it away"),
            Key.optional(HEX, "or its bytes in hexadecimal digits")),
        List.of(BARCODE, ID_OF_ATTRIBUTE, VALUE),
        List.of(
            "All attributes of a cartridge stand in .control/tape/media/BARCODE/mam; those that the"
                + " library knows by itself are never set."),
        List.of("tape mam barcode=VT0001L8 attribute=0801 value=Bacula"),
        TapeCommands.errnos(EPERM),
        Verb.Destroys.NEVER,
        commands.changing(this::prepareMam));
  }

  private Plan prepareMam(Request request) throws RefusedException {
    Arguments arguments = request.arguments();
    commands.requireOwner(request, BARCODE, "set attributes of cartridges");
    TapeCartridge cartridge = commands.cartridge(arguments);
    String digits = arguments.text(ID_OF_ATTRIBUTE);
    if (!digits.matches("(0x)?[0-9a-fA-F]{1,4}")) {
      throw RefusedException.badRequest(
          arguments.column(ID_OF_ATTRIBUTE), "attribute= is four hexadecimal digits");
    }
    int id = Integer.parseInt(digits.replace("0x", ""), 16);
    byte[] value = value(arguments);
    arguments.require(ID_OF_ATTRIBUTE, () -> commands.tapes().mam().requireSet(id, value));
    return new Plan(
        TapeCommands.subject(cartridge),
        String.format("set attribute %04x of cartridge %s", id, cartridge.barcode()),
        () ->
            arguments.at(
                BARCODE,
                () -> {
                  commands.tapes().mam().set(cartridge, id, value, request.acceptance());
                  return TapeCommands.reply(
                      String.format(
                          "attribute %04x of cartridge %s is set", id, cartridge.barcode()));
                }));
  }

  private static byte[] value(Arguments arguments) throws RefusedException {
    if (arguments.has(VALUE) == arguments.has(HEX)) {
      throw RefusedException.badRequest(
          arguments.line().stripTrailing().length(), "want one of value= and hex=", "value=TEXT");
    }
    if (arguments.has(VALUE)) {
      String text = arguments.text(VALUE);
      return text.equals("none") ? new byte[0] : text.getBytes(StandardCharsets.UTF_8);
    }
    try {
      return HexFormat.of().parseHex(arguments.text(HEX).replace(" ", ""));
    } catch (IllegalArgumentException e) {
      throw RefusedException.badRequest(
          arguments.column(HEX), "hex= is an even number of hexadecimal digits");
    }
  }
}
