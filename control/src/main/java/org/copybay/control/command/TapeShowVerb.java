package org.copybay.control.command;

import static org.copybay.control.command.TapeCommands.BARCODE;
import static org.copybay.control.command.TapeCommands.DRIVE;
import static org.copybay.control.command.TapeCommands.LIBRARY;
import static org.copybay.control.command.TapeCommands.OF_BARCODE;
import static org.copybay.control.command.TapeCommands.OF_LIBRARY;

import java.util.List;
import java.util.Map;
import org.copybay.copy.library.TapeCartridge;
import org.copybay.copy.library.TapeLibrary;
import org.copybay.volumes.drive.TapeDrive;
import org.jspecify.annotations.Nullable;

/** The verb that tells of tapes. */
final class TapeShowVerb {
  private final TapeCommands commands;
  private final TapeFacts facts;

  TapeShowVerb(TapeCommands commands) {
    this.commands = commands;
    this.facts = new TapeFacts(commands.tapes(), commands.policies());
  }

  List<Verb> verbs() {
    return List.of(
        new Verb(
            "tape-show",
            "tape show [barcode=BARCODE | drive=nstN | library=NAME]",
            "tell of a cartridge, a drive, a library, or list all cartridges",
            LIBRARY,
            List.of(OF_LIBRARY, OF_BARCODE, Key.optional(DRIVE, "a drive")),
            List.of(BARCODE),
            List.of("The same stands in the files below .control/tape."),
            List.of("tape show", "tape show barcode=VT0001L8", "tape show drive=nst0"),
            TapeCommands.errnos(),
            Verb.Destroys.NEVER,
            this::prepare));
  }

  private Plan prepare(Request request) throws RefusedException {
    Arguments arguments = request.arguments();
    String text = text(arguments);
    return new Plan(Subject.none("tapes"), "tell of tapes", () -> TapeCommands.reply(text));
  }

  private String text(Arguments arguments) throws RefusedException {
    if (arguments.has(BARCODE)) {
      TapeCartridge cartridge = commands.cartridge(arguments);
      return lines(facts.cartridge(cartridge));
    }
    TapeLibrary library = arguments.names(LIBRARY) ? commands.library(arguments) : null;
    if (arguments.has(DRIVE)) {
      TapeDrive drive = commands.drive(arguments, library);
      return lines(facts.drive(drive));
    }
    return (library == null ? facts.media() : facts.changer(library)).stripTrailing();
  }

  private static String lines(Map<String, @Nullable Object> facts) {
    StringBuilder text = new StringBuilder();
    facts.forEach(
        (key, value) ->
            text.append(key).append(": ").append(value == null ? "-" : value).append('\n'));
    return text.toString().stripTrailing();
  }
}
