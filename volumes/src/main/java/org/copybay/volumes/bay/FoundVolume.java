package org.copybay.volumes.bay;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.copybay.volumes.Aside;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.Words;
import org.copybay.volumes.journal.JournalHead;
import org.copybay.volumes.journal.RecoverMode;
import org.copybay.volumes.journal.VolumeIdentity;
import org.copybay.volumes.store.DirectoryStore;
import org.copybay.volumes.store.HomeFile;
import org.copybay.volumes.track.EngineFiles;
import org.copybay.volumes.track.EnginePoint;
import org.copybay.volumes.track.MapPages;
import org.copybay.volumes.track.TrackDevice;
import org.copybay.volumes.track.TrackUse;
import org.jspecify.annotations.Nullable;

/**
 * One volume as its label, its files and the old catalogue show it, while nobody uses it. Used by
 * one thread; changes nothing on disk.
 */
final class FoundVolume {
  private static final long DISK_WAIT_MILLIS = 2_000;
  private static final long MAP_BYTES = 1 << 20;

  private final BayLayout layout;
  private final UUID id;
  private final @Nullable Label label;
  private final List<String> notes = new ArrayList<>();

  private @Nullable VolumeRecord row;
  private String origin = "";
  private List<EnginePoint> engine = List.of();
  private boolean engineRead = true;
  private boolean whole = true;

  private FoundVolume(BayLayout layout, UUID id, @Nullable Label label) {
    this.layout = layout;
    this.id = id;
    this.label = label;
  }

  /**
   * Looks at one.
   *
   * @param before what the old catalogue says of it, or null
   * @throws StorageException STORE_FAILED: its label is there and cannot be read, so that nobody
   *     knows what it says
   */
  static FoundVolume look(BayLayout layout, UUID bay, UUID id, @Nullable Before before)
      throws StorageException {
    FoundVolume found = new FoundVolume(layout, id, readLabel(layout, bay, id));
    found.choose(before);
    return found;
  }

  /**
   * A row of the old catalogue.
   *
   * @param number of the newest change that this catalogue knows
   * @param newest whether no label knows a newer one
   */
  record Before(VolumeRecord row, long number, boolean newest) {}

  private static @Nullable Label readLabel(BayLayout layout, UUID bay, UUID id)
      throws StorageException {
    Path file = layout.label(id);
    try {
      return Label.read(file, bay, id);
    } catch (StorageException e) {
      String aside = "mv " + Words.shell(file) + " elsewhere, and the same again";
      throw new StorageException(e.fault(), String.valueOf(e.getMessage()), aside, e);
    }
  }

  private void choose(@Nullable Before before) throws StorageException {
    if (label != null) {
      row = label.row();
      origin = "its label";
      if (label.damage() != null) {
        fault(label.damage() + ": what stood there is lost");
      }
      if (label.torn()) {
        fault("the last line of its label is cut: the change that it told is lost");
      }
      if (!labelIsWhole() && before != null && before.number() >= label.number()) {
        row = before.row(); // at least as new as what can be read of the label
        origin = "the old catalogue";
      }
    } else if (before != null && isThere(before)) {
      row = before.row();
      origin = "the old catalogue";
      if (!before.newest()) {
        fault("it is what an older catalogue says");
      }
    } else if (hasHome()) {
      row = fromJournal();
      origin = "its journal";
    }
    VolumeRecord chosen = row;
    if (chosen != null && isShown(chosen)) {
      lookAtHome(chosen);
    }
  }

  /**
   * A volume whose directory is lost is one all the same, where nothing newer can have deleted it.
   */
  private boolean isThere(Before before) {
    VolumeRecord said = before.row();
    return said.directory() != null || hasHome() || (before.newest() && isShown(said));
  }

  private boolean hasHome() {
    Path home = layout.volumes().resolve(id.toString()).resolve("home");
    return Files.isRegularFile(home, LinkOption.NOFOLLOW_LINKS);
  }

  /** A volume with points says what it is called; a copy that is not whole has none (P6). */
  private @Nullable VolumeRecord fromJournal() throws StorageException {
    Path directory = layout.volumes().resolve(id.toString());
    if (!Files.exists(directory.resolve(EngineFiles.NAMES.get(0)))) {
      return null;
    }
    try (HomeFile home = HomeFile.openForReading(directory.resolve("home"), 0)) {
      VolumeIdentity said = JournalHead.newest(new DirectoryStore(home, true));
      if (said == null || !said.id().equals(id)) {
        return null;
      }
      fault("its owner and times are not known");
      return new VolumeRecord(
          id,
          0,
          said.name(),
          VolumeState.READY,
          said.sizeBytes(),
          true,
          null,
          CacheMode.PAGE,
          new VolumeRecord.Owner(0, 0, 0600),
          Instant.ofEpochSecond(home.status().modification().seconds()),
          1,
          null);
    }
  }

