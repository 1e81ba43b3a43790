package org.copybay.nativetest.control;

import static org.assertj.core.api.Assertions.assertThat;

import org.copybay.nativetest.TestBay;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Several shells that write commands at once. */
class TwoShellsIT {
  @RegisterExtension static final TestBay BAY = TestBay.onDisk();

  @Test
  void allCommandsToOneCtlRun() {
    BAY.must(
        """
        work() { for i in $(seq 30); do echo "create volume one-$1-$i size=${i}K" >$C/ctl; done; }
        work a & a=$!
        work b & b=$!
        wait $a; wait $b
        test $(ls $V | grep -c '^one-') = 60
        test $(stat -c %s $V/one-b-30) = 30720
        """);
  }

  @Test
  void linesOfTwoOpenHandlesDoNotMix() {
    BAY.must(
        """
        work() { { for i in $(seq 30); do echo "create volume mix-$1-$i size=1M"; done; } >$C/ctl; }
        work a & a=$!
        work b & b=$!
        wait $a; wait $b
        test $(ls $V | grep -c '^mix-') = 60
        """);
  }

  @Test
  void commandsToDifferentCtlRun() {
    BAY.must(
        """
        printf 'create volume %s size=1M\\n' p q >$C/ctl
        work() {
            for i in $(seq 2 30); do echo "resize size=${i}M" >$C/volumes/$1/ctl; done
        }
        work p & p=$!
        work q & q=$!
        wait $p; wait $q
        test "$(stat -c %s $V/p $V/q)" = $'31457280\\n31457280'
        """);
  }

  @Test
  void ofTwoCommandsAboutOneVolumeEachRunsOrIsRefusedAtOnce() {
    String outcome =
        BAY.must(
            """
            echo 'create volume ping size=1M' >$C/ctl
            printf mark | dd of=$V/ping conv=notrunc status=none
            work() {
                for i in $(seq 40); do
                    echo "rename volume=$1 to=$2" >$3 2>>said || true
                done
            }
            work ping pong $C/ctl & a=$!
            work pong ping $C/ctl & b=$!
            wait $a; wait $b
            ls $V | grep -c '^p[io]ng$'
            head -c 4 $V/p[io]ng; echo
            grep -v -e busy -e 'No such file' said || true
            """);

    assertThat(outcome).isEqualTo("1\nmark");
  }
}
