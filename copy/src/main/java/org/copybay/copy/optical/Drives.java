package org.copybay.copy.optical;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import org.copybay.volumes.Fault;
import org.copybay.volumes.RankedLock;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.event.Event;
import org.jspecify.annotations.Nullable;

/**
 * What is in which drive: a volume is used in a drive, and a library fetches it. Any thread may
 * call.
 */
public final class Drives {
  /** How long an open waits for a drive: the kernel tells of a close after it. */
  private static final long WAIT_NANOS = TimeUnit.SECONDS.toNanos(2);

  /** Holds a volume while a command changes it. */
  static final String COMMAND = "command";

  private final Optical optical;
  private final RankedLock lock;
  private final Condition changed;

  Drives(Optical optical, RankedLock lock) {
    this.optical = optical;
    this.lock = lock;
    this.changed = lock.condition();
  }

  // ---- programs

  /** A program is about to open a volume. NOT_FOUND, BUSY, CORRUPT. */
  void use(OpticalVolume volume, boolean changing) throws StorageException {
    try (var held = lock.enter()) {
      Drive drive = await(volume, changing);
      drive.use();
    }
  }

  private Drive await(OpticalVolume volume, boolean changing) throws StorageException {
    long left = WAIT_NANOS;
    while (true) {
      OpticalDevice device = requireThere(volume);
      requireUsable(volume, changing);
      OpticalVolume before = loadedWith(device, volume);
      boolean busy = changing && volume.medium().finishing();
      Drive drive = busy ? null : device.fetch(volume);
      if (drive != null) {
        if (before != volume) {
          tellLoaded(device, drive, volume);
        }
        return drive;
      }
      if (left <= 0) {
        throw busy(device, volume);
      }
      left = RankedLock.awaitRunning(changed, left);
    }
  }

  private static @Nullable OpticalVolume loadedWith(OpticalDevice device, OpticalVolume volume) {
    return device.driveOf(volume) == null ? null : volume;
  }

  private void tellLoaded(OpticalDevice device, Drive drive, OpticalVolume volume) {
    optical
        .bay()
        .events()
        .tell(
            "optical_loaded",
            volume.id(),
            Event.fact("device", device.name()),
            Event.fact("drive", drive.number()));
  }

  private OpticalDevice requireThere(OpticalVolume volume) throws StorageException {
    OpticalDevice device = optical.deviceOf(volume);
    if (device == null || optical.activeOrNull(volume.id()) != volume) {
      throw new StorageException(
          Fault.NOT_FOUND,
          "volume " + volume.id() + " is not to be had: " + optical.hidden(volume),
          "ls optical/");
    }
    return device;
  }

  private static void requireUsable(OpticalVolume volume, boolean changing)
      throws StorageException {
    String job = volume.job();
    if (job != null && volume.heldExclusively()) {
      throw held(volume, job);
    }
    if (!changing) {
      volume.rules().requireReadable();
    }
  }

  static StorageException held(OpticalVolume volume, String job) {
    if (job.equals(COMMAND)) {
      return new StorageException(
          Fault.BUSY, "volume " + volume.id() + " is being changed by a command", "try again");
    }
    return new StorageException(
        Fault.BUSY,
        "volume " + volume.id() + " is held by job " + job,
        "cat .control/jobs/" + job + "/wait");
  }

  private static StorageException busy(OpticalDevice device, OpticalVolume volume) {
    return new StorageException(Fault.BUSY, busyFor(device, volume), "close what is open, or wait");
  }

  private static String busyFor(OpticalDevice device, OpticalVolume volume) {
    Drive opposite = device.driveOfOpposite(volume);
    if (opposite != null && !opposite.idle()) {
      return "the other side of cartridge "
          + volume.cartridge()
          + " is in use: "
          + opposite.describe();
    }
    return "no drive of "
        + device.name()
        + " is free for volume "
        + volume.id()
        + ": "
        + device.describeDrives();
  }

  /** A program closed it. */
  void unuse(OpticalVolume volume) {
    try (var held = lock.enter()) {
      OpticalDevice device = optical.deviceOf(volume);
      Drive drive = device == null ? null : device.driveOf(volume);
      if (drive != null) {
        drive.unuse();
        changed.signalAll();
      }
    }
  }

