package org.copybay.nativetest.optical;

import static org.assertj.core.api.Assertions.assertThat;

import org.copybay.nativetest.TestBay;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A *WORM volume: what is written on it stays, whoever tries, with whatever program (P5). */
class WormIT {
  @RegisterExtension static final TestBay BAY = TestBay.onDisk();

  private final Jukebox jukebox = new Jukebox(BAY);

  @BeforeEach
  void aWormVolumeWithAnArchive() {
    jukebox.anew().library("LIB", 2);
    jukebox.must(
        """
        blank LIB W *WORM 64M 2
        c optical initialize volume=W.A newvol=WORM1
        mkdir -p d; seq 100000 >d/numbers
        tar cf $O/WORM1 d
        cp $O/WORM1 before
        echo "import mmap, os; f = os.open('$O/WORM1', os.O_RDWR)" >map.py
        echo "m = mmap.mmap(f, 0); m[0:1] = b'Z'; m.flush(); os.fsync(f)" >>map.py
        """);
  }

  @Test
  void noProgramChangesWhatIsWritten() {
    for (String gesture :
        new String[] {
          "echo x >$O/WORM1",
          "printf x | dd of=$O/WORM1 conv=notrunc status=none",
          "printf x | dd of=$O/WORM1 bs=2048 seek=5 conv=notrunc status=none",
          "truncate -s 0 $O/WORM1",
          "truncate -s 4096 $O/WORM1",
          "fallocate -p -o 0 -l 4096 $O/WORM1",
          "fallocate -z -o 0 -l 4096 $O/WORM1",
          "cp /etc/services $O/WORM1",
          "python3 map.py",
        }) {
      jukebox.refused(gesture);
      // Pages of a mapping that were refused are dropped a moment later.
      jukebox.must(
          "for i in $(seq 50); do cmp -s before $O/WORM1 && exit; sleep 0.1; done; exit 1");
    }
    assertThat(jukebox.refused("printf x | dd of=$O/WORM1 bs=2048 seek=3 conv=notrunc"))
        .contains("Read-only file system");
    assertThat(BAY.lastError()).contains("WORM-OVERWRITE: sector 3 of volume WORM1");
    assertThat(jukebox.refused("rm $O/WORM1")).contains("Operation not permitted");
    assertThat(BAY.lastError()).contains("optical destroy cartridge=W");
    assertThat(jukebox.refused("c optical initialize volume=WORM1"))
        .contains("it is initialized once");
  }

  @Test
  void freeSectorsAreWrittenAndTheSameBytesAreAccepted() {
    jukebox.must(
        """
        dd if=before of=$O/WORM1 bs=1M conv=notrunc status=none    # the same again
        seq 5000 | dd of=$O/WORM1 bs=1000 seek=1000 conv=notrunc status=none iflag=fullblock
        dd if=$O/WORM1 bs=1000 skip=1000 status=none | head -c $(seq 5000 | wc -c) | cmp - <(seq 5000)
        cmp -n $(stat -c %s before) before $O/WORM1
        """);
    long size = Long.parseLong(jukebox.must("stat -c %s $O/WORM1"));

    BAY.kill9();
    BAY.mount();

    assertThat(jukebox.must("stat -c %s $O/WORM1")).isEqualTo(Long.toString(size));
    jukebox.refused("printf x | dd of=$O/WORM1 bs=1000 seek=1000 conv=notrunc status=none");
    jukebox.must("cmp -n $(stat -c %s before) before $O/WORM1; $COPYBAY umount $MNT");
    BAY.must("$COPYBAY check $BAY");
    BAY.mount();
    assertThat(jukebox.must("stat -c %s $O/WORM1")).isEqualTo(Long.toString(size));
  }

  @Test
  void theThresholdEndsAndFreesWriting() {
    jukebox.must("c optical change volume=WORM1 threshold=50");
    assertThat(jukebox.refused("head -c 60M /dev/zero | dd of=$O/WORM1 bs=1M seek=2 conv=notrunc"))
        .contains("No space left");
    assertThat(BAY.lastError()).contains("volume-full threshold");
    jukebox.must(
        """
        test $(st WORM1 written_bytes) = $((32 << 20))
        c optical change volume=WORM1 threshold=100
        printf x | dd of=$O/WORM1 bs=1M seek=60 conv=notrunc status=none
        """);
    assertThat(jukebox.refused("printf x | dd of=$O/WORM1 bs=1M seek=64 conv=notrunc"))
        .contains("No space left");
  }
}
