package org.copybay.control.command;

import static org.copybay.control.command.ShadowMountVerbs.SET;
import static org.copybay.control.report.Errno.EACCES;
import static org.copybay.control.report.Errno.EALREADY;
import static org.copybay.control.report.Errno.ENOENT;

import java.util.List;
import org.copybay.copy.engine.Job;
import org.copybay.copy.shadow.MemberRole;
import org.copybay.copy.shadow.SetRecord;
import org.copybay.copy.shadow.ShadowSets;
import org.copybay.copy.shadow.Stalls;
import org.copybay.copy.shadow.VirtualUnit;
import org.copybay.volumes.Fault;
import org.copybay.volumes.bay.Bay;

/** The verbs that look after shadow sets. */
final class ShadowVerbs {
  private static final String SETS = "sets";
  private static final String SECONDS = "seconds";
  private static final String WHAT = "what";
  private static final String PRIORITY = "priority";
  private static final String MEMBER_TIMEOUT = "member_timeout";
  private static final String RATE = "rate";
  private static final String MAX_COPY = "max_copy";
  private static final int USUAL_SECONDS = 30;

  private final Bay bay;
  private final ShadowSets sets;
  private final Units units;

  ShadowVerbs(Bay bay, Units units) {
    this.bay = bay;
    this.sets = units.sets();
    this.units = units;
  }

  List<Verb> verbs() {
    return List.of(merge(), stall(), thaw(), shadow(), show());
  }

  // ---- merge

  private Verb merge() {
    return new Verb(
        "merge",
        "merge set=DSAn",
        "compare all members of a shadow set and make them equal, as a job",
        SET,
        List.of(Key.set(SET, "the virtual unit")),
        List.of(SET),
        List.of(
            "Where members differ, what one of them holds is written to the others.",
            "The set is used meanwhile; copies go first."),
        List.of("merge set=DSA42"),
        List.of(ENOENT, EACCES),
        Verb.Destroys.NEVER,
        Verb.Handler.changing(bay, this::prepareMerge));
  }

  private Plan prepareMerge(Request request) throws RefusedException {
    Arguments arguments = request.arguments();
    VirtualUnit unit = units.own(request, SET, "merge it");
    Units.requireMounted(arguments, unit, SET);
    if (unit.set().record().of(MemberRole.FULL).size() < 2) {
      throw arguments.refuse(
          SET,
          Fault.BAD_REQUEST,
          "set " + unit.name() + " has one full member: there is nothing to merge",
          null);
    }
    String id = arguments.id();
    int uid = request.caller().uid();
    return new Plan(
        units.subject(unit),
        "compare " + unit.size() + " bytes of the members of " + unit.name(),
        () ->
            arguments.at(
                SET,
                () -> {
                  Job job = sets.commands(unit).demandMerge(id, arguments.fullLine(), uid);
                  return job == null
                      ? Reply.text(Units.generation(unit), "nothing is to be merged")
                      : Reply.job(job.id(), Units.generation(unit));
                }));
  }

  // ---- stall, thaw

  private Verb stall() {
    return new Verb(
        "stall",
        "stall sets=DSAn[,DSAn...] [seconds=N]",
        "hold back the writes to shadow sets for a while; reads go on",
        SETS,
        List.of(
            Key.set(SETS, "the virtual units"),
            Key.optional(SECONDS, "after which writes go on by themselves, 1 to 300, usually 30")),
        List.of(SETS, SECONDS),
        List.of(
            "When it is answered, every write that began before has ended, and none begins.",
            "Between stall and thaw members of several sets can be split, and no program sees"
                + " more than a slow disk. If thaw answers EALREADY the seconds were over: then"
                + " the split may have come too late."),
        List.of("stall sets=DSA1,DSA2 seconds=20"),
        List.of(ENOENT, EACCES),
        Verb.Destroys.NEVER,
        Verb.Handler.changing(bay, this::prepareStall));
  }

