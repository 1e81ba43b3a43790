package org.copybay.nativetest.optical;

import static org.assertj.core.api.Assertions.assertThat;

import org.copybay.nativetest.Needs;
import org.copybay.nativetest.TestBay;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A volume of which sectors cannot be read any more: of a file, or of a directory (P8). Its home is
 * a disk that answers EIO for the page at the byte that $T/bad names.
 */
class DamagedIT {
  @RegisterExtension final TestBay bay = TestBay.onDisk();

  private final Jukebox jukebox = new Jukebox(bay);

  @BeforeEach
  void aVolumeOnADiskThatFails() {
    Needs.program("nbdkit", "nbdfuse", "genisoimage");
    jukebox.must(
        """
        mkdir -p tree nbd
        for i in 1 2 3; do { seq 3000; echo MARKER-$i; seq 3000; } >tree/file$i; done
        genisoimage -quiet -V OLD -o x.iso tree
        c optical device name=IMAGES type=virtual media=*DVD-RAM
        cp x.iso $O/SRC
        blank IMAGES T *DVD-RAM 16M
        home=$BAY/volumes/$(st SRC uuid)/home
        echo $home >home
        """);
    bay.umount();
    bay.must(
        """
        mv $(cat home) disk.img
        nbdfuse -P $T/nbd.pid nbd/disk --command nbdkit -s --exit-with-parent eval \\
            get_size="stat -c %s $T/disk.img" can_flush='exit 0' flush='exit 0' \\
            pwrite="dd of=$T/disk.img oflag=seek_bytes seek=\\$4 conv=notrunc status=none" \\
            pread="if test -e $T/bad && b=\\$(cat $T/bad) && test \\$4 -le \\$b && test \\$((\\$4 + \\$3)) -gt \\$b; then echo EIO bad sector >&2; exit 1; fi; dd if=$T/disk.img iflag=count_bytes,skip_bytes count=\\$3 skip=\\$4 status=none" \\
            </dev/null >nbd.log 2>&1 &
        for i in $(seq 100); do if [ -s nbd.pid ]; then break; fi; sleep 0.1; done
        test -s nbd.pid || { cat nbd.log >&2; exit 1; }
        ln -s $T/nbd/disk $(cat home)
        """);
    bay.mount();
  }

  @AfterEach
  void noDisk() {
    bay.run("rm -f bad; $COPYBAY umount $MNT; fusermount3 -u nbd || umount -l nbd");
  }

  private void damage(String what) {
    bay.must("grep -abo " + what + " x.iso | head -n 1 | cut -d: -f1 >bad; test -s bad");
  }

  @Test
  void theDataOfAFileMayBeLeftOut() {
    damage("MARKER-2");
    jukebox.refused("d none from=SRC to=T.A newvol=NEW");
    assertThat(jukebox.job("none").get("error")).contains("ODUP-MEDIA", "sector");
    assertThat(jukebox.status("T.A", "state")).isEqualTo("incomplete");
    assertThat(jukebox.status("SRC", "state")).isEqualTo("initialized");

    jukebox.must("d file from=SRC to=T.A newvol=NEW mederr=file");
    assertThat(bay.must("cat $C/jobs/file/log")).containsIgnoringCase("damaged file /file2");
    jukebox.must(
        """
        test $(st NEW state) = initialized
        b=$(($(cat bad) / 4096 * 4096))
        cmp -n $((4096 - 0)) -i $b $O/NEW /dev/zero
        cmp <(head -c $b x.iso | tail -c +36865) <(head -c $b $O/NEW | tail -c +36865)
        cmp <(tail -c +$((b + 4097)) x.iso) <(tail -c +$((b + 4097)) $O/NEW)
        """);
    jukebox.must("c optical check volume=SRC id=chk");
    assertThat(jukebox.run("cat $C/jobs/chk/wait").status()).isNotZero();
    assertThat(bay.must("cat $C/jobs/chk/log")).containsIgnoringCase("damaged file /file2");
  }

  @Test
  void aDamagedDirectoryEndsItEitherWay() {
    damage("'FILE2.;1'");
    jukebox.refused("d none from=SRC to=T.A newvol=NEW");
    jukebox.refused("d file from=SRC to=T.A newvol=NEW mederr=file clear=yes");
    // By the command, or by the job, as the kernel reads ahead.
    assertThat(bay.run("cat $C/jobs/file/status $C/last_error").out()).contains("ODUP-MEDIA");
    assertThat(jukebox.status("T.A", "state")).isNotEqualTo("initialized");
    bay.must("rm bad");
    jukebox.must(
        "d whole from=SRC to=T.A newvol=NEW clear=yes; test $(st NEW state) = initialized");
  }
}
