package org.copybay.fs.transport.dev;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.copybay.volumes.store.MountTable;

/** The mount of a bay that a dead daemon left behind: how it is known, and how it is taken away. */
public final class DeadMount {

  private DeadMount() {}

  /**
   * True if the uppermost mount at this place is a bay whose daemon is dead: opening it answers
   * ENOTCONN, or ECONNABORTED if it dies just then. A daemon that lives but does not answer within
   * the limit counts as alive.
   */
  public static boolean stale(Path mountPoint, Duration limit) throws IOException {
    if (MountTable.read().bayAt(mountPoint).isEmpty()) {
      return false;
    }
    CompletableFuture<Integer> probe = new CompletableFuture<>();
    Thread thread = new Thread(() -> probe.complete(openErrno(mountPoint)), "stale-mount-probe");
    thread.setDaemon(true);
    thread.start();
    try {
      int errno = probe.get(limit.toMillis(), TimeUnit.MILLISECONDS);
      return errno == Posix.ENOTCONN || errno == Posix.ECONNABORTED;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      throw new IOException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while probing " + mountPoint, e);
    }
  }

  /**
   * Takes the uppermost mount at this place out of the name space, as {@code umount -l} does.
   *
   * @throws IOException if the system refuses, with its text
   */
  public static void detach(Path mountPoint) throws IOException {
    if (Posix.LIBC.umount2(mountPoint.toString(), Posix.MNT_DETACH) == 0) {
      return;
    }
    int errno = Posix.errno();
    if (errno != Posix.EPERM) {
      throw Posix.failure("unmount " + mountPoint, errno);
    }
    Fusermount.unmount(mountPoint);
  }

  private static int openErrno(Path path) {
    int fd = Posix.LIBC.open(path.toString(), Posix.O_DIRECTORY | Posix.O_CLOEXEC);
    if (fd < 0) {
      return Posix.errno();
    }
    Posix.close(fd);
    return 0;
  }
}
