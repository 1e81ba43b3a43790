package org.copybay.volumes.bay;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.store.NativeFile;
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
  private boolean released; // see the thread rule

  Reserve(Path path) {
    this.path = path;
  }

  /** Takes the space, where there is enough; a bay without a reserve works too. */
  void take() {
    if (!taken()) {
      LOG.warn("no reserve for a full disk: there is not enough space for {}", path);
    }
  }

  /** Takes the space again after {@link #release}, as soon as there is enough. */
  void takeBack() {
    if (released && taken()) {
      LOG.info("reserve taken again");
    }
  }

  private boolean taken() {
    try (NativeFile file = NativeFile.openOrCreate(path)) {
      if (file.status().blocks() * 512 < SIZE_BYTES) {
        file.reserve(0, SIZE_BYTES);
      }
      released = false;
      return true;
    } catch (StorageException e) {
      release();
      return false;
    }
  }

  /**
   * Gives the space back.
   *
   * @return whether there was any
   */
  boolean release() {
    released = true;
    try {
      return Files.deleteIfExists(path);
    } catch (IOException e) {
      LOG.warn("reserve not released: {}", e.toString());
      return false;
    }
  }
}
