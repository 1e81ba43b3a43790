package org.copybay.nativetest.control;

import static org.assertj.core.api.Assertions.assertThat;

import org.copybay.nativetest.TestBay;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A batch that is partly good is a short write, and then the errno, again and again. */
class ShortWriteIT {
  private static final String GOOD = "create volume a size=1M\ncreate volume b size=1M\n";

  @RegisterExtension static final TestBay BAY = TestBay.onDisk();

  @Test
  void shortWriteEndsBehindTheLastGoodLine() {
    BAY.must("echo >$C/error_log");

    String answers =
        BAY.must(
            """
            cat >batch <<'END'
            create volume a size=1M
            create volume b size=1M
            create volume c size=wrong
            create volume d size=1M
            END
            perl -e '
              use Errno;
              open my $f, ">", $ARGV[0] or die;
              open my $b, "<", "batch"; local $/; my $batch = <$b>;
              sub put { my $n = syswrite $f, $_[0];
                  print defined $n ? $n : (grep { $!{$_} } "EINVAL", "ECANCELED", "EIO")[0], "\\n" }
              put $batch;
              put substr $batch, %d;
              put "create volume e size=1M\\n";
              put "create volume e size=1M\\n";
            ' $C/ctl
            """
                .formatted(GOOD.length()));

    assertThat(answers).isEqualTo(GOOD.length() + "\nEINVAL\nEINVAL\nEINVAL");
    assertThat(BAY.must("cd $V; ls -d [a-e] | tr '\\n' ' '").strip()).isEqualTo("a b");
    assertThat(BAY.must("grep -c '^\\[' $C/error_log")).isEqualTo("1");
  }

  @Test
  void firstHalfOfALineDestroysNothing() {
    BAY.must("printf 'create volume %s size=1M\\n' pay pay-old >$C/ctl");

    String answers =
        BAY.must(
            """
            perl -e '
              use Errno;
              open my $f, ">", $ARGV[0] or die;
              for ("delete pay", "-old\\n") { print defined syswrite($f, $_) ? "ok" : $!{EINVAL}, "\\n" }
            ' $C/ctl
            """);

    assertThat(answers).doesNotContain("ok");
    assertThat(BAY.lastError()).startsWith("a line without a line end may be cut off");
    assertThat(BAY.must("ls $V | grep pay")).isEqualTo("pay\npay-old");
  }

  @Test
  void repliesOfTheGoodLinesAreThere() {
    String replies =
        BAY.must(
            """
            exec 3<>$C/ctl
            cat >&3 2>/dev/null <<'END' || true
            create volume m id=first size=1M
            create volume n id=second size=1M
            bogus
            END
            cut -d ' ' -f 1,2 <&3
            """);

    assertThat(replies).isEqualTo("ok first\nok second");
  }
}
