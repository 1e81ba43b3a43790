package org.copybay.fs.mount;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.copybay.fs.transport.dev.Fusermount;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.Words;
import org.copybay.volumes.store.MountTable;

/** Ends a mount and waits for its daemon, so that the bay can be mounted again or moved. */
final class Unmount {
  private static final long END_WAIT_MILLIS = 30_000;

  /** How long a daemon that ends at once takes at most, on a busy machine. */
  private static final long USUAL_END_MILLIS = 15_000;

  private static final long POLL_MILLIS = 20;
  private static final long LATE_POLL_MILLIS = 1_000;

  /** How long a daemon may not answer before it is asked whether it is stopped. */
  private static final long STOPPED_WAIT_MILLIS = 10_000;

  private Unmount() {}

  /** NOT_FOUND when no bay is mounted there, BUSY while files are open. */
  static void run(Path mountPoint) throws StorageException {
    try {
      Path place = MountPlace.resolve(mountPoint);
      MountTable.Mount mount =
          MountTable.read()
              .bayAt(place)
              .orElseThrow(
                  () ->
                      new StorageException(
                          Fault.NOT_FOUND,
                          "no bay is mounted at " + place,
                          "findmnt -t " + MountTable.BAY_TYPE));
      Optional<Daemons.Running> daemon = Daemons.ofMountPoint(place);
      unmount(place, daemon);
      if (daemon.isPresent()) {
        awaitEnd(daemon.get(), mount);
      }
    } catch (IOException e) {
      throw new StorageException(Fault.STORE_FAILED, String.valueOf(e.getMessage()), null, e);
    }
  }

  private static void unmount(Path place, Optional<Daemons.Running> daemon)
      throws IOException, StorageException {
    boolean root = (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0;
    Process process =
        root
            ? new ProcessBuilder("umount", place.toString()).redirectErrorStream(true).start()
            : Fusermount.startUnmount(place, false);
    awaitAnswer(process, place, daemon);
    if (process.exitValue() != 0) {
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      throw new StorageException(
          Fault.BUSY,
          said.strip().replaceFirst("[.]$", ""),
          "fuser -vm " + Words.shell(place) + " shows who uses it");
    }
  }

  /** What was begun goes on when nobody waits for it any more. */
  private static void awaitAnswer(Process process, Path place, Optional<Daemons.Running> daemon)
      throws StorageException {
    try {
      if (process.waitFor(STOPPED_WAIT_MILLIS, TimeUnit.MILLISECONDS)) {
        return;
      }
      if (daemon.isPresent()) {
        requireGoing(daemon.get(), place);
      }
      if (!process.waitFor(END_WAIT_MILLIS, TimeUnit.MILLISECONDS)) {
        throw new StorageException(
            Fault.BUSY,
            place + " goes away when its daemon has written what is cached, which takes long",
            "copybay doctor, dmesg");
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException("a thread of this program is never interrupted", e);
    }
  }

  private static void requireGoing(Daemons.Running daemon, Path place) throws StorageException {
    if (Daemons.stopped(daemon)) {
      long pid = daemon.pid();
      throw new StorageException(
          Fault.BUSY,
          "the daemon of " + place + ", pid " + pid + ", ends when it goes on: it is stopped",
          "kill -CONT " + pid);
    }
  }

  private static void awaitEnd(Daemons.Running daemon, MountTable.Mount mount)
      throws IOException, StorageException {
    long start = System.nanoTime();
    while (Daemons.runs(daemon)) {
      long waited = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
      if (waited > USUAL_END_MILLIS) {
        requireGoing(daemon, mount.mountPoint());
        requireNoCopy(daemon, mount);
      }
      if (waited > END_WAIT_MILLIS) {
        throw new StorageException(
            Fault.BUSY,
            "unmounted, but the daemon pid "
                + daemon.pid()
                + " has not ended after "
                + END_WAIT_MILLIS / 1000
                + " s",
            "tail " + Words.shell(daemon.bay().resolve("log/copybay.log")));
      }
      Pause.millis(waited > USUAL_END_MILLIS ? LATE_POLL_MILLIS : POLL_MILLIS);
    }
  }

  /** A process whose mount namespace was made while the bay was mounted may keep it mounted. */
  private static void requireNoCopy(Daemons.Running daemon, MountTable.Mount mount)
      throws IOException, StorageException {
    Optional<Daemons.Copy> copy = Daemons.copyOf(mount);
    if (copy.isPresent()) {
      long pid = copy.get().pid();
      throw new StorageException(
          Fault.BUSY,
          "unmounted here, but the daemon pid "
              + daemon.pid()
              + " goes on: the mount is also in the mount namespace of pid "
              + pid,
          "nsenter -t " + pid + " -m umount " + Words.shell(copy.get().place()));
    }
  }
}
