package org.copybay.fs.mount;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.BayOpener;
import org.copybay.volumes.store.FileLock;

/** The lock of a bay, which ends with the process that serves it. Taken before the log is open. */
final class BayLock {
  private static final long WAIT_MILLIS = 10_000;
  private static final long POLL_MILLIS = 50;

  private BayLock() {}

  /** Takes it; waits for a daemon that is ending. BUSY, NOT_FOUND. */
  static void take(Path bay) throws StorageException {
    BayOpener.requireBay(bay);
    FileLock lock = BayOpener.tryLock(bay);
    long start = System.nanoTime();
    while (lock == null) {
      if (System.nanoTime() - start > TimeUnit.MILLISECONDS.toNanos(WAIT_MILLIS)) {
        throw new StorageException(
            Fault.BUSY,
            "bay " + bay + " is in use by another daemon" + holder(bay),
            "copybay umount its mount point");
      }
      Pause.millis(POLL_MILLIS);
      lock = BayOpener.tryLock(bay);
    }
  }

  private static String holder(Path bay) {
    return Daemons.ofBay(bay)
        .map(d -> ": pid " + d.pid() + ", mounted at " + d.mountPoint())
        .orElse("");
  }
}
