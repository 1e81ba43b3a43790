package org.copybay.nativetest.quickopc;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.copybay.nativetest.Needs;
import org.copybay.nativetest.TestBay;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Four pairs of one group, started at one instant or one after the other. */
class QuickOpcGroupIT {
  @RegisterExtension final TestBay bay = TestBay.onDisk();
  private final OpcShell shell = new OpcShell(bay);

  @BeforeEach
  void makeGroup() {
    shell.must(
        """
        q group create group=g
        for i in 1 2 3 4; do
          for v in s$i t$i; do
            echo "create volume $v size=512K" >$C/ctl
            for r in {0..7}; do put $v $r $v; done
          done
          q pair add group=g pair=p$i source=s$i target=t$i
        done
        """);
  }

  private String uncopied() {
    return shell.must("for i in 1 2 3 4; do info g/p$i uncopied_regions; done").replace('\n', ' ');
  }

  @Test
  void atOneInstantAutoIsFullForAllWhereOneHasNoSession() {
    shell.must(
        """
        for i in 1 2 3; do q start group=g pair=p$i; done
        for i in 1 2 3; do phase g/p$i tracking; put s$i 2 new; done
        q start group=g -auto -concur paused=yes
        for i in 1 2 3 4; do cmp $V/s$i $V/t$i; done
        """);
    assertThat(uncopied()).isEqualTo("8 8 8 8");
  }

  @Test
  void atOneInstantAutoIsDifferentialWhereAllTrack() {
    shell.must(
        """
        q start group=g -concur
        for i in 1 2 3 4; do phase g/p$i tracking; put s$i $i new; done
        put t4 7 mine
        q start group=g -auto -concur paused=yes
        for i in 1 2 3 4; do cmp $V/s$i $V/t$i; done
        """);
    assertThat(uncopied()).isEqualTo("1 1 1 2");
  }

  @Test
  void oneAfterTheOtherAutoIsWhatEachPairNeeds() {
    shell.must(
        """
        for i in 1 2 3; do q start group=g pair=p$i; done
        for i in 1 2 3; do phase g/p$i tracking; put s$i 2 new; done
        q start group=g -auto paused=yes
        """);
    assertThat(uncopied()).isEqualTo("1 1 1 8");
  }

  @Test
  void atOneInstantAllAreStartedOrNone() {
    shell.must("q inhibit set volume=t3");

    assertThat(shell.refused("q start group=g -concur"))
        .contains("Device or resource busy")
        .contains("volume t3");
    shell.must("grep -qx 'none: 4' $C/quickopc/g/status");
    assertThat(shell.refused("q start group=g")).contains("1 of 4 pairs failed").contains("t3");
    shell.must("cmp $V/s1 $V/t1; cmp $V/s2 $V/t2; cmp $V/s4 $V/t4");
    assertThat(shell.must("stamps t3")).startsWith("t3 t3");
    assertThat(shell.refused("q start group=g -concur -r")).contains("Invalid argument");
  }

  /**
   * Each writer writes n to the first source, then to the second and so on: at any instant a later
   * one has the same number or the one before.
   */
  @Test
  void atOneInstantNoTargetIsAheadOfAnother() throws IOException, InterruptedException {
    Needs.program("python3");
    Process writers =
        bay.start(
            """
            cat >writers.py <<'END'
            import os, struct, sys, threading
            files = [os.open(f'{sys.argv[1]}/s{i}', os.O_WRONLY) for i in range(1, 5)]
            def write(place):
                n = 0
                while not os.path.exists('stop'):
                    n += 1
                    for file in files:
                        os.pwrite(file, struct.pack('<Q', n), place * 70000)
            for place in range(4):
                for file in files:
                    os.pwrite(file, struct.pack('<Q', 0), place * 70000)
            open('begun', 'w').close()
            all = [threading.Thread(target=write, args=(place,)) for place in range(4)]
            for one in all: one.start()
            for one in all: one.join()
            END
            python3 writers.py $V
            """);
    try {
      shell.must(
          """
          cat >numbers.py <<'END'
          import os, struct, sys
          files = [os.open(f'{sys.argv[1]}/t{i}', os.O_RDONLY) for i in range(1, 5)]
          for place in range(4):
              got = [struct.unpack('<Q', os.pread(f, 8, place * 70000))[0] for f in files]
              want = sorted(got, reverse=True)
              assert got == want and got[0] - got[3] <= 1, (place, got)
          END
          until [ -e begun ]; do sleep 0.05; done
          for i in {1..12}; do
            q start group=g -auto -concur
            python3 numbers.py $V
          done
          """);
    } finally {
      bay.must("touch stop");
      writers.waitFor();
    }
    assertThat(writers.exitValue()).as(bay.must("cat err")).isZero();
  }
}
