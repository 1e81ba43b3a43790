package org.copybay.volumes.bay;

import java.nio.file.Path;
import java.util.UUID;

/**
 * Where everything lies in a bay directory (docs/FORMAT.md).
 *
 * @param root the bay directory, absolute
 */
public record BayLayout(Path root) {
  /** Bytes of the reserve. */
  public static final long RESERVE_BYTES = 1 << 20;

  /** Names the bay and its format version; written last by init, so its presence makes a bay. */
  public Path bayFile() {
    return root.resolve("copybay.bay");
  }

  /** Held exclusively by the daemon. */
  public Path lockFile() {
    return root.resolve("lock");
  }

  public Path catalogue() {
    return root.resolve("catalogue.db");
  }

  /** SQLite's write-ahead log, there while the bay is open and after a crash. */
  public Path catalogueLog() {
    return root.resolve("catalogue.db-wal");
  }

  /** Space that is given back to record a state on a full disk. */
  public Path reserve() {
    return root.resolve("reserve");
  }

  /** A directory for each volume that has none chosen by its owner. */
  public Path volumes() {
    return root.resolve("volumes");
  }

  /** A directory for each shadow set. */
  public Path shadow() {
    return root.resolve("shadow");
  }

  /** A directory for each tape cartridge that was loaded once. */
  public Path tapes() {
    return root.resolve("tapes");
  }

  /** The parts of the log. */
  public Path log() {
    return root.resolve("log");
  }

  /** What was found without a row in the catalogue. */
  public Path orphans() {
    return root.resolve("orphans");
  }

  /** The directory of one volume: below the bay, or below the directory that its owner chose. */
  Path directory(VolumeRecord volume) {
    String chosen = volume.directory();
    Path parent = chosen == null ? volumes() : Path.of(chosen);
    return parent.resolve(volume.id().toString());
  }

  /** What the catalogue says of one volume, once more; in the bay, wherever the volume lies. */
  public Path label(UUID volume) {
    return volumes().resolve(volume.toString()).resolve("label");
  }

  /** The raw image of one volume. */
  Path home(VolumeRecord volume) {
    return directory(volume).resolve("home");
  }
}
