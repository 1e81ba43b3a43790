package org.copybay.nativetest.control;

import static org.assertj.core.api.Assertions.assertThat;

import org.copybay.nativetest.Needs;
import org.copybay.nativetest.Shell;
import org.copybay.nativetest.TestBay;
import org.junit.jupiter.api.Test;

/** A bay that an ordinary user mounts is that user's alone. */
class OrdinaryUserIT {
  @Test
  void userCommandsTheOwnBayAndNobodyElseDoes() {
    Needs.fuse();
    Needs.root();
    Needs.program("fusermount3", "unshare", "setpriv");

    Shell.Result result =
        Shell.run(
            """
            work=$(mktemp -d /var/tmp/copybay-it-XXXXXX)
            chown nobody:nogroup $work
            chmod 755 $work
            trap 'rm -rf --one-file-system $work' EXIT
            cat >$work/script <<'END'
            # In a mount namespace of its own, where /dev/fuse is for everybody as udev makes it.
            set -eu
            as() { setpriv --reuid=$1 --regid=$1 --clear-groups bash -c "cd $work; $2"; }
            trap 'as 65534 "$copybay umount mnt"' EXIT
            mknod -m 666 $work.fuse c 10 229
            mount --bind $work.fuse /dev/fuse
            rm $work.fuse
            as 65534 "mkdir mnt; $copybay init bay; $copybay mount bay mnt" >&2
            as 65534 "echo 'create volume mine size=1M' >mnt/.control/ctl"
            as 65534 "stat -c %u:%g:%a mnt/volumes/mine; sed -n 's/^owner: //p' mnt/.control/status"
            as 65534 "echo 'delete volume=mine' >mnt/.control/ctl; ls mnt/volumes"
            as 1 "cat mnt/.control/status" 2>/dev/null || echo another is refused
            as 1 "echo x >mnt/.control/ctl" 2>/dev/null || echo another is refused
            cat $work/mnt/.control/status 2>/dev/null || echo root is refused
            END
            export work copybay=%s COPYBAY_BUILD=no
            unshare -m --propagation slave bash $work/script
            """
                .replace("%s", TestBay.COPYBAY.toString()));

    assertThat(result.ok().lines())
        .containsExactly(
            "65534:65534:600",
            "65534",
            "another is refused",
            "another is refused",
            "root is refused");
  }
}
