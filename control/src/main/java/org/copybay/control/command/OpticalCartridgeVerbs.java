package org.copybay.control.command;

import static org.copybay.control.command.Opticals.CARTRIDGE;
import static org.copybay.control.command.Opticals.DEVICE;
import static org.copybay.control.command.Opticals.VOLUME;
import static org.copybay.control.report.Errno.EACCES;
import static org.copybay.control.report.Errno.EALREADY;
import static org.copybay.control.report.Errno.EMEDIUMTYPE;
import static org.copybay.control.report.Errno.ENOENT;
import static org.copybay.control.report.Errno.ENOMEDIUM;
import static org.copybay.control.report.Errno.EOPNOTSUPP;

import java.util.List;
import java.util.stream.Collectors;
import org.copybay.copy.optical.CartridgeRecord;
import org.copybay.copy.optical.Cartridges;
import org.copybay.copy.optical.Cartridges.NewCartridge;
import org.copybay.copy.optical.DeviceRecord;
import org.copybay.copy.optical.DeviceType;
import org.copybay.copy.optical.Moving;
import org.copybay.copy.optical.OpticalDevice;
import org.copybay.copy.optical.OpticalVolume;
import org.copybay.copy.optical.SideRecord;
import org.copybay.volumes.Fault;
import org.copybay.volumes.bay.VolumeRecord;
import org.copybay.volumes.media.MediaType;
import org.copybay.volumes.media.Writes;

/** The verbs of cartridges: ADDOPTCTG, RMVOPTCTG, and their end. */
final class OpticalCartridgeVerbs {
  private static final String MEDIA = "media";
  private static final String SECTOR = "sector";
  private static final String CAPACITY = "capacity";
  private static final String SIDES = "sides";
  private static final String SLOT = "slot";
  private static final String LOCATION = "location";

  /** The volumes of a cartridge are for the one who added it. */
  private static final int MODE = 0600;

  private final Opticals opticals;
  private final Cartridges cartridges;
  private final Moving moving;

  OpticalCartridgeVerbs(Opticals opticals) {
    this.opticals = opticals;
    this.cartridges = opticals.optical().cartridges();
    this.moving = opticals.optical().moving();
  }

  List<Verb> verbs() {
    return List.of(add(), remove(), destroy());
  }

  private Verb.Handler changing(Verb.Handler handler) {
    return Verb.Handler.changing(opticals.bay(), handler);
  }

  // ---- add

  private Verb add() {
    return new Verb(
        "optical-add",
        "optical add device=NAME media=TYPE|cartridge=NAME [sector=SIZE] [capacity=SIZE]"
            + " [sides=1|2] [slot=N]",
        "put a new cartridge, or one from the shelf, into an optical device",
        "",
        List.of(
            Key.required(DEVICE, "the device"),
            Key.optional(MEDIA, "of a new cartridge: *WORM, *ERASE or *DVD-RAM"),
            Key.optional(SECTOR, "bytes of a sector of a new one, usually 2048"),
            Key.optional(CAPACITY, "bytes of a side of a new one; the media type has a usual one"),
            Key.optional(SIDES, "of a new one, usually as many as the media type can have"),
            Key.optional(
                CARTRIDGE, "the one on the shelf, or with media= what a new one is called"),
            Key.optional(SLOT, "of a library, usually the first free one")),
        List.of(DEVICE, MEDIA),
        List.of(
            "Each side is a volume. Until it is initialized its identifier is the second in which"
                + " it was added.",
            "An image in an image catalogue has one side, if nothing else is said.",
            "*DVD-ROM and *CD-ROM come from images: cp IMAGE.iso optical/NAME."),
        List.of(
            "optical add device=LIB1 media=*WORM",
            "optical add LIB1 *ERASE capacity=1G cartridge=ERA001 slot=7",
            "optical add device=LIB1 cartridge=C00003"),
        List.of(ENOENT, EACCES, EMEDIUMTYPE),
        Verb.Destroys.NEVER,
        changing(this::prepareAdd));
  }

  private Plan prepareAdd(Request request) throws RefusedException {
    Arguments arguments = request.arguments();
    OpticalDevice device = opticals.device(arguments, DEVICE);
    opticals.requireOwner(request, DEVICE, "add cartridges");
    int slot = 0;
    if (arguments.has(SLOT)) {
      slot = Numbers.of(arguments, SLOT, 0, 1, DeviceRecord.MAX_SLOTS);
      if (device.type() != DeviceType.LIBRARY) {
        throw RefusedException.badRequest(
            arguments.column(SLOT),
            device.name() + " is " + device.type().phrase() + ", which has no slots");
      }
    }
    return arguments.has(MEDIA)
        ? prepareNew(request, device, slot)
        : prepareInsert(request, device, slot);
  }

