package org.copybay.control.command;

import static org.copybay.control.command.Opticals.ACTION;
import static org.copybay.control.report.Errno.EACCES;
import static org.copybay.control.report.Errno.EALREADY;
import static org.copybay.control.report.Errno.EMEDIUMTYPE;
import static org.copybay.control.report.Errno.ENOENT;
import static org.copybay.control.report.Errno.EOPNOTSUPP;
import static org.copybay.control.report.Errno.EXDEV;

import java.util.ArrayList;
import java.util.List;
import org.copybay.copy.optical.DeviceSetup;
import org.copybay.copy.optical.DuplicateSpec;
import org.copybay.copy.optical.DuplicateSpec.Verify;
import org.copybay.copy.optical.OpticalVolume;
import org.copybay.copy.optical.RotationRecord;
import org.copybay.copy.optical.Rotations;
import org.copybay.volumes.Fault;
import org.copybay.volumes.bay.Catalogue;
import org.copybay.volumes.media.Writes;
import org.jspecify.annotations.Nullable;

/** The verbs of rotations: backups of an optical volume in turn. */
final class OpticalRotationVerbs {
  private static final String NAME = "name";
  private static final String SOURCE = "source";
  private static final String TARGETS = "targets";
  private static final String ROTATION = "rotation";
  private static final String FINAL = "final";
  private static final String INCR = "incr";

  private final Opticals opticals;
  private final Rotations rotations;

  OpticalRotationVerbs(Opticals opticals) {
    this.opticals = opticals;
    this.rotations = opticals.optical().rotations();
  }

  List<Verb> verbs() {
    return List.of(rotation(), rotate());
  }

  // ---- rotation

  private Verb rotation() {
    return new Verb(
        "optical-rotation",
        "optical rotation name=NAME [action=create|delete] [source=ID] [targets=ID,ID...]",
        "say which volumes take the backups of a volume in turn",
        "",
        List.of(
            Key.required(NAME, "1 to 32 of A-Z 0-9 - _ ."),
            Key.word(ACTION, "create (usual) or delete"),
            new Key(SOURCE, Key.Holds.SIDE, false, "the volume that is backed up"),
            new Key(TARGETS, Key.Holds.SIDE, false, "the *ERASE or *DVD-RAM volumes, in order")),
        List.of(NAME),
        List.of("What the targets hold stays when a rotation is deleted."),
        List.of(
            "optical rotation name=ARCH source=ARCH01 targets=ERA01,ERA02,ERA03",
            "optical rotation name=ARCH action=delete"),
        List.of(ENOENT, EACCES, EMEDIUMTYPE, EXDEV),
        Verb.Destroys.NEVER,
        Verb.Handler.changing(opticals.bay(), this::prepareRotation));
  }

  private Plan prepareRotation(Request request) throws RefusedException {
    Arguments arguments = request.arguments();
    opticals.requireOwner(request, NAME, "make or delete rotations");
    boolean deletes = arguments.word(ACTION, "create", "create", "delete").equals("delete");
    for (String key : List.of(SOURCE, TARGETS)) {
      if (arguments.has(key) == deletes) {
        throw RefusedException.badRequest(
            deletes ? arguments.column(key) : arguments.line().stripTrailing().length(),
            deletes
                ? key + "= does not go together with action=delete"
                : "optical rotation needs " + key + "=",
            "optical rotation name=NAME source=ID targets=ID,ID");
      }
    }
    return deletes ? prepareDelete(request) : prepareCreate(request);
  }

  private Plan prepareCreate(Request request) throws RefusedException {
    Arguments arguments = request.arguments();
    String name = arguments.text(NAME);
    arguments.require(NAME, () -> DeviceSetup.requireName(name));
    OpticalVolume source = volume(arguments, SOURCE, arguments.text(SOURCE));
    List<OpticalVolume> targets = new ArrayList<>();
    for (String each : arguments.list(TARGETS)) {
      OpticalVolume target = volume(arguments, TARGETS, each);
      if (targets.contains(target)) {
        throw RefusedException.badRequest(
            arguments.column(TARGETS), "volume " + each + " is named twice");
      }
      targets.add(target);
    }
    String blame = rotations.findOrNull(name) == null ? TARGETS : NAME;
    arguments.require(blame, () -> rotations.requireCreate(name, source, targets));
    return new Plan(
        Subject.none("rotation " + name),
        "back up volume " + source.id() + " to " + Opticals.ids(targets) + " in turn",
        () ->
            arguments.at(
                blame,
                () -> {
                  rotations.create(name, source, targets, request.acceptance());
                  return Opticals.reply(
                      "rotation "
                          + name
                          + " is there; optical rotate rotation="
                          + name
                          + " makes a backup");
                }));
  }

  private OpticalVolume volume(Arguments arguments, String key, String name)
      throws RefusedException {
    return arguments.at(key, () -> opticals.optical().find(name));
  }

  private Plan prepareDelete(Request request) throws RefusedException {
    Arguments arguments = request.arguments();
    String name = arguments.text(NAME);
    RotationRecord row = arguments.at(NAME, () -> rotations.find(name));
    return new Plan(
        Subject.none("rotation " + name),
        "delete rotation " + name,
        () ->
            arguments.at(
                NAME,
                () -> {
                  rotations.delete(row, request.acceptance());
                  return Opticals.reply("rotation " + name + " is deleted");
                }));
  }

