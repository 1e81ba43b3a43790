package org.copybay.control.command;

import static org.copybay.control.command.ShadowMountVerbs.MEMBERS;
import static org.copybay.control.command.ShadowMountVerbs.MINICOPY;
import static org.copybay.control.command.ShadowMountVerbs.NOMINICOPY;
import static org.copybay.control.command.ShadowMountVerbs.OPTIONAL;
import static org.copybay.control.command.ShadowMountVerbs.POLICY;
import static org.copybay.control.command.ShadowMountVerbs.SET;
import static org.copybay.control.report.Errno.EACCES;
import static org.copybay.control.report.Errno.EALREADY;
import static org.copybay.control.report.Errno.ENOENT;
import static org.copybay.control.report.Errno.EPERM;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.copybay.copy.shadow.ShadowSets;
import org.copybay.copy.shadow.Split;
import org.copybay.copy.shadow.VirtualUnit;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.Words;
import org.copybay.volumes.bay.Bay;
import org.copybay.volumes.bay.Relation;
import org.copybay.volumes.bay.Volume;
import org.jspecify.annotations.Nullable;

/** The verbs that take members out of shadow sets, and sets away. */
final class ShadowSplitVerbs {
  private static final String FORCE = "force";
  private static final String MEMBER = "member";
  private static final Key POLICY_KEY =
      Key.word(
          POLICY,
          "minicopy: with a write bitmap or not at all; minicopy=optional: with one if"
              + " it can be made; nominicopy: without");

  private final Bay bay;
  private final ShadowSets sets;
  private final Units units;

  ShadowSplitVerbs(Bay bay, Units units) {
    this.bay = bay;
    this.sets = units.sets();
    this.units = units;
  }

  List<Verb> verbs() {
    return List.of(dismount(), split(), dissolve(), release());
  }

  // ---- dismount, split

  private Verb dismount() {
    return new Verb(
        "dismount",
        "dismount [set=DSAn] [members=VOLUME[,VOLUME...]]"
            + " [policy=minicopy|minicopy=optional|nominicopy] [force=yes]",
        "take a virtual unit away, or members out of it",
        SET,
        List.of(
            new Key(SET, Key.Holds.SET, false, "the virtual unit; without members= all of it"),
            Key.optional(MEMBERS, "those that leave"),
            POLICY_KEY,
            Key.word(FORCE, "yes: give members up at once, whatever their disks do")),
        List.of(SET, MEMBERS),
        List.of(
            "A plain value that is no DSAn names members.",
            "Members that leave with a write bitmap come back by a minicopy; without policy= they"
                + " leave without one, and come back by a full copy.",
            "Of a whole unit policy=minicopy only checks that a minicopy could follow.",
            "The last full member cannot leave: dismount set= takes all of it."),
        List.of(
            "dismount set=DSA42",
            "dismount members=data2 policy=minicopy",
            "dismount members=data2 force=yes"),
        List.of(ENOENT, EALREADY, EPERM, EACCES),
        Verb.Destroys.NEVER,
        Verb.Handler.changing(bay, this::prepareDismount));
  }

  private Plan prepareDismount(Request request) throws RefusedException {
    Arguments arguments = request.arguments();
    Split.Policy policy = policy(arguments, NOMINICOPY);
    boolean force = arguments.yes(FORCE, false);
    if (arguments.has(MEMBERS)) {
      return force ? prepareForce(request) : prepareSplit(request, policy);
    }
    if (!arguments.names(SET)) {
      throw RefusedException.badRequest(
          arguments.line().stripTrailing().length(),
          "dismount needs set= or members=",
          "dismount set=DSA42, or dismount members=VOLUME");
    }
    if (force) {
      throw RefusedException.badRequest(
          arguments.column(FORCE), "force=yes is for members", "dismount members=VOLUME force=yes");
    }
    VirtualUnit unit = units.own(request, SET, "dismount it");
    Units.requireClosed(arguments, unit, SET, "dismount it");
    return new Plan(
        units.subject(unit),
        "dismount " + unit.name(),
        () -> arguments.at(SET, () -> dismount(request, unit, policy)),
        unit.set().isMounted()
            ? null
            : arguments.refuse(
                SET,
                Fault.ALREADY,
                "shadow set " + unit.name() + " is not mounted",
                "mount set=" + unit.name()));
  }

