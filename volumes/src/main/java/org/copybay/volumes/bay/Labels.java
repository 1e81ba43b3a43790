package org.copybay.volumes.bay;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.Words;
import org.copybay.volumes.store.Entries;
import org.copybay.volumes.store.FileFailure;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/*
 * Steps, and what a crash after each leaves (P7, P8):
 *
 *   a change       the commit of the catalogue; a line in the label of each volume that it is about
 *                  an older label, which the next mount brings up to date
 *   whole again    label.new, synced; label
 *                  the old label; a label.new that means nothing
 *
 * A label never says what the catalogue did not say durably before.
 */
/**
 * The labels of the volumes of an open bay: what the catalogue says of each, once more. A label
 * that cannot be written fails no command: log and health say so, and the next change or fence of
 * its volume, or the next mount, writes it whole. Called under the lock of the bay where nothing
 * else is said.
 */
public final class Labels {
  private static final Logger LOG = LoggerFactory.getLogger(Labels.class);

  private final Bay bay;
  private final Roster roster;
  private final Catalogue catalogue;

  // guarded by the lock of the bay
  private boolean loaded; // every label was brought up to date, from all rows

  Labels(Bay bay, Roster roster, Catalogue catalogue) {
    this.bay = bay;
    this.roster = roster;
    this.catalogue = catalogue;
  }

  // ---- changes

  /** The row of a volume is another one; that of a deleted one is the last thing about it. */
  void row(Volume volume) {
    if (volume.state() == VolumeState.DROPPING) {
      last(volume);
    } else {
      add(volume, LabelRecord.of(volume.row()));
    }
  }

  /** A point was made. */
  void made(PointInTime point) {
    for (PointVolume of : point.volumes()) {
      add(of.volume(), LabelRecord.of(point, of.facts()));
    }
  }

  /** Volumes have nothing of the point of that id any more. */
  void gone(UUID point, List<PointVolume> volumes) {
    for (PointVolume of : volumes) {
      add(of.volume(), LabelRecord.gone(point));
    }
  }

  /** A bitmap was made, or its row is another one. */
  void row(Volume volume, BitmapRecord bitmap) {
    add(volume, LabelRecord.of(bitmap));
  }

  /** A bitmap is not listed any more. */
  void gone(Volume volume, BitmapRecord bitmap) {
    add(volume, LabelRecord.gone(bitmap));
  }

  private void add(Volume volume, String body) {
    if (!loaded || bay.readOnly() || volume.state() == VolumeState.DROPPING) {
      return; // load writes it; that of a deleted one goes, or has gone, with its files
    }
    LabelFile file = volume.bytes().label();
    try {
      if (file.wantsWhole()) {
        file.write(whole(volume));
      } else {
        file.add(List.of(LabelRecord.line(catalogue.number(), body)));
      }
    } catch (StorageException e) {
      notWritten(volume, e);
    }
  }

  private void last(Volume volume) {
    LabelFile file = volume.bytes().label();
    try {
      if (!bay.readOnly() && !file.stale()) {
        file.add(List.of(LabelRecord.line(catalogue.number(), LabelRecord.of(volume.row()))));
      }
    } catch (StorageException e) {
      notWritten(volume, e);
    }
  }

  private static void notWritten(Volume volume, StorageException e) {
    volume.bytes().label().failed(e.getMessage());
    LOG.warn("label of volume={} not written: {}", volume.name(), e.getMessage());
  }

  private List<String> whole(Volume volume) {
    long number = catalogue.number();
    List<String> bodies = new ArrayList<>();
    bodies.add(LabelRecord.head(bay.uuid(), volume.id()));
    bodies.add(LabelRecord.of(volume.row()));
    bodies.addAll(points(volume));
    volume.bitmaps().forEach(bitmap -> bodies.add(LabelRecord.of(bitmap)));
    return bodies.stream().map(body -> LabelRecord.line(number, body)).toList();
  }

  private List<String> points(Volume volume) {
    List<String> bodies = new ArrayList<>();
    for (PointInTime point : bay.points().ready()) {
      for (PointVolume of : point.volumes()) {
        if (of.volume() == volume) {
          bodies.add(LabelRecord.of(point, of.facts()));
        }
      }
    }
    return bodies;
  }

  /**
   * Makes the label of a volume survive power loss, after writing what could not be written before.
   * Called without the lock of the bay.
   */
  void fence(Volume volume) {
    LabelFile file = volume.bytes().label();
    if (bay.readOnly() || !(file.stale() || file.unsynced())) {
      return;
    }
    try {
      if (file.stale()) {
        try (var held = roster.enter()) {
          if (volume.state() != VolumeState.DROPPING) {
            file.write(whole(volume));
          }
        }
      }
      file.sync();
    } catch (StorageException e) {
      notWritten(volume, e);
    }
  }

  // ---- mount

