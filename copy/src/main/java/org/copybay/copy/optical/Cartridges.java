package org.copybay.copy.optical;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Bay;
import org.copybay.volumes.bay.CacheMode;
import org.copybay.volumes.bay.Catalogue;
import org.copybay.volumes.bay.NewVolume;
import org.copybay.volumes.bay.Volume;
import org.copybay.volumes.bay.VolumeRecord.Owner;
import org.copybay.volumes.event.Event;
import org.copybay.volumes.media.MediaType;
import org.copybay.volumes.media.Medium;
import org.jspecify.annotations.Nullable;

/**
 * Devices and cartridges come and go: ADDOPTCTG, RMVOPTCTG, and what a person does at a stand-alone
 * device. Any thread may call.
 */
public final class Cartridges {
  private static final Pattern NAME = Pattern.compile("[A-Z0-9][A-Z0-9._-]{0,31}");

  /** How the hidden volumes of sides are named, before their keys. */
  static final String HIDDEN = "optical/";

  private static final String NONE = "";
  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("yyMMddHHmmss", Locale.ROOT);

  private final Optical optical;

  Cartridges(Optical optical) {
    this.optical = optical;
  }

  private Bay bay() {
    return optical.bay();
  }

  /** Refuses what is no name of a device or cartridge. BAD_REQUEST. */
  public static void requireName(String name) throws StorageException {
    if (!NAME.matcher(name).matches()) {
      throw new StorageException(
          Fault.BAD_REQUEST,
          "a device or cartridge is named by 1 to 32 of A-Z 0-9 - _ . , got " + name,
          "capital letters, as in LIB1");
    }
  }

  // ---- devices

  /** Makes a device. EXISTS, BAD_REQUEST. */
  public OpticalDevice create(DeviceRecord wanted, Catalogue.Change also) throws StorageException {
    bay().requireChangeable();
    requireName(wanted.name());
    requireCounts(wanted);
    try (var held = optical.enter()) {
      if (optical.deviceOrNull(wanted.name()) != null) {
        throw new StorageException(
            Fault.EXISTS,
            "optical device " + wanted.name() + " exists",
            "cat .control/optical/devices/" + wanted.name() + "/status");
      }
      bay()
          .catalogue()
          .change(
              connection -> {
                OpticalTable.put(connection, wanted);
                also.run(connection);
              });
      OpticalDevice made = new OpticalDevice(wanted);
      optical.put(made);
      return made;
    }
  }

  private static void requireCounts(DeviceRecord wanted) throws StorageException {
    boolean library = wanted.type() == DeviceType.LIBRARY;
    if (library && (wanted.drives() < 1 || wanted.drives() > DeviceRecord.MAX_DRIVES)) {
      throw new StorageException(
          Fault.BAD_REQUEST,
          "drives is 1 to " + DeviceRecord.MAX_DRIVES + ", got " + wanted.drives());
    }
    if (library && (wanted.slots() < 1 || wanted.slots() > DeviceRecord.MAX_SLOTS)) {
      throw new StorageException(
          Fault.BAD_REQUEST, "slots is 1 to " + DeviceRecord.MAX_SLOTS + ", got " + wanted.slots());
    }
  }

  /** Checks {@link #remove(OpticalDevice, Catalogue.Change)}, changing nothing. BUSY. */
  public void requireRemove(OpticalDevice device) throws StorageException {
    bay().requireChangeable();
    for (CartridgeRecord each : optical.cartridgeRows()) {
      if (device.name().equals(each.device())) {
        throw new StorageException(
            Fault.BUSY,
            "cartridge " + each.name() + " is in device " + device.name(),
            "optical remove cartridge=" + each.name());
      }
    }
  }

  /** Takes away a device that has no cartridge. BUSY. */
  public void remove(OpticalDevice device, Catalogue.Change also) throws StorageException {
    try (var held = optical.enter()) {
      requireRemove(device);
      bay()
          .catalogue()
          .change(
              connection -> {
                OpticalTable.delete(connection, device.row());
                also.run(connection);
              });
      optical.remove(device);
    }
  }

