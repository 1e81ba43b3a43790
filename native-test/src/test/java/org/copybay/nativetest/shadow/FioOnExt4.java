package org.copybay.nativetest.shadow;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.TimeUnit;
import org.copybay.nativetest.Needs;
import org.copybay.nativetest.Shell;
import org.copybay.nativetest.TestBay;

/**
 * An ext4 in a loop device on {@code shadow/DSA1}, mounted at {@code $T/fs}, in which fio goes
 * through its files again and again: each pass writes all blocks in random order, with checksums
 * and syncs, then reads them. No two passes write the same: a block of the one before is an error.
 */
final class FioOnExt4 implements AutoCloseable {
  private static final String PASS =
      "fio --name=w --directory=fs --size=3M --numjobs=2 --rw=randwrite --bs=4k --fsync=32"
          + " --verify=crc32c --verify_fatal=1 --output=fio.log";

  private static final String UNMOUNT =
      """
      umount fs
      while losetup -j $MNT/shadow/DSA1 | grep -q .; do sleep 0.05; done
      """;

  private final TestBay bay;
  private final Process passes;

  FioOnExt4(TestBay bay) {
    Needs.program("fio", "mkfs.ext4", "e2fsck");
    Needs.loopDevice();
    this.bay = bay;
    bay.must(
        """
        mkfs.ext4 -q $MNT/shadow/DSA1
        mkdir fs
        : >passes
        mount -o loop $MNT/shadow/DSA1 fs
        """);
    try {
      passes =
          bay.start(
              """
              for ((pass = 1; ; pass++)); do
                %s --randseed=$pass || { cat fio.log; touch fio.failed; exit 1; }
                echo $pass >>passes
                if [ -e stop ]; then exit; fi
              done
              """
                  .formatted(PASS));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns when it has written and read all once more since now, without an error. */
  void awaitWholePass() {
    bay.must(
        """
        wanted=$(($(cat passes | wc -l) + 2)) # the next one to end has begun before
        until [ $(cat passes | wc -l) -ge $wanted ]; do
          if [ -e fio.failed ]; then cat out err >&2; exit 1; fi
          sleep 0.1
        done
        """);
  }

  /** Ends it after the pass that is under way, and unmounts; nothing may have failed. */
  void end() throws InterruptedException {
    bay.must("touch stop");
    assertThat(passes.waitFor(Shell.TIMEOUT.toSeconds(), TimeUnit.SECONDS)).isTrue();
    assertThat(passes.exitValue()).as(bay.run("cat out err").out()).isZero();
    bay.must("find fs -type f -exec sha256sum {} + >sums");
    bay.must(UNMOUNT + "e2fsck -fn $MNT/shadow/DSA1");
  }

  /** After {@link #end}, and a new mount of the bay: all files are as they were then. */
  void requireAsAtTheEnd() {
    bay.must("mount -o loop $MNT/shadow/DSA1 fs; grep -q fs/w.0.0 sums; sha256sum -c --quiet sums");
    bay.must(UNMOUNT + "e2fsck -fn $MNT/shadow/DSA1");
  }

  /** Leaves nothing running or mounted, wherever it stands. */
  @Override
  public void close() {
    bay.run("touch stop");
    passes.descendants().forEach(ProcessHandle::destroyForcibly);
    passes.destroyForcibly();
    bay.run(
        """
        for i in $(seq 100); do
          if ! mountpoint -q fs || umount fs; then break; fi
          sleep 0.1
        done
        if mountpoint -q fs; then umount -l fs; fi
        for i in $(seq 100); do
          if ! losetup -j $MNT/shadow/DSA1 | grep -q .; then break; fi
          sleep 0.1
        done
        """);
  }
}
