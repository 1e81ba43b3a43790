package org.copybay.control.command;

import static org.copybay.control.command.TapeCommands.ACTION;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.copybay.copy.library.LibraryRecord;
import org.copybay.copy.library.LibrarySetup;
import org.copybay.copy.library.LibrarySetup.Wanted;
import org.copybay.copy.library.LibraryType;
import org.copybay.copy.library.TapeLibrary;
import org.copybay.copy.library.TapeMedia;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.drive.TapeDrive;
import org.jspecify.annotations.Nullable;

/** The verb that makes, changes and deletes tape libraries. */
final class TapeLibraryVerb {
  private static final String NAME = "name";
  private static final String TYPE = "type";
  private static final String PATH = "path";
  private static final String DRIVES = "drives";
  private static final String SLOTS = "slots";
  private static final String MAIL = "mail";
  private static final String MEDIA = "media";
  private static final int USUAL_DRIVES = 2;
  private static final int USUAL_SLOTS = 20;

  private final TapeCommands commands;
  private final LibrarySetup setup;
  private final OutsidePath outside;

  TapeLibraryVerb(TapeCommands commands, OutsidePath outside) {
    this.commands = commands;
    this.outside = outside;
    this.setup = commands.tapes().setup();
  }

  List<Verb> verbs() {
    return List.of(
        new Verb(
            "tape-library",
            "tape library name=NAME [type=virtual|destination] [path=DIR] [drives=N] [slots=N]"
                + " [mail=N] [media=LTO-N] [action=create|change|delete]",
            "make, change or delete a tape library",
            "",
            List.of(
                Key.required(NAME, "1 to 32 of A-Z a-z 0-9 - _ ."),
                Key.word(TYPE, "virtual (usual), or destination: tapes are copied to it"),
                Key.optional(PATH, "of a destination library, where its cartridges lie"),
                Key.optional(
                    DRIVES,
                    "1 to 64, usually 2; each is drives/nstN and drives/stN, in a destination"
                        + " library a cartridge that is written at the same time"),
                Key.optional(SLOTS, "storage elements, 1 to 60000, usually 20"),
                Key.optional(MAIL, "import/export elements behind them, usually none"),
                Key.optional(MEDIA, "of cartridges that are made in it, usually LTO-8"),
                Key.word(ACTION, "create, change or delete; usually what fits")),
            List.of(NAME),
            List.of(
                "A library that is there is changed while it is used: drives and slots come and go"
                    + " at the end, where they are empty.",
                "Drives are numbered through the bay.",
                "path= is any directory, on another disk, a network or a removable medium; every"
                    + " cartridge there is a SIMH tape image with its checksum, which needs no"
                    + " Copybay to be read.",
                "The directory is known by its file .copybay-library; where that is missing, the disk"
                    + " is away. On a new disk path= makes it again."),
            List.of(
                "tape library name=VTL1 drives=2 slots=40 mail=4",
                "tape library VTL1 slots=80",
                "tape library name=VAULT type=destination path=/mnt/usb/tapes slots=40",
                "tape library name=VTL1 action=delete"),
            TapeCommands.errnos(),
            Verb.Destroys.NEVER,
            commands.changing(this::prepare)));
  }

  private Plan prepare(Request request) throws RefusedException {
    Arguments arguments = request.arguments();
    commands.requireOwner(request, NAME, "make, change or delete libraries");
    String name = arguments.text(NAME);
    TapeLibrary there = commands.tapes().libraryOrNull(name);
    String usual = there == null ? "create" : "change";
    return switch (arguments.word(ACTION, usual, "create", "change", "delete")) {
      case "create" -> prepareCreate(request);
      case "change" -> prepareChange(request);
      default -> prepareDelete(request);
    };
  }

  private static int count(Arguments arguments, String key, int absent) throws RefusedException {
    return arguments.has(key) ? (int) Math.min(Integer.MAX_VALUE, arguments.number(key)) : absent;
  }

  private Wanted wanted(Arguments arguments, @Nullable LibraryRecord now) throws RefusedException {
    TapeMedia media = now == null ? TapeMedia.LTO8 : now.media();
    if (arguments.has(MEDIA)) {
      String word = arguments.text(MEDIA);
      media = arguments.at(MEDIA, () -> TapeMedia.of(word));
    }
    LibraryType type = now == null ? LibraryType.VIRTUAL : now.type();
    if (arguments.has(TYPE)) {
      type =
          arguments.word(TYPE, "virtual", "virtual", "destination").equals("virtual")
              ? LibraryType.VIRTUAL
              : LibraryType.DESTINATION;
    }
    int drives =
        now == null
            ? USUAL_DRIVES
            : now.type() == LibraryType.VIRTUAL ? now.drives().size() : now.transfers();
    return new Wanted(
        arguments.text(NAME),
        type,
        count(arguments, DRIVES, drives),
        count(arguments, SLOTS, now == null ? USUAL_SLOTS : now.slots()),
        count(arguments, MAIL, now == null ? 0 : now.mailSlots()),
        media,
        now == null ? path(arguments, type) : now.path());
  }

