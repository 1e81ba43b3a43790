package org.copybay.control.command;

import static org.copybay.control.report.Errno.EACCES;
import static org.copybay.control.report.Errno.ENAMETOOLONG;
import static org.copybay.control.report.Errno.ENOENT;

import java.util.List;
import org.copybay.copy.shadow.BitmapStatus;
import org.copybay.copy.shadow.MemberRecord;
import org.copybay.copy.shadow.VirtualUnit;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.Words;
import org.copybay.volumes.bay.Bay;
import org.copybay.volumes.bay.BitmapRecord;
import org.copybay.volumes.bay.Volume;
import org.copybay.volumes.bitmap.Grain;

/** The verb that starts, resets and deletes write bitmaps. */
final class BitmapVerbs {
  private static final String ACTION = "action";
  private static final String VOLUME = "volume";
  private static final String SET = "set";
  private static final String BITMAP = "bitmap";
  private static final String GRAIN = "grain";

  private static final String START = "start";
  private static final String RESET = "reset";
  private static final String DELETE = "delete";

  private final Bay bay;
  private final Owner owner;
  private final Units units;

  BitmapVerbs(Bay bay, Units units) {
    this.bay = bay;
    this.owner = units.owner();
    this.units = units;
  }

  List<Verb> verbs() {
    return List.of(
        new Verb(
            BITMAP,
            "bitmap start|reset|delete volume=NAME|set=DSAn bitmap=ID [grain=track|127]",
            "record which regions of a volume change",
            VOLUME,
            List.of(
                new Key(ACTION, Key.Holds.WORD, true, "start, reset or delete"),
                Key.volume(VOLUME, "the volume"),
                new Key(SET, Key.Holds.SET, false, "or, to delete only, the shadow set"),
                Key.required(
                    BITMAP,
                    "the write bitmap: a name that is its own; of a set that of the member"),
                Key.word(GRAIN, "of a region: track (64 KiB) or 127 (blocks of 512 bytes)")),
            List.of(ACTION, VOLUME, BITMAP),
            List.of(
                "start: every change after the command sets the bits of its regions; none is set.",
                "reset: all bits are cleared; every change after the command sets bits again.",
                "delete: the bits are lost; of a set, that member comes back by a full copy then.",
                "Bits survive kill -9 and power loss: they may name too much, never too little."),
            List.of(
                "bitmap start volume=payroll bitmap=tuesday",
                "bitmap start volume=payroll bitmap=shadow grain=127",
                "bitmap reset volume=payroll bitmap=tuesday",
                "bitmap delete volume=payroll bitmap=tuesday",
                "bitmap delete set=DSA42 bitmap=data2"),
            List.of(ENOENT, ENAMETOOLONG, EACCES),
            arguments -> !action(arguments).equals(START),
            Verb.Handler.changing(bay, this::prepare)));
  }

  private static String action(Arguments arguments) throws RefusedException {
    return arguments.word(ACTION, "", START, RESET, DELETE);
  }

  private Plan prepare(Request request) throws RefusedException {
    Arguments arguments = request.arguments();
    String action = action(arguments);
    if (arguments.names(SET)) {
      return prepareOfSet(request, action);
    }
    Volume volume = volume(request, action);
    String name = arguments.text(BITMAP);
    if (action.equals(START)) {
      arguments.require(BITMAP, () -> bay.bitmaps().requireStart(volume, name));
    } else {
      arguments.at(BITMAP, () -> bay.bitmaps().find(volume, name));
      if (arguments.has(GRAIN)) {
        throw RefusedException.badRequest(
            arguments.column(GRAIN), "grain= belongs to bitmap start");
      }
    }
    Grain grain = Grain.ofWord(arguments.word(GRAIN, "track", "track", "127"));
    return new Plan(
        Subject.of(volume),
        action + " write bitmap " + name + " of volume " + volume.name(),
        () -> arguments.at(BITMAP, () -> run(request, action, volume, name, grain)));
  }

  private Plan prepareOfSet(Request request, String action) throws RefusedException {
    Arguments arguments = request.arguments();
    String name = arguments.text(BITMAP);
    VirtualUnit unit = units.own(request, SET, action + " a write bitmap of it");
    if (!action.equals(DELETE)) {
      throw RefusedException.badRequest(
          arguments.column(ACTION),
          "a shadow set has its write bitmaps by itself: they can be deleted only",
          "bitmap delete set=" + unit.name() + " bitmap=" + Words.word(name));
    }
    Volume member = bay.findOrNull(name);
    MemberRecord known = member == null ? null : unit.set().record().find(member.id());
    if (member == null || known == null || !known.bitmap()) {
      boolean own = name.equals(BitmapStatus.ROLLING) || name.equals(BitmapStatus.MERGE);
      throw arguments.refuse(
          BITMAP,
          own ? Fault.FORBIDDEN : Fault.NOT_FOUND,
          own
              ? "bitmap " + name + " is always on: only those of former members can be deleted"
              : "set " + unit.name() + " has no write bitmap of " + name,
          "ls .control/shadow/" + unit.name() + "/bitmaps");
    }
    return new Plan(
        units.subject(unit),
        "delete the write bitmap of " + name + " of " + unit.name(),
        () ->
            arguments.at(
                BITMAP,
                () -> {
                  units.sets().commands(unit).deleteBitmap(member, request.acceptance());
                  return Reply.text(
                      Units.generation(unit),
                      "write bitmap of " + name + " of " + unit.name() + " is deleted");
                }));
  }

  private Volume volume(Request request, String action) throws RefusedException {
    Arguments arguments = request.arguments();
    String name = arguments.text(VOLUME);
    String what = action + " a write bitmap of " + name;
    Volume volume = arguments.at(VOLUME, () -> bay.findMade(name, what));
    owner.requireOrOwnerOf(volume.row().owner().uid(), request.caller(), arguments, VOLUME, what);
    return volume;
  }

  private Reply run(Request request, String action, Volume volume, String name, Grain grain)
      throws StorageException {
    switch (action) {
      case START -> {
        BitmapRecord made = bay.bitmaps().start(volume, name, grain, request.acceptance());
        return reply(volume, made, "records changes since " + made.since());
      }
      case RESET -> {
        BitmapRecord reset = bay.bitmaps().reset(volume, name, request.acceptance());
        return reply(volume, reset, "records changes since " + reset.since());
      }
      default -> {
        bay.bitmaps().delete(volume, name, request.acceptance());
        return Reply.text(
            volume.row().generation(),
            "write bitmap " + name + " of volume " + volume.name() + " is deleted");
      }
    }
  }

  private static Reply reply(Volume volume, BitmapRecord record, String what) {
    return Reply.text(
        volume.row().generation(),
        "write bitmap " + record.name() + " of volume " + volume.name() + " " + what);
  }
}
