package org.copybay.volumes.track;

import java.util.List;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.store.StoreFile;
import org.copybay.volumes.store.TrackStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The files that the engine of a volume keeps beside its home. */
public final class EngineFiles {
  private static final Logger LOG = LoggerFactory.getLogger(EngineFiles.class);

  /** Their names, the superblock first: it tells what the others mean. */
  public static final List<String> NAMES =
      List.of(Superblock.FILE, "map.0", "map.1", "journal.0", "journal.1", TrackFiles.SPILL);

  private EngineFiles() {}

  /** Removes those of an engine that could not be made; what is left of them means nothing. */
  static void deleteUnmade(TrackStore store) {
    try {
      store.delete(Superblock.FILE);
      store.syncNames();
      deleteBesideSuperblock(store);
    } catch (StorageException e) {
      LOG.warn("files of an engine that could not be made: {}", e.getMessage());
    }
  }

  /**
   * Removes those of an engine that has nothing to say any more, which its superblock tells first,
   * durably. It goes last: files without it are those of an engine that somebody took it from.
   *
   * @param last the superblock that is in force
   */
  static void retire(TrackStore store, Superblock last) throws StorageException {
    if (last.state() != Superblock.State.RETIRED) {
      try (StoreFile file = store.open(Superblock.FILE)) {
        last.retired().write(file);
      }
    }
    deleteBesideSuperblock(store);
    store.delete(Superblock.FILE);
    store.syncNames();
  }

  /** {@link #retire} of what is left of an engine that nobody uses any more. */
  static void retireLeft(TrackStore store) throws StorageException {
    if (!EnginePresence.blank(store)) {
      retire(store, Superblock.read(store));
    }
  }

  /** At a start: what cannot be removed now is removed later, and means nothing until then. */
  static void tidyRetired(TrackStore store) {
    try {
      retireLeft(store);
    } catch (StorageException e) {
      LOG.warn("files of an engine that has retired: {}", e.getMessage());
    }
  }

  private static void deleteBesideSuperblock(TrackStore store) throws StorageException {
    for (String name : NAMES.subList(1, NAMES.size())) {
      store.delete(name);
    }
    store.syncNames();
  }
}
