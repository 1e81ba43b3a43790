package org.copybay.control.command;

import static org.copybay.control.command.Opticals.ACTION;
import static org.copybay.control.command.Opticals.DEVICE;
import static org.copybay.control.command.Opticals.VOLUME;
import static org.copybay.control.report.Errno.EACCES;
import static org.copybay.control.report.Errno.EALREADY;
import static org.copybay.control.report.Errno.ENOENT;
import static org.copybay.control.report.Errno.ENOMEDIUM;
import static org.copybay.control.report.Errno.EOPNOTSUPP;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.copybay.copy.optical.DeviceRecord;
import org.copybay.copy.optical.DeviceSetup;
import org.copybay.copy.optical.DeviceType;
import org.copybay.copy.optical.Drives.DriveStatus;
import org.copybay.copy.optical.Moving;
import org.copybay.copy.optical.OpticalDevice;
import org.copybay.copy.optical.OpticalVolume;
import org.copybay.volumes.Fault;
import org.copybay.volumes.Words;
import org.copybay.volumes.media.MediaType;
import org.jspecify.annotations.Nullable;

/** The verbs of optical devices, and what is put into their drives. */
final class OpticalDeviceVerbs {
  private static final String NAME = "name";
  private static final String TYPE = "type";
  private static final String DRIVES = "drives";
  private static final String SLOTS = "slots";
  private static final String MEDIA = "media";
  private static final int USUAL_DRIVES = 2;
  private static final int USUAL_SLOTS = 20;

  private final Opticals opticals;
  private final DeviceSetup setup;
  private final Moving moving;

  OpticalDeviceVerbs(Opticals opticals) {
    this.opticals = opticals;
    this.setup = opticals.optical().setup();
    this.moving = opticals.optical().moving();
  }

  List<Verb> verbs() {
    return List.of(device(), load(), unload(), flip());
  }

  private Verb.Handler changing(Verb.Handler handler) {
    return Verb.Handler.changing(opticals.bay(), handler);
  }

  // ---- device

  private Verb device() {
    return new Verb(
        "optical-device",
        "optical device name=NAME [type=library|standalone|virtual] [drives=N] [slots=N]"
            + " [media=TYPE] [action=create|delete]",
        "make or delete an optical device",
        "",
        List.of(
            Key.required(NAME, "1 to 32 of A-Z 0-9 - _ ."),
            Key.special(TYPE, "library (usual), standalone, or virtual: an image catalogue"),
            Key.optional(DRIVES, "of a library, 1 to 64, usually 2"),
            Key.optional(SLOTS, "of a library, 1 to 4096, usually 20"),
            Key.optional(MEDIA, "of images that cp makes in an image catalogue; usually *DVD-RAM"),
            Key.word(ACTION, "create (usual) or delete")),
        List.of(NAME, TYPE),
        List.of(
            "A library fetches the cartridge of a volume that is opened into a free drive; a"
                + " duplicate needs two. The cartridge of a stand-alone device is put in, turned"
                + " and taken out by command. Every image of an image catalogue is loaded.",
            "What is deleted must be empty: optical remove takes cartridges out."),
        List.of(
            "optical device name=LIB1 drives=2 slots=40",
            "optical device OPT01 type=standalone",
            "optical device name=ROMS type=virtual media=*DVD-ROM",
            "optical device name=LIB1 action=delete"),
        List.of(ENOENT, EACCES),
        Verb.Destroys.NEVER,
        changing(this::prepareDevice));
  }

  private Plan prepareDevice(Request request) throws RefusedException {
    Arguments arguments = request.arguments();
    opticals.requireOwner(request, NAME, "make or delete devices");
    if (arguments.word(ACTION, "create", "create", "delete").equals("delete")) {
      return prepareDelete(request);
    }
    DeviceRecord wanted = wanted(arguments);
    arguments.require(NAME, () -> DeviceSetup.requireName(wanted.name()));
    if (opticals.optical().deviceOrNull(wanted.name()) != null) {
      throw arguments.refuse(
          NAME,
          Fault.EXISTS,
          "optical device " + wanted.name() + " exists",
          "cat .control/optical/devices/" + wanted.name() + "/status");
    }
    String words = wanted.type().words() + " " + wanted.name() + size(wanted);
    return new Plan(
        Subject.none("optical device " + wanted.name()),
        "make " + words,
        () ->
            arguments.at(
                NAME,
                () -> {
                  setup.create(wanted, request.acceptance());
                  return Opticals.reply(words + " is there");
                }));
  }

