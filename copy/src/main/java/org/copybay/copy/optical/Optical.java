package org.copybay.copy.optical;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.copybay.copy.engine.Jobs;
import org.copybay.volumes.Fault;
import org.copybay.volumes.LockRank;
import org.copybay.volumes.RankedLock;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Bay;
import org.copybay.volumes.bay.KernelNews;
import org.jspecify.annotations.Nullable;

/**
 * The optical storage of a bay: devices, cartridges and volumes. Any thread may call; whoever looks
 * takes no lock.
 */
public final class Optical {
  // set once
  private final Bay bay;
  private final RankedLock lock = new RankedLock(LockRank.OPTICAL);
  private final Drives drives;
  private final Labels labels;
  private final Initializing initializing;
  private final DeviceSetup setup;
  private final Cartridges cartridges;
  private final Images images;
  private final Moving moving;
  private final Duplicating duplicating;
  private final Checking checking;
  private final Rotations rotations;
  private final KernelNews<OpticalVolume> kernel = new KernelNews<>(OpticalVolume::path);

  // concurrent: changed under lock, read without it
  private final Map<String, OpticalDevice> devices = new ConcurrentSkipListMap<>();
  private final Map<String, CartridgeRecord> cartridgeRows = new ConcurrentSkipListMap<>();
  private final Map<String, OpticalVolume> volumes = new ConcurrentSkipListMap<>(); // by key

  // volatile: replaced under lock, read without it: those that have a file, by identifier
  private volatile Map<String, OpticalVolume> active = Map.of();

  /** That of a bay; {@link #load} brings back what the catalogue remembers. */
  public Optical(Bay bay, Jobs jobs) throws StorageException {
    this.bay = bay;
    bay.catalogue()
        .change(
            connection -> {
              OpticalTable.create(connection);
              RotationTable.create(connection);
            });
    this.drives = new Drives(this, lock);
    this.labels = new Labels(this);
    this.initializing = new Initializing(this);
    this.setup = new DeviceSetup(this);
    this.cartridges = new Cartridges(this);
    this.images = new Images(this);
    this.moving = new Moving(this);
    this.duplicating = new Duplicating(this, jobs);
    this.checking = new Checking(this, jobs);
    this.rotations = new Rotations(this);
  }

  // ---- facts

  Bay bay() {
    return bay;
  }

  /** All devices, by name. */
  public List<OpticalDevice> devices() {
    return new ArrayList<>(devices.values());
  }

  /** The device of that name, or null. */
  public @Nullable OpticalDevice deviceOrNull(String name) {
    return devices.get(name);
  }

  /** The device of that name. NOT_FOUND. */
  public OpticalDevice device(String name) throws StorageException {
    OpticalDevice found = devices.get(name);
    if (found == null) {
      throw new StorageException(
          Fault.NOT_FOUND, "no optical device " + name, "ls .control/optical/devices");
    }
    return found;
  }

  /** All cartridges, by name. */
  public List<CartridgeRecord> cartridgeRows() {
    return new ArrayList<>(cartridgeRows.values());
  }

  /** The cartridge of that name, or null. */
  public @Nullable CartridgeRecord cartridgeOrNull(String name) {
    return cartridgeRows.get(name);
  }

  /** The cartridge of that name. NOT_FOUND. */
  public CartridgeRecord cartridge(String name) throws StorageException {
    CartridgeRecord found = cartridgeRows.get(name);
    if (found == null) {
      throw new StorageException(
          Fault.NOT_FOUND, "no cartridge " + name, "ls .control/optical/cartridges");
    }
    return found;
  }

  /** The sides of a cartridge. */
  public List<OpticalVolume> sidesOf(String cartridge) {
    return volumes.values().stream().filter(each -> each.cartridge().equals(cartridge)).toList();
  }

  /** The other side of its cartridge, or null. */
  public @Nullable OpticalVolume opposite(OpticalVolume volume) {
    return sidesOf(volume.cartridge()).stream()
        .filter(each -> each != volume)
        .findFirst()
        .orElse(null);
  }

  /** All volumes, by key. */
  public List<OpticalVolume> volumes() {
    return new ArrayList<>(volumes.values());
  }

  /** The volumes that have a file, by identifier. */
  public List<OpticalVolume> active() {
    return new ArrayList<>(active.values());
  }

  /** The volume that has that file, or null. */
  public @Nullable OpticalVolume activeOrNull(String id) {
    return active.get(id);
  }

