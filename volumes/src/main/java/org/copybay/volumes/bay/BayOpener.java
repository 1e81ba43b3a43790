package org.copybay.volumes.bay;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.UUID;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.audit.AuditTrail;
import org.copybay.volumes.cache.BlockCache;
import org.copybay.volumes.journal.RecoverMode;
import org.copybay.volumes.store.Entries;
import org.copybay.volumes.store.FileFailure;
import org.copybay.volumes.store.FileLock;
import org.copybay.volumes.store.NativeFile;
import org.copybay.volumes.vault.Uptime;
import org.copybay.volumes.vault.VaultClock;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Makes a bay directory and opens one. The caller has the lock of the bay before it opens it and
 * keeps it until the process ends.
 */
public final class BayOpener {
  private BayOpener() {}

  /**
   * Makes an empty directory, or one that is missing, into a bay. EXISTS when it is not empty,
   * BAD_REQUEST when it lies in another bay, which would take it for something lost.
   */
  public static void init(Path directory, Clock clock) throws StorageException {
    BayLayout layout = new BayLayout(directory.toAbsolutePath().normalize());
    Deque<Path> made = new ArrayDeque<>();
    boolean whole = false;
    try {
      requireOutsideOfBays(layout.root());
      Files.createDirectories(layout.root());
      requireEmpty(layout.root());
      for (Path inside : List.of(layout.volumes(), layout.orphans(), layout.log())) {
        Files.createDirectory(inside);
        made.push(inside);
      }
      fill(layout, clock, made);
      whole = true;
    } catch (IOException e) {
      throw FileFailure.of("init " + directory, e);
    } finally {
      if (!whole) {
        made.forEach(BayOpener::removeHalfMade);
      }
    }
  }

  private static void requireOutsideOfBays(Path wanted) throws IOException, StorageException {
    Path there = wanted; // the nearest that exists
    Path parent = wanted.getParent();
    while (parent != null && !Files.exists(there)) {
      there = parent;
      parent = there.getParent();
    }
    Path bay = around(there.toRealPath());
    if (bay != null && !bay.equals(wanted)) {
      throw new StorageException(
          Fault.BAD_REQUEST,
          "the directory " + wanted + " lies inside of the bay " + bay,
          "a directory outside of " + bay);
    }
  }

  /**
   * The bay that a directory is or lies in, or null.
   *
   * @param directory absolute, without symbolic links
   */
  public static @Nullable Path around(Path directory) {
    Path place = directory;
    while (place != null && !Files.exists(new BayLayout(place).bayFile())) {
      place = place.getParent();
    }
    return place;
  }

  private static void fill(BayLayout layout, Clock clock, Deque<Path> made)
      throws StorageException {
    UUID uuid = UUID.randomUUID();
    made.push(layout.lockFile());
    NativeFile.openOrCreate(layout.lockFile()).close();
    made.push(layout.reserve());
    new Reserve(layout.reserve()).take();
    made.push(layout.catalogue());
    made.push(layout.catalogueLog());
    CatalogueFile.create(layout.catalogue(), uuid);
    NativeFile.syncDirectory(layout.root());
    NativeFile.syncEntry(layout.root());
    made.push(layout.bayFile());
    new BayFile(BayFile.FORMAT, uuid, clock.instant()).write(layout.bayFile());
  }

  /** Before SQLite finds it out, which would call a whole catalogue damaged. */
  private static void requireWritable(BayLayout layout) throws StorageException {
    for (Path path : List.of(layout.root(), layout.catalogue())) {
      if (Files.exists(path) && !Files.isWritable(path)) {
        throw new StorageException(
            Fault.READ_ONLY,
            path + " cannot be written: its disk is read-only, or it belongs to somebody else",
            "mount the bay with -o ro");
      }
    }
  }