  private Plan prepareNew(Request request, OpticalDevice device, int slot) throws RefusedException {
    Arguments arguments = request.arguments();
    NewCartridge wanted = wanted(request, device, slot);
    String blame = arguments.has(SLOT) ? SLOT : arguments.has(CARTRIDGE) ? CARTRIDGE : DEVICE;
    arguments.require(blame, () -> cartridges.requireAdd(wanted));
    return new Plan(
        Subject.none("cartridge " + wanted.name()),
        "make cartridge "
            + wanted.name()
            + " of "
            + wanted.type().word()
            + " with "
            + wanted.sides()
            + (wanted.sides() == 1 ? " side of " : " sides of ")
            + wanted.capacity()
            + " bytes, and put it into "
            + device.name(),
        () ->
            arguments.at(blame, () -> added(cartridges.add(wanted, request.acceptance()), device)));
  }

  private NewCartridge wanted(Request request, OpticalDevice device, int slot)
      throws RefusedException {
    Arguments arguments = request.arguments();
    String media = arguments.text(MEDIA);
    MediaType type = arguments.at(MEDIA, () -> MediaType.of(media));
    if (type.writes() == Writes.NEVER) {
      throw arguments.refuse(
          MEDIA,
          Fault.WRONG_MEDIUM,
          type.word() + " is never written: a blank one is of no use",
          "optical device name=ROMS type=virtual media="
              + type.word()
              + ", then cp IMAGE.iso optical/NAME");
    }
    long sector = arguments.has(SECTOR) ? arguments.size(SECTOR) : type.sectorBytes();
    if (sector < MediaType.MIN_SECTOR_BYTES || sector > MediaType.MAX_SECTOR_BYTES) {
      throw RefusedException.badRequest(
          arguments.column(SECTOR),
          "sector= is a power of two from "
              + MediaType.MIN_SECTOR_BYTES
              + " to "
              + MediaType.MAX_SECTOR_BYTES
              + ", got "
              + sector);
    }
    long capacity =
        arguments.has(CAPACITY)
            ? arguments.size(CAPACITY)
            : type.capacity() - type.capacity() % sector;
    boolean image = device.type() == DeviceType.VIRTUAL;
    return new NewCartridge(
        arguments.has(CARTRIDGE) ? arguments.text(CARTRIDGE) : cartridges.freeName(),
        device.name(),
        slot,
        type,
        (int) sector,
        capacity,
        Numbers.of(arguments, SIDES, image ? 1 : type.sides(), 1, 2),
        new VolumeRecord.Owner(request.caller().uid(), request.caller().gid(), MODE));
  }

  private Reply added(CartridgeRecord row, OpticalDevice device) {
    String sides =
        opticals.optical().sidesOf(row.name()).stream()
            .map(side -> side.key() + " " + side.id())
            .collect(Collectors.joining(", "));
    String slot = row.slot() == 0 ? "" : " slot " + row.slot();
    return Opticals.reply(
        "cartridge " + row.name() + " is in " + device.name() + slot + "; volumes: " + sides);
  }

  private Plan prepareInsert(Request request, OpticalDevice device, int slot)
      throws RefusedException {
    Arguments arguments = request.arguments();
    if (!arguments.has(CARTRIDGE)) {
      throw RefusedException.badRequest(
          arguments.line().stripTrailing().length(),
          "optical add needs media= for a new cartridge, or cartridge= for one on the shelf",
          "optical add device=" + device.name() + " media=*ERASE");
    }
    for (String key : List.of(SECTOR, CAPACITY, SIDES)) {
      if (arguments.has(key)) {
        throw RefusedException.badRequest(
            arguments.column(key),
            key + "= is of a new cartridge, which media= makes",
            "media=*ERASE besides");
      }
    }
    CartridgeRecord row = opticals.cartridge(arguments);
    arguments.require(CARTRIDGE, () -> moving.requireInsert(row, device, slot));
    return new Plan(
        Subject.none("cartridge " + row.name()),
        "put cartridge " + row.name() + " into " + device.name(),
        () ->
            arguments.at(
                CARTRIDGE,
                () -> {
                  moving.insert(row, device, slot, request.acceptance());
                  return added(opticals.optical().cartridge(row.name()), device);
                }));
  }