  private static String size(DeviceRecord row) {
    return switch (row.type()) {
      case LIBRARY -> " with " + row.drives() + " drives and " + row.slots() + " slots";
      case STANDALONE -> "";
      case VIRTUAL -> " for images of " + row.images().word();
    };
  }

  private static DeviceRecord wanted(Arguments arguments) throws RefusedException {
    String word =
        arguments.word(
            TYPE,
            DeviceType.LIBRARY.word(),
            Stream.of(DeviceType.values()).map(DeviceType::word).toArray(String[]::new));
    DeviceType type = DeviceType.valueOf(word.toUpperCase(Locale.ROOT));
    boolean library = type == DeviceType.LIBRARY;
    for (String key : List.of(DRIVES, SLOTS)) {
      if (arguments.has(key) && !library) {
        throw RefusedException.badRequest(
            arguments.column(key), key + "= is of a library, this is " + type.phrase());
      }
    }
    if (arguments.has(MEDIA) && type != DeviceType.VIRTUAL) {
      throw RefusedException.badRequest(
          arguments.column(MEDIA),
          "media= is of an image catalogue: a cartridge brings its own",
          "optical add device=NAME media=TYPE");
    }
    String media = arguments.has(MEDIA) ? arguments.text(MEDIA) : MediaType.DVD_RAM.word();
    return new DeviceRecord(
        arguments.text(NAME),
        type,
        library ? Numbers.of(arguments, DRIVES, USUAL_DRIVES, 1, DeviceRecord.MAX_DRIVES) : 1,
        library ? Numbers.of(arguments, SLOTS, USUAL_SLOTS, 1, DeviceRecord.MAX_SLOTS) : 0,
        arguments.at(MEDIA, () -> MediaType.of(media)));
  }

  private Plan prepareDelete(Request request) throws RefusedException {
    Arguments arguments = request.arguments();
    OpticalDevice device = opticals.device(arguments, NAME);
    for (String key : List.of(TYPE, DRIVES, SLOTS, MEDIA)) {
      if (arguments.has(key)) {
        throw RefusedException.badRequest(
            arguments.column(key), key + "= does not go together with action=delete");
      }
    }
    arguments.require(NAME, () -> setup.requireRemove(device));
    return new Plan(
        Subject.none("optical device " + device.name()),
        "delete optical device " + device.name(),
        () ->
            arguments.at(
                NAME,
                () -> {
                  setup.remove(device, request.acceptance());
                  return Opticals.reply("device " + device.name() + " is deleted");
                }));
  }

  // ---- load, unload, flip

  private Verb load() {
    return new Verb(
        "optical-load",
        "optical load volume=ID",
        "fetch a volume of a library into a free drive",
        VOLUME,
        List.of(Key.side(VOLUME, "the volume")),
        List.of(VOLUME),
        List.of("An open does the same. The volume stays there until the drive is needed."),
        List.of("optical load volume=ARCH01"),
        Opticals.errnos(EALREADY),
        Verb.Destroys.NEVER,
        changing(this::prepareLoad));
  }

  private Plan prepareLoad(Request request) throws RefusedException {
    Arguments arguments = request.arguments();
    OpticalVolume volume = opticals.volume(arguments);
    opticals.requireOwn(request, volume, VOLUME, "load volume " + volume.id());
    RefusedException reached = null;
    try {
      arguments.require(VOLUME, () -> moving.requireLoad(volume));
    } catch (RefusedException e) {
      if (e.error().fault() != Fault.ALREADY) {
        throw e;
      }
      reached = e;
    }
    return new Plan(
        Opticals.subject(volume),
        "load volume " + volume.id(),
        () ->
            arguments.at(
                VOLUME,
                () -> {
                  moving.load(volume);
                  int drive = opticals.optical().drives().driveOf(volume);
                  return Opticals.reply("volume " + volume.id() + " is in drive " + drive);
                }),
        reached);
  }

  private Verb unload() {
    return new Verb(
        "optical-unload",
        "optical unload volume=ID|device=NAME",
        "take a volume out of its drive, or all idle ones of a device",
        VOLUME,
        List.of(
            new Key(VOLUME, Key.Holds.SIDE, false, "the volume"),
            Key.optional(DEVICE, "or the device")),
        List.of(VOLUME),
        List.of(
            "A library puts the cartridge back into its slot; that of a stand-alone device goes to"
                + " the shelf."),
        List.of("optical unload volume=ARCH01", "optical unload device=OPT01"),
        Opticals.errnos(EALREADY, EOPNOTSUPP, ENOMEDIUM),
        Verb.Destroys.NEVER,
        changing(this::prepareUnload));
  }

