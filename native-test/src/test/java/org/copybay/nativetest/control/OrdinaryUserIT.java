package org.copybay.nativetest.control;

import static org.assertj.core.api.Assertions.assertThat;

import org.copybay.nativetest.Needs;
import org.copybay.nativetest.Shell;
import org.junit.jupiter.api.Test;

/** A bay that an ordinary user mounts is that user's alone. */
class OrdinaryUserIT {
  @Test
  void userCommandsTheOwnBayAndNobodyElseDoes() {
    Needs.fuse();
    Needs.root();
    Needs.program("fusermount3");

    Shell.Result result =
        Shell.run(
            """
            export COPYBAY_BUILD=no
            copybay=%s
            work=$(mktemp -d /var/tmp/copybay-it-XXXXXX)
            chown 64123:64123 $work
            as() { setpriv --reuid=$1 --regid=$1 --clear-groups bash -c "cd $work; $2"; }
            end() {
                as 64123 "$copybay umount mnt" || fusermount3 -uz $work/mnt || umount -l $work/mnt
                rm -rf --one-file-system $work
            }
            trap end EXIT
            chmod 755 $work
            as 64123 "mkdir mnt; $copybay init bay; $copybay mount bay mnt" >&2
            as 64123 "echo 'create volume mine size=1M' >mnt/.control/ctl; stat -c %%u:%%g:%%a mnt/volumes/mine"
            as 64123 "sed -n 's/^owner: //p' mnt/.control/status"
            as 64123 "echo 'delete volume=mine' >mnt/.control/ctl; ls mnt/volumes"
            as 64125 "cat mnt/.control/status" 2>/dev/null || echo another is refused
            as 64125 "echo x >mnt/.control/ctl" 2>/dev/null || echo another is refused
            cat $work/mnt/.control/status 2>/dev/null || echo root is refused
            """
                .formatted(org.copybay.nativetest.TestBay.COPYBAY));

    assertThat(result.ok().lines())
        .containsExactly(
            "64123:64123:600",
            "64123",
            "another is refused",
            "another is refused",
            "root is refused");
  }
}