  private Plan prepareStall(Request request) throws RefusedException {
    Arguments arguments = request.arguments();
    List<VirtualUnit> some = units.ownAll(request, SETS, "hold back its writes");
    for (VirtualUnit unit : some) {
      Units.requireMounted(arguments, unit, SETS);
    }
    int seconds = Numbers.of(arguments, SECONDS, USUAL_SECONDS, 1, Stalls.MAX_SECONDS);
    return new Plan(
        some.size() == 1 ? units.subject(some.get(0)) : Subject.none("several shadow sets"),
        "hold back writes to " + names(some) + " for " + seconds + " seconds",
        () ->
            arguments.at(
                SETS,
                () -> {
                  Stalls.begin(some, seconds);
                  return Reply.text(
                      Subject.NONE,
                      "writes to " + names(some) + " wait for " + seconds + " seconds at most");
                }));
  }

  private static String names(List<VirtualUnit> some) {
    return String.join(", ", some.stream().map(VirtualUnit::name).toList());
  }

  private Verb thaw() {
    return new Verb(
        "thaw",
        "thaw sets=DSAn[,DSAn...]",
        "let the writes to shadow sets go on",
        SETS,
        List.of(Key.set(SETS, "the virtual units")),
        List.of(SETS),
        List.of(
            "EALREADY says that no write was held back any more; of several sets it is answered"
                + " only where that is so of all, else the reply names them."),
        List.of("thaw sets=DSA1,DSA2"),
        List.of(ENOENT, EALREADY, EACCES),
        Verb.Destroys.NEVER,
        Verb.Handler.changing(bay, this::prepareThaw));
  }

  private Plan prepareThaw(Request request) throws RefusedException {
    Arguments arguments = request.arguments();
    List<VirtualUnit> some = units.ownAll(request, SETS, "let its writes go on");
    return new Plan(
        some.size() == 1 ? units.subject(some.get(0)) : Subject.none("several shadow sets"),
        "let writes to " + names(some) + " go on",
        () -> thawed(some),
        some.stream().anyMatch(Stalls::isBegun)
            ? null
            : arguments.refuse(
                SETS,
                Fault.ALREADY,
                "writes to " + names(some) + " are not held back: it ended by itself, or never was",
                null));
  }

  private static Reply thawed(List<VirtualUnit> some) {
    List<VirtualUnit> held = Stalls.end(some);
    List<VirtualUnit> over = some.stream().filter(unit -> !held.contains(unit)).toList();
    return Reply.text(
        Subject.NONE,
        "writes to "
            + names(some)
            + " go on"
            + (over.isEmpty() ? "" : "; those to " + names(over) + " did so before"));
  }

  // ---- shadow

  private Verb shadow() {
    return new Verb(
        "shadow",
        "shadow [set=DSAn] [priority=N] [member_timeout=SECONDS] [rate=SIZE/s] [max_copy=N]",
        "say how a shadow set is looked after",
        SET,
        List.of(
            new Key(SET, Key.Holds.SET, false, "the virtual unit; none for max_copy="),
            Key.optional(PRIORITY, "of its copies and merges, 0 to 10000, usually 5000; 0: none"),
            Key.optional(MEMBER_TIMEOUT, "how long a member may fail before it is given up"),
            Key.optional(RATE, "limit of each copy and merge, also of those under way; 0 for none"),
            Key.optional(MAX_COPY, "how many copies and merges of all sets run at once, 0 to 200")),
        List.of(SET),
        List.of(
            "What is set of a set stays; max_copy= is 4 again after the next mount of the bay, and"
                + " is for the one who mounted and root.",
            "The rate of one job alone is set by: rate job=ID limit=SIZE."),
        List.of("shadow set=DSA42 priority=9000 member_timeout=60", "shadow max_copy=2"),
        List.of(ENOENT, EALREADY, EACCES),
        Verb.Destroys.NEVER,
        Verb.Handler.changing(bay, this::prepareShadow));
  }

