package org.copybay.nativetest.quickopc;

import org.copybay.nativetest.Needs;
import org.copybay.nativetest.TestBay;

/**
 * A disk of 4 MiB that cannot be read in its region 47 while {@code $T/bad} exists; a write there
 * repairs it, as that of a bad sector does. It is the home of a new volume.
 */
final class BadPlace implements AutoCloseable {
  private final TestBay bay;

  BadPlace(TestBay bay, String volume) {
    Needs.program("nbdkit", "nbdfuse", "fusermount3");
    this.bay = bay;
    bay.must(
        """
        mkdir nbd place
        truncate -s 4M disk.img
        there='[ -e $T/bad ] && [ $4 -lt 3145728 ] && [ $(($4 + $3)) -gt 3080192 ]'
        nbdfuse -P $T/nbd.pid nbd/disk --command nbdkit -s --exit-with-parent eval \\
            get_size='stat -c %%s $T/disk.img' \\
            pread="if $there; then echo EIO bad sector >&2; exit 1; fi
              dd if=\\$T/disk.img bs=64K iflag=skip_bytes,count_bytes skip=\\$4 count=\\$3 status=none" \\
            pwrite="if $there; then rm \\$T/bad; fi
              dd of=\\$T/disk.img bs=64K oflag=seek_bytes seek=\\$4 conv=notrunc status=none" \\
            can_flush=: flush=: </dev/null >nbd.log 2>&1 &
        for i in $(seq 100); do if [ -s nbd.pid ]; then break; fi; sleep 0.1; done
        echo "create volume %s size=4M path=$T/place" >$C/ctl
        """
            .formatted(volume));
    String home = bay.status(volume, "path");
    bay.umount();
    bay.must("rm " + home + "; ln -s $T/nbd/disk " + home);
    bay.mount();
  }

  /** From now on the place is bad, and nothing of the disk is in memory. */
  void spoil() {
    bay.umount();
    bay.must("touch bad; sync; echo 3 >/proc/sys/vm/drop_caches");
    bay.mount();
  }

  @Override
  public void close() {
    bay.run(
        """
        fusermount3 -u nbd || umount -l nbd
        for i in $(seq 100); do
          if ! readlink -q /proc/$(cat nbd.pid)/exe >/dev/null; then exit; fi
          sleep 0.1
        done
        """);
  }
}
