package org.copybay.nativetest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** A user without privileges makes, mounts and unmounts a bay through fusermount3. */
class OrdinaryUserIT {

  @Test
  void mountsUsesAndUnmounts() throws IOException {
    try (TestBay bay = TestBay.onDisk().make()) {
      String said =
          Nobody.run(
                  bay,
                  """
                  $COPYBAY init bay
                  $COPYBAY mount bay mnt -o user=nobody,noexec,noatime
                  trap '$COPYBAY umount mnt; findmnt mnt || echo unmounted' EXIT
                  head -c 3000001 /dev/urandom >data
                  cp data mnt/volumes/v
                  cmp data mnt/volumes/v
                  dd if=mnt/volumes/v bs=1M iflag=direct status=none | cmp - data
                  echo 'duplicate from=v to=w id=d' >mnt/.control/ctl
                  cat mnt/.control/jobs/d/wait >/dev/null
                  cmp data mnt/volumes/w
                  stat -c %u mnt/volumes/v
                  findmnt -no OPTIONS mnt
                  """)
              .ok();

      assertThat(said).contains("\n65534\n").contains("user_id=65534", "nosuid", "nodev", "noexec");
      assertThat(said).endsWith("unmounted");
    }
  }

  @Test
  void allowOtherWithoutPermissionIsRefusedWithASentence() throws IOException {
    try (TestBay bay = TestBay.onDisk().make()) {
      Assumptions.assumeFalse(
          bay.run("grep -q '^ *user_allow_other' /etc/fuse.conf").status() == 0,
          "here /etc/fuse.conf permits it");

      String error =
          Nobody.run(bay, "$COPYBAY init bay; $COPYBAY mount bay mnt -o allow_other").refused();

      assertThat(error).contains("user_allow_other");
    }
  }

  @Test
  void aDeviceThatOnlyRootMayOpenIsRefusedWithARemedy() throws IOException {
    try (TestBay bay = TestBay.onDisk().make()) {
      String error = Nobody.run(bay, "600", "$COPYBAY init bay; $COPYBAY mount bay mnt").refused();

      assertThat(error)
          .contains("failed to open /dev/fuse: Permission denied; try: chmod 666 /dev/fuse");
    }
  }

  @Test
  void theStaleMountOfAKilledDaemonIsCleaned() throws IOException {
    try (TestBay bay = TestBay.onDisk().make()) {
      Nobody.run(
              bay,
              """
              $COPYBAY init bay
              $COPYBAY mount bay mnt
              echo data >mnt/volumes/v
              for cmdline in /proc/[0-9]*/cmdline; do
                if tr '\\0' '\\n' <$cmdline 2>/dev/null | grep -qx $PWD/bay; then
                  pid=${cmdline#/proc/}; kill -9 ${pid%/cmdline}
                fi
              done
              until ! ls mnt/volumes 2>/dev/null; do sleep 0.1; done
              $COPYBAY mount bay mnt
              trap '$COPYBAY umount mnt' EXIT
              grep -x data mnt/volumes/v
              """)
          .ok();
    }
  }
}