  // ---- new cartridges

  /**
   * A cartridge that is to be made.
   *
   * @param name of it
   * @param device it is put into, or null: on the shelf
   * @param slot of a library, or 0 for the first free one
   * @param type of its medium
   * @param sectorBytes bytes of a sector
   * @param capacity bytes of a side
   * @param sides 1 or 2
   * @param owner of its volumes
   */
  public record NewCartridge(
      String name,
      @Nullable String device,
      int slot,
      MediaType type,
      int sectorBytes,
      long capacity,
      int sides,
      Owner owner) {}

  /** A name for a cartridge that none has. */
  public String freeName() {
    for (int number = 1; ; number++) {
      String name = name(number);
      if (optical.cartridgeOrNull(name) == null) {
        return name;
      }
    }
  }

  private static String name(int number) {
    return String.format("C%05d", number);
  }

  /** Checks {@link #add(NewCartridge, Catalogue.Change)}, changing nothing. */
  public void requireAdd(NewCartridge wanted) throws StorageException {
    bay().requireChangeable();
    requireName(wanted.name());
    if (optical.cartridgeOrNull(wanted.name()) != null) {
      throw new StorageException(
          Fault.EXISTS,
          "cartridge " + wanted.name() + " exists",
          "one that was taken out comes back by: optical add device=NAME cartridge="
              + wanted.name());
    }
    requireMedium(wanted);
    String device = wanted.device();
    if (device != null) {
      place(optical.device(device), wanted.slot());
    }
  }

  private static void requireMedium(NewCartridge wanted) throws StorageException {
    int sector = wanted.sectorBytes();
    boolean power = Integer.bitCount(sector) == 1;
    if (!power || sector < MediaType.MIN_SECTOR_BYTES || sector > MediaType.MAX_SECTOR_BYTES) {
      throw new StorageException(
          Fault.BAD_REQUEST,
          "sector is a power of two from "
              + MediaType.MIN_SECTOR_BYTES
              + " to "
              + MediaType.MAX_SECTOR_BYTES
              + ", got "
              + sector);
    }
    if (wanted.capacity() < sector || wanted.capacity() % sector != 0) {
      throw new StorageException(
          Fault.BAD_REQUEST,
          "capacity is a number of whole sectors of "
              + sector
              + " bytes, got "
              + wanted.capacity());
    }
    if (wanted.capacity() / sector > MediaType.MAX_SECTORS) {
      throw new StorageException(
          Fault.OUT_OF_RANGE,
          "a side has at most "
              + MediaType.MAX_SECTORS
              + " sectors, got "
              + wanted.capacity() / sector,
          "larger sectors, or capacity=" + MediaType.MAX_SECTORS * sector);
    }
    if (wanted.sides() < 1 || wanted.sides() > wanted.type().sides()) {
      throw new StorageException(
          Fault.BAD_REQUEST,
          "a cartridge of "
              + wanted.type().word()
              + " has "
              + (wanted.type().sides() == 1 ? "one side" : "one or two sides")
              + ", got "
              + wanted.sides());
    }
  }

  /** The slot, which is free; 0 in a device without slots. NOT_FOUND, BUSY, NO_SPACE. */
  private int place(OpticalDevice device, int slot) throws StorageException {
    List<CartridgeRecord> there =
        optical.cartridgeRows().stream()
            .filter(each -> device.name().equals(each.device()))
            .toList();
    if (device.type() == DeviceType.STANDALONE) {
      if (!there.isEmpty()) {
        throw new StorageException(
            Fault.BUSY,
            "device " + device.name() + " has cartridge " + there.get(0).name(),
            "optical remove cartridge=" + there.get(0).name());
      }
      return 0;
    }
    if (there.size() >= DeviceRecord.MAX_SLOTS) {
      throw new StorageException(
          Fault.NO_SPACE, "device " + device.name() + " has " + there.size() + " images");
    }
    return device.type() == DeviceType.VIRTUAL ? 0 : slotOf(device, there, slot);
  }

