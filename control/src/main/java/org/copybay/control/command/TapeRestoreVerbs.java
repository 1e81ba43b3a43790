package org.copybay.control.command;

import static org.copybay.control.command.TapeCommands.BARCODE;
import static org.copybay.control.report.Errno.EPERM;
import static org.copybay.control.report.Errno.EXDEV;

import java.util.List;
import org.copybay.copy.library.TapeCartridge;
import org.copybay.copy.smartcopy.SmartCopies.RestoreSpec;

/** The verbs that read a cartridge whole, and that restore one from its copy. */
final class TapeRestoreVerbs {
  private static final String FROM = "from";
  private static final String FORCE = "force";

  private final TapeCommands commands;

  TapeRestoreVerbs(TapeCommands commands) {
    this.commands = commands;
  }

  List<Verb> verbs() {
    return List.of(restore(), check());
  }

  private Verb restore() {
    return new Verb(
        "tape-restore",
        "tape restore barcode=BARCODE [from=BARCODE] [force=yes]",
        "make a lost or damaged cartridge whole from its copy, or a copy from its source",
        "",
        List.of(
            Key.barcode(BARCODE, "the cartridge that was lost or damaged, in no drive"),
            new Key(FROM, Key.Holds.BARCODE, false, "what it is restored from; usually the best"),
            Key.word(FORCE, "yes: also where it was written since it was copied")),
        List.of(BARCODE),
        List.of(
            "Of several copies one whose disk is there is taken, then one that holds what the source"
                + " held last, then one that is not poor, in a library before one on the shelf, and"
                + " the newest of these.",
            "What it still holds stays until all of it is restored and read again."),
        List.of("tape restore barcode=VT0001L8", "tape restore VT0001L8 from=PH0001L8"),
        TapeCommands.errnos(EXDEV, EPERM),
        Verb.Destroys.whenYes(FORCE),
        commands.changing(this::prepareRestore));
  }

  private Plan prepareRestore(Request request) throws RefusedException {
    Arguments arguments = request.arguments();
    commands.requireOwner(request, BARCODE, "restore cartridges");
    TapeCartridge lost = commands.cartridge(arguments);
    RestoreSpec wanted =
        new RestoreSpec(
            lost.barcode(),
            arguments.has(FROM) ? arguments.text(FROM) : null,
            arguments.yes(FORCE, false),
            arguments.id(),
            arguments.fullLine(),
            request.caller().uid());
    String blame = arguments.has(FROM) ? FROM : BARCODE;
    TapeCartridge from = arguments.at(blame, () -> commands.copies().planRestore(wanted));
    return new Plan(
        TapeCommands.subject(lost),
        "restore cartridge " + lost.barcode() + " from " + from.barcode(),
        () ->
            arguments.at(
                blame, () -> Reply.job(commands.copies().startRestore(wanted).id(), Subject.NONE)));
  }

  private Verb check() {
    return new Verb(
        "tape-check",
        "tape check barcode=BARCODE",
        "read all of a cartridge from its disk, and note what is damaged",
        "",
        List.of(Key.barcode(BARCODE, "the cartridge, in no drive")),
        List.of(BARCODE),
        List.of(
            "What it finds stands in the status of the cartridge, until a check finds nothing."),
        List.of("tape check barcode=VT0001L8"),
        TapeCommands.errnos(),
        Verb.Destroys.NEVER,
        commands.changing(this::prepareCheck));
  }

  private Plan prepareCheck(Request request) throws RefusedException {
    Arguments arguments = request.arguments();
    TapeCartridge cartridge = commands.cartridge(arguments);
    String id = arguments.id();
    return new Plan(
        TapeCommands.subject(cartridge),
        "read cartridge " + cartridge.barcode(),
        () ->
            arguments.at(
                BARCODE,
                () ->
                    Reply.job(
                        commands
                            .copies()
                            .startCheck(
                                cartridge.barcode(),
                                id,
                                arguments.fullLine(),
                                request.caller().uid())
                            .id(),
                        Subject.NONE)));
  }
}
