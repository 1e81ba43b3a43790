package org.copybay.nativetest;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A name that is replaced again and again can be opened at every moment. The kernel looks a name up
 * twice for one open; where it is replaced twice meanwhile, as on a busy machine, one more open is
 * asked for.
 */
class OpenDuringReplaceIT {
  @RegisterExtension static final TestBay BAY = TestBay.onTmpfs("256m");

  /** Opens the volume with those flags of open(2) until the file stop is there. */
  private static final String OPEN =
      """
      use Errno;
      use Fcntl;
      my ($path, $flags) = @ARGV;
      my $count = 0;
      until (-e "stop") {
          my $tries = 0;
          my $f;
          until (sysopen $f, $path, eval $flags) {
              die "open $count: $!" if !$!{ESTALE} || ++$tries > 3;
          }
          close $f;
          $count++;
      }
      """;

  private void whileItIsReplaced(String flags, String replace) throws Exception {
    BAY.must(
        "rm -f stop; truncate -s 64K data; cp data $V/v; cat >open.pl <<'END'\n" + OPEN + "END");
    Process opener = BAY.start("perl open.pl $V/v '" + flags + "'");
    try {
      BAY.must(replace);
      BAY.must("touch stop");

      boolean ended = opener.waitFor(60, TimeUnit.SECONDS);
      Assertions.assertTrue(ended && opener.exitValue() == 0, () -> BAY.must("cat err"));
    } finally {
      opener.destroyForcibly().waitFor();
    }
  }

  @Test
  void byMv() throws Exception {
    whileItIsReplaced("O_RDONLY", "for i in {1..400}; do cp data $V/new; mv $V/new $V/v; done");
  }

  @Test
  void byADuplicate() throws Exception {
    whileItIsReplaced(
        "O_RDONLY",
        """
        echo 'create volume from size=64K' >$C/ctl
        for i in {1..100}; do
          echo "duplicate from=from to=v replace=yes id=again$i" >$C/ctl
          cat $C/jobs/again$i/wait >/dev/null
        done
        """);
  }

  @Test
  void byARemovalAndAnOpenThatMakesItAnew() throws Exception {
    whileItIsReplaced("O_RDWR | O_CREAT", "for i in {1..400}; do rm $V/v || true; done");
  }
}