  private static int slotOf(OpticalDevice device, List<CartridgeRecord> there, int wanted)
      throws StorageException {
    int slots = device.row().slots();
    if (wanted < 0 || wanted > slots) {
      throw new StorageException(
          Fault.BAD_REQUEST,
          "library " + device.name() + " has slots 1 to " + slots + ", got " + wanted);
    }
    for (int slot = wanted == 0 ? 1 : wanted; slot <= (wanted == 0 ? slots : wanted); slot++) {
      int at = slot;
      if (there.stream().noneMatch(each -> each.slot() == at)) {
        return slot;
      }
    }
    throw new StorageException(
        wanted == 0 ? Fault.NO_SPACE : Fault.BUSY,
        wanted == 0
            ? "all " + slots + " slots of library " + device.name() + " are taken"
            : "slot " + wanted + " of library " + device.name() + " is taken",
        "optical remove cartridge=NAME makes room");
  }

  /**
   * Makes a cartridge of blank media. Steps: the volumes of its sides, with their maps; one
   * transaction with all rows. A crash before that leaves blank volumes, which the mount removes.
   */
  public CartridgeRecord add(NewCartridge wanted, Catalogue.Change also) throws StorageException {
    requireAdd(wanted);
    List<Volume> made = new ArrayList<>();
    boolean whole = false;
    try {
      for (int side = 0; side < wanted.sides(); side++) {
        Volume bytes = hidden(key(wanted.name(), side), wanted.capacity(), wanted.owner());
        made.add(bytes);
        new Medium(bay(), bytes, wanted.type(), wanted.sectorBytes())
            .format(Catalogue.Change.NOTHING);
      }
      CartridgeRecord row = publish(wanted, made, SideState.UNINITIALIZED, null, also);
      whole = true;
      return row;
    } finally {
      if (!whole) {
        discard(made);
      }
    }
  }

  private Volume hidden(String key, long capacity, Owner owner) throws StorageException {
    return bay()
        .createHidden(
            new NewVolume(HIDDEN + key, capacity, null, CacheMode.PAGE, owner),
            Catalogue.Change.NOTHING);
  }

  private void discard(List<Volume> volumes) throws StorageException {
    for (Volume each : volumes) {
      bay().removeHidden(each, Catalogue.Change.NOTHING);
    }
  }

  static String key(String cartridge, int side) {
    return cartridge + (side == 0 ? ".A" : ".B");
  }

  private CartridgeRecord publish(
      NewCartridge wanted,
      List<Volume> bytes,
      SideState state,
      @Nullable String id,
      Catalogue.Change also)
      throws StorageException {
    List<OpticalVolume> sides = new ArrayList<>();
    CartridgeRecord row;
    try (var held = optical.enter()) {
      if (id != null) {
        optical.labels().requireFree(id, null); // also of one that another program makes
      }
      String device = wanted.device();
      int slot = device == null ? 0 : place(optical.device(device), wanted.slot());
      row =
          new CartridgeRecord(
              wanted.name(),
              wanted.type(),
              wanted.sectorBytes(),
              wanted.sides(),
              device,
              slot,
              0,
              "");
      Instant now = bay().clock().instant();
      for (int side = 0; side < bytes.size(); side++) {
        Volume each = bytes.get(side);
        String name = id == null ? stamp(now, sides) : id;
        SideRecord record =
            new SideRecord(
                key(wanted.name(), side),
                wanted.name(),
                side,
                each.id(),
                bay().newInode(),
                name,
                state,
                wanted.owner(),
                SideRecord.Label.none(wanted.capacity(), now),
                null,
                null);
        sides.add(
            new OpticalVolume(
                optical, record, new Medium(bay(), each, wanted.type(), wanted.sectorBytes())));
      }
      bay()
          .catalogue()
          .change(
              connection -> {
                OpticalTable.put(connection, row);
                for (OpticalVolume side : sides) {
                  OpticalTable.put(connection, side.row());
                }
                also.run(connection);
              });
      optical.put(row);
      sides.forEach(optical::put);
      loadIfStandalone(row);
    }
    sides.forEach(SideLabel::write);
    bay()
        .events()
        .tell(
            "optical_added",
            row.name(),
            Event.fact("media", row.type().word()),
            Event.fact("device", row.device() == null ? "-" : row.device()));
    return row;
  }

