package org.copybay.control.command;

import static org.copybay.control.command.TapeCommands.ACTION;
import static org.copybay.control.report.Errno.EBUSY;
import static org.copybay.control.report.Errno.EMEDIUMTYPE;

import java.util.List;
import org.copybay.copy.library.Locations;
import org.copybay.copy.library.MediaPool;
import org.copybay.copy.library.MediaPools;
import org.copybay.copy.library.TapeMedia;
import org.copybay.volumes.StorageException;
import org.jspecify.annotations.Nullable;

/** The verbs for media pools, and for the locations that restores prefer. */
final class TapePoolVerbs {
  private static final String NAME = "name";
  private static final String MEDIA = "media";
  private static final String APPENDABLE = "appendable";
  private static final String ALLOCATION = "allocation";
  private static final String FREE_POOL = "free-pool";
  private static final String MOVE_FREE = "move-free";
  private static final String OVERWRITES = "overwrites";
  private static final String MONTHS = "months";
  private static final String LOCATION = "location";
  private static final String PRIORITY = "priority";
  private static final String NONE = "none";
  private static final int MOST_OVERWRITES = 1_000_000;
  private static final int MOST_MONTHS = 1200;
  private static final int MAX_LOCATION = 80;

  private final TapeCommands commands;
  private final MediaPools pools;

  TapePoolVerbs(TapeCommands commands) {
    this.commands = commands;
    this.pools = commands.tapes().pools();
  }

  List<Verb> verbs() {
    return List.of(pool(), location());
  }

  // ---- pool

  private Verb pool() {
    return new Verb(
        "tape-pool",
        "tape pool name=NAME [media=LTO-N|any] [appendable=yes|no] [allocation=loose|strict]"
            + " [free-pool=NAME|none] [move-free=yes|no] [overwrites=N] [months=N]"
            + " [action=set|delete]",
        "make a media pool, change or delete it",
        "",
        List.of(
            Key.required(NAME, "1 to 32 of A-Z a-z 0-9 - _ ."),
            Key.optional(MEDIA, "generation of its cartridges; any (usual)"),
            Key.word(
                APPENDABLE, "no: nothing is appended to what an earlier load wrote; usually yes"),
            Key.word(
                ALLOCATION,
                "loose (usual): copies take blank cartridges of no pool too; strict: only those"
                    + " of this pool and its free pool"),
            Key.optional(FREE_POOL, "pool that lends cartridges when this one has none; none"),
            Key.word(
                MOVE_FREE,
                "yes: its cartridges count as those of the free pool when their protection ended"),
            Key.optional(
                OVERWRITES, "how often one is written anew before it is poor, usually 250"),
            Key.optional(MONTHS, "how old one gets before it is poor, usually 36"),
            Key.word(ACTION, "set (usual) or delete")),
        List.of(NAME),
        List.of(
            "Cartridges come into a pool by tape set, and when a copy is written to them.",
            "A cartridge is fair from 80 percent of what its pool allows on, and poor beyond it."
                + " Copies go to good ones first, and never to poor ones."),
        List.of(
            "tape pool name=Default",
            "tape pool name=Offsite media=LTO-8 appendable=no allocation=strict free-pool=Free",
            "tape pool Offsite action=delete"),
        TapeCommands.errnos(EMEDIUMTYPE, EBUSY),
        Verb.Destroys.NEVER,
        commands.changing(this::preparePool));
  }

  private Plan preparePool(Request request) throws RefusedException {
    Arguments arguments = request.arguments();
    commands.requireOwner(request, NAME, "set media pools");
    return arguments.word(ACTION, "set", "set", "delete").equals("set")
        ? prepareSet(request)
        : prepareDelete(request);
  }

  private Plan prepareSet(Request request) throws RefusedException {
    Arguments arguments = request.arguments();
    MediaPool now = pools.findOrNull(arguments.text(NAME));
    MediaPool wanted = wanted(arguments, now);
    String blame = arguments.has(FREE_POOL) ? FREE_POOL : arguments.has(MEDIA) ? MEDIA : NAME;
    arguments.require(blame, () -> pools.requireSet(wanted));
    return new Plan(
        Subject.none("media pool " + wanted.name()),
        (now == null ? "make" : "change") + " media pool " + wanted.name(),
        () ->
            arguments.at(
                blame,
                () -> {
                  pools.set(wanted, request.acceptance());
                  return TapeCommands.reply(
                      "pool " + wanted.name() + (now == null ? " is there" : " is changed"));
                }));
  }