  private Plan prepareUnload(Request request) throws RefusedException {
    Arguments arguments = request.arguments();
    if (arguments.names(VOLUME) == arguments.has(DEVICE)) {
      throw RefusedException.badRequest(
          arguments.column(DEVICE),
          "optical unload needs one of volume= and device=",
          "optical unload volume=ID");
    }
    if (arguments.has(DEVICE)) {
      return prepareUnloadAll(request);
    }
    OpticalVolume volume = opticals.volume(arguments);
    opticals.requireOwn(request, volume, VOLUME, "unload volume " + volume.id());
    arguments.require(VOLUME, () -> moving.requireTakeOut(volume));
    return new Plan(
        Opticals.subject(volume),
        "take volume " + volume.id() + " out of its drive",
        () ->
            arguments.at(
                VOLUME,
                () -> {
                  moving.takeOut(volume);
                  return Opticals.reply("volume " + volume.id() + " is unloaded");
                }));
  }

  private Plan prepareUnloadAll(Request request) throws RefusedException {
    Arguments arguments = request.arguments();
    OpticalDevice device = opticals.device(arguments, DEVICE);
    opticals.requireOwner(request, DEVICE, "unload devices");
    if (device.type() == DeviceType.VIRTUAL) {
      throw arguments.refuse(
          DEVICE,
          Fault.UNSUPPORTED,
          "every image of an image catalogue is loaded, always",
          "optical remove volume=ID");
    }
    List<OpticalVolume> idle = new ArrayList<>();
    for (DriveStatus drive : opticals.optical().drives().look(device)) {
      OpticalVolume volume = loaded(drive);
      if (volume != null && drive.users() == 0 && drive.job() == null) {
        idle.add(volume);
      } else if (volume != null && device.type() == DeviceType.STANDALONE) {
        throw arguments.refuse(
            DEVICE,
            Fault.BUSY,
            "volume " + volume.id() + " in device " + device.name() + " is in use",
            "close it there");
      }
    }
    return new Plan(
        Subject.none("optical device " + device.name()),
        "take out " + Opticals.ids(idle),
        () ->
            arguments.at(
                DEVICE,
                () -> {
                  for (OpticalVolume each : idle) {
                    moving.takeOut(each);
                  }
                  return Opticals.reply("unloaded: " + Opticals.ids(idle));
                }),
        idle.isEmpty()
            ? arguments.refuse(
                DEVICE,
                Fault.ALREADY,
                "nothing idle is in a drive of device " + device.name(),
                "cat .control/optical/devices/" + Words.word(device.name()) + "/status")
            : null);
  }

  /** The volume in a drive, which may have no file, or null. */
  private @Nullable OpticalVolume loaded(DriveStatus drive) {
    String cartridge = drive.cartridge();
    if (cartridge == null) {
      return null;
    }
    return opticals.optical().sidesOf(cartridge).stream()
        .filter(side -> side.id().equals(drive.volume()))
        .findFirst()
        .orElse(null);
  }

  private Verb flip() {
    return new Verb(
        "optical-flip",
        "optical flip device=NAME",
        "turn the cartridge of a stand-alone device",
        "",
        List.of(Key.required(DEVICE, "the stand-alone device")),
        List.of(DEVICE),
        List.of("Its other side is in optical/ then; a library turns cartridges itself."),
        List.of("optical flip device=OPT01"),
        List.of(ENOENT, EACCES, ENOMEDIUM, EOPNOTSUPP),
        Verb.Destroys.NEVER,
        changing(this::prepareFlip));
  }

  private Plan prepareFlip(Request request) throws RefusedException {
    Arguments arguments = request.arguments();
    OpticalDevice device = opticals.device(arguments, DEVICE);
    opticals.requireOwner(request, DEVICE, "turn cartridges");
    OpticalVolume up = arguments.at(DEVICE, () -> setup.mountedVolume(device));
    OpticalVolume other = opticals.optical().opposite(up);
    if (other == null) {
      throw arguments.refuse(
          DEVICE, Fault.BAD_REQUEST, "cartridge " + up.cartridge() + " has one side only", null);
    }
    return new Plan(
        Subject.none("optical device " + device.name()),
        "turn cartridge " + up.cartridge() + ", so that volume " + other.id() + " is up",
        () ->
            arguments.at(
                DEVICE,
                () -> {
                  moving.flip(device, request.acceptance());
                  return Opticals.reply("volume " + other.id() + " is up");
                }));
  }
}