  /**
   * The identifier of a volume without a label: the second in which it was added, or a later one.
   */
  private String stamp(Instant now, List<OpticalVolume> beside) {
    LocalDateTime time = LocalDateTime.ofInstant(now, ZoneOffset.UTC);
    while (true) {
      String stamp = STAMP.format(time);
      boolean taken =
          beside.stream().anyMatch(each -> each.id().equals(stamp))
              || optical.volumes().stream().anyMatch(each -> each.id().equals(stamp));
      if (!taken) {
        return stamp;
      }
      time = time.plusSeconds(1);
    }
  }

  void loadIfStandalone(CartridgeRecord row) {
    String name = row.device();
    OpticalDevice device = name == null ? null : optical.deviceOrNull(name);
    if (device != null && device.type() == DeviceType.STANDALONE) {
      OpticalVolume up = optical.byKey(key(row.name(), row.up()));
      Drive drive = device.drives().get(0);
      drive.load(null);
      drive.load(up);
    }
    optical.drives().signal();
  }

  // ---- images

  /**
   * Makes an image of that identifier for a program that will write it. It is in the image
   * catalogue of the bay, of which the first one is made when there is none.
   */
  public OpticalVolume createImage(String id, Owner owner) throws StorageException {
    bay().requireChangeable();
    Labels.requireId(id);
    optical.labels().requireFree(id, null);
    OpticalDevice device = images();
    Volume bytes = imageBytes(owner);
    String key = bytes.name().substring(HIDDEN.length());
    String name = key.substring(0, key.length() - key(NONE, 0).length());
    boolean made = false;
    try {
      MediaType type = device.row().images();
      NewCartridge wanted =
          new NewCartridge(name, device.name(), 0, type, type.sectorBytes(), 0, 1, owner);
      publish(wanted, List.of(bytes), SideState.MAKING, id, Catalogue.Change.NOTHING);
      made = true;
    } finally {
      if (!made) {
        discard(List.of(bytes));
      }
    }
    return optical.find(key);
  }

  /**
   * The bytes of an image of a cartridge that has a name of its own: programs make many at once.
   */
  private Volume imageBytes(Owner owner) throws StorageException {
    for (int number = 1; ; number++) {
      String name = name(number);
      if (optical.cartridgeOrNull(name) == null) {
        try {
          return hidden(key(name, 0), 0, owner);
        } catch (StorageException e) {
          if (e.fault() != Fault.EXISTS) {
            throw e;
          }
        }
      }
    }
  }

  private OpticalDevice images() throws StorageException {
    for (OpticalDevice each : optical.devices()) {
      if (each.type() == DeviceType.VIRTUAL) {
        return each;
      }
    }
    try {
      return create(
          new DeviceRecord(DeviceRecord.IMAGES, DeviceType.VIRTUAL, 1, 0, MediaType.DVD_RAM),
          Catalogue.Change.NOTHING);
    } catch (StorageException e) {
      OpticalDevice other = optical.deviceOrNull(DeviceRecord.IMAGES); // somebody was faster
      if (e.fault() == Fault.EXISTS && other != null && other.type() == DeviceType.VIRTUAL) {
        return other;
      }
      throw e;
    }
  }

  // ---- moving cartridges

  /** Checks {@link #insert}, changing nothing. */
  public void requireInsert(CartridgeRecord row, OpticalDevice device, int slot)
      throws StorageException {
    bay().requireChangeable();
    if (!row.shelved()) {
      throw new StorageException(
          Fault.BUSY,
          "cartridge " + row.name() + " is in device " + row.device(),
          "optical remove cartridge=" + row.name());
    }
    place(device, slot);
  }