  private Reply dismount(Request request, VirtualUnit unit, Split.Policy policy)
      throws StorageException {
    sets.commands(unit).dismount(policy, request.acceptance());
    return Reply.lines(
        null,
        Units.generation(unit),
        List.of("%DISM-I-DISMOUNTED, _" + unit.name() + ": dismounted"));
  }

  private static Split.Policy policy(Arguments arguments, String absent) throws RefusedException {
    return Split.Policy.of(arguments.word(POLICY, absent, MINICOPY, OPTIONAL, NOMINICOPY));
  }

  private Verb split() {
    return new Verb(
        "split",
        "split members=VOLUME[,VOLUME...] [policy=minicopy|minicopy=optional|nominicopy]",
        "take members out of one or several shadow sets, all at the same instant",
        "",
        List.of(Key.required(MEMBERS, "those that leave, of whatever sets"), POLICY_KEY),
        List.of(MEMBERS),
        List.of(
            "Each member holds what its set held at that instant, and stays so.",
            "Who splits wants to come back: without policy= it is minicopy, so that a member for"
                + " which no write bitmap can be made stays, and so do all others.",
            "A program that is spread over several sets is made quiet before: see stall."),
        List.of("split members=data2,log2", "split members=data2 policy=minicopy=optional"),
        List.of(ENOENT, EPERM, EACCES),
        Verb.Destroys.NEVER,
        Verb.Handler.changing(
            bay, request -> prepareSplit(request, policy(request.arguments(), MINICOPY))));
  }

  private Plan prepareSplit(Request request, Split.Policy policy) throws RefusedException {
    Arguments arguments = request.arguments();
    Map<Volume, VirtualUnit> leaving = leaving(request);
    for (Map.Entry<Volume, VirtualUnit> each : leaving.entrySet()) {
      Units.requireMounted(arguments, each.getValue(), MEMBERS);
      Relation relation = each.getKey().relation();
      if (relation == null || !relation.written()) {
        throw arguments.refuse(
            MEMBERS,
            Fault.NOT_FOUND,
            "volume " + each.getKey().name() + " is no member of " + each.getValue().name(),
            "ls .control/shadow/" + each.getValue().name() + "/members");
      }
    }
    List<Volume> volumes = List.copyOf(leaving.keySet());
    return new Plan(
        subject(leaving),
        "take " + Units.names(volumes) + " out" + policyWords(policy),
        () ->
            arguments.at(
                MEMBERS,
                () -> {
                  List<String> said = sets.split(volumes, policy, request.acceptance());
                  return Reply.lines(null, generation(leaving), said);
                }));
  }

  private static String policyWords(Split.Policy policy) {
    return switch (policy) {
      case MINICOPY -> ", with write bitmaps";
      case OPTIONAL -> ", with write bitmaps if they can be made";
      case NONE -> ", without write bitmaps";
    };
  }

  /** The conditions are about the set, where it is one. */
  private Subject subject(Map<Volume, VirtualUnit> leaving) {
    VirtualUnit one = only(leaving);
    return one == null ? Subject.none("several shadow sets") : units.subject(one);
  }

  private static long generation(Map<Volume, VirtualUnit> leaving) {
    VirtualUnit one = only(leaving);
    return one == null ? Subject.NONE : Units.generation(one);
  }

  private static @Nullable VirtualUnit only(Map<Volume, VirtualUnit> leaving) {
    List<VirtualUnit> all = leaving.values().stream().distinct().toList();
    return all.size() == 1 ? all.get(0) : null;
  }

  /** The volumes that are named and their sets, for who may change those. */
  private Map<Volume, VirtualUnit> leaving(Request request) throws RefusedException {
    Arguments arguments = request.arguments();
    boolean ofOne = arguments.names(SET);
    VirtualUnit set = ofOne ? units.find(arguments, SET) : null;
    Map<Volume, VirtualUnit> leaving = new LinkedHashMap<>();
    for (String name : arguments.list(MEMBERS)) {
      Volume volume = arguments.at(MEMBERS, () -> bay.find(name));
      VirtualUnit unit = arguments.at(MEMBERS, () -> sets.setOf(volume));
      if (set != null && unit != set) {
        throw arguments.refuse(
            MEMBERS,
            Fault.NOT_FOUND,
            "volume " + name + " belongs to " + unit.name() + ", not to " + set.name(),
            "ls .control/shadow/" + set.name() + "/members");
      }
      units.requireOwn(request, unit, MEMBERS, "take a member out of " + unit.name());
      if (leaving.put(volume, unit) != null) {
        throw RefusedException.badRequest(
            arguments.column(MEMBERS), "volume " + name + " is named twice");
      }
    }
    return leaving;
  }

