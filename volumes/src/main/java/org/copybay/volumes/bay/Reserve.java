package org.copybay.volumes.bay;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.store.HomeFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A small file that is given back when the disk is full, so that a change of state can still be
 * recorded (P9). Thread rule: called under the catalogue lock, or before the bay is served.
 */
final class Reserve {
  private static final Logger LOG = LoggerFactory.getLogger(Reserve.class);
  private static final long SIZE_BYTES = 1 << 20;

  private final Path path;

  Reserve(Path path) {
    this.path = path;
  }

  /** Takes the space again where there is enough; a bay without a reserve works too. */
  void take() {
    if (Files.exists(path)) {
      return;
    }
    try (HomeFile file = HomeFile.create(path)) {
      file.reserve(0, SIZE_BYTES);
    } catch (StorageException e) {
      LOG.warn("no reserve for a full disk: {}", e.getMessage());
      release();
    }
  }

  /**
   * Gives the space back.
   *
   * @return whether there was any
   */
  boolean release() {
    try {
      return Files.deleteIfExists(path);
    } catch (IOException e) {
      LOG.warn("reserve not released: {}", e.toString());
      return false;
    }
  }
}