  /** Puts a cartridge from the shelf into a device (ADDOPTCTG). */
  public void insert(CartridgeRecord row, OpticalDevice device, int slot, Catalogue.Change also)
      throws StorageException {
    try (var held = optical.enter()) {
      CartridgeRecord now = optical.cartridge(row.name());
      requireInsert(now, device, slot);
      record(now.in(device.name(), place(device, slot)), also);
      loadIfStandalone(optical.cartridge(row.name()));
    }
    bay().events().tell("optical_added", row.name(), Event.fact("device", device.name()));
  }

  /** Takes a cartridge out of its device and puts it on the shelf (RMVOPTCTG). BUSY. */
  public void shelve(CartridgeRecord row, String location, Catalogue.Change also)
      throws StorageException {
    bay().requireChangeable();
    optical.drives().awaitClosed(row.name());
    try (var held = optical.enter()) {
      CartridgeRecord now = optical.cartridge(row.name());
      String name = now.device();
      if (name == null) {
        throw new StorageException(
            Fault.ALREADY, "cartridge " + row.name() + " is on the shelf already");
      }
      optical.device(name).eject(row.name(), "take cartridge " + row.name() + " out");
      record(now.shelvedAt(location), also);
    }
    bay().events().tell("optical_removed", row.name(), Event.fact("location", location));
  }

  /** Turns the cartridge of a stand-alone device, so that its other side is up. */
  public void flip(OpticalDevice device, Catalogue.Change also) throws StorageException {
    bay().requireChangeable();
    optical.drives().awaitClosed(mounted(device).name());
    try (var held = optical.enter()) {
      CartridgeRecord row = mounted(device);
      if (row.sides() < 2) {
        throw new StorageException(
            Fault.BAD_REQUEST, "cartridge " + row.name() + " has one side only");
      }
      device.eject(row.name(), "turn cartridge " + row.name());
      record(row.turned(1 - row.up()), also);
      loadIfStandalone(optical.cartridge(row.name()));
    }
  }

  /** The cartridge in a stand-alone device. NO_MEDIUM, UNSUPPORTED. */
  public CartridgeRecord mounted(OpticalDevice device) throws StorageException {
    if (device.type() != DeviceType.STANDALONE) {
      throw new StorageException(
          Fault.UNSUPPORTED,
          "*MOUNTED is for stand-alone devices; device "
              + device.name()
              + " is "
              + device.type().phrase(),
          "the identifier of a volume");
    }
    return optical.cartridgeRows().stream()
        .filter(each -> device.name().equals(each.device()))
        .findFirst()
        .orElseThrow(
            () ->
                new StorageException(
                    Fault.NO_MEDIUM,
                    "OPT1504: device " + device.name() + " is empty",
                    "optical add device=" + device.name() + " cartridge=NAME"));
  }

  /** The volume that is up in a stand-alone device. NO_MEDIUM, UNSUPPORTED. */
  public OpticalVolume mountedVolume(OpticalDevice device) throws StorageException {
    CartridgeRecord row = mounted(device);
    return optical.find(key(row.name(), row.up()));
  }

  /** Checks {@link #load}, changing nothing. ALREADY, NOT_FOUND. */
  public void requireLoad(OpticalVolume volume) throws StorageException {
    String hidden = optical.hidden(volume);
    OpticalDevice device = optical.deviceOf(volume);
    if (hidden != null) {
      throw new StorageException(
          Fault.NOT_FOUND,
          "volume " + volume.id() + " is not to be had: " + hidden,
          device != null && device.type() == DeviceType.STANDALONE
              ? "optical flip device=" + device.name()
              : "optical add device=NAME cartridge=" + volume.cartridge());
    }
    if (optical.drives().driveOf(volume) != 0) {
      throw new StorageException(
          Fault.ALREADY, "volume " + volume.id() + " is in a drive already", null);
    }
  }

  /** Fetches a volume into a drive of its library. BUSY where none is free at once. */
  public void load(OpticalVolume volume) throws StorageException {
    requireLoad(volume);
    optical.drives().load(volume);
  }

