package org.copybay.control.command;

import static org.copybay.control.report.Errno.EACCES;
import static org.copybay.control.report.Errno.ENAMETOOLONG;
import static org.copybay.control.report.Errno.ENOENT;

import java.util.ArrayList;
import java.util.List;
import org.copybay.volumes.Fault;
import org.copybay.volumes.Words;
import org.copybay.volumes.bay.Bay;
import org.copybay.volumes.bay.PointInTime;
import org.copybay.volumes.bay.PointVolume;
import org.copybay.volumes.bay.Volume;

/** The verbs that make points in time and drop them. */
final class PointVerbs {
  private static final String VOLUMES = "volumes";
  private static final String POINT = "point";

  private final Bay bay;
  private final Owner owner;

  PointVerbs(Bay bay, Owner owner) {
    this.bay = bay;
    this.owner = owner;
  }

  List<Verb> verbs() {
    return List.of(freeze(), drop());
  }

  // ---- freeze

  private Verb freeze() {
    return new Verb(
        "freeze",
        "freeze volumes=NAME[,NAME...] name=POINT",
        "keep what volumes hold at one instant, readable below points/POINT/",
        "",
        List.of(
            Key.required(VOLUMES, "the volumes, with commas between them"),
            Key.required("name", "the name below points/, which must be free")),
        List.of(VOLUMES, "name"),
        List.of(
            "Every write that was answered before the command is in it, on all volumes alike.",
            "Nothing is copied: only what is written later takes space."),
        List.of("freeze volumes=payroll name=monday", "freeze volumes=data,log name=before-update"),
        List.of(ENOENT, ENAMETOOLONG, EACCES),
        Verb.Destroys.NEVER,
        Verb.Handler.changing(bay, this::prepareFreeze));
  }

  private Plan prepareFreeze(Request request) throws RefusedException {
    Arguments arguments = request.arguments();
    String name = arguments.text("name");
    List<Volume> volumes = volumes(request);
    if (bay.points().findOrNull(name) != null) {
      throw arguments.refuse("name", Fault.EXISTS, "point " + name + " exists", dropping(name));
    }
    String names = String.join(", ", volumes.stream().map(Volume::name).toList());
    return new Plan(
        Subject.none("point " + name),
        "make point " + name + " of " + names,
        () ->
            arguments.at(
                VOLUMES,
                () -> {
                  bay.points().freeze(volumes, name, request.acceptance());
                  return Reply.text(Subject.NONE, "point " + name + " of " + names);
                }));
  }

  private List<Volume> volumes(Request request) throws RefusedException {
    Arguments arguments = request.arguments();
    List<Volume> volumes = new ArrayList<>();
    for (String name : arguments.list(VOLUMES)) {
      Volume volume = arguments.at(VOLUMES, () -> bay.findMade(name, "be frozen"));
      int own = volume.row().owner().uid();
      owner.requireOrOwnerOf(own, request.caller(), arguments, VOLUMES, "freeze " + name);
      if (volumes.contains(volume)) {
        throw RefusedException.badRequest(
            arguments.column(VOLUMES), "volume " + name + " is named twice");
      }
      volumes.add(volume);
    }
    return volumes;
  }

  // ---- drop

  private Verb drop() {
    return new Verb(
        "drop",
        "drop point=NAME",
        "give up a point in time",
        "",
        List.of(Key.required(POINT, "the point")),
        List.of(POINT),
        List.of(
            "Any point can be dropped, in any order; the others keep what they have.",
            "Its space is free a little later. Who has a file of it open cannot read it any more."),
        List.of("drop point=monday"),
        List.of(ENOENT, EACCES),
        Verb.Destroys.ALWAYS,
        Verb.Handler.changing(bay, this::prepareDrop));
  }

  private Plan prepareDrop(Request request) throws RefusedException {
    Arguments arguments = request.arguments();
    String name = arguments.text(POINT);
    PointInTime point = bay.points().findOrNull(name);
    if (point == null) {
      throw arguments.refuse(
          POINT, Fault.NOT_FOUND, "no point " + name, "ls points/ shows what there is");
    }
    for (PointVolume volume : point.volumes()) {
      int own = volume.owner().uid();
      owner.requireOrOwnerOf(own, request.caller(), arguments, POINT, "drop " + name);
    }
    return new Plan(
        Subject.none("point " + name),
        "drop point " + name,
        () ->
            arguments.at(
                POINT,
                () -> {
                  bay.points().drop(name, request.acceptance());
                  return Reply.text(Subject.NONE, "point " + name + " is dropped");
                }));
  }

  private static String dropping(String name) {
    return "choose another name, or: drop point=" + Words.word(name);
  }
}