  /** Whether a row is of a volume that people see; others are half made, or were deleted. */
  static boolean isShown(VolumeRecord row) {
    return row.state() == VolumeState.READY || row.state() == VolumeState.MAKING;
  }

  // ---- files

  /** What a disk says of a volume; a failure stands for what could not be read. */
  private record Seen(
      long homeBytes,
      List<EnginePoint> engine,
      long unfilledBytes,
      @Nullable StorageException noHome,
      @Nullable StorageException noEngine) {}

  private void lookAtHome(VolumeRecord of) {
    Seen seen = of.directory() == null ? see(of) : seeAside(of);
    engineRead = seen != null && seen.noHome() == null && seen.noEngine() == null;
    if (seen == null) {
      notes.add("its disk was not asked: it does not answer");
    } else if (seen.noHome() != null) {
      tellNoHome(of, seen.noHome());
    } else {
      compare(of, seen.homeBytes());
      engine = seen.engine();
      if (seen.unfilledBytes() > 0) { // the sessions that could go on are not recovered
        fault("it is INVALID: " + seen.unfilledBytes() + " bytes were not copied to it");
      }
      if (seen.noEngine() != null) {
        fault("its points cannot be looked at: " + seen.noEngine().getMessage());
      }
    }
  }

  private void tellNoHome(VolumeRecord of, StorageException why) {
    if (why.fault() != Fault.NOT_FOUND) {
      fault("its home cannot be opened: " + why.getMessage());
    } else if (of.directory() == null) {
      fault("its home is missing");
    } else {
      notes.add("its disk is not there: " + layout.directory(of));
    }
  }

  private void compare(VolumeRecord of, long length) {
    if (of.sizeSynced() && length < of.size()) {
      fault("its home has " + length + " bytes, want " + of.size());
    } else if (of.state() == VolumeState.READY && length > of.size()) {
      fault("its home has " + length + " bytes: what lies behind its size is not shown");
    }
  }

  private @Nullable Seen seeAside(VolumeRecord of) {
    AtomicReference<@Nullable Seen> seen = new AtomicReference<>();
    boolean answered = Aside.done("look-" + id, DISK_WAIT_MILLIS, () -> seen.set(see(of)));
    return answered ? seen.get() : null;
  }

  private Seen see(VolumeRecord of) {
    long bytes = 0;
    try (HomeFile home = HomeFile.openForReading(layout.home(of), 0)) {
      bytes = home.status().size();
      try {
        return new Seen(bytes, readEngine(of, home), unfilledBytes(of, home), null, null);
      } catch (StorageException e) {
        return new Seen(bytes, List.of(), 0, null, e);
      }
    } catch (StorageException e) {
      return new Seen(bytes, List.of(), 0, e, null);
    }
  }

  private List<EnginePoint> readEngine(VolumeRecord of, HomeFile home) throws StorageException {
    return EnginePoint.read(new DirectoryStore(home, true), use(of));
  }

  private long unfilledBytes(VolumeRecord of, HomeFile home) throws StorageException {
    try (TrackDevice device = TrackDevice.open(new DirectoryStore(home, true), use(of), true)) {
      return device.origin().unfilledBytes();
    }
  }

  private TrackUse use(VolumeRecord of) {
    return new TrackUse(
        of.inode(),
        () -> new VolumeIdentity(id, of.name(), of.size()),
        new MapPages(MAP_BYTES),
        of.failure() == null ? RecoverMode.AUTO : RecoverMode.POWER,
        why -> {},
        () -> {},
        () -> Long.MIN_VALUE); // nothing is dropped here
  }

  /** Whether the file of a bitmap is there, or its disk does not say. */
  boolean hasFile(BitmapRecord bitmap) {
    VolumeRecord of = row;
    if (of == null || (!engineRead && of.directory() != null)) {
      return of != null;
    }
    return Files.isRegularFile(layout.directory(of).resolve(bitmap.file()));
  }

  // ---- what is known

  UUID id() {
    return id;
  }

  /** What it is, or null when nobody says. */
  @Nullable VolumeRecord row() {
    return row;
  }

  /** Who says so. */
  String origin() {
    return origin;
  }

  /** Whether it has a label that says all it ever said. */
  boolean labelIsWhole() {
    return label != null && label.damage() == null && !label.torn();
  }

  @Nullable Label label() {
    return label;
  }

  /** The points that its engine has; nothing of {@link #engineSays} else. */
  List<EnginePoint> engine() {
    return engine;
  }

  /** Whether the engine could be asked; else the points are those of the label. */
  boolean engineSays() {
    return engineRead;
  }

  List<String> notes() {
    return notes;
  }

  /** Whether all of it was recovered. */
  boolean whole() {
    return whole;
  }

  /** Something of it was not. */
  void fault(String what) {
    notes.add(what);
    whole = false;
  }
}