  /** The side of that key, or null. */
  public @Nullable OpticalVolume byKey(String key) {
    return volumes.get(key);
  }

  /**
   * The volume of that identifier, or the side of that key, which needs no file. NOT_FOUND.
   *
   * @param name identifier or key
   */
  public OpticalVolume find(String name) throws StorageException {
    OpticalVolume found = findOrNull(name);
    if (found == null) {
      throw new StorageException(
          Fault.NOT_FOUND, "no optical volume " + name, "ls .control/optical/volumes");
    }
    return found;
  }

  /** {@link #find}, or null. */
  public @Nullable OpticalVolume findOrNull(String name) {
    OpticalVolume found = active.get(name);
    if (found == null) {
      found = volumes.get(name);
    }
    return found != null
        ? found
        : volumes.values().stream().filter(v -> v.id().equals(name)).findFirst().orElse(null);
  }

  /** The device that the cartridge of a volume is in, or null. */
  public @Nullable OpticalDevice deviceOf(OpticalVolume volume) {
    CartridgeRecord row = cartridgeRows.get(volume.cartridge());
    String device = row == null ? null : row.device();
    return device == null ? null : devices.get(device);
  }

  /** Why a volume has no file, in words, or null where it has one. */
  public @Nullable String hidden(OpticalVolume volume) {
    if (active.get(volume.id()) == volume) {
      return null;
    }
    String why = unreachable(volume);
    return why != null ? why : "another volume of its name is active";
  }

  private @Nullable String unreachable(OpticalVolume volume) {
    CartridgeRecord row = cartridgeRows.get(volume.cartridge());
    OpticalDevice device = deviceOf(volume);
    if (row == null || device == null) {
      return "its cartridge is in no device";
    }
    if (volume.row().state() == SideState.SPOILED) {
      return "it is spoiled";
    }
    return device.type() == DeviceType.STANDALONE && row.up() != volume.row().side()
        ? "the other side of its cartridge is up"
        : null;
  }

  // ---- rooms

  /** What is in which drive. */
  public Drives drives() {
    return drives;
  }

  /** What volumes are called and may hold. */
  public Labels labels() {
    return labels;
  }

  /** INZOPT. */
  public Initializing initializing() {
    return initializing;
  }

  /** Devices come and go. */
  public DeviceSetup setup() {
    return setup;
  }

  /** Cartridges come and go. */
  public Cartridges cartridges() {
    return cartridges;
  }

  /** Images that programs write. */
  public Images images() {
    return images;
  }

  /** Cartridges move. */
  public Moving moving() {
    return moving;
  }

  /** DUPOPT. */
  public Duplicating duplicating() {
    return duplicating;
  }

  /** CHKOPTVOL. */
  public Checking checking() {
    return checking;
  }

  /** Backups of volumes in turn. */
  public Rotations rotations() {
    return rotations;
  }

  /** Tells the kernel of changes of volumes; who looks says so to it. */
  public KernelNews<OpticalVolume> kernel() {
    return kernel;
  }

  // ---- changes, under the lock

  RankedLock.Held enter() {
    return lock.enter();
  }

  RankedLock lock() {
    return lock;
  }

  void put(OpticalDevice device) {
    assert lock.isHeld();
    devices.put(device.name(), device);
    index();
  }

  void remove(OpticalDevice device) {
    assert lock.isHeld();
    devices.remove(device.name());
    index();
  }

  void put(CartridgeRecord row) {
    assert lock.isHeld();
    cartridgeRows.put(row.name(), row);
    index();
  }

  void put(OpticalVolume volume) {
    assert lock.isHeld();
    volumes.put(volume.key(), volume);
    index();
  }

  void removeCartridge(String name) {
    assert lock.isHeld();
    cartridgeRows.remove(name);
    volumes.values().removeIf(each -> each.cartridge().equals(name));
    index();
  }

  /** Says anew which volumes have a file: of two of one name the one that had it before. */
  void index() {
    assert lock.isHeld();
    Map<String, OpticalVolume> before = active;
    Map<String, OpticalVolume> now = new TreeMap<>();
    for (OpticalVolume each : volumes.values()) {
      if (unreachable(each) == null) {
        OpticalVolume there = now.get(each.id());
        if (there == null || before.get(each.id()) == each) {
          now.put(each.id(), each);
        }
      }
    }
    active = now;
  }

  // ---- mount

  /** Brings back what the catalogue remembers; called once, before requests and jobs. */
  public void load() throws StorageException {
    new OpticalLoading(this).run();
  }
}