  // ---- remove

  private Verb remove() {
    return new Verb(
        "optical-remove",
        "optical remove cartridge=NAME|volume=ID|volume=*MOUNTED [device=NAME] [location=TEXT]",
        "take a cartridge out of its device and put it on the shelf",
        VOLUME,
        List.of(
            Key.optional(CARTRIDGE, "the cartridge"),
            new Key(VOLUME, Key.Holds.SIDE, false, "or the volume on one of its sides"),
            Opticals.DEVICE_OF_MOUNTED,
            Key.optional(LOCATION, "where it is put, at most 50 characters")),
        List.of(CARTRIDGE),
        List.of("Its volumes leave optical/, and everything that is known of them stays."),
        List.of(
            "optical remove cartridge=C00003 location=\"safe, 2nd floor\"",
            "optical remove volume=ARCH01"),
        Opticals.errnos(EALREADY, ENOMEDIUM, EOPNOTSUPP),
        Verb.Destroys.NEVER,
        changing(this::prepareRemove));
  }

  private Plan prepareRemove(Request request) throws RefusedException {
    Arguments arguments = request.arguments();
    if (arguments.has(CARTRIDGE) == arguments.names(VOLUME)) {
      throw RefusedException.badRequest(
          arguments.column(CARTRIDGE),
          "optical remove needs one of cartridge= and volume=",
          "optical remove cartridge=NAME");
    }
    String key = arguments.has(CARTRIDGE) ? CARTRIDGE : VOLUME;
    opticals.requireOwner(request, key, "remove cartridges");
    CartridgeRecord row = named(arguments, key);
    String location = arguments.has(LOCATION) ? arguments.text(LOCATION) : "";
    if (location.length() > SideRecord.Label.MAX_TEXT) {
      throw RefusedException.badRequest(
          arguments.column(LOCATION),
          "location= has at most "
              + SideRecord.Label.MAX_TEXT
              + " characters, got "
              + location.length());
    }
    return new Plan(
        Subject.none("cartridge " + row.name()),
        "take cartridge " + row.name() + " out of " + row.device(),
        () ->
            arguments.at(
                key,
                () -> {
                  moving.shelve(row, location, request.acceptance());
                  return Opticals.reply("cartridge " + row.name() + " is on the shelf");
                }),
        row.shelved()
            ? arguments.refuse(
                key,
                Fault.ALREADY,
                "cartridge " + row.name() + " is on the shelf already",
                "optical add device=NAME cartridge=" + row.name())
            : null);
  }

  private CartridgeRecord named(Arguments arguments, String key) throws RefusedException {
    if (key.equals(CARTRIDGE)) {
      return opticals.cartridge(arguments);
    }
    OpticalVolume volume = opticals.volume(arguments);
    return arguments.at(key, () -> opticals.optical().cartridge(volume.cartridge()));
  }

  // ---- destroy

  private Verb destroy() {
    return new Verb(
        "optical-destroy",
        "optical destroy cartridge=NAME",
        "destroy a cartridge with all that it holds",
        "",
        List.of(Key.required(CARTRIDGE, "the cartridge")),
        List.of(CARTRIDGE),
        List.of(
            "It need not be on the shelf. A rotation that its volumes belong to must be deleted"
                + " before.",
            "rm of an image in an image catalogue does the same. Both are noted in"
                + " .control/audit."),
        List.of("optical destroy cartridge=C00003"),
        List.of(ENOENT, EACCES),
        Verb.Destroys.ALWAYS,
        changing(this::prepareDestroy));
  }

  private Plan prepareDestroy(Request request) throws RefusedException {
    Arguments arguments = request.arguments();
    CartridgeRecord row = opticals.cartridge(arguments);
    arguments.require(CARTRIDGE, () -> cartridges.requireDestroy(row));
    List<OpticalVolume> sides = opticals.optical().sidesOf(row.name());
    return new Plan(
        Subject.none("cartridge " + row.name()),
        "destroy cartridge " + row.name() + " with volumes " + Opticals.ids(sides),
        () ->
            arguments.at(
                CARTRIDGE,
                () -> {
                  cartridges.destroy(row, request.acceptance());
                  return Opticals.reply("cartridge " + row.name() + " is destroyed");
                }));
  }
}
