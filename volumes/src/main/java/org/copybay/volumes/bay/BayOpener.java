package org.copybay.volumes.bay;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.cache.BlockCache;
import org.copybay.volumes.store.FileLock;
import org.copybay.volumes.store.NativeFile;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a bay directory and opens one. The caller has the lock of the bay before it opens it and
 * keeps it until the process ends.
 */
public final class BayOpener {
  private static final Logger LOG = LoggerFactory.getLogger(BayOpener.class);

  private BayOpener() {}

  /** Makes an empty directory, or one that is missing, into a bay. EXISTS when it is not empty. */
  public static void init(Path directory, Clock clock) throws StorageException {
    BayLayout layout = new BayLayout(directory.toAbsolutePath().normalize());
    try {
      Files.createDirectories(layout.root());
      requireEmpty(layout.root());
      Files.createDirectory(layout.volumes());
      Files.createDirectory(layout.orphans());
      Files.createDirectory(layout.root().resolve("log"));
    } catch (IOException e) {
      throw new StorageException(Fault.STORE_FAILED, "init " + directory + ": " + e, null, e);
    }
    UUID uuid = UUID.randomUUID();
    new Reserve(layout.reserve()).take();
    Catalogue.create(layout.catalogue(), uuid);
    NativeFile.syncDirectory(layout.root());
    new BayFile(BayFile.FORMAT, uuid, clock.instant()).write(layout.bayFile());
  }

  private static void requireEmpty(Path directory) throws IOException, StorageException {
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      for (Path entry : entries) {
        throw new StorageException(
            Fault.EXISTS,
            Files.exists(directory.resolve("copybay.bay"))
                ? directory + " is a bay already"
                : directory + " is not empty: it holds " + entry.getFileName(),
            "name an empty or new directory");
      }
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
   * Opens a bay whose lock the caller holds: checks the catalogue, opens every home, finishes what
   * was being deleted, and moves what nobody knows to orphans/. A volume that cannot be opened is
   * damaged; the others are served.
   *
   * @param readOnly whether nothing may change
   * @param cacheBytes most bytes that the block cache keeps in memory
   */
  public static Bay open(Path directory, boolean readOnly, long cacheBytes, Clock clock)
      throws StorageException {
    BayLayout layout = new BayLayout(directory.toAbsolutePath().normalize());
    BayFile file = BayFile.read(layout.bayFile());
    Reserve reserve = new Reserve(layout.reserve());
    Catalogue catalogue = Catalogue.open(layout.catalogue(), file.uuid(), reserve);
    Bay bay = new Bay(layout, file, catalogue, new BlockCache(cacheBytes), clock, readOnly);
    List<VolumeRecord> rows = catalogue.read(VolumeTable::all);
    if (!readOnly) {
      reserve.take();
      moveOrphans(layout, rows);
    }
    bay.load(rows);
    return bay;
  }

  private static void moveOrphans(BayLayout layout, List<VolumeRecord> rows)
      throws StorageException {
    Set<String> known = new HashSet<>();
    rows.forEach(row -> known.add(row.id().toString()));
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(layout.volumes())) {
      for (Path entry : entries) {
        Path name = entry.getFileName();
        if (name != null && !known.contains(name.toString())) {
          Files.createDirectories(layout.orphans());
          Files.move(entry, layout.orphans().resolve(name), StandardCopyOption.ATOMIC_MOVE);
          LOG.warn("orphan={} has no row in the catalogue: kept in {}", name, layout.orphans());
        }
      }
    } catch (IOException e) {
      throw new StorageException(
          Fault.STORE_FAILED, "read " + layout.volumes() + ": " + e, null, e);
    }
  }
}
