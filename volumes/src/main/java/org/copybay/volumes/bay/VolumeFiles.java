package org.copybay.volumes.bay;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bitmap.BitmapFiles;
import org.copybay.volumes.cache.BlockCache;
import org.copybay.volumes.evidence.EvidenceCache;
import org.copybay.volumes.evidence.EvidenceFiles;
import org.copybay.volumes.journal.RecoverMode;
import org.copybay.volumes.journal.VolumeIdentity;
import org.copybay.volumes.store.FileFailure;
import org.copybay.volumes.store.HomeFile;
import org.copybay.volumes.store.NativeFile;
import org.copybay.volumes.track.EngineFiles;
import org.copybay.volumes.track.MapPages;
import org.copybay.volumes.track.TrackUse;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The files of volumes. */
final class VolumeFiles {
  private static final Logger LOG = LoggerFactory.getLogger(VolumeFiles.class);

  /** Pages of maps in memory, of all volumes. */
  private static final long MAP_BYTES = 16 << 20;

  /** Pages of evidence, and tracks that were compared with it, of all volumes. */
  private static final long HASH_BYTES = 4 << 20;

  private static final long CHECKED_BYTES = 16 << 20;

  private final BayLayout layout;
  private final BlockCache cache;
  private final MapPages pages = new MapPages(MAP_BYTES);
  private final EvidenceCache hashes = new EvidenceCache(HASH_BYTES, CHECKED_BYTES);
  private final RecoverMode recover;
  private final boolean readOnly;
  private final LongSupplier vaultMillis;
  private final Function<UUID, @Nullable String> notedRoot;

  VolumeFiles(
      BayLayout layout,
      BlockCache cache,
      RecoverMode recover,
      boolean readOnly,
      LongSupplier vaultMillis,
      Function<UUID, @Nullable String> notedRoot) {
    this.layout = layout;
    this.cache = cache;
    this.recover = recover;
    this.readOnly = readOnly;
    this.vaultMillis = vaultMillis;
    this.notedRoot = notedRoot;
  }

  /** NOT_FOUND when the directory that the owner of a volume chose is not there. */
  void requireParent(@Nullable Path chosen) throws StorageException {
    Path parent = chosen == null ? layout.volumes() : chosen;
    if (!Files.isDirectory(parent)) {
      throw new StorageException(Fault.NOT_FOUND, "no directory " + parent, "mkdir it first");
    }
  }

  /** Makes the directory of a new volume; an error leaves none. */
  void makeDirectory(VolumeRecord row) throws StorageException {
    Path directory = layout.directory(row);
    try {
      Files.createDirectory(directory);
    } catch (IOException e) {
      throw FileFailure.of("make " + directory, e);
    }
  }

  /**
   * Makes the home of a new volume in its directory, durable before this returns. What an error
   * leaves is for {@link #remove}.
   */
  Layers make(Volume volume, long size) throws StorageException {
    VolumeRecord row = volume.row();
    Path directory = layout.directory(row);
    HomeFile home = null;
    boolean made = false;
    try {
      home = HomeFile.create(layout.home(row));
      requireOwn(row, home);
      home.setSize(size);
      home.flush();
      NativeFile.syncDirectory(directory);
      NativeFile.syncEntry(directory);
      Layers layers = layers(volume, home);
      made = true;
      return layers;
    } finally {
      if (!made && home != null) {
        home.close();
      }
    }
  }

  private Layers layers(Volume volume, HomeFile home) throws StorageException {
    TrackUse use =
        new TrackUse(
            volume.row().inode(),
            () -> new VolumeIdentity(volume.id(), volume.name(), volume.row().size()),
            pages,
            volume.row().failure() == null ? recover : RecoverMode.POWER, // syncs have failed
            why -> volume.bytes().failed(why),
            volume.bytes()::forgetBlocks,
            vaultMillis);
    Layers.Proof proof = new Layers.Proof(hashes, notedRoot.apply(volume.id()));
    return Layers.over(home, cache, proof, volume, use, readOnly);
  }

