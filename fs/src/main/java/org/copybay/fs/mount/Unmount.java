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

/** Ends a mount and waits for its daemon, so that the bay can be mounted again or moved. */
final class Unmount {
  private static final long END_WAIT_MILLIS = 30_000;
  private static final long POLL_MILLIS = 20;

  private Unmount() {}

  /** NOT_FOUND when no bay is mounted there, BUSY while files are open. */
  static void run(Path mountPoint) throws StorageException {
    try {
      Path place = MountPlace.resolve(mountPoint);
      if (!MountPlace.hasBay(place)) {
        throw new StorageException(Fault.NOT_FOUND, "no bay is mounted at " + place);
      }
      Optional<Daemons.Running> daemon = Daemons.ofMountPoint(place);
      unmount(place);
      if (daemon.isPresent()) {
        awaitEnd(daemon.get());
      }
    } catch (IOException e) {
      throw new StorageException(Fault.STORE_FAILED, String.valueOf(e.getMessage()), null, e);
    }
  }

  private static void unmount(Path place) throws IOException, StorageException {
    boolean root = (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0;
    Process process =
        root
            ? new ProcessBuilder("umount", place.toString()).redirectErrorStream(true).start()
            : Fusermount.startUnmount(place, false);
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      if (process.waitFor() != 0) {
        throw new StorageException(
            Fault.BUSY, said.strip(), "fuser -vm " + place + " shows who uses it");
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException("a thread of this program is never interrupted", e);
    }
  }

  private static void awaitEnd(Daemons.Running daemon) throws StorageException {
    long start = System.nanoTime();
    while (Daemons.runs(daemon)) {
      if (System.nanoTime() - start > TimeUnit.MILLISECONDS.toNanos(END_WAIT_MILLIS)) {
        throw new StorageException(
            Fault.BUSY,
            "unmounted, but the daemon pid "
                + daemon.pid()
                + " has not ended after "
                + END_WAIT_MILLIS / 1000
                + " s",
            "tail " + daemon.bay().resolve("log/copybay.log"));
      }
      Pause.millis(POLL_MILLIS);
    }
  }
}
