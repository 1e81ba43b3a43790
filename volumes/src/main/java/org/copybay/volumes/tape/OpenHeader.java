package org.copybay.volumes.tape;

import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.store.Origin;
import org.copybay.volumes.store.TrackStore;

/**
 * The header of a cartridge that is open: it says durably who writes before the first change, and
 * that nobody does when all of it survives power loss (INV-5 of {@link Cartridge}). It remembers a
 * sync or cut that failed. Used by the thread that changes the cartridge; any thread may ask {@link
 * #failed}.
 */
final class OpenHeader {
  private final String what;
  private final TapeIndex index;

  // only by the thread that changes the cartridge
  private IndexHeader header;

  // volatile: set once, when a sync or a cut failed
  private volatile boolean failed;

  /**
   * Stands over an index.
   *
   * @param what the cartridge is called in messages
   * @param header the one that counts now
   */
  OpenHeader(String what, TapeIndex index, IndexHeader header) {
    this.what = what;
    this.index = index;
    this.header = header;
  }

  /** Something that may fail. */
  @FunctionalInterface
  interface Step {
    /** Does it. */
    void run() throws StorageException;
  }

  /** Whether a sync or a cut failed. */
  boolean failed() {
    return failed;
  }

  /** What lies behind the end is not known. */
  void fail() {
    failed = true;
  }

  /** How often the tape was written anew. */
  int lives() {
    return header.lives();
  }

  /**
   * Says that the store is being written, unless it does already. STORE_FAILED, also after an
   * earlier failure.
   */
  void begin(TrackStore store) throws StorageException {
    if (failed) {
      throw new StorageException(
          Fault.STORE_FAILED,
          what + " takes no writes: an earlier write to its disk failed",
          "unload it, look at the disk, load it again");
    }
    if (!begun()) {
      put(header.next(store.origin()));
    }
  }

  /** Whether it says that the cartridge is being written. */
  boolean begun() {
    return !header.writer().equals(Origin.UNKNOWN);
  }

  /** Says that the tape is written anew. */
  void nextLife() throws StorageException {
    put(header.nextLife());
  }

  /** Says that nobody writes. */
  void end() throws StorageException {
    put(header.next(Origin.UNKNOWN));
  }

  private void put(IndexHeader next) throws StorageException {
    flush(
        () -> {
          index.putHeader(next);
          index.flush();
        });
    header = next;
  }

  /** Does what must not fail; after a failure nothing changes any more. */
  void flush(Step step) throws StorageException {
    boolean done = false;
    try {
      step.run();
      done = true;
    } finally {
      failed |= !done;
    }
  }
}