  /** Opens the files of a volume. CORRUPT when they are missing, too short or damaged. */
  Layers open(Volume volume) throws StorageException {
    VolumeRecord row = volume.row();
    Path path = layout.home(row);
    long needed = row.sizeSynced() ? row.size() : 0;
    HomeFile home = null;
    boolean opened = false;
    try {
      home = readOnly ? HomeFile.openForReading(path, needed) : HomeFile.open(path, needed);
      requireLength(row, home);
      requireOwn(row, home);
      Layers layers = layers(volume, home);
      opened = true;
      return layers;
    } catch (StorageException e) {
      throw new StorageException(Fault.CORRUPT, e.getMessage(), e.remedy(), e);
    } finally {
      if (!opened && home != null) {
        home.close();
      }
    }
  }

  /** BUSY when another bay, a copy of this one, uses the home on a disk of its own. */
  private void requireOwn(VolumeRecord row, HomeFile home) throws StorageException {
    if (row.directory() != null && !readOnly && !home.tryLock()) {
      throw new StorageException(
          Fault.BUSY,
          home.path() + " is in use by another bay",
          "unmount the bay that this one was copied from, or is a copy of");
    }
  }

  /**
   * Where the size was never fenced, power loss may have left the file shorter: what was lost was
   * never synced and reads as zeros.
   */
  private void requireLength(VolumeRecord row, HomeFile home) throws StorageException {
    if (home.status().size() >= row.size()) {
      return;
    }
    if (readOnly) {
      throw new StorageException(
          Fault.CORRUPT,
          home.path() + " lost its end, which was never synced, with the power",
          "mount the bay once without -o ro");
    }
    home.setSize(row.size());
  }

  /**
   * NOT_FOUND when a disk that is not mounted may have the files, BUSY when another bay uses them.
   *
   * @param used whether this bay had the home open until now, and so its lock
   */
  void requireSeen(VolumeRecord row, boolean used) throws StorageException {
    Path directory = layout.directory(row);
    if (!Files.isDirectory(directory)) {
      throw new StorageException(
          Fault.NOT_FOUND, "no directory " + directory + ": its disk may not be mounted");
    }
    Path path = layout.home(row);
    if (!used && Files.isRegularFile(path)) {
      try (HomeFile home = HomeFile.open(path, 0)) {
        requireOwn(row, home);
      }
    }
  }

  /**
   * Removes the files and the directory of a row, durable before this returns: its row, which alone
   * knows of them, goes next. What is gone already is no error, but a disk that is not there is
   * one. What somebody else put into the directory stays, and is an orphan from now on.
   */
  void remove(VolumeRecord row) throws StorageException {
    Path home = layout.home(row);
    Path directory = layout.directory(row);
    Path parent = directory.getParent();
    if (parent != null && !Files.isDirectory(parent)) {
      throw new StorageException(Fault.NOT_FOUND, "no directory " + parent);
    }
    try {
      removeBesideHome(directory);
      if (!Files.isDirectory(home, LinkOption.NOFOLLOW_LINKS)) {
        Files.deleteIfExists(home);
      }
      removeLabel(layout.label(row.id()), directory);
      Files.deleteIfExists(directory);
    } catch (DirectoryNotEmptyException e) {
      LOG.warn("volume={} is deleted, but {} holds other files", row.name(), directory);
    } catch (IOException e) {
      throw FileFailure.of("remove " + directory, e);
    }
    NativeFile.syncEntry(directory);
  }

  /** It goes last: until then it tells what the files are. */
  private static void removeLabel(Path label, Path directory) throws IOException {
    Path place = label.getParent();
    Files.deleteIfExists(label.resolveSibling(label.getFileName() + LabelFile.NEW));
    Files.deleteIfExists(label);
    if (place != null && !place.equals(directory)) {
      Files.deleteIfExists(place);
    }
  }

  private static void removeBesideHome(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      return;
    }
    for (String name : EngineFiles.NAMES) {
      Files.deleteIfExists(directory.resolve(name));
    }
    for (String name : EvidenceFiles.NAMES) {
      Files.deleteIfExists(directory.resolve(name));
    }
    Files.deleteIfExists(directory.resolve(MemberBytes.NEW_LABEL));
    Files.deleteIfExists(directory.resolve(MemberBytes.LABEL));
    Files.deleteIfExists(directory.resolve(MemberBytes.NEW_SIDE_LABEL));
    Files.deleteIfExists(directory.resolve(MemberBytes.SIDE_LABEL));
    for (Path bitmap : BitmapFiles.in(directory)) {
      Files.deleteIfExists(bitmap);
    }
  }
}
