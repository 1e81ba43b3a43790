package org.copybay.copy.optical;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Catalogue;
import org.copybay.volumes.media.MediaType;
import org.jspecify.annotations.Nullable;

/**
 * Backups of an optical volume in turn, as IBM describes them (System i: Storage solutions,
 * "Duplicate Optical (DUPOPT) command"): duplicates to *ERASE media again and again until the
 * source is full, a final copy then, and the other media are free for other sources. Any thread may
 * call.
 */
public final class Rotations {
  private final Optical optical;

  // concurrent: changed under the lock of the optical storage, read without it
  private final Map<String, RotationRecord> rows = new ConcurrentSkipListMap<>();

  Rotations(Optical optical) {
    this.optical = optical;
  }

  void load() throws StorageException {
    for (RotationRecord row : optical.bay().catalogue().read(RotationTable::all)) {
      rows.put(row.name(), row);
    }
  }

  // ---- facts

  /** All, by name. */
  public List<RotationRecord> all() {
    return new ArrayList<>(rows.values());
  }

  /** The one of that name, or null. */
  public @Nullable RotationRecord findOrNull(String name) {
    return rows.get(name);
  }

  /** The one of that name. NOT_FOUND. */
  public RotationRecord find(String name) throws StorageException {
    RotationRecord found = rows.get(name);
    if (found == null) {
      throw new StorageException(
          Fault.NOT_FOUND, "no rotation " + name, "ls .control/optical/rotations");
    }
    return found;
  }

  /** The source of one, or null where its cartridge was destroyed. */
  public @Nullable OpticalVolume source(RotationRecord row) {
    return optical.byKey(row.source());
  }

  /** The targets of one that are there, in the order in which they were named. */
  public List<OpticalVolume> targets(RotationRecord row) {
    List<OpticalVolume> found = new ArrayList<>();
    for (String key : row.targets()) {
      OpticalVolume target = optical.byKey(key);
      if (target != null) {
        found.add(target);
      }
    }
    return found;
  }

  /** The target that has the newest copy of the source, or null. */
  public @Nullable OpticalVolume newest(RotationRecord row) {
    return targets(row).stream()
        .filter(target -> copied(row, target) != null)
        .max(Comparator.comparing((OpticalVolume target) -> at(row, target)))
        .orElse(null);
  }

  /** When the source was as a target has it, or null where it has no whole copy. */
  public @Nullable Instant copied(RotationRecord row, OpticalVolume target) {
    SideRecord.Duplicate of = target.row().duplicate();
    OpticalVolume source = source(row);
    return of != null
            && source != null
            && target.row().state() == SideState.INITIALIZED
            && target.isDuplicateOf(source)
        ? of.at()
        : null;
  }

  private Instant at(RotationRecord row, OpticalVolume target) {
    Instant copied = copied(row, target);
    return copied == null ? Instant.MIN : copied;
  }

  /** The target that is written next: one without a copy, or with the oldest one. */
  public @Nullable OpticalVolume next(RotationRecord row) {
    return targets(row).stream()
        .min(Comparator.comparing((OpticalVolume target) -> at(row, target)))
        .orElse(null);
  }

  /** Whether no sector of the source is free any more, below its volume-full threshold. */
  public boolean isFull(RotationRecord row) {
    OpticalVolume source = source(row);
    return source != null && source.medium().sectorsWritten() >= source.limit().sectors();
  }

  // ---- changes

