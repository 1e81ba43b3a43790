package org.copybay.control.command;

import static org.copybay.control.command.OpcPairs.GROUP;
import static org.copybay.control.command.OpcPairs.PAIR;
import static org.copybay.control.report.Errno.EACCES;
import static org.copybay.control.report.Errno.ENAMETOOLONG;
import static org.copybay.control.report.Errno.ENOENT;

import java.util.ArrayList;
import java.util.List;
import org.copybay.copy.quickopc.GroupType;
import org.copybay.copy.quickopc.PairRecord;
import org.copybay.copy.quickopc.QuickOpc;
import org.copybay.volumes.Fault;
import org.copybay.volumes.bay.Volume;

/** The verbs that make copy groups and pairs of QuickOPC, and say what volumes may not be. */
final class OpcConfigVerbs {
  private static final String ACTION = "action";
  private static final String NAME = "group";
  private static final String TYPE = "type";
  private static final String SOURCE = "source";
  private static final String TARGET = "target";
  private static final String VOLUME = "volume";
  private static final String MAX_SESSIONS = "max_sessions";

  private final OpcPairs pairs;
  private final QuickOpc opc;

  OpcConfigVerbs(OpcPairs pairs) {
    this.pairs = pairs;
    this.opc = pairs.opc();
  }

  List<Verb> verbs() {
    return List.of(group(), pair(), inhibit(), set());
  }

  // ---- groups

  private Verb group() {
    return new Verb(
        Verb.QUICKOPC + "group",
        "quickopc group create|delete|list [group=NAME] [type=QuickOPC|OPC]",
        "make or end a copy group, or list all",
        "",
        List.of(
            new Key(ACTION, Key.Holds.WORD, true, "create, delete or list"),
            OpcPairs.group(),
            Key.word(TYPE, "QuickOPC: sessions go on and track; OPC: they end when all is copied")),
        List.of(ACTION, NAME, TYPE),
        List.of(
            "A group is a directory below .control/quickopc; mkdir there makes one with one pair.",
            "One with sessions is not deleted (EBUSY)."),
        List.of("quickopc group create group=backup", "acgroup create -g backup -type QuickOPC"),
        List.of(ENOENT, ENAMETOOLONG, EACCES),
        Verb.Destroys.NEVER,
        this::prepareGroup);
  }

  private Plan prepareGroup(Request request) throws RefusedException {
    Arguments arguments = request.arguments();
    String action = arguments.word(ACTION, "", "create", "delete", "list");
    if (action.equals("list")) {
      return new Plan(Subject.none("groups"), "list the groups", this::groups);
    }
    arguments.require("", pairs.bay()::requireChangeable);
    if (!arguments.names(NAME)) {
      throw RefusedException.badRequest(
          arguments.column(ACTION), "quickopc group " + action + " needs group=NAME");
    }
    pairs.owner().require(request.caller(), arguments, NAME, action + " a copy group", null);
    return action.equals("delete") ? prepareDelete(request) : prepareCreate(request);
  }

  private Plan prepareDelete(Request request) throws RefusedException {
    Arguments arguments = request.arguments();
    String name = arguments.text(NAME);
    GroupType type = arguments.at(NAME, () -> opc.groups().type(name));
    for (PairRecord pair : opc.groups().pairs(name)) {
      arguments.require(NAME, () -> opc.groups().requireIdle(pair, "delete the group"));
    }
    return new Plan(
        Subject.none("group " + name),
        "delete " + type.word() + " group " + name,
        () ->
            arguments.at(
                NAME,
                () -> {
                  opc.groups().deleteGroup(name, request.acceptance());
                  return Reply.text(Subject.NONE, "Successful completion.");
                }));
  }

  private Plan prepareCreate(Request request) throws RefusedException {
    Arguments arguments = request.arguments();
    String name = arguments.text(NAME);
    boolean plain = arguments.word(TYPE, "QuickOPC", "QuickOPC", "OPC").equals("OPC");
    GroupType type = plain ? GroupType.OPC : GroupType.QUICKOPC;
    if (opc.groups().all().containsKey(name)) {
      throw arguments.refuse(NAME, Fault.EXISTS, "copy group " + name + " exists", null);
    }
    return new Plan(
        Subject.none("group " + name),
        "make " + type.word() + " group " + name,
        () ->
            arguments.at(
                NAME,
                () -> {
                  opc.groups().createGroup(name, type, request.acceptance());
                  return Reply.text(Subject.NONE, "Successful completion.");
                }));
  }