  private @Nullable String path(Arguments arguments, LibraryType type) throws RefusedException {
    boolean destination = type == LibraryType.DESTINATION;
    if (destination != arguments.has(PATH)) {
      throw RefusedException.badRequest(
          arguments.has(PATH) ? arguments.column(PATH) : arguments.line().stripTrailing().length(),
          destination
              ? "a destination library needs path=, the directory of its cartridges"
              : "path= is of a destination library",
          "tape library name=VAULT type=destination path=/mnt/usb/tapes");
    }
    return destination ? directory(arguments).toString() : null;
  }

  /** Outside of the bay and its mount; the last directory of it may be one that is made. */
  private Path directory(Arguments arguments) throws RefusedException {
    try {
      Path path = Path.of(arguments.text(PATH)).normalize();
      Path parent = path.getParent();
      if (path.isAbsolute() && parent != null) {
        return arguments.at(PATH, () -> resolved(path, parent));
      }
    } catch (InvalidPathException e) {
      // told below, with the caret
    }
    throw RefusedException.badRequest(
        arguments.column(PATH),
        "path= is an absolute directory, got " + arguments.text(PATH),
        "path=/mnt/usb/tapes");
  }

  private Path resolved(Path path, Path parent) throws StorageException {
    try {
      return outside.resolve(path);
    } catch (StorageException e) {
      if (e.fault() != Fault.NOT_FOUND) {
        throw e;
      }
      return outside.resolve(parent).resolve(path.getFileName());
    }
  }

  private Plan prepareCreate(Request request) throws RefusedException {
    Arguments arguments = request.arguments();
    Wanted wanted = wanted(arguments, null);
    if (wanted.path() != null) {
      commands.requireMounter(request, PATH, "choose a directory outside of the bay");
    }
    arguments.require(NAME, () -> setup.requireCreate(wanted));
    return new Plan(
        Subject.none("tape library " + wanted.name()),
        "make tape library " + wanted.name(),
        () ->
            arguments.at(
                NAME, () -> there(setup.create(wanted, request.acceptance()), "is there")));
  }

  private static Reply there(TapeLibrary library, String what) {
    LibraryRecord row = library.row();
    String drives =
        row.type() == LibraryType.DESTINATION
            ? row.transfers() + " copies at once, in " + row.path()
            : "drives "
                + library.drives().stream().map(TapeDrive::name).collect(Collectors.joining(", "));
    return TapeCommands.reply(
        String.format(
            Locale.ROOT,
            "library %s %s: %d slots, %d mail slots, %s",
            row.name(),
            what,
            row.slots(),
            row.mailSlots(),
            drives));
  }

  private Plan prepareChange(Request request) throws RefusedException {
    Arguments arguments = request.arguments();
    TapeLibrary library = commands.library(arguments, NAME);
    if (arguments.has(TYPE)) {
      throw RefusedException.badRequest(
          arguments.column(TYPE), "type= of a library that is there does not change");
    }
    boolean anotherDisk = arguments.has(PATH);
    if (anotherDisk) {
      commands.requireMounter(request, PATH, "choose a directory outside of the bay");
      requireSamePath(arguments, library.row().path());
    }
    Wanted wanted = wanted(arguments, library.row());
    arguments.require(NAME, () -> setup.requireChange(library, wanted));
    return new Plan(
        Subject.none("tape library " + wanted.name()),
        "change tape library " + wanted.name(),
        () ->
            arguments.at(
                NAME,
                () -> {
                  if (anotherDisk) {
                    setup.takeDirectory(library);
                  }
                  setup.change(library, wanted, request.acceptance());
                  return there(library, "is changed");
                }));
  }

  private void requireSamePath(Arguments arguments, @Nullable String path) throws RefusedException {
    if (!directory(arguments).toString().equals(path)) {
      throw RefusedException.badRequest(
          arguments.column(PATH),
          "path= of a library that is there does not change"
              + (path == null ? "" : ", want=" + path)
              + " got="
              + arguments.text(PATH),
          "its own path=, which takes another disk that is mounted there");
    }
  }

  private Plan prepareDelete(Request request) throws RefusedException {
    Arguments arguments = request.arguments();
    TapeLibrary library = commands.library(arguments, NAME);
    for (String key : List.of(TYPE, PATH, DRIVES, SLOTS, MAIL, MEDIA)) {
      if (arguments.has(key)) {
        throw RefusedException.badRequest(
            arguments.column(key), key + "= does not go together with action=delete");
      }
    }
    arguments.require(NAME, () -> setup.requireDelete(library));
    return new Plan(
        Subject.none("tape library " + library.name()),
        "delete tape library " + library.name(),
        () ->
            arguments.at(
                NAME,
                () -> {
                  setup.delete(library, request.acceptance());
                  return TapeCommands.reply("library " + library.name() + " is deleted");
                }));
  }
}