  private static MediaPool wanted(Arguments arguments, @Nullable MediaPool now)
      throws RefusedException {
    MediaPool usual = now == null ? MediaPool.usual(arguments.text(NAME)) : now;
    String allocation =
        arguments.word(ALLOCATION, usual.strict() ? "strict" : "loose", "loose", "strict");
    return new MediaPool(
        usual.name(),
        media(arguments, usual.media()),
        arguments.yes(APPENDABLE, usual.appendable()),
        allocation.equals("strict"),
        freePool(arguments, usual.freePool()),
        arguments.yes(MOVE_FREE, usual.moveFree()),
        Numbers.of(arguments, OVERWRITES, usual.overwrites(), 1, MOST_OVERWRITES),
        Numbers.of(arguments, MONTHS, usual.months(), 1, MOST_MONTHS));
  }

  private static @Nullable TapeMedia media(Arguments arguments, @Nullable TapeMedia usual)
      throws RefusedException {
    if (!arguments.has(MEDIA)) {
      return usual;
    }
    String text = arguments.text(MEDIA);
    return text.equals("any") ? null : arguments.at(MEDIA, () -> TapeMedia.of(text));
  }

  private static @Nullable String freePool(Arguments arguments, @Nullable String usual)
      throws RefusedException {
    if (!arguments.has(FREE_POOL)) {
      return usual;
    }
    String text = arguments.text(FREE_POOL);
    return text.equals(NONE) ? null : text;
  }

  private Plan prepareDelete(Request request) throws RefusedException {
    Arguments arguments = request.arguments();
    String name = arguments.text(NAME);
    arguments.require(NAME, () -> requireDelete(name));
    return new Plan(
        Subject.none("media pool " + name),
        "delete media pool " + name,
        () ->
            arguments.at(
                NAME,
                () -> {
                  requireDelete(name);
                  pools.delete(name, request.acceptance());
                  return TapeCommands.reply("pool " + name + " is deleted");
                }));
  }

  private void requireDelete(String name) throws StorageException {
    pools.requireDelete(name);
    commands.policies().requireUnused(name);
  }

  // ---- location

  private Verb location() {
    return new Verb(
        "tape-location",
        "tape location location=TEXT priority=N|none",
        "say from where a restore prefers to take a copy",
        "",
        List.of(
            Key.required(LOCATION, "a library, or where the shelf is, as tape eject says it"),
            Key.required(PRIORITY, "1 (first) to 99; none")),
        List.of(LOCATION, PRIORITY),
        List.of(
            "Of several copies one whose disk is there is taken, that holds what the source held last,"
                + " that is not poor, in a library before one on the shelf; of equals that with the"
                + " better priority, then the newest.",
            "All that have a priority stand in .control/tape/locations."),
        List.of("tape location VAULT 1", "tape location location=\"vault 1\" priority=2"),
        TapeCommands.errnos(),
        Verb.Destroys.NEVER,
        commands.changing(this::prepareLocation));
  }

  private Plan prepareLocation(Request request) throws RefusedException {
    Arguments arguments = request.arguments();
    commands.requireOwner(request, LOCATION, "set priorities of locations");
    String name = arguments.text(LOCATION);
    if (name.isEmpty() || name.length() > MAX_LOCATION) {
      throw RefusedException.badRequest(
          arguments.column(LOCATION), "location= has 1 to " + MAX_LOCATION + " characters");
    }
    int priority =
        arguments.text(PRIORITY).equals(NONE)
            ? 0
            : Numbers.of(arguments, PRIORITY, 1, 1, Locations.MAX_PRIORITY);
    return new Plan(
        Subject.none("location " + name),
        "set the priority of location " + name,
        () ->
            arguments.at(
                LOCATION,
                () -> {
                  commands.tapes().locations().set(name, priority, request.acceptance());
                  return TapeCommands.reply(
                      "location "
                          + name
                          + (priority == 0 ? " has no priority" : " has priority " + priority));
                }));
  }
}