  /** Brings every label up to date; called once, without the lock, when all rows are known. */
  void load() {
    if (bay.readOnly()) {
      return;
    }
    List<Volume> volumes = new ArrayList<>(roster.visible());
    volumes.addAll(roster.reserved());
    try (var held = roster.enter()) {
      for (Volume volume : volumes) {
        load(volume);
      }
      loaded = true;
    }
  }

  private void load(Volume volume) {
    Path path = bay.layout().label(volume.id());
    try {
      List<String> lines = whole(volume);
      Label wanted = Label.decode(String.join("", lines), bay.uuid(), volume.id());
      Label found = readable(path, volume);
      if (found != null && found.says(wanted)) {
        volume.bytes().label().whole(found.records());
      } else {
        volume.bytes().label().write(lines);
      }
    } catch (StorageException e) {
      notWritten(volume, e);
    }
  }

  /** One that cannot be read is written anew. */
  private @Nullable Label readable(Path path, Volume volume) {
    try {
      return Label.read(path, bay.uuid(), volume.id());
    } catch (StorageException e) {
      LOG.warn("label of volume={} not read: {}", volume.name(), e.getMessage());
      return null;
    }
  }

  /**
   * Refuses a catalogue that is older than a label of its bay: what it does not know would be taken
   * for nobody's. CORRUPT.
   */
  static void requireNoneNewer(BayLayout layout, UUID bay, Catalogue catalogue)
      throws StorageException {
    for (UUID volume : volumes(layout)) {
      long number = number(layout, bay, volume);
      if (number > catalogue.number()) {
        throw new StorageException(
            Fault.CORRUPT,
            "the catalogue "
                + layout.catalogue()
                + " is older than the volumes: its newest change is "
                + catalogue.number()
                + ", "
                + layout.label(volume)
                + " knows change "
                + number,
            remedy(layout.root()));
      }
    }
  }

  /**
   * The bay that all labels name, where it is not the one that copybay.bay names: then that file is
   * wrong, whatever the catalogue says. Else null.
   */
  public static @Nullable UUID otherBay(BayLayout layout, UUID bay) {
    UUID named = namedBay(layout);
    return bay.equals(named) ? null : named;
  }

  /** The bay that all labels name which can be read; null where they name several, or none is. */
  static @Nullable UUID namedBay(BayLayout layout) {
    Set<UUID> named = new HashSet<>();
    try {
      for (UUID volume : volumes(layout)) {
        addBay(layout.label(volume), named);
      }
    } catch (StorageException e) {
      LOG.warn("no labels: {}", e.getMessage());
    }
    return named.size() == 1 ? named.iterator().next() : null;
  }

  private static void addBay(Path label, Set<UUID> named) {
    try {
      UUID bay = Label.bay(label);
      if (bay != null) {
        named.add(bay);
      }
    } catch (StorageException e) {
      LOG.warn("label not read: {}", e.getMessage());
    }
  }

  /** CORRUPT where labels say that copybay.bay names another bay: a rebuild would believe it. */
  static void requireOwnBay(BayLayout layout, UUID bay) throws StorageException {
    UUID other = otherBay(layout, bay);
    if (other != null) {
      throw new StorageException(
          Fault.CORRUPT,
          layout.bayFile()
              + " is damaged: want uuid="
              + other
              + ", as all labels of volumes say, got uuid="
              + bay,
          ownBay(other));
    }
  }

  /** What to do where copybay.bay names another bay. */
  public static String ownBay(UUID bay) {
    return "put back a copy of it, or write the line uuid=" + bay;
  }

  /** What to type when the catalogue is of no use. */
  public static String remedy(Path root) {
    return "copybay check --rebuild " + Words.shell(root);
  }

  /** The newest change that a label knows, 0 when it is none that can be read. */
  static long number(BayLayout layout, UUID bay, UUID volume) {
    try {
      return Label.number(layout.label(volume), bay, volume);
    } catch (StorageException e) {
      LOG.warn("label of volume={} not read: {}", volume, e.getMessage());
      return 0;
    }
  }

  /** The directories in volumes/ that have the name of an id, in the order of their names. */
  public static List<UUID> volumes(BayLayout layout) throws StorageException {
    List<UUID> found = new ArrayList<>();
    try {
      for (Path entry : Entries.of(layout.volumes())) {
        UUID id = id(String.valueOf(entry.getFileName()));
        if (id != null && Files.isDirectory(entry)) {
          found.add(id);
        }
      }
    } catch (IOException e) {
      throw FileFailure.of("read " + layout.volumes(), e);
    }
    found.sort(UUID::compareTo);
    return found;
  }

  private static @Nullable UUID id(String name) {
    try {
      UUID id = UUID.fromString(name);
      return id.toString().equals(name) ? id : null;
    } catch (IllegalArgumentException e) {
      return null;
    }
  }
}
