package org.copybay.volumes.track;

import java.util.List;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.store.TrackStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The files that the engine of a volume keeps beside its home. */
public final class EngineFiles {
  private static final Logger LOG = LoggerFactory.getLogger(EngineFiles.class);

  /** Their names; the first one is that without which the others mean nothing. */
  public static final List<String> NAMES =
      List.of(Superblock.FILE, "map.0", "map.1", "journal.0", "journal.1", TrackFiles.SPILL);

  private EngineFiles() {}

  /** Removes those of an engine that could not be made; what is left of them means nothing. */
  static void deleteUnmade(TrackStore store) {
    try {
      delete(store);
    } catch (StorageException e) {
      LOG.warn("files of an engine that could not be made: {}", e.getMessage());
    }
  }

  /** Removes them, the superblock durably before the others. */
  static void delete(TrackStore store) throws StorageException {
    store.delete(Superblock.FILE);
    store.syncNames();
    for (String name : NAMES) {
      store.delete(name);
    }
    store.syncNames();
  }
}
