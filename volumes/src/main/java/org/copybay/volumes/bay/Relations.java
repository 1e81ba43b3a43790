package org.copybay.volumes.bay;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.copybay.volumes.Aside;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.Words;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What volumes are to shadow sets. The sets remember it, and say it again after a mount. Any thread
 * may call, with no lock that a request of a volume needs.
 */
public final class Relations {
  private static final Logger LOG = LoggerFactory.getLogger(Relations.class);

  /** How long a disk that hangs is waited for when its volume is given up. */
  private static final long CLOSE_MILLIS = 1_000;

  private final Roster roster;
  private final Points points;
  private final KernelNews<Volume> kernel;
  private final Set<String> units = ConcurrentHashMap.newKeySet(); // concurrent: any thread

  Relations(Roster roster, Points points, KernelNews<Volume> kernel) {
    this.roster = roster;
    this.points = points;
    this.kernel = kernel;
  }

  /** There is a virtual unit of that name. */
  public void addUnit(String name) {
    units.add(name);
  }

  /** There is none of that name any more. */
  public void removeUnit(String name) {
    units.remove(name);
  }

  /** BUSY for the name of a virtual unit: it is no source or target of another service. */
  void requireNoUnit(String name) throws StorageException {
    if (units.contains(name)) {
      throw new StorageException(
          Fault.BUSY,
          name + " is the virtual unit of a shadow set, not a volume",
          "set="
              + name
              + " in commands for the set; to copy it: split members=NAME, and use what was removed:"
              + " ls .control/shadow/"
              + name
              + "/members");
    }
  }

  /**
   * Lets a set have a relation to a volume; a set that writes to it needs it closed, without
   * points, write bitmaps and jobs. BUSY, NOT_FOUND, CORRUPT.
   */
  public void relate(Volume volume, Relation relation) throws StorageException {
    boolean wasWritten;
    try (var held = roster.enter()) {
      Relation before = volume.relation();
      wasWritten = before != null && before.written();
      if (before != null && !before.set().equals(relation.set())) {
        throw new StorageException(
            Fault.BUSY,
            "volume " + volume.name() + " is " + before.describe(),
            before.remedy(volume.name()));
      }
      if (relation.written() && !wasWritten) {
        requireFree(volume, relation);
      }
      volume.gate().relate(relation);
    }
    if (wasWritten && !relation.written()) {
      kernel.contentChanged(volume, volume.extent());
    }
  }

  /** Whether a set could write to a volume. BUSY, NOT_FOUND, CORRUPT, STORE_FAILED. */
  public void requireFree(Volume volume, Relation relation) throws StorageException {
    try (var held = roster.enter()) {
      roster.requireNamed(volume, volume.name());
      volume.requireFinished();
      volume.requireSound();
      volume.requireValid();
      volume.requireWritable();
      points.requireNoneLocked(volume, "be " + relation.describe());
      requireNoBitmap(volume, relation);
      volume.gate().requireRelatable(relation);
    }
  }

  private static void requireNoBitmap(Volume volume, Relation relation) throws StorageException {
    List<BitmapRecord> bitmaps = volume.bitmaps();
    if (!bitmaps.isEmpty()) {
      String name = bitmaps.get(0).name();
      throw new StorageException(
          Fault.BUSY,
          "volume "
              + volume.name()
              + " has the write bitmap "
              + name
              + ", which sees no writes of a shadow set: it cannot join "
              + relation.set(),
          "bitmap delete volume=" + Words.word(volume.name()) + " bitmap=" + Words.word(name));
    }
  }

  /** Ends what a set had with a volume: from here on it is one like all others. */
  public void unrelate(Volume volume) {
    Relation before = volume.relation();
    volume.gate().unrelate();
    if (before != null && before.written()) {
      kernel.contentChanged(volume, volume.extent());
    }
  }

  /** What the files of a volume hold is given up: it is damaged until they are opened again. */
  public void lost(Volume volume, String why) {
    roster.opening().setDamage(volume, why);
    if (!Aside.done("close-" + volume.id(), CLOSE_MILLIS, () -> volume.bytes().closeLayers())) {
      LOG.warn("the disk of volume={} does not answer", volume.name());
    }
  }
}