  /** Checks {@link #create}, changing nothing. */
  public void requireCreate(String name, OpticalVolume source, List<OpticalVolume> targets)
      throws StorageException {
    optical.bay().requireChangeable();
    DeviceSetup.requireName(name);
    if (rows.containsKey(name)) {
      throw new StorageException(Fault.EXISTS, "rotation " + name + " exists", null);
    }
    if (!source.medium().type().duplicates().contains(MediaType.ERASE)
        && source.medium().type() != MediaType.DVD_RAM) {
      throw Odup.MEDIATYPE.refusal(
          "source " + source.id() + " is " + source.medium().type().word(), null);
    }
    for (OpticalVolume target : targets) {
      MediaType type = target.medium().type();
      if (type != MediaType.ERASE && type != MediaType.DVD_RAM) {
        throw Odup.MEDIATYPE.refusal(
            "target "
                + target.id()
                + " is "
                + type.word()
                + ": media of a rotation are written again and again",
            "final=VOLUME takes a *WORM one for the last copy");
      }
      requireNone(target);
      if (target == source) {
        throw Odup.SAMEVOL.refusal("source and target are both volume " + source.id(), null);
      }
      if (target.cartridge().equals(source.cartridge())) {
        throw Odup.OPPSIDE.refusal(
            "target " + target.id() + " is the other side of the cartridge of the source",
            "a target on another cartridge");
      }
      if (target.medium().sectorBytes() != source.medium().sectorBytes()) {
        throw Odup.SECTOR.refusal(
            "source and target " + target.id() + " have sectors of other sizes", null);
      }
      if (target.medium().capacity() < source.medium().capacity()) {
        throw Odup.SMALL.refusal(
            "target " + target.id() + " is smaller than the source",
            "a target of the same size at least");
      }
    }
  }

  /** BUSY where a rotation writes to a side, or reads it. */
  void requireNone(OpticalVolume side) throws StorageException {
    for (RotationRecord row : rows.values()) {
      if (row.targets().contains(side.key()) || row.source().equals(side.key())) {
        throw new StorageException(
            Fault.BUSY,
            "volume " + side.id() + " belongs to rotation " + row.name(),
            "optical rotation name=" + row.name() + " action=delete");
      }
    }
  }

  /** Makes a rotation. EXISTS, BUSY, BAD_REQUEST. */
  public RotationRecord create(
      String name, OpticalVolume source, List<OpticalVolume> targets, Catalogue.Change also)
      throws StorageException {
    try (var held = optical.enter()) {
      requireCreate(name, source, targets);
      RotationRecord row =
          new RotationRecord(
              name, source.key(), targets.stream().map(OpticalVolume::key).toList(), null);
      put(row, also);
      return row;
    }
  }

  /** Ends a rotation; what its targets hold stays. */
  public void delete(RotationRecord row, Catalogue.Change also) throws StorageException {
    optical.bay().requireChangeable();
    try (var held = optical.enter()) {
      optical
          .bay()
          .catalogue()
          .change(
              connection -> {
                RotationTable.delete(connection, row.name());
                also.run(connection);
              });
      rows.remove(row.name());
    }
  }

  /**
   * What becomes of rotations when those volumes are whole copies of a source: with the final one
   * the targets are free for other sources. Under the lock of the optical storage.
   */
  List<RotationRecord> endedBy(OpticalVolume source, Collection<OpticalVolume> copies) {
    List<RotationRecord> ended = new ArrayList<>();
    for (RotationRecord row : rows.values()) {
      boolean last = copies.stream().anyMatch(copy -> copy.key().equals(row.finalKey()));
      if (last && row.source().equals(source.key()) && !row.targets().isEmpty()) {
        ended.add(new RotationRecord(row.name(), row.source(), List.of(), row.finalKey()));
      }
    }
    return ended;
  }

  /** What {@link #endedBy} said is recorded. Under the lock of the optical storage. */
  void ended(List<RotationRecord> records) {
    records.forEach(row -> rows.put(row.name(), row));
  }

  /** Says which volume gets the final copy; its duplicate follows. */
  public void setFinal(RotationRecord row, OpticalVolume target, Catalogue.Change also)
      throws StorageException {
    optical.bay().requireChangeable();
    try (var held = optical.enter()) {
      put(new RotationRecord(row.name(), row.source(), row.targets(), target.key()), also);
    }
  }

  /** Takes back {@link #setFinal}, whose duplicate could not begin. */
  public void restore(RotationRecord before) throws StorageException {
    try (var held = optical.enter()) {
      put(before, Catalogue.Change.NOTHING);
    }
  }

  private void put(RotationRecord row, Catalogue.Change also) throws StorageException {
    optical
        .bay()
        .catalogue()
        .change(
            connection -> {
              RotationTable.put(connection, row);
              also.run(connection);
            });
    rows.put(row.name(), row);
  }
}