  private static void removeHalfMade(Path path) {
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      // No constant: the lock is taken through this class before the log's place is known.
      LoggerFactory.getLogger(BayOpener.class)
          .warn("a half-made bay is left behind: {}", e.toString());
    }
  }

  private static void requireEmpty(Path directory) throws IOException, StorageException {
    for (Path entry : Entries.of(directory)) {
      throw new StorageException(
          Fault.EXISTS,
          Files.exists(directory.resolve("copybay.bay"))
              ? directory + " is a bay already"
              : directory + " is not empty: it holds " + entry.getFileName(),
          "name an empty or new directory");
    }
  }

  /** Whether the directory is a bay of a format that this program reads. NOT_FOUND, UNSUPPORTED. */
  public static void requireBay(Path directory) throws StorageException {
    BayFile.read(new BayLayout(directory.toAbsolutePath()).bayFile());
  }

  /** Takes the lock of a bay, or returns null when another process has it. */
  public static @Nullable FileLock tryLock(Path directory) throws StorageException {
    return FileLock.tryTake(new BayLayout(directory.toAbsolutePath()).lockFile());
  }

  /**
   * {@link #tryLock} without making the file. NOT_FOUND when there is none, so that nobody can hold
   * it.
   */
  public static @Nullable FileLock tryLockThere(Path directory) throws StorageException {
    return FileLock.tryTakeThere(new BayLayout(directory.toAbsolutePath()).lockFile());
  }

  /** Whether the file is there on which a lock would lie. */
  public static boolean hasLockFile(Path directory) {
    return Files.exists(new BayLayout(directory.toAbsolutePath()).lockFile());
  }

  /**
   * Looks at the catalogue of a bay that nobody serves, as {@link #open} does, and changes nothing.
   * CORRUPT where it is missing, damaged, or older than a label.
   */
  public static void requireCatalogue(Path directory) throws StorageException {
    BayLayout layout = new BayLayout(directory.toAbsolutePath().normalize());
    UUID bay = BayFile.read(layout.bayFile()).uuid();
    Reserve reserve = new Reserve(layout.reserve());
    try (Catalogue copy = Catalogue.openCopy(layout.catalogue(), bay, reserve)) {
      Labels.requireNoneNewer(layout, bay, copy);
    }
  }

  /**
   * Opens a bay whose lock the caller holds: checks the catalogue, opens every home, finishes what
   * was being deleted, and moves what nobody knows to orphans/. A volume that cannot be opened is
   * damaged; the others are served.
   *
   * @param readOnly whether nothing may change
   * @param recover what it takes the end of the mount before for
   * @param cacheBytes most bytes that the block cache keeps in memory
   */
  public static Bay open(
      Path directory, boolean readOnly, RecoverMode recover, long cacheBytes, Clock clock)
      throws StorageException {
    return open(directory, readOnly, recover, cacheBytes, clock, Uptime.ofMachine());
  }

  /** The same on another machine. */
  public static Bay open(
      Path directory,
      boolean readOnly,
      RecoverMode recover,
      long cacheBytes,
      Clock clock,
      Uptime uptime)
      throws StorageException {
    BayLayout layout = new BayLayout(directory.toAbsolutePath().normalize());
    BayFile file = BayFile.read(layout.bayFile());
    if (!readOnly) {
      requireWritable(layout);
    }
    Reserve reserve = new Reserve(layout.reserve());
    Catalogue catalogue =
        readOnly
            ? Catalogue.openCopy(layout.catalogue(), file.uuid(), reserve)
            : Catalogue.open(layout.catalogue(), file.uuid(), reserve);
    boolean opened = false;
    try {
      Labels.requireNoneNewer(layout, file.uuid(), catalogue);
      AuditTrail audit = AuditTrail.open(catalogue, clock);
      VaultClock vault = VaultClock.open(catalogue, clock, uptime, newestBackup(catalogue));
      BlockCache cache = new BlockCache(cacheBytes);
      Bay bay = new Bay(layout, file, catalogue, audit, cache, clock, vault, recover, readOnly);
      List<VolumeRecord> rows = catalogue.read(VolumeTable::all);
      if (!readOnly) {
        reserve.take();
        Orphans.move(layout, rows);
      }
      bay.load(rows);
      opened = true;
      return bay;
    } finally {
      if (!opened) {
        catalogue.close();
      }
    }
  }

  /** The vault time of the newest backup, 0 for none. */
  private static long newestBackup(Catalogue catalogue) throws StorageException {
    catalogue.change(PointTable::create);
    return catalogue.read(PointTable::all).stream()
        .filter(row -> row.name().startsWith(PointInTime.OF_BACKUP))
        .mapToLong(row -> row.created().toEpochMilli())
        .max()
        .orElse(0);
  }
}