  private Plan prepareForce(Request request) throws RefusedException {
    Arguments arguments = request.arguments();
    Map<Volume, VirtualUnit> leaving = leaving(request);
    for (VirtualUnit unit : leaving.values()) {
      Units.requireMounted(arguments, unit, MEMBERS);
    }
    return new Plan(
        subject(leaving),
        "give up " + Units.names(List.copyOf(leaving.keySet())),
        () -> arguments.at(MEMBERS, () -> expel(leaving)));
  }

  private Reply expel(Map<Volume, VirtualUnit> leaving) throws StorageException {
    List<String> said = new ArrayList<>();
    for (Map.Entry<Volume, VirtualUnit> each : leaving.entrySet()) {
      sets.commands(each.getValue()).expel(each.getKey());
      said.add(
          "%DISM-I-REMOVED, _"
              + Words.word(each.getKey().name())
              + ": given up by "
              + each.getValue().name());
    }
    return Reply.lines(null, generation(leaving), said);
  }

  // ---- dissolve, release

  private Verb dissolve() {
    return new Verb(
        "dissolve",
        "dissolve set=DSAn",
        "give a shadow set up; its members are volumes like all others",
        SET,
        List.of(Key.set(SET, "the virtual unit, which nobody has open")),
        List.of(SET),
        List.of(
            "No bytes are lost: each full member holds what the set held.",
            "A volume to which a copy had not ended holds a mixture."),
        List.of("dissolve set=DSA42"),
        List.of(ENOENT, EACCES),
        Verb.Destroys.NEVER,
        Verb.Handler.changing(bay, this::prepareDissolve));
  }

  private Plan prepareDissolve(Request request) throws RefusedException {
    Arguments arguments = request.arguments();
    VirtualUnit unit = units.own(request, SET, "dissolve it");
    Units.requireClosed(arguments, unit, SET, "dissolve it");
    return new Plan(
        units.subject(unit),
        "dissolve " + unit.name(),
        () ->
            arguments.at(
                SET,
                () -> {
                  sets.commands(unit).dissolve(request.acceptance());
                  return Reply.text(Subject.NONE, "shadow set " + unit.name() + " is dissolved");
                }));
  }

  private Verb release() {
    return new Verb(
        "release",
        "release member=VOLUME",
        "make a former member of a shadow set an ordinary volume",
        MEMBER,
        List.of(Key.volume(MEMBER, "the former member")),
        List.of(MEMBER),
        List.of(
            "It can be written then. Its write bitmap is deleted: if it ever comes back to the set,"
                + " all of it is overwritten.",
            "To keep what is written to it, make a set of it alone and add the others."),
        List.of("release member=data2"),
        List.of(ENOENT, EACCES),
        Verb.Destroys.NEVER,
        Verb.Handler.changing(bay, this::prepareRelease));
  }

  private Plan prepareRelease(Request request) throws RefusedException {
    Arguments arguments = request.arguments();
    String name = arguments.text(MEMBER);
    Volume volume = arguments.at(MEMBER, () -> bay.find(name));
    units.requireOwn(request, volume, MEMBER, "release it");
    VirtualUnit unit = arguments.at(MEMBER, () -> sets.setOf(volume));
    Relation relation = volume.relation();
    if (relation != null && !relation.former()) {
      throw arguments.refuse(
          MEMBER,
          Fault.BUSY,
          "volume " + name + " is " + relation.describe() + ", want a former member",
          unit.set().isMounted()
              ? "split members=" + Words.word(name)
              : "dissolve set=" + unit.name());
    }
    return new Plan(
        Subject.of(volume),
        "release volume " + name + " from " + unit.name(),
        () ->
            arguments.at(
                MEMBER,
                () -> {
                  sets.commands(unit).release(volume, request.acceptance());
                  return Reply.text(
                      volume.row().generation(),
                      "volume " + name + " has nothing to do with " + unit.name() + " any more");
                }));
  }
}