  private Reply groups() {
    List<String> lines = new ArrayList<>();
    opc.groups()
        .all()
        .forEach(
            (name, type) ->
                lines.add(
                    name + " type=" + type.word() + " pairs=" + opc.groups().pairs(name).size()));
    return Reply.lines(null, Subject.NONE, lines);
  }

  // ---- pairs

  private Verb pair() {
    return new Verb(
        Verb.QUICKOPC + "pair",
        "quickopc pair add|set|remove|list group=NAME [pair=NAME] [source=VOLUME target=VOLUME]",
        "say which volumes are copied to which",
        PAIR,
        List.of(
            new Key(ACTION, Key.Holds.WORD, true, "add, set, remove or list"),
            OpcPairs.group(),
            OpcPairs.pair(),
            new Key(SOURCE, Key.Holds.VOLUME, false, "the volume that is copied"),
            new Key(TARGET, Key.Holds.VOLUME, false, "the volume that shows the copy")),
        List.of(ACTION, GROUP, PAIR),
        List.of(
            "A pair without a name is called SOURCE:TARGET.",
            "One with a session is not changed or removed (EBUSY)."),
        List.of(
            "quickopc pair add group=backup pair=pay source=payroll target=copy",
            "acpair add -g backup -p payroll:copy"),
        List.of(ENOENT, ENAMETOOLONG, EACCES),
        Verb.Destroys.NEVER,
        this::preparePair);
  }

  private Plan preparePair(Request request) throws RefusedException {
    Arguments arguments = request.arguments();
    String action = arguments.word(ACTION, "", "add", "set", "remove", "list");
    if (action.equals("list")) {
      String group = pairs.group(arguments);
      return new Plan(Subject.none("pairs"), "list the pairs of " + group, () -> list(group));
    }
    arguments.require("", pairs.bay()::requireChangeable);
    return switch (action) {
      case "add" -> prepareAdd(request);
      case "set" -> prepareSet(request);
      default -> prepareRemove(request);
    };
  }

  private Reply list(String group) {
    return Reply.lines(
        null,
        Subject.NONE,
        opc.groups().pairs(group).stream()
            .map(
                pair ->
                    pair.name()
                        + " source="
                        + opc.groups().nameOf(pair.source())
                        + " target="
                        + opc.groups().nameOf(pair.target())
                        + " phase="
                        + opc.phase(pair).state())
            .toList());
  }

  private Volume side(Request request, String key) throws RefusedException {
    if (!request.arguments().has(key)) {
      throw RefusedException.badRequest(
          request.arguments().column(ACTION),
          "source= and target= are needed",
          "quickopc pair "
              + request.arguments().word(ACTION, "", "add", "set", "remove", "list")
              + " group=NAME pair=NAME source=VOLUME target=VOLUME");
    }
    String what = key.equals(SOURCE) ? "be copied" : "be copied to";
    return pairs.volume(request, key, what);
  }

  private Plan prepareAdd(Request request) throws RefusedException {
    Arguments arguments = request.arguments();
    String group = pairs.group(arguments);
    Volume source = side(request, SOURCE);
    Volume target = side(request, TARGET);
    String text = arguments.has(PAIR) ? arguments.text(PAIR) : null;
    String name = text == null ? null : text.substring(text.indexOf('/') + 1);
    return new Plan(
        Subject.none("group " + group),
        "add the pair " + source.name() + ":" + target.name() + " to " + group,
        () ->
            OpcPairs.at(
                arguments,
                () -> {
                  PairRecord pair =
                      opc.groups().addPair(group, name, source, target, request.acceptance());
                  return Reply.text(Subject.NONE, "pair " + pair.path());
                }));
  }

  private Plan prepareSet(Request request) throws RefusedException {
    Arguments arguments = request.arguments();
    PairRecord pair = pairs.one(arguments);
    Volume source = side(request, SOURCE);
    Volume target = side(request, TARGET);
    return new Plan(
        pairs.subject(List.of(pair)),
        "let " + pair.path() + " be of " + source.name() + ":" + target.name(),
        () ->
            OpcPairs.at(
                arguments,
                () -> {
                  opc.groups().setVolumes(pair, source, target, request.acceptance());
                  return Reply.text(Subject.NONE, "pair " + pair.path());
                }));
  }

