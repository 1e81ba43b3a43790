package org.copybay.volumes.bay;

import java.nio.file.Path;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.jspecify.annotations.Nullable;

/** Volumes get a name, another name, and lose it. */
final class Naming {
  private final Bay bay;
  private final Roster roster;

  Naming(Bay bay, Roster roster) {
    this.bay = bay;
    this.roster = roster;
  }

  /** {@link Bay#create}. */
  Volume create(NewVolume wanted, Catalogue.Change also) throws StorageException {
    Sizing.require(wanted.size());
    return make(wanted, VolumeState.READY, also);
  }

  /** {@link Bay#createMaking}. */
  OpenVolume createMaking(NewVolume wanted, Opener maker) throws StorageException {
    Openers gate =
        make(wanted, VolumeState.MAKING, Catalogue.Change.NOTHING)
            .gate(); // others wait until it is settled
    OpenVolume open = gate.openMaking(maker);
    gate.settled();
    return open;
  }

  private Volume make(NewVolume wanted, VolumeState state, Catalogue.Change also)
      throws StorageException {
    bay.requireChangeable();
    VolumeName.require(wanted.name());
    requireAbsolute(wanted.directory());
    return roster.make(
        wanted,
        state,
        () -> {
          roster.requireNotReserved(wanted.name());
          roster.requireFree(wanted.name());
        },
        also);
  }

  private static void requireAbsolute(@Nullable Path directory) throws StorageException {
    if (directory != null && !directory.isAbsolute()) {
      throw new StorageException(
          Fault.BAD_REQUEST, "the directory of a volume is an absolute path, got " + directory);
    }
  }

  /** {@link Bay#rename}. */
  void rename(String from, String to, boolean noReplace, Catalogue.Change also)
      throws StorageException {
    bay.requireChangeable();
    VolumeName.require(to);
    Volume volume = bay.findMade(from, "rename it");
    Volume inTheWay = roster.visible(to);
    if (inTheWay != null && !noReplace && !from.equals(to)) {
      inTheWay.awaitMade("be replaced");
    }
    Volume old;
    try (var held = roster.enter()) {
      roster.requireNotReserved(to);
      roster.requireNamed(volume, from);
      if (from.equals(to)) {
        return;
      }
      requireNotBeingMade(volume, "rename it");
      volume.requireNoHold("rename it");
      old = roster.visible(to);
      if (old != null) {
        if (noReplace) {
          throw new StorageException(Fault.EXISTS, "volume " + to + " exists");
        }
        requireNotBeingMade(old, "replace it");
        old.requireNoHold("be replaced");
      }
      roster.place(volume, volume.row().withName(to), old, also);
    }
    roster.purge(old);
  }

  /** {@link Bay#requireName}. */
  void requireName(String name) throws StorageException {
    VolumeName.require(name);
    try (var held = roster.enter()) {
      roster.requireNotReserved(name);
    }
  }

  private static void requireNotBeingMade(Volume volume, String what) throws StorageException {
    if (volume.state() == VolumeState.MAKING && volume.isOpen()) {
      throw new StorageException(
          Fault.BUSY, "volume " + volume.name() + " is being made: cannot " + what);
    }
  }

  /** {@link Bay#remove}. */
  void remove(String name, Catalogue.Change also) throws StorageException {
    bay.requireChangeable();
    Volume volume;
    try (var held = roster.enter()) {
      volume = bay.find(name);
      volume.requireNoHold("delete it");
      roster.drop(volume, also);
    }
    roster.purge(volume);
  }
}
