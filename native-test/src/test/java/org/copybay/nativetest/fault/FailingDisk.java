package org.copybay.nativetest.fault;

import org.copybay.nativetest.Needs;
import org.copybay.nativetest.TestBay;

/**
 * A disk below a bay that fails or hangs when it is told to: the file {@code $T/nbd/disk}, made by
 * nbdfuse from nbdkit with its error filter. While {@code $T/fail} exists, every request that
 * reaches it is answered with EIO.
 */
public final class FailingDisk implements AutoCloseable {
  private final TestBay bay;

  public FailingDisk(TestBay bay, String size) {
    Needs.program("nbdkit", "nbdfuse", "fusermount3");
    this.bay = bay;
    bay.must(
        """
        mkdir nbd
        truncate -s %s disk.img
        nbdfuse -P $T/nbd.pid nbd/disk --command nbdkit -s --exit-with-parent --filter=error \\
            file disk.img error=EIO error-rate=100%% error-file=$T/fail \\
            </dev/null >nbd.log 2>&1 &
        for i in $(seq 100); do if [ -s nbd.pid ]; then exit; fi; sleep 0.1; done
        cat nbd.log >&2
        exit 1
        """
            .formatted(size));
  }

  /**
   * Puts an ext4 without journal on it, mounted at {@code $T/disk}: it takes writes after errors.
   */
  public FailingDisk withFileSystem() {
    bay.must(
        """
        mkdir disk
        losetup -f --show nbd/disk >loop
        mkfs.ext4 -q -O ^has_journal $(cat loop)
        mount $(cat loop) disk
        """);
    return this;
  }

  /** Makes it the home of a new volume, which is as large as the disk. */
  public FailingDisk asHomeOf(String volume) {
    bay.must(
        """
        mkdir -p place
        echo "create volume %1$s size=$(stat -c %%s disk.img) path=$T/place" >$C/ctl
        """
            .formatted(volume));
    String home = bay.status(volume, "path");
    bay.umount();
    bay.must("rm " + home + "; ln -s $T/nbd/disk " + home);
    bay.mount();
    return this;
  }

  public void fail() {
    bay.must("touch fail");
  }

  public void recover() {
    bay.must("rm -f fail");
  }

  /** Requests that reach it are not answered until {@link #goOn}. */
  public void hang() {
    bay.must("kill -STOP $(cat nbd.pid)");
  }

  public void goOn() {
    bay.must("kill -CONT $(cat nbd.pid)");
  }

  /** The bay must not use it any more. */
  @Override
  public void close() {
    bay.run(
        """
        rm -f fail
        kill -CONT $(cat nbd.pid)
        if mountpoint -q disk; then umount disk || umount -l disk; fi
        if [ -e loop ]; then losetup -d $(cat loop); fi
        fusermount3 -u nbd || umount -l nbd
        for i in $(seq 100); do if ! readlink -q /proc/$(cat nbd.pid)/exe >/dev/null; then exit; fi; sleep 0.1; done
        """);
  }
}
