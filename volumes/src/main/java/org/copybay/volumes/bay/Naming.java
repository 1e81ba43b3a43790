package org.copybay.volumes.bay;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.jspecify.annotations.Nullable;

/** Volumes get a name, another name, and lose it. */
final class Naming {
  private final Bay bay;
  private final Roster roster;
  private final Points points;

  Naming(Bay bay, Roster roster, Points points) {
    this.bay = bay;
    this.roster = roster;
    this.points = points;
  }

  /** {@link Bay#create}. */
  Volume create(NewVolume wanted, Catalogue.Change also) throws StorageException {
    Sizing.require(wanted.size());
    requireMakeable(wanted);
    return make(wanted, VolumeState.READY, also);
  }

  /** {@link Bay#createHidden}. */
  Volume createHidden(NewVolume wanted, Catalogue.Change also) throws StorageException {
    assert wanted.name().indexOf('/') > 0 : wanted;
    bay.requireChangeable();
    if (wanted.size() > 0) {
      Sizing.require(wanted.size());
    }
    return make(wanted, wanted.size() > 0 ? VolumeState.READY : VolumeState.MAKING, also);
  }

  private Volume make(NewVolume wanted, VolumeState state, Catalogue.Change also)
      throws StorageException {
    return roster.make(
        wanted,
        state,
        new Free(wanted) {
          @Override
          public void also(Connection connection) throws SQLException {
            also.run(connection);
          }
        });
  }

  /** {@link Bay#createMaking}. */
  OpenedVolume createMaking(NewVolume wanted, Opener maker) throws StorageException {
    requireMakeable(wanted);
    AtomicReference<OpenFile> opened = new AtomicReference<>();
    Roster.Making making =
        new Free(wanted) {
          @Override
          public void begin(Volume volume) {
            opened.set(volume.gate().openMaking(maker));
          }
        };
    Volume made = roster.make(wanted, VolumeState.MAKING, making);
    return new OpenedVolume(made, Objects.requireNonNull(opened.get(), made::name));
  }

  /** The name is nobody's. */
  private class Free implements Roster.Making {
    private final String name;

    Free(NewVolume wanted) {
      name = wanted.name();
    }

    @Override
    public void require() throws StorageException {
      roster.requireNotReserved(name);
      roster.requireFree(name);
    }
  }

  private void requireMakeable(NewVolume wanted) throws StorageException {
    bay.requireChangeable();
    VolumeName.require(wanted.name());
    requireAbsolute(wanted.directory());
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
        points.requireNoneLocked(old, "replace it");
      }
      roster.place(volume, volume.row().withName(to), old, also);
    }
    roster.purge().now(old);
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
      drop(volume, also);
    }
    roster.purge().now(volume);
  }

  /** {@link Bay#removeHidden}. */
  void removeHidden(Volume volume, Catalogue.Change also) throws StorageException {
    assert volume.row().hidden() : volume.row();
    bay.requireChangeable();
    try (var held = roster.enter()) {
      roster.requireNamed(volume, volume.name());
      drop(volume, also);
    }
    roster.purge().now(volume);
  }

  private void drop(Volume volume, Catalogue.Change also) throws StorageException {
    volume.requireNoHold("delete it");
    points.requireNoneLocked(volume, "delete it");
    roster.drop(volume, also);
  }
}
