package org.copybay.control.command;

import static org.copybay.control.report.Errno.EACCES;
import static org.copybay.control.report.Errno.ENAMETOOLONG;
import static org.copybay.control.report.Errno.ENOENT;

import java.util.List;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Bay;
import org.copybay.volumes.bay.BitmapRecord;
import org.copybay.volumes.bay.Volume;
import org.copybay.volumes.bitmap.Grain;

/** The verb that starts, resets and deletes write bitmaps. */
final class BitmapVerbs {
  private static final String ACTION = "action";
  private static final String VOLUME = "volume";
  private static final String BITMAP = "bitmap";
  private static final String GRAIN = "grain";

  private static final String START = "start";
  private static final String RESET = "reset";
  private static final String DELETE = "delete";

  private final Bay bay;
  private final Owner owner;

  BitmapVerbs(Bay bay, Owner owner) {
    this.bay = bay;
    this.owner = owner;
  }

  List<Verb> verbs() {
    return List.of(
        new Verb(
            BITMAP,
            "bitmap start|reset|delete volume=NAME bitmap=ID [grain=track|127]",
            "record which regions of a volume change",
            VOLUME,
            List.of(
                new Key(ACTION, Key.Holds.WORD, true, "start, reset or delete"),
                Key.volume(VOLUME, "the volume"),
                Key.required(BITMAP, "the write bitmap: a name that is its own in the volume"),
                Key.word(GRAIN, "of a region: track (64 KiB) or 127 (blocks of 512 bytes)")),
            List.of(ACTION, VOLUME, BITMAP),
            List.of(
                "start: every change after the command sets the bits of its regions; none is set.",
                "reset: all bits are cleared; every change after the command sets bits again.",
                "delete: the bits are lost.",
                "Bits survive kill -9 and power loss: they may name too much, never too little."),
            List.of(
                "bitmap start volume=payroll bitmap=tuesday",
                "bitmap start volume=payroll bitmap=shadow grain=127",
                "bitmap reset volume=payroll bitmap=tuesday",
                "bitmap delete volume=payroll bitmap=tuesday"),
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
