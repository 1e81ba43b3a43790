package org.copybay.control.command;

import static org.copybay.control.command.TapeCommands.BARCODE;
import static org.copybay.control.command.TapeCommands.DRIVE;
import static org.copybay.control.command.TapeCommands.LIBRARY;
import static org.copybay.control.command.TapeCommands.OF_BARCODE;
import static org.copybay.control.command.TapeCommands.OF_LIBRARY;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.copybay.copy.library.MediaPool;
import org.copybay.copy.library.TapeCartridge;
import org.copybay.copy.library.TapeLibrary;
import org.copybay.volumes.drive.TapeDrive;
import org.jspecify.annotations.Nullable;

/** The verb that tells of tapes. */
final class TapeShowVerb {
  private static final String POOL = "pool";
  private static final String POOLS = "pools";
  private static final String ALL = "all";

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
            "tape show [barcode=BARCODE | drive=nstN | library=NAME | pool=NAME | pools=all|NAME]",
            "tell of a cartridge, a drive, a library, media pools, or list cartridges",
            LIBRARY,
            List.of(
                OF_LIBRARY,
                OF_BARCODE,
                Key.optional(DRIVE, "a drive"),
                Key.optional(POOL, "a media pool, whose cartridges are listed"),
                Key.optional(POOLS, "a media pool that is told of, or all")),
            List.of(BARCODE),
            List.of("The same stands in the files below .control/tape."),
            List.of(
                "tape show",
                "tape show barcode=VT0001L8",
                "tape show drive=nst0",
                "tape show pools=all"),
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
    if (arguments.has(POOLS)) {
      return pools(arguments);
    }
    if (arguments.has(POOL)) {
      MediaPool pool = pool(arguments, POOL);
      return facts.media(commands.tapes().pools().inside(pool.name())).stripTrailing();
    }
    TapeLibrary library = arguments.names(LIBRARY) ? commands.library(arguments) : null;
    if (arguments.has(DRIVE)) {
      TapeDrive drive = commands.drive(arguments, library);
      return lines(facts.drive(drive));
    }
    return (library == null ? facts.media(commands.tapes().cartridges()) : facts.changer(library))
        .stripTrailing();
  }

  private String pools(Arguments arguments) throws RefusedException {
    if (!arguments.text(POOLS).equals(ALL)) {
      return lines(facts.pool(pool(arguments, POOLS)));
    }
    return commands.tapes().pools().all().stream()
        .map(pool -> lines(facts.pool(pool)))
        .collect(Collectors.joining("\n\n"));
  }

  private MediaPool pool(Arguments arguments, String key) throws RefusedException {
    String name = arguments.text(key);
    return arguments.at(key, () -> commands.tapes().pools().find(name));
  }

  private static String lines(Map<String, @Nullable Object> facts) {
    StringBuilder text = new StringBuilder();
    facts.forEach(
        (key, value) ->
            text.append(key).append(": ").append(value == null ? "-" : value).append('\n'));
    return text.toString().stripTrailing();
  }
}