  /** Fetches a volume, which stays in its drive until that is needed. BUSY, NOT_FOUND. */
  void load(OpticalVolume volume) throws StorageException {
    try (var held = lock.enter()) {
      OpticalDevice device = requireThere(volume);
      OpticalVolume before = loadedWith(device, volume);
      Drive drive = device.fetch(volume);
      if (drive == null) {
        throw busy(device, volume);
      }
      if (before != volume) {
        tellLoaded(device, drive, volume);
      }
    }
  }

  /**
   * Waits until the close of a program has come here, 2 s at most: the kernel tells of it after the
   * program was answered. Who has it open else is not waited for.
   */
  void awaitClosed(OpticalVolume volume) {
    try (var held = lock.enter()) {
      long left = WAIT_NANOS;
      while (left > 0 && volume.closing()) {
        left = RankedLock.awaitRunning(changed, left);
      }
    }
  }

  /** The same of all sides of a cartridge. */
  void awaitClosed(String cartridge) {
    optical.sidesOf(cartridge).forEach(this::awaitClosed);
  }

  // ---- jobs

  /**
   * Gives each of the volumes a drive that does nothing else until {@link #release}, or none. BUSY
   * with the code ODUP-DRIVEBUSY.
   *
   * @param exclusive whether nobody reads the first one meanwhile; nobody opens the others
   */
  void hold(List<OpticalVolume> volumes, String job, boolean exclusive) throws StorageException {
    try (var held = lock.enter()) {
      List<Drive> got = new ArrayList<>();
      boolean all = false;
      try {
        for (int i = 0; i < volumes.size(); i++) {
          got.add(take(volumes.get(i), job, i > 0 || exclusive));
        }
        for (int i = 0; i < volumes.size(); i++) {
          volumes.get(i).hold(job, i > 0 || exclusive);
        }
        all = true;
      } finally {
        if (!all) {
          got.forEach(Drive::release);
        }
      }
    }
  }

  private Drive take(OpticalVolume volume, String job, boolean exclusive) throws StorageException {
    OpticalDevice device = optical.deviceOf(volume);
    if (device == null) {
      throw Odup.NOSRC.refusal("volume " + volume.id() + " is in no device", null);
    }
    Drive drive = device.fetch(volume);
    if (drive == null || drive.job() != null) {
      throw Odup.DRIVEBUSY.refusal(busyFor(device, volume), "wait, or close what is open");
    }
    if (exclusive && drive.users() > 0) {
      throw Odup.INUSE.refusal(
          "volume " + volume.id() + " is open by " + volume.firstOpener(),
          "close it there, and try again");
    }
    drive.hold(job);
    return drive;
  }

  /** Ends {@link #hold}; nothing happens where the hold is another's. */
  void release(List<OpticalVolume> volumes, String job) {
    try (var held = lock.enter()) {
      for (OpticalVolume each : volumes) {
        if (job.equals(each.job())) {
          each.release();
        }
        OpticalDevice device = optical.deviceOf(each);
        Drive drive = device == null ? null : device.driveOf(each);
        if (drive != null && job.equals(drive.job())) {
          drive.release();
        }
      }
      changed.signalAll();
    }
  }

  // ---- looking

  /** The number of the drive that a volume is in, or 0. */
  public int driveOf(OpticalVolume volume) {
    try (var held = lock.enter()) {
      OpticalDevice device = optical.deviceOf(volume);
      Drive drive = device == null ? null : device.driveOf(volume);
      return drive == null ? 0 : drive.number();
    }
  }

  /**
   * What a drive does.
   *
   * @param number from 1 on
   * @param volume identifier of what is in it, or null
   * @param cartridge its cartridge, or null
   * @param users opens of it
   * @param job that holds it, or null
   */
  public record DriveStatus(
      int number,
      @Nullable String volume,
      @Nullable String cartridge,
      int users,
      @Nullable String job) {}

  /** What the drives of a device do. */
  public List<DriveStatus> look(OpticalDevice device) {
    try (var held = lock.enter()) {
      return device.drives().stream().map(Drives::look).toList();
    }
  }

  private static DriveStatus look(Drive drive) {
    OpticalVolume loaded = drive.loaded();
    return new DriveStatus(
        drive.number(),
        loaded == null ? null : loaded.id(),
        loaded == null ? null : loaded.cartridge(),
        drive.users(),
        drive.job());
  }

  void signal() {
    assert lock.isHeld();
    changed.signalAll();
  }
}
