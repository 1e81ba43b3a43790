package org.copybay.nativetest;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * mount(8) and fstab find copybay in /usr/local/bin. The tests have one of their own, in a mount
 * namespace of their own.
 */
class MountHelperIT {
  @RegisterExtension final TestBay bay = TestBay.onDisk();

  private static final String PRIVATE =
      """
      $COPYBAY umount $MNT
      unshare -m --propagation slave bash -euc '
        mount -t tmpfs none /usr/local/bin; ln -s $COPYBAY /usr/local/bin/copybay
      """;

  @Test
  void mountWithATypeMountsABay() {
    Needs.program("mount.fuse3");
    bay.must(
        PRIVATE
            + """
              mount -t fuse.copybay $BAY $MNT
              echo data >$V/v
              umount $MNT
              mount -t fuse.copybay -o ro,allow_other,fsname=helped $BAY $MNT
              trap "umount $MNT" EXIT
              grep -x data $V/v
              if touch $V/w; then exit 1; fi
              test $(findmnt -no SOURCE $MNT) = helped
            '
            """);
  }

  @Test
  void fstabMountsABay() {
    Needs.program("mount.fuse3");
    bay.must(
        PRIVATE
            + """
              echo "$BAY $MNT fuse.copybay noauto,nofail,x-systemd.automount,_netdev,allow_other 0 0" >$T/fstab
              mount -T $T/fstab $MNT
              trap "umount $MNT" EXIT
              echo data >$V/v
            '
            """);
  }

  /** The line of the README, and what libmount makes of `user`: also user=NAME. */
  @Test
  void theLineOfTheReadmeMountsWithoutPrograms() {
    Needs.program("mount.fuse3");
    bay.must(
        PRIVATE
            + """
              echo "$BAY $MNT fuse.copybay noauto,user,allow_other 0 0" >$T/fstab
              mount -T $T/fstab $MNT
              grep -F " $MNT fuse.copybay " /proc/mounts | grep -w noexec
              cp /bin/true $V/program; chmod 755 $V/program
              if $V/program; then exit 1; fi
              umount $MNT
              mount -t fuse.copybay -o user=nobody,exec,noatime $BAY $MNT
              trap "umount $MNT" EXIT
              if grep -F " $MNT fuse.copybay " /proc/mounts | grep -w noexec; then exit 1; fi
              $V/program
            '
            """);
  }

  @Test
  void theHelperPrintsTheDaemonsError() {
    Needs.program("mount.fuse3");
    String error = bay.refused(PRIVATE + "mkdir $T/nobay; mount -t fuse.copybay $T/nobay $MNT'");

    assertThat(error).contains("nobay");
  }
}
