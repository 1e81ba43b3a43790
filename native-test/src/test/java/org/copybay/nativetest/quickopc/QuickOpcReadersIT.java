package org.copybay.nativetest.quickopc;

import static org.assertj.core.api.Assertions.assertThat;

import org.copybay.nativetest.Needs;
import org.copybay.nativetest.TestBay;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who has a target open while a start changes what it holds. */
class QuickOpcReadersIT {
  private static final String BUSY = "Device or resource busy";

  @RegisterExtension final TestBay bay = TestBay.onDisk();
  private final OpcShell shell = new OpcShell(bay);

  @BeforeEach
  void makePair() {
    shell.must(
        """
        for v in a b; do
          head -c 1M /dev/urandom >$v
          echo "create volume $v size=1M" >$C/ctl
          dd if=$v of=$V/$v bs=1M conv=notrunc status=none
        done
        pair a b
        """);
  }

  /** The mapping is read before each start, so that its pages are in memory. */
  @ParameterizedTest
  @ValueSource(strings = {"diff", "restore"})
  void nobodySeesOldBytesAfterTheCommandReturned(String mode) {
    Needs.program("python3");
    shell.must("q start group=a-b; phase a-b/p tracking");
    shell.must(
        """
        cat >readers.py <<'END'
        import mmap, os, random, sys
        v, ctl, mode = sys.argv[1:]
        SIZE = 1 << 20
        changed, shown = ('a', 'b') if mode == 'diff' else ('b', 'a')
        out = os.open(f'{v}/{changed}', os.O_RDWR)
        old = os.open(f'{v}/{shown}', os.O_RDONLY)
        mapping = mmap.mmap(old, SIZE, mmap.MAP_SHARED, mmap.PROT_READ)
        def command(line):
            file = os.open(ctl, os.O_WRONLY)
            os.write(file, line.encode())
            os.close(file)
        for i in range(25):
            assert mapping[:] == os.pread(old, SIZE, 0), ('they differ before', i)
            at = random.randrange(SIZE - 5000)
            os.pwrite(out, os.urandom(random.choice((1, 512, 5000))), at)
            image = os.pread(out, SIZE, 0)
            command(f'quickopc start group=a-b mode={mode} open=allow\\n')
            mapped = mapping[:]
            assert mapped == image, ('mapping', i, at)
            assert os.pread(old, SIZE, 0) == image, ('descriptor', i, at)
            for page in random.sample(range(256), 20):
                assert mapping[page * 4096:page * 4096 + 9] == image[page * 4096:page * 4096 + 9]
            while mode == 'restore' and open(f'{os.path.dirname(ctl)}/quickopc/a-b/status').read().find('restoring: 0') < 0:
                pass
        END
        python3 readers.py $V $C/ctl %s
        """
            .formatted(mode));
    shell.must("cmp $V/a $V/b");
  }

  private void openForWriting(String volume) {
    shell.must(
        """
        (exec 3<>$V/%s; exec sleep infinity) &
        echo $! >pid
        until grep -qx sleep /proc/$(cat pid)/comm; do sleep 0.05; done
        """
            .formatted(volume));
  }

  @Test
  void aTargetThatIsOpenForWritingIsBusy() {
    shell.must("q start group=a-b; phase a-b/p tracking; put a 3 new; cp $V/b was");
    openForWriting("b");
    try {
      String pid = shell.must("cat pid");
      for (String how : new String[] {"-diff", "-auto"}) {
        assertThat(shell.refused("q start group=a-b " + how))
            .contains(BUSY)
            .contains("volume b")
            .contains("pid " + pid + " (sleep)");
        shell.must("cmp was $V/b");
      }
      shell.must("q start group=a-b -diff open=allow; cmp $V/a $V/b");
    } finally {
      shell.must("kill $(cat pid)");
    }
  }

  @Test
  void aSourceThatIsOpenForWritingIsBusyForARestoreOnly() {
    shell.must("q start group=a-b; phase a-b/p tracking; put b 3 mine; cp $V/b image");
    openForWriting("a");
    try {
      String pid = shell.must("cat pid");
      assertThat(shell.refused("q start group=a-b -r"))
          .contains(BUSY)
          .contains("volume a")
          .contains("pid " + pid + " (sleep)");
      shell.must("cmp a $V/a; ls $MNT/points | wc -l | grep -qx 0");
      shell.must("q start group=a-b -r open=allow; cmp image $V/a");
      shell.must("until [ $(info a-b/p restore) = - ]; do sleep 0.05; done");
      shell.must("put b 4 mine; q start group=a-b -diff; cmp $V/a $V/b");
    } finally {
      shell.must("kill $(cat pid)");
    }
  }

  @Test
  void aLoopDeviceOnTheTargetIsAWriter() {
    Needs.loopDevice();
    shell.must("losetup -f --show $V/b >loop; losetup $(cat loop) | grep -qF $V/b; cp $V/b was");
    try {
      assertThat(shell.refused("q start group=a-b")).contains(BUSY).contains("losetup -a");
      shell.must("cmp was $V/b");
      shell.must("q start group=a-b open=allow; cmp a $V/b");
      shell.must("phase a-b/p tracking; blockdev --flushbufs $(cat loop); cmp a $(cat loop)");
    } finally {
      shell.must("losetup -d $(cat loop); while losetup -j $V/b | grep -q .; do sleep 0.05; done");
    }
    shell.must("q start group=a-b -diff; cmp a $V/b");
  }

  @Test
  void aLoopDeviceThatOnlyReadsIsInNobodysWay() {
    Needs.loopDevice();
    shell.must("losetup -r -f --show $V/b >loop; cmp b $(cat loop)");
    try {
      shell.must("q start group=a-b; blockdev --flushbufs $(cat loop); cmp a $(cat loop)");
    } finally {
      shell.must("losetup -d $(cat loop); while losetup -j $V/b | grep -q .; do sleep 0.05; done");
    }
  }
}
