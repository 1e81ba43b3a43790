package org.copybay.nativetest.quickopc;

import static org.assertj.core.api.Assertions.assertThat;

import org.copybay.nativetest.TestBay;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What starts do in each phase, and what they refuse, as a shell hears it. */
class QuickOpcStartIT {
  private static final String EXISTS = "File exists";
  private static final String NO_SUCH = "No such file or directory";
  private static final String BUSY = "Device or resource busy";

  @RegisterExtension static final TestBay BAY = TestBay.onDisk();
  private final OpcShell shell = new OpcShell(BAY);

  /** How a pair comes to a phase, from nothing; 16 regions, all data. */
  private static final String TRACKING = "q start group=a-b; phase a-b/p tracking\n";

  private static final String COPYING_TRACKING =
      TRACKING + "put a 3 new; q start group=a-b -diff paused=yes\n";
  private static final String STOPPED_TRACKING =
      COPYING_TRACKING + "q stop-tracking group=a-b; phase a-b/p copying\n";
  private static final String SUSPENDED =
      COPYING_TRACKING + "echo \"cancel job=$(info a-b/p job)\" >$C/ctl; phase a-b/p error\n";

  private static String way(String phase) {
    return switch (phase) {
      case "none" -> "";
      case "tracking" -> TRACKING;
      case "copying/tracking" -> COPYING_TRACKING;
      case "copying" -> STOPPED_TRACKING;
      case "error" -> SUSPENDED;
      default -> throw new IllegalArgumentException(phase);
    };
  }

  @BeforeEach
  void makePair() {
    shell.run("q cancel group=a-b force=yes");
    shell.must(
        """
        if [ -d $C/quickopc/a-b ]; then q group delete group=a-b; rm -f $V/*; fi
        for v in a b; do
          head -c 1M /dev/urandom >$v
          echo "create volume $v size=1M" >$C/ctl
          dd if=$v of=$V/$v bs=1M conv=notrunc status=none
        done
        pair a b
        """);
  }

  @ParameterizedTest
  @ValueSource(strings = {"tracking", "copying/tracking"})
  void aFullStartIsRefusedWhileItTracks(String phase) {
    shell.must(way(phase));

    assertThat(shell.refused("q start group=a-b")).contains(EXISTS).contains("ccm4013");
    assertThat(shell.info("a-b/p", "phase")).isEqualTo(phase);
  }

  @ParameterizedTest
  @ValueSource(strings = {"start group=a-b -diff", "cancel group=a-b", "verify group=a-b"})
  void withoutASessionThereIsNoSuchThing(String command) {
    assertThat(shell.refused("q " + command)).contains(NO_SUCH).contains("ccm4012");
    shell.must("cmp $V/b b");
  }

  @ParameterizedTest
  @CsvSource({
    "copying,start group=a-b",
    "copying,start group=a-b -diff",
    "copying,cancel group=a-b",
    "error,start group=a-b",
    "error,start group=a-b -diff",
    "error,start group=a-b -r",
  })
  void aPhaseInWhichItIsNotPossibleIsBusy(String phase, String command) {
    shell.must(way(phase));

    assertThat(shell.refused("q " + command)).contains(BUSY).contains("ccm4014");
    assertThat(shell.info("a-b/p", "phase")).isEqualTo(phase);
  }

  @Test
  void errnoIsThatOfTheWriteItself() {
    shell.must(
        """
        cat >errno.py <<'END'
        import errno, os, sys
        def says(line, want):
            ctl = os.open(sys.argv[1], os.O_WRONLY)
            try:
                os.write(ctl, line.encode())
                got = 0
            except OSError as e:
                got = e.errno
            assert got == want, (line, got, want)
        says('quickopc start group=a-b mode=diff\\n', errno.ENOENT)
        says('quickopc start group=a-b paused=yes\\n', 0)
        says('quickopc start group=a-b\\n', errno.EEXIST)
        says('quickopc stop-tracking group=a-b\\n', 0)
        says('quickopc start group=a-b mode=diff\\n', errno.EBUSY)
        END
        python3 errno.py $C/ctl
        """);
  }

  /** What the phases Starting and Readying of the original are, no command here ever finds. */
  @ParameterizedTest
  @CsvSource({
    "none,16",
    "tracking,1",
    "copying/tracking,2",
    "copying,16",
    "error,16",
  })
  void autoIsDifferentialWhereItTracksAndFullElsewhere(String phase, int uncopied) {
    shell.must(way(phase) + "put a 9 newer");

    shell.must("q start group=a-b -auto paused=yes; cmp $V/a $V/b");

    assertThat(shell.number("a-b/p", "uncopied_regions")).isEqualTo(uncopied);
    assertThat(shell.info("a-b/p", "phase")).isEqualTo("copying/tracking");
    shell.must("q resume group=a-b; phase a-b/p tracking; cmp $V/a $V/b");
  }

