package org.copybay.nativetest.replay;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.copybay.nativetest.Needs;
import org.copybay.nativetest.TestBay;

/**
 * The disk below a bay, with a log of every write and flush that reaches it:
 *
 * <pre>
 * $BELOW (ext4) ── loop device ── $T/ram/disk (FUSE) ── qemu-storage-daemon ─┬─ disk.img
 *                                                                            └─ log
 * </pre>
 *
 * All of it lies on a tmpfs of its own, {@code $T/ram}, so that a flush costs nothing. The image of
 * the new file system, as it was before the log, is kept in {@code base.img}.
 */
final class RecordedDisk implements AutoCloseable {
  /** Above the free space below which a bay calls itself degraded. */
  private static final String SIZE = "128M";

  private final TestBay bay;
  private final Process server;
  private final Thread endOfTests;

  /** The bay has its places, but is not made. */
  RecordedDisk(TestBay bay) throws IOException {
    Needs.program("qemu-storage-daemon", "mkfs.ext4", "xfs_io");
    Needs.loopDevice();
    this.bay = bay;
    bay.must(
        """
        mkdir ram
        mount -t tmpfs -o size=1g copybay-test ram
        cd ram
        truncate -s %s disk.img
        mkfs.ext4 -q -b 4096 -N 1024 -J size=4 -E nodiscard,lazy_itable_init=0 disk.img
        cp --sparse=always disk.img base.img
        touch disk log
        """
            .formatted(SIZE));
    this.server = serve();
    // A run that is interrupted leaves no server behind.
    this.endOfTests = new Thread(server::destroy, "end-recorded-disk");
    Runtime.getRuntime().addShutdownHook(endOfTests);
    try {
      // The loop device goes with the mount.
      bay.must(
          """
          for i in $(seq 100); do if mountpoint -q ram/disk; then break; fi; sleep 0.1; done
          if ! mountpoint -q ram/disk; then cat err >&2; exit 1; fi
          mount -o loop,commit=1 ram/disk $BELOW
          """);
    } catch (AssertionError e) {
      close();
      throw e;
    }
  }

  private Process serve() throws IOException {
    return bay.start(
        """
        cd ram
        exec qemu-storage-daemon \\
            --blockdev file,node-name=image,filename=disk.img,cache.no-flush=on \\
            --blockdev raw,node-name=raw,file=image \\
            --blockdev file,node-name=log,filename=log,cache.no-flush=on \\
            --blockdev blklogwrites,node-name=logged,file=raw,log=log,log-sector-size=512 \\
            --export fuse,id=disk,node-name=logged,mountpoint=disk,writable=on
        """);
  }

  /** The length of the log: what has been done so far is in it up to here. */
  long position() {
    try {
      return Files.size(logFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Path logFile() {
    return file("log");
  }

  /** A file beside the images. */
  Path file(String name) {
    return bay.scratch().resolve("ram").resolve(name);
  }

  /** Takes the disk away; nothing may be mounted from it. The log and the base image stay. */
  @Override
  public void close() {
    bay.run(
        """
        if mountpoint -q $BELOW; then umount $BELOW || umount -l $BELOW; fi
        if mountpoint -q ram/disk; then umount ram/disk || umount -l ram/disk; fi
        """);
    server.destroy();
    TestBay.awaitEnd(server.toHandle());
    Runtime.getRuntime().removeShutdownHook(endOfTests);
  }
}
