package org.copybay.nativetest;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A file system inside a volume, mounted through a loop device. */
class LoopFileSystemIT {
  @RegisterExtension static final TestBay BAY = TestBay.onDisk();

  /** Waits until the kernel has let go of the loop devices over a volume. */
  private static final String DETACHED =
      "while losetup -j $V/disk | grep -q .; do sleep 0.05; done\n";

  @BeforeEach
  void makeFiles() {
    BAY.must(
        """
        rm -rf files $V/disk; mkdir -p fs files
        cp -r /usr/share/common-licenses files/
        for i in {1..200}; do head -c $((i * 97)) /dev/urandom >files/f$i; done
        truncate -s 48M $V/disk
        """);
  }

  @Test
  void ext4KeepsItsFilesOverARemount() {
    BAY.must(
        """
        mkfs.ext4 -q $V/disk
        mount -o loop $V/disk fs
        cp -r files/. fs/
        rm fs/f1??
        cp files/f1?? fs/
        umount fs
        """
            + DETACHED);

    BAY.must("e2fsck -fn $V/disk");
    BAY.remount();

    BAY.must(
        """
        e2fsck -fn $V/disk
        mount -o loop,ro $V/disk fs
        diff -r --exclude=lost+found files fs
        umount fs
        """
            + DETACHED);
  }

  @Test
  void mkfsWithFilesAndDiscard() {
    BAY.must("mkfs.ext4 -q -d files -E discard $V/disk; e2fsck -fn $V/disk");
    BAY.must("debugfs -R 'dump f77 f77' $V/disk; cmp files/f77 f77");
  }

  @Test
  void trimmingGivesTheSpaceBackToTheBay() {
    BAY.must(
        """
        mkfs.ext4 -q $V/disk
        mount -o loop $V/disk fs
        head -c 20M /dev/urandom >fs/big; sync -f fs
        test $(du -k $V/disk | cut -f1) -gt 20000
        rm fs/big; sync -f fs; fstrim fs
        umount fs
        """
            + DETACHED);

    assertThat(Long.parseLong(BAY.must("du -k $V/disk | cut -f1"))).isLessThan(10_000);
    BAY.must("e2fsck -fn $V/disk");
  }

  @ParameterizedTest
  @ValueSource(strings = {"on", "off"})
  void aLoopDeviceReadsAndWritesDirectOrNot(String direct) {
    BAY.must(
        """
        head -c 20M /dev/urandom >data
        loop=$(losetup --find --show --direct-io=%s $V/disk)
        trap 'losetup -d $loop' EXIT
        dd if=data of=$loop bs=512k seek=1 oflag=direct status=none
        dd if=data of=$loop bs=4k seek=9000 count=100 conv=fsync status=none
        dd if=$loop bs=512k skip=1 count=40 iflag=direct status=none | cmp - data
        """
            .formatted(direct));
    BAY.must(DETACHED);

    BAY.must("cmp -n 20M -i 512K:0 $V/disk data; cmp -n 400K -i 36000K:0 $V/disk data");
  }
}