  @Test
  void autoOfAGroupThatOnlyCopiesBeginsAnew() {
    shell.must("q group delete group=a-b; pair a b type=OPC; q start group=a-b paused=yes");
    shell.must("phase a-b/p copying; put a 9 newer; put b 1 lost");

    shell.must("q start group=a-b -auto paused=yes; cmp $V/a $V/b");

    assertThat(shell.number("a-b/p", "uncopied_regions")).isEqualTo(16);
  }

  @Test
  void aSessionOfAGroupThatOnlyCopiesEndsByItself() {
    shell.must(
        """
        q group delete group=a-b
        pair a b type=OPC
        q start group=a-b id=only
        cat $C/jobs/only/wait
        phase a-b/p none
        cmp $V/a $V/b
        put a 2 later
        cmp a $V/b
        echo 'delete volume=b' >$C/ctl
        """);
  }

  @Test
  void theNinthSessionOfASourceIsRefusedAsTheOriginalDoes() {
    shell.must(
        """
        q set max_sessions=eternus
        for i in {1..9}; do echo "create volume t$i size=1M" >$C/ctl; pair a t$i; done
        for i in {1..8}; do q start group=a-t$i; done
        """);

    assertThat(shell.refused("q start group=a-t9")).contains(BUSY).contains("session limit 8");
    shell.must("q start group=a-t8 -auto"); // no more than before
    shell.must("phase a-t1/p tracking; q cancel group=a-t1; q start group=a-t9; cmp a $V/t9");

    shell.must(
        """
        for i in {2..9}; do phase a-t$i/p tracking; q cancel group=a-t$i; done
        for i in {1..9}; do q group delete group=a-t$i; done
        q set max_sessions=32
        """);
  }

  @Test
  void aDryRunSaysWhatWouldBeCopiedAndLostAndDoesNothing() {
    shell.must(TRACKING + "put a 3 new; put b 5 mine; put b 6 mine; cp $V/b was");

    assertThat(
            shell.must(
                """
                cd $C/quickopc/a-b/p
                exec 3<>ctl
                echo 'start -diff -n' >&3
                cat <&3
                """))
        .contains(" 196608 bytes")
        .contains("losing 131072 bytes");

    shell.must("cmp was $V/b");
    assertThat(shell.info("a-b/p", "phase")).isEqualTo("tracking");
  }

  @Test
  void changesOfTheTargetAreKeptWhereThatIsAskedFor() {
    shell.must(TRACKING + "put a 3 new; put b 5 mine; cp $V/b was");

    assertThat(shell.refused("q start group=a-b -diff discard=refuse"))
        .contains(BUSY)
        .contains("65536 bytes that were changed on volume b");

    shell.must("cmp was $V/b; q start group=a-b -diff; cmp $V/a $V/b");
    shell.must("phase a-b/p tracking; put a 4 new; q start group=a-b -diff discard=refuse");
    shell.must("cmp $V/a $V/b");
  }

  @Test
  void mkdirMakesAGroupWithAPairOfItsName() {
    shell.must(
        """
        mkdir $C/quickopc/nightly
        cd $C/quickopc/nightly/nightly
        echo 'pair set source=a target=b' >ctl
        echo start >ctl
        cmp $V/a $V/b
        phase nightly/nightly tracking
        echo cancel >ctl
        echo 'quickopc group delete group=nightly' >$C/ctl
        """);
    assertThat(shell.refused("mkdir $C/quickopc/a-b")).contains(EXISTS);
    assertThat(shell.refused("mkdir $C/quickopc/ctl")).contains(EXISTS);
    assertThat(shell.refused("mkdir $C/quickopc/a/b")).contains(NO_SUCH);
  }

  @Test
  void verifyComparesAllRegionsThatAreInNoSet() {
    shell.must(TRACKING + "put a 3 new; put b 5 mine; q verify group=a-b id=v");

    assertThat(shell.must("cat $C/jobs/v/wait")).contains("same_regions=14 regions=16");
  }

  @Test
  void aCopyIsHeldLimitedAndLetGoAgain() {
    shell.must("q start group=a-b paused=yes id=held");
    shell.must("grep -qx 'state: paused' $C/jobs/held/status; cmp $V/a $V/b");
    assertThat(shell.number("a-b/p", "left_bytes")).isEqualTo(1 << 20);

    shell.must("q rate group=a-b limit=5M");
    assertThat(shell.number("a-b/p", "rate")).isEqualTo(5 << 20);
    shell.must("q resume group=a-b; cat $C/jobs/held/wait; q rate group=a-b limit=1");
    shell.must("phase a-b/p tracking; put a 3 new; put a 9 new; q start group=a-b -diff id=slow");
    assertThat(shell.number("a-b/p", "rate")).isEqualTo(1);
    shell.must(
        "q pause group=a-b; until grep -qx 'state: paused' $C/jobs/slow/status; do sleep 0.05; done");
    shell.must("q rate group=a-b limit=0; q resume group=a-b; cat $C/jobs/slow/wait");
    assertThat(shell.info("a-b/p", "phase")).isEqualTo("tracking");
  }
}
