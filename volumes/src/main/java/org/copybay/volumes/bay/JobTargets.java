package org.copybay.volumes.bay;

import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.store.HomeFile;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The volumes that jobs make: hidden until they are whole (P6), then seen in one step (P7). */
final class JobTargets {
  private static final Logger LOG = LoggerFactory.getLogger(JobTargets.class);

  private final Bay bay;
  private final Roster roster;
  private final Points points;

  JobTargets(Bay bay, Roster roster, Points points) {
    this.bay = bay;
    this.roster = roster;
    this.points = points;
  }

  /** {@link Bay#reserve}. */
  Volume reserve(NewVolume wanted, boolean replace, Hold owner) throws StorageException {
    Sizing.require(wanted.size());
    VolumeName.require(wanted.name());
    String name = wanted.name();
    Volume inTheWay = roster.visible(name);
    if (inTheWay != null) {
      inTheWay.awaitMade("be replaced");
    }
    boolean made = false;
    try {
      Volume volume = roster.make(wanted, VolumeState.COPYING, making(wanted, replace, owner));
      made = true;
      return volume;
    } finally {
      Volume old = roster.visible(name);
      if (!made && old != null) {
        old.release(owner.job());
      }
    }
  }

  private Roster.Making making(NewVolume wanted, boolean replace, Hold owner) {
    return new Roster.Making() {
      @Override
      public void require() throws StorageException {
        holdOld(wanted.name(), replace, owner);
      }

      @Override
      public void begin(Volume volume) throws StorageException {
        volume.gate().hold(owner);
      }
    };
  }

  /** Under the lock of the bay: the volume of that name may be replaced, and stays until then. */
  private void holdOld(String name, boolean replace, Hold owner) throws StorageException {
    roster.requireNotReserved(name);
    Volume old = roster.visible(name);
    if (old != null) {
      requireReplace(name, replace);
      points.requireNoneLocked(old, "replace it");
      old.gate().hold(beingReplaced(owner));
    }
  }

  private static Hold beingReplaced(Hold owner) {
    return new Hold(owner.job(), "being replaced");
  }

  private static void requireReplace(String name, boolean replace) throws StorageException {
    if (!replace) {
      throw new StorageException(
          Fault.EXISTS,
          "volume " + name + " exists",
          "add replace=yes to put the copy in its place");
    }
  }

  /** {@link Bay#hold}. */
  void hold(Volume volume, String name, Hold hold) throws StorageException {
    try (var held = roster.enter()) {
      roster.requireNamed(volume, name);
      volume.gate().hold(hold);
    }
  }

  /** {@link Bay#holdReserved}. */
  void hold(Volume target, Hold owner) throws StorageException {
    try (var held = roster.enter()) {
      Volume old = roster.visible(target.name());
      if (old != null) {
        old.gate().hold(beingReplaced(owner));
      }
      target.gate().hold(owner);
    }
  }

  /** {@link Bay#reveal}. */
  void reveal(Volume volume, boolean replace, Catalogue.Change also) throws StorageException {
    Volume old;
    try (var held = roster.enter()) {
      String name = volume.name();
      old = roster.visible(name);
      if (old != null) {
        requireReplace(name, replace);
      }
      roster.place(volume, volume.row().withState(VolumeState.READY), old, also);
    }
    bay.labels().fence(volume); // else it could say for long that the copy is not whole
    roster.purge().aside(old);
  }

  /** {@link Bay#discard}. */
  boolean discard(Volume volume) {
    StorageException error = drop(volume);
    boolean cut = false;
    if (error != null && error.fault() != Fault.ALREADY && !roster.inDoubt()) {
      // A full disk, perhaps: its own bytes are what there is to give back. Too short for its row,
      // it can never be taken for a whole one. In doubt its row may say that it is whole: it stays.
      cut = giveBytesBack(volume);
      error = drop(volume);
    }
    if (error == null) {
      roster.purge().now(volume);
      return true;
    }
    LOG.error("discard: volume={} {}", volume.name(), error.getMessage());
    return cut; // its name stays taken, for so does its row
  }

  /** Whether it has no bytes any more, also after power loss. */
  private static boolean giveBytesBack(Volume volume) {
    try {
      HomeFile home = volume.fill();
      home.setSize(0);
      home.flush();
      return true;
    } catch (StorageException e) {
      LOG.error("discard: volume={} {}", volume.name(), e.getMessage());
      return false;
    }
  }

  private @Nullable StorageException drop(Volume volume) {
    try (var held = roster.enter()) {
      if (volume.state() != VolumeState.COPYING) {
        return new StorageException(
            Fault.ALREADY, "volume " + volume.name() + " is " + volume.state().word());
      }
      roster.drop(volume, Catalogue.Change.NOTHING);
      return null;
    } catch (StorageException e) {
      return e;
    }
  }
}