  // ---- rotate

  private Verb rotate() {
    return new Verb(
        "optical-rotate",
        "optical rotate rotation=NAME [final=ID] [incr=yes|no]",
        "duplicate the source of a rotation to the target with the oldest copy, as a job",
        "",
        List.of(
            Key.required(ROTATION, "the rotation"),
            new Key(FINAL, Key.Holds.SIDE, false, "the volume that takes the final copy"),
            Key.special(INCR, "yes (usual): copy only what changed since the last one to it")),
        List.of(ROTATION),
        List.of(
            "The target keeps its identifier; what it held is lost.",
            "When the source is full, make the final copy: it may go to *WORM too, where the source"
                + " allows that. When that is whole the targets are free for other sources.",
            "It goes to the audit log."),
        List.of("optical rotate rotation=ARCH id=monday", "optical rotate ARCH final=WORM07"),
        List.of(ENOENT, EACCES, EALREADY, EMEDIUMTYPE, EXDEV, EOPNOTSUPP),
        Verb.Destroys.ALWAYS,
        Verb.Handler.changing(opticals.bay(), this::prepareRotate));
  }

  private Plan prepareRotate(Request request) throws RefusedException {
    Arguments arguments = request.arguments();
    String name = arguments.text(ROTATION);
    RotationRecord row = arguments.at(ROTATION, () -> rotations.find(name));
    OpticalVolume source = rotations.source(row);
    if (source == null) {
      throw arguments.refuse(
          ROTATION,
          Fault.NOT_FOUND,
          "the source of rotation " + name + " was destroyed",
          "optical rotation name=" + name + " action=delete");
    }
    OpticalVolume last =
        arguments.has(FINAL) ? volume(arguments, FINAL, arguments.text(FINAL)) : null;
    OpticalVolume target = last == null ? rotations.next(row) : last;
    requireOpen(arguments, row, target);
    boolean incremental = arguments.word(INCR, "yes", "no", "yes").equals("yes");
    Plan plan =
        OpticalDuplicateVerb.plan(
            arguments,
            opticals.optical().duplicating(),
            spec(request, source, target == null ? source : target, incremental),
            error -> last == null ? ROTATION : FINAL);
    return new Plan(
        plan.subject(),
        plan.effect() + (last == null ? "" : "; it is the final copy"),
        () -> told(run(request, plan, row, last), row, last, target));
  }

  /** Says first which the final copy is: its job may end at once. */
  private Reply run(Request request, Plan plan, RotationRecord row, @Nullable OpticalVolume last)
      throws RefusedException {
    if (last == null) {
      return plan.action().run();
    }
    Arguments arguments = request.arguments();
    arguments.require(FINAL, () -> rotations.setFinal(row, last, Catalogue.Change.NOTHING));
    boolean begun = false;
    try {
      Reply reply = plan.action().run();
      begun = true;
      return reply;
    } finally {
      if (!begun) {
        arguments.require(FINAL, () -> rotations.restore(row));
      }
    }
  }

  private void requireOpen(Arguments arguments, RotationRecord row, @Nullable OpticalVolume target)
      throws RefusedException {
    String key = row.finalKey();
    if (row.targets().isEmpty() && key != null) {
      OpticalVolume last = opticals.optical().byKey(key);
      throw arguments.refuse(
          ROTATION,
          Fault.ALREADY,
          "rotation "
              + row.name()
              + " has its final copy, on volume "
              + (last == null ? key : last.id()),
          "optical rotation name=" + row.name() + " action=delete");
    }
    if (target == null) {
      throw arguments.refuse(
          ROTATION,
          Fault.NOT_FOUND,
          "rotation " + row.name() + " has no target any more",
          "optical rotate rotation=" + row.name() + " final=VOLUME");
    }
  }

  private Reply told(
      Reply reply, RotationRecord row, @Nullable OpticalVolume last, @Nullable OpticalVolume to) {
    List<String> lines = new ArrayList<>();
    lines.add("target: " + (to == null ? "-" : to.id()));
    if (last == null && rotations.isFull(row)) {
      lines.add(
          "the source is full; make the final copy: optical rotate rotation="
              + row.name()
              + " final=VOLUME");
    }
    return reply.with(lines);
  }

  private DuplicateSpec spec(
      Request request, OpticalVolume source, OpticalVolume target, boolean incremental)
      throws RefusedException {
    boolean again = target.medium().type().writes() == Writes.AGAIN;
    Arguments arguments = request.arguments();
    return new DuplicateSpec(
        source.key(),
        null,
        List.of(target.key()),
        null,
        List.of(DuplicateSpec.TO),
        again,
        false,
        true,
        false,
        false,
        incremental ? Verify.CHANGED : Verify.YES,
        incremental && again,
        false,
        false,
        false,
        0,
        arguments.id(),
        arguments.fullLine(),
        request.caller().uid(),
        request.caller().gid(),
        true);
  }
}
