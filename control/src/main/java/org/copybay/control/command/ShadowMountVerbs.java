package org.copybay.control.command;

import static org.copybay.control.report.Errno.EACCES;
import static org.copybay.control.report.Errno.EALREADY;
import static org.copybay.control.report.Errno.ENOENT;
import static org.copybay.control.report.Errno.EPERM;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.copybay.control.report.Caller;
import org.copybay.copy.shadow.MountSpec;
import org.copybay.copy.shadow.Mounting;
import org.copybay.copy.shadow.ShadowSets;
import org.copybay.copy.shadow.UnitName;
import org.copybay.copy.shadow.VirtualUnit;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.Words;
import org.copybay.volumes.bay.Bay;
import org.copybay.volumes.bay.Volume;
import org.copybay.volumes.bay.VolumeRecord;
import org.jspecify.annotations.Nullable;

/** The verb that makes shadow sets, mounts them and brings members into them. */
final class ShadowMountVerbs {
  static final String SET = "set";
  static final String MEMBERS = "members";
  static final String POLICY = "policy";
  static final String MINICOPY = "minicopy";
  static final String OPTIONAL = "minicopy=optional";
  static final String NOMINICOPY = "nominicopy";

  /** A virtual unit belongs to the one who makes it. */
  private static final int MODE = 0600;

  private final Bay bay;
  private final ShadowSets sets;
  private final Units units;

  ShadowMountVerbs(Bay bay, Units units) {
    this.bay = bay;
    this.sets = units.sets();
    this.units = units;
  }

  List<Verb> verbs() {
    return List.of(mount());
  }

  private Verb mount() {
    return new Verb(
        "mount",
        "mount set=DSAn [members=VOLUME[,VOLUME...]] [label=LABEL]"
            + " [policy=minicopy|minicopy=optional|nominicopy] [confirm=ask|yes] [copy=yes|no]"
            + " [include=yes] [require_members=yes]",
        "make a shadow set, mount one that there is, or bring members into it",
        SET,
        List.of(
            Key.set(SET, "the virtual unit, DSA0 to DSA9999"),
            Key.optional(MEMBERS, "volumes; of a new set the first one is the source"),
            Key.optional("label", "name of what is on the set"),
            Key.word(POLICY, "minicopy: by a write bitmap or not at all; nominicopy: not by one"),
            Key.word("confirm", "ask: refuse full copies, and say which; yes: make them"),
            Key.word("copy", "no: refuse where anything must be copied"),
            Key.word("include", "yes: bring back all members and former ones of the set"),
            Key.word("require_members", "yes: every member that is named must be there")),
        List.of(SET, MEMBERS, "label"),
        List.of(
            "The unit is the file shadow/DSAn; writes to it go to all members.",
            "A former member whose write bitmap is there gets what it lacks (minicopy);"
                + " any other volume is overwritten (full copy). dry-run=yes says which, and why.",
            "Copies are jobs; the unit is used meanwhile. The first job is named by id=.",
            "A full copy is destructive: it goes to the audit log."),
        List.of(
            "mount set=DSA42 members=data1,data2 label=PAYROLL",
            "mount set=DSA42 members=data2 policy=minicopy",
            "mount set=DSA42 members=data3 dry-run=yes",
            "then: cat .control/shadow/DSA42/status"),
        List.of(ENOENT, EALREADY, EPERM, EACCES),
        this::overwrites,
        Verb.Handler.changing(bay, this::prepareMount));
  }

  private static MountSpec spec(Arguments arguments, Caller caller) throws RefusedException {
    return new MountSpec(
        arguments.text(SET),
        arguments.has(MEMBERS) ? arguments.list(MEMBERS) : List.of(),
        arguments.has("label") ? arguments.text("label") : null,
        policy(arguments),
        arguments.word("confirm", "yes", "ask", "yes").equals("ask"),
        arguments.yes("copy", true),
        arguments.yes("include", false),
        arguments.yes("require_members", false),
        arguments.id(),
        arguments.fullLine(),
        caller.uid(),
        new VolumeRecord.Owner(caller.uid(), caller.gid(), MODE));
  }

  private static MountSpec.Policy policy(Arguments arguments) throws RefusedException {
    return switch (arguments.word(POLICY, "", MINICOPY, OPTIONAL, NOMINICOPY)) {
      case MINICOPY -> MountSpec.Policy.MINICOPY;
      case OPTIONAL -> MountSpec.Policy.OPTIONAL;
      case NOMINICOPY -> MountSpec.Policy.NOMINICOPY;
      default -> MountSpec.Policy.USUAL;
    };
  }

  /** Whether a volume will be overwritten as a whole, which only a look at its label tells. */
  private boolean overwrites(Arguments arguments) throws RefusedException {
    MountSpec spec = spec(arguments, new Caller(0, 0, 0));
    try {
      Mounting mounting = new Mounting(sets, spec);
      mounting.prepare();
      return mounting.copies().stream().anyMatch(copy -> copy.full() != null);
    } catch (StorageException e) {
      return false; // it is refused, which the command itself says
    }
  }

  private Plan prepareMount(Request request) throws RefusedException {
    Arguments arguments = request.arguments();
    MountSpec spec = spec(arguments, request.caller());
    String name = arguments.at(SET, () -> UnitName.of(spec.set()));
    VirtualUnit unit = sets.findOrNull(name);
    if (unit != null) {
      units.requireOwn(request, unit, SET, "mount it");
    }
    for (String member : spec.members()) {
      Volume volume = bay.findOrNull(member);
      if (volume != null) {
        units.requireOwn(request, volume, MEMBERS, "make " + Words.word(member) + " a member");
      }
    }
    Mounting mounting = arguments.at(SET, () -> new Mounting(sets, spec));
    String blamed = arguments.has(MEMBERS) ? MEMBERS : SET;
    RefusedException reached = reached(arguments, blamed, mounting);
    return new Plan(
        unit == null ? Subject.none("shadow set " + name) : units.subject(unit),
        effect(spec, name, unit, mounting),
        () -> arguments.at(blamed, () -> run(request, name, mounting)),
        reached);
  }

  private static @Nullable RefusedException reached(
      Arguments arguments, String key, Mounting mounting) throws RefusedException {
    try {
      mounting.prepare();
      return null;
    } catch (StorageException e) {
      RefusedException refused = new RefusedException(e, arguments.column(key));
      if (e.fault() == Fault.ALREADY) {
        return refused;
      }
      throw refused;
    }
  }

  private static String effect(
      MountSpec spec, String name, @Nullable VirtualUnit unit, Mounting mounting) {
    String members = spec.members().stream().map(Words::word).collect(Collectors.joining(", "));
    List<String> parts = new ArrayList<>();
    for (Mounting.Copy copy : mounting.copies()) {
      String to = copy.bytes() + " bytes to " + Words.word(copy.volume().name());
      parts.add(
          copy.full() == null
              ? "minicopy of " + to
              : "full copy of " + to + ", because " + copy.full());
    }
    mounting.without().forEach(each -> parts.add("without " + each));
    return (unit == null
            ? "make shadow set " + name + " of " + members
            : "mount " + name + (members.isEmpty() ? "" : " with " + members))
        + ": "
        + (parts.isEmpty() ? "nothing is copied" : String.join("; ", parts));
  }

  private Reply run(Request request, String name, Mounting mounting) throws StorageException {
    Mounting.Result result = mounting.run(request.acceptance());
    return Reply.lines(result.job(), Units.generation(sets.find(name)), result.said());
  }
}
