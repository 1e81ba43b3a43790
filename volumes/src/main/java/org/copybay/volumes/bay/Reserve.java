package org.copybay.volumes.bay;

import java.nio.file.Path;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.store.FileStatus;
import org.copybay.volumes.store.NativeFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A small file that is given back when the disk is full, so that a change of state can still be
 * recorded (P9). Thread rule: called under the catalogue lock, or before the bay is served.
 */
final class Reserve {
  private static final Logger LOG = LoggerFactory.getLogger(Reserve.class);
  private static final long SIZE_BYTES = BayLayout.RESERVE_BYTES;
  private static final long STEP_BYTES = 64 << 10;

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
      FileStatus before = file.status();
      if (before.size() < SIZE_BYTES || before.blocks() * 512 < SIZE_BYTES) {
        extend(file, before.size());
      }
      released = false;
      return true;
    } catch (StorageException e) {
      released = true;
      return false;
    }
  }

  private static void extend(NativeFile file, long before) throws StorageException {
    boolean whole = false;
    try {
      file.setSize(SIZE_BYTES);
      file.reserve(0, SIZE_BYTES);
      whole = true;
    } finally {
      if (!whole) {
        file.setSize(before); // all of what is left has space
      }
    }
  }

  /**
   * Gives some of the space back: writers take at once what one change leaves of it, and the next
   * change needs some as well.
   *
   * @return whether there was any
   */
  boolean release() {
    released = true;
    try (NativeFile file = NativeFile.openOrCreate(path)) {
      long before = file.status().size();
      file.setSize(Math.max(0, before - STEP_BYTES));
      return before > 0;
    } catch (StorageException e) {
      LOG.warn("reserve not released: {}", e.toString());
      return false;
    }
  }
}