  /** Takes an idle cartridge of a library out of its drive, back to its slot. BUSY. */
  public void unload(OpticalVolume volume) throws StorageException {
    optical.drives().awaitClosed(volume.cartridge());
    try (var held = optical.enter()) {
      OpticalDevice device = optical.deviceOf(volume);
      if (device == null || device.driveOf(volume) == null) {
        throw new StorageException(Fault.ALREADY, "volume " + volume.id() + " is in no drive");
      }
      if (device.type() != DeviceType.LIBRARY) {
        throw new StorageException(
            Fault.UNSUPPORTED,
            "device " + device.name() + " is " + device.type().phrase(),
            "optical remove cartridge=" + volume.cartridge());
      }
      device.eject(volume.cartridge(), "unload it");
      optical.drives().signal();
    }
  }

  private void record(CartridgeRecord row, Catalogue.Change also) throws StorageException {
    bay()
        .catalogue()
        .change(
            connection -> {
              OpticalTable.put(connection, row);
              also.run(connection);
            });
    optical.put(row);
  }

  /** Checks {@link #takeOut}, changing nothing. ALREADY, UNSUPPORTED. */
  public void requireTakeOut(OpticalVolume volume) throws StorageException {
    OpticalDevice device = optical.deviceOf(volume);
    if (device != null && device.type() == DeviceType.VIRTUAL) {
      throw new StorageException(
          Fault.UNSUPPORTED,
          "volume " + volume.id() + " is an image, which is always loaded",
          "optical remove cartridge=" + volume.cartridge());
    }
    if (optical.drives().driveOf(volume) == 0) {
      throw new StorageException(Fault.ALREADY, "volume " + volume.id() + " is in no drive");
    }
  }

  /**
   * Takes a volume out of its drive: a library puts its cartridge back, a person puts that of a
   * stand-alone device on the shelf; an image stays. BUSY, ALREADY.
   */
  public void takeOut(OpticalVolume volume) throws StorageException {
    OpticalDevice device = optical.deviceOf(volume);
    if (device != null && device.type() == DeviceType.LIBRARY) {
      unload(volume);
    } else if (device != null && device.type() == DeviceType.STANDALONE) {
      shelve(optical.cartridge(volume.cartridge()), "", Catalogue.Change.NOTHING);
    }
  }

  // ---- destroying

  /** Removes the volume of a side that is destroyed. */
  void remove(Volume bytes) throws StorageException {
    bay().removeHidden(bytes, connection -> OpticalTable.deleteGone(connection, bytes.id()));
  }

  /** Checks {@link #destroy}, changing nothing. BUSY. */
  public void requireDestroy(CartridgeRecord row) throws StorageException {
    bay().requireChangeable();
    for (OpticalVolume side : optical.sidesOf(row.name())) {
      optical.labels().requireIdle(side, "destroy its cartridge");
      optical.rotations().requireNone(side);
    }
  }

  /**
   * Destroys a cartridge with all that it holds. Steps: one transaction takes its rows away; the
   * volumes of its sides go, which the mount does after a crash.
   */
  public void destroy(CartridgeRecord row, Catalogue.Change also) throws StorageException {
    List<OpticalVolume> sides = optical.sidesOf(row.name());
    try (var held = optical.enter()) {
      requireDestroy(row);
      String device = row.device();
      if (device != null) {
        optical.device(device).eject(row.name(), "destroy it");
      }
      bay()
          .catalogue()
          .change(
              connection -> {
                OpticalTable.delete(connection, row);
                for (OpticalVolume side : sides) {
                  OpticalTable.putGone(connection, side.row().bytes());
                }
                also.run(connection);
              });
      optical.removeCartridge(row.name());
      optical.drives().signal();
    }
    for (OpticalVolume side : sides) {
      Bases.drop(optical, side, side.row().base());
      remove(side.medium().volume());
    }
    bay().events().tell("optical_destroyed", row.name());
  }
}