  private Plan prepareShadow(Request request) throws RefusedException {
    Arguments arguments = request.arguments();
    boolean ofSet = arguments.names(SET);
    boolean settings =
        arguments.has(PRIORITY) || arguments.has(MEMBER_TIMEOUT) || arguments.has(RATE);
    if (arguments.has(MAX_COPY) && !ofSet && !settings) {
      return prepareMaxCopy(request);
    }
    if (arguments.has(MAX_COPY)) {
      throw RefusedException.badRequest(
          arguments.column(MAX_COPY), "max_copy= is of all sets", "shadow max_copy=N");
    }
    if (!ofSet || !settings) {
      throw RefusedException.badRequest(
          arguments.line().stripTrailing().length(),
          ofSet ? "shadow needs something to set" : "shadow needs set=",
          "shadow set=DSA42 priority=5000");
    }
    VirtualUnit unit = units.own(request, SET, "change it");
    SetRecord.Settings before = unit.set().record().settings();
    SetRecord.Settings wanted = settings(arguments, before);
    return new Plan(
        units.subject(unit),
        "set of " + unit.name() + ": " + words(wanted),
        () ->
            arguments.at(
                SET,
                () -> {
                  sets.commands(unit).set(wanted, request.acceptance());
                  return Reply.text(Units.generation(unit), words(wanted));
                }),
        wanted.equals(before)
            ? arguments.refuse(
                SET, Fault.ALREADY, unit.name() + " has " + words(wanted) + " already", null)
            : null);
  }

  private static SetRecord.Settings settings(Arguments arguments, SetRecord.Settings before)
      throws RefusedException {
    return new SetRecord.Settings(
        Numbers.of(arguments, PRIORITY, before.priority(), 0, SetRecord.Settings.MAX_PRIORITY),
        Numbers.of(
            arguments,
            MEMBER_TIMEOUT,
            before.memberSeconds(),
            1,
            SetRecord.Settings.MAX_MEMBER_SECONDS),
        arguments.has(RATE) ? JobVerbs.bytesPerSecond(arguments, RATE) : before.bytesPerSecond());
  }

  private static String words(SetRecord.Settings settings) {
    return "priority="
        + settings.priority()
        + " member_timeout="
        + settings.memberSeconds()
        + " rate="
        + settings.bytesPerSecond();
  }

  private Plan prepareMaxCopy(Request request) throws RefusedException {
    Arguments arguments = request.arguments();
    units.owner().require(request.caller(), arguments, MAX_COPY, "set max_copy", null);
    int wanted = Numbers.of(arguments, MAX_COPY, sets.maxCopy(), 0, ShadowSets.MAX_MAX_COPY);
    return new Plan(
        Subject.none("all shadow sets"),
        "let " + wanted + " copies and merges run at once",
        () ->
            arguments.at(
                MAX_COPY,
                () -> {
                  sets.setMaxCopy(wanted);
                  return Reply.text(Subject.NONE, "max_copy=" + wanted);
                }),
        wanted == sets.maxCopy()
            ? arguments.refuse(MAX_COPY, Fault.ALREADY, "max_copy is " + wanted + " already", null)
            : null);
  }

  // ---- show

  private Verb show() {
    return new Verb(
        "show",
        "show [set=DSAn] [what=full|active|copy|merge|by_priority|bitmap]",
        "tell of shadow sets in the words of SHOW SHADOW",
        SET,
        List.of(
            new Key(SET, Key.Holds.SET, false, "the virtual unit; all of them where none is named"),
            Key.word(WHAT, "what of them; a summary where it is not said")),
        List.of(SET, WHAT),
        List.of(
            "The reply has more lines below that which begins with ok.",
            "Programs read .control/shadow/DSAn/status.json instead."),
        List.of("show", "show set=DSA42 what=full", "show what=bitmap"),
        List.of(ENOENT),
        Verb.Destroys.NEVER,
        this::prepareShow);
  }

  private Plan prepareShow(Request request) throws RefusedException {
    Arguments arguments = request.arguments();
    String what = arguments.word(WHAT, "", ShadowShow.WHATS.toArray(String[]::new));
    List<VirtualUnit> some =
        arguments.names(SET) ? List.of(units.find(arguments, SET)) : sets.all();
    boolean one = arguments.names(SET);
    return new Plan(
        one ? units.subject(some.get(0)) : Subject.none("all shadow sets"),
        "show " + (some.isEmpty() ? "nothing: there is no shadow set" : names(some)),
        () ->
            Reply.lines(
                null,
                one ? Units.generation(some.get(0)) : Subject.NONE,
                ShadowShow.lines(sets, some, what)));
  }
}
