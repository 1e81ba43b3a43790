package org.copybay.fs.mount;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.BayOpener;

/** The lock of a bay, which ends with the process that serves it. Taken before the log is open. */
final class BayLock {
  private static final long WAIT_MILLIS = 10_000;
  private static final long POLL_MILLIS = 50;

  private BayLock() {}

  /** Takes it; waits for a daemon that is ending. BUSY, NOT_FOUND. */
  static void take(Path bay) throws StorageException {
    BayOpener.requireBay(bay);
    long start = System.nanoTime();
    while (!taken(bay)) {
      if (System.nanoTime() - start > TimeUnit.MILLISECONDS.toNanos(WAIT_MILLIS)) {
        throw new StorageException(
            Fault.BUSY,
            "bay " + bay + " is in use by another daemon" + holder(bay),
            "copybay umount its mount point");
      }
      Pause.millis(POLL_MILLIS);
    }
  }

  private static boolean taken(Path bay) throws StorageException {
    return isFree(bay) && BayOpener.tryLock(bay) != null;
  }

  /** Without the file nobody can hold the lock but a daemon under which it was removed. */
  private static boolean isFree(Path bay) {
    return BayOpener.hasLockFile(bay) || Daemons.ofBay(bay).isEmpty();
  }

  /**
   * Takes it to look at the bay, without making its file; waits for a daemon that is ending, but
   * not for one whose mount is there. BUSY.
   */
  static void takeToLook(Path bay) throws StorageException {
    long start = System.nanoTime();
    while (!takenToLook(bay)) {
      Optional<Daemons.Running> daemon = Daemons.ofBay(bay);
      boolean mounted = daemon.isPresent() && mounted(daemon.get());
      if (mounted || System.nanoTime() - start > TimeUnit.MILLISECONDS.toNanos(WAIT_MILLIS)) {
        throw new StorageException(
            Fault.BUSY,
            "bay " + bay + " is in use" + holder(bay),
            "copybay umount its mount point, or in the mount, for each volume:"
                + " echo 'check volume=NAME' > .control/ctl");
      }
      Pause.millis(POLL_MILLIS);
    }
  }

  private static boolean takenToLook(Path bay) throws StorageException {
    return BayOpener.hasLockFile(bay) ? BayOpener.tryLockThere(bay) != null : isFree(bay);
  }

  private static boolean mounted(Daemons.Running daemon) {
    try {
      return MountPlace.hasBay(daemon.mountPoint());
    } catch (IOException e) {
      return true;
    }
  }

  private static String holder(Path bay) {
    return Daemons.ofBay(bay)
        .map(d -> ": pid " + d.pid() + ", mounted at " + d.mountPoint())
        .orElse("");
  }
}
