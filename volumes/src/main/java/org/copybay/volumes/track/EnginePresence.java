package org.copybay.volumes.track;

import java.util.UUID;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.journal.JournalHead;
import org.copybay.volumes.journal.JournalReader;
import org.copybay.volumes.store.StoreFile;
import org.copybay.volumes.store.TrackStore;
import org.jspecify.annotations.Nullable;

/*
 * INV-1 The superblock is made after the journal is durable, and goes after all other files. So
 *       files without one are those of an engine that was being made, which never had a point: the
 *       journal has no record, and the spill no data. Anything else is damage (P8).
 */
/**
 * Whether a volume has an engine, told by its files alone. Without one the home is the volume, so
 * that a superblock that got lost would undo every write since the first point.
 */
final class EnginePresence {
  private EnginePresence() {}

  /**
   * A superblock that must have been there.
   *
   * @param wanted what, and why
   * @param got what is there instead
   */
  record Missing(String wanted, String got) {}

  /** Whether there is an engine. CORRUPT when its superblock is missing. */
  static boolean of(TrackStore store, UUID volume) throws StorageException {
    Missing missing = missing(store, volume);
    if (missing != null) {
      throw new StorageException(
          Fault.CORRUPT,
          "want the file " + Superblock.FILE + " with " + missing.wanted + ", got " + missing.got);
    }
    return !blank(store) && Superblock.read(store).state() != Superblock.State.RETIRED;
  }

  /** What is missing, or null. */
  static @Nullable Missing missing(TrackStore store, UUID volume) throws StorageException {
    if (!blank(store)) {
      return null;
    }
    boolean there = store.exists(Superblock.FILE);
    String got = there ? "a file without one, of " + size(store) + " bytes" : "no file";
    long data = spillData(store);
    if (data >= 0) {
      return new Missing("a superblock, since the spill has data from byte " + data, got);
    }
    boolean journal = there || JournalHead.newest(store) != null;
    if (journal && !JournalReader.unused(store, volume)) {
      return new Missing("a superblock, since the journal beside it is not a new one", got);
    }
    return null;
  }

  /** Whether there is no superblock. */
  static boolean blank(TrackStore store) throws StorageException {
    if (!store.exists(Superblock.FILE)) {
      return true;
    }
    try (StoreFile file = store.open(Superblock.FILE)) {
      return Superblock.blank(file);
    }
  }

  private static long size(TrackStore store) throws StorageException {
    try (StoreFile file = store.open(Superblock.FILE)) {
      return file.size();
    }
  }

  /** The first byte of data in the spill, or -1. */
  private static long spillData(TrackStore store) throws StorageException {
    if (!store.exists(TrackFiles.SPILL)) {
      return -1;
    }
    try (StoreFile spill = store.open(TrackFiles.SPILL)) {
      return spill.nextData(0);
    }
  }
}
