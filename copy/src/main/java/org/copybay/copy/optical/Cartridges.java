package org.copybay.copy.optical;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
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

/** Cartridges are made and destroyed, with the volumes of their sides. Any thread may call. */
public final class Cartridges {
  /** How the hidden volumes of sides are named, before their keys. */
  static final String HIDDEN = "optical/";

  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("yyMMddHHmmss", Locale.ROOT);

  private final Optical optical;

  Cartridges(Optical optical) {
    this.optical = optical;
  }

  private Bay bay() {
    return optical.bay();
  }

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

  static String name(int number) {
    return String.format("C%05d", number);
  }

  /** Checks {@link #add(NewCartridge, Catalogue.Change)}, changing nothing. */
  public void requireAdd(NewCartridge wanted) throws StorageException {
    bay().requireChangeable();
    DeviceSetup.requireName(wanted.name());
    if (optical.cartridgeOrNull(wanted.name()) != null) {
      throw new StorageException(
          Fault.EXISTS,
          "cartridge " + wanted.name() + " exists",
          "one that was taken out comes back by: optical add device=NAME cartridge="
              + wanted.name());
    }
    requireMedium(wanted);
    requireSectors(wanted.capacity() / wanted.sectorBytes() * wanted.sides());
    String device = wanted.device();
    if (device != null) {
      optical.setup().place(optical.device(device), wanted.slot());
    }
  }

  /** NO_SPACE where the bay could not keep in memory which sectors are written. */
  void requireSectors(long more) throws StorageException {
    long there = 0;
    for (OpticalVolume each : optical.volumes()) {
      there += each.medium().capacity() / each.medium().sectorBytes();
    }
    if (there + more > MediaType.MAX_ALL_SECTORS) {
      throw new StorageException(
          Fault.NO_SPACE,
          "the optical volumes of a bay have at most "
              + MediaType.MAX_ALL_SECTORS
              + " sectors; there are "
              + there
              + ", and this has "
              + more,
          "larger sectors, or another bay");
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

  Volume hidden(String key, long capacity, Owner owner) throws StorageException {
    return bay()
        .createHidden(
            new NewVolume(HIDDEN + key, capacity, null, CacheMode.PAGE, owner),
            Catalogue.Change.NOTHING);
  }

  void discard(List<Volume> volumes) throws StorageException {
    for (Volume each : volumes) {
      bay().removeHidden(each, Catalogue.Change.NOTHING);
    }
  }

  static String key(String cartridge, int side) {
    return cartridge + (side == 0 ? ".A" : ".B");
  }

  /** The transaction from which on a cartridge is there (P7). EXISTS, BUSY, NO_SPACE, NOT_FOUND. */
  CartridgeRecord publish(
      NewCartridge wanted,
      List<Volume> bytes,
      SideState state,
      @Nullable String id,
      Catalogue.Change also)
      throws StorageException {
    CartridgeRecord row;
    try (var held = optical.enter()) {
      if (id != null) {
        optical.labels().requireFree(id, null); // also of one that another program makes
      }
      String device = wanted.device();
      int slot = device == null ? 0 : optical.setup().place(optical.device(device), wanted.slot());
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
      List<OpticalVolume> sides = sides(wanted, bytes, state, id);
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
    optical.sidesOf(row.name()).forEach(SideLabel::write);
    bay()
        .events()
        .tell(
            "optical_added",
            row.name(),
            Event.fact("media", row.type().word()),
            Event.fact("device", row.device() == null ? "-" : row.device()));
    return row;
  }

  private List<OpticalVolume> sides(
      NewCartridge wanted, List<Volume> bytes, SideState state, @Nullable String id) {
    Instant now = bay().clock().instant();
    List<OpticalVolume> sides = new ArrayList<>();
    for (int side = 0; side < bytes.size(); side++) {
      Volume each = bytes.get(side);
      SideRecord record =
          new SideRecord(
              key(wanted.name(), side),
              wanted.name(),
              side,
              each.id(),
              bay().newInode(),
              id == null ? stamp(now, sides) : id,
              state,
              wanted.owner(),
              SideRecord.Label.none(wanted.capacity(), now),
              null,
              null);
      sides.add(
          new OpticalVolume(
              optical, record, new Medium(bay(), each, wanted.type(), wanted.sectorBytes())));
    }
    return sides;
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