  private Plan prepareRemove(Request request) throws RefusedException {
    Arguments arguments = request.arguments();
    PairRecord pair = pairs.one(arguments);
    pairs.owner().require(request.caller(), arguments, PAIR, "remove a pair", null);
    return new Plan(
        pairs.subject(List.of(pair)),
        "remove the pair " + pair.path(),
        () ->
            OpcPairs.at(
                arguments,
                () -> {
                  opc.groups().removePair(pair, request.acceptance());
                  return Reply.text(Subject.NONE, "Successful completion.");
                }));
  }

  // ---- volumes and limits

  private Verb inhibit() {
    return new Verb(
        Verb.QUICKOPC + "inhibit",
        "quickopc inhibit set|unset|list [volume=NAME]",
        "keep a volume from being the target of a start or a restore of QuickOPC",
        VOLUME,
        List.of(
            new Key(ACTION, Key.Holds.WORD, true, "set, unset or list"),
            new Key(VOLUME, Key.Holds.VOLUME, false, "the volume")),
        List.of(ACTION, VOLUME),
        List.of(
            "For volumes that programs work with, before the first start.",
            "Other copies are not kept from it: duplicate replace=yes, mount members=, and undo,"
                + " which goes back to what the volume itself held."),
        List.of("quickopc inhibit set volume=payroll", "acinhibit set -v payroll"),
        List.of(ENOENT, EACCES),
        Verb.Destroys.NEVER,
        this::prepareInhibit);
  }

  private Plan prepareInhibit(Request request) throws RefusedException {
    Arguments arguments = request.arguments();
    String action = arguments.word(ACTION, "", "set", "unset", "list");
    if (action.equals("list")) {
      return new Plan(
          Subject.none("volumes"),
          "list the volumes that may be no target",
          () ->
              Reply.lines(
                  null,
                  Subject.NONE,
                  opc.groups().inhibited().stream().map(Volume::name).toList()));
    }
    arguments.require("", pairs.bay()::requireChangeable);
    if (!arguments.names(VOLUME)) {
      throw RefusedException.badRequest(
          arguments.column(ACTION), "quickopc inhibit " + action + " needs volume=NAME");
    }
    Volume volume = pairs.volume(request, VOLUME, "be kept from being a target");
    boolean on = action.equals("set");
    return new Plan(
        Subject.of(volume),
        (on ? "keep " : "no longer keep ") + volume.name() + " from being a target",
        () ->
            arguments.at(
                VOLUME,
                () -> {
                  opc.groups().inhibit(volume, on, request.acceptance());
                  return Reply.text(
                      volume.row().generation(),
                      "volume " + volume.name() + (on ? " is" : " is not") + " copy-inhibited");
                }));
  }

  private Verb set() {
    return new Verb(
        Verb.QUICKOPC + "set",
        "quickopc set max_sessions=N|eternus",
        "say how many sessions one source may have",
        "",
        List.of(Key.required(MAX_SESSIONS, "1 to 1000, usually 32; eternus: 8, as the original")),
        List.of(MAX_SESSIONS),
        List.of("Sessions that are there stay."),
        List.of("quickopc set max_sessions=8"),
        List.of(EACCES),
        Verb.Destroys.NEVER,
        Verb.Handler.changing(pairs.bay(), this::prepareSettings));
  }

  private Plan prepareSettings(Request request) throws RefusedException {
    Arguments arguments = request.arguments();
    pairs.owner().require(request.caller(), arguments, MAX_SESSIONS, "set limits", null);
    long wanted =
        arguments.text(MAX_SESSIONS).equalsIgnoreCase("eternus")
            ? 8
            : arguments.number(MAX_SESSIONS);
    return new Plan(
        Subject.none("settings"),
        "let a source have " + wanted + " sessions",
        () ->
            arguments.at(
                MAX_SESSIONS,
                () -> {
                  opc.groups()
                      .setMaxSessions((int) Math.min(wanted, 100_000), request.acceptance());
                  return Reply.text(Subject.NONE, "max_sessions=" + wanted);
                }));
  }
}
