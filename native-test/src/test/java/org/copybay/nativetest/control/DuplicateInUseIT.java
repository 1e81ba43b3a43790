package org.copybay.nativetest.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.concurrent.TimeUnit;
import org.copybay.nativetest.TestBay;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A program writes one block after the other, round and round, for as long as its volume is copied
 * and after that. Each block has the number of its write in it, so the copy tells at which instant
 * it was taken: between the last write that was answered before the command and the first that
 * began after its answer.
 */
class DuplicateInUseIT {
  /** Writes numbers from one on to the file, and the last one that was answered to "answered". */
  private static final String WRITER =
      """
      use Fcntl;
      my ($path, $number) = @ARGV;
      sysopen my $file, $path, O_RDWR or die $!;
      sysopen my $told, "answered", O_RDWR | O_CREAT or die $!;
      for (; !-e "enough"; $number++) {
          sysseek $file, $number % 2048 * 4096, 0;
          exit if (syswrite($file, pack("Q<", $number) x 512) // 0) != 4096;
          sysseek $told, 0, 0;
          syswrite $told, pack("Q<", $number);
      }
      """;

  /** Prints the number of the instant of an image; it must lie between two others. */
  private static final String READER =
      """
      my ($path, $from, $to) = @ARGV;
      open my $file, "<:raw", $path or die $!;
      my ($last, @of) = (0);
      for my $block (0 .. 2047) {
          read($file, my $bytes, 4096) == 4096 or die "block $block is short";
          my @numbers = unpack "Q<512", $bytes;
          $of[$block] = $numbers[0];
          for (@numbers) { die "block $block is torn" if $_ != $of[$block] }
          $last = $of[$block] if $of[$block] > $last;
      }
      die "instant $last, wanted $from to $to" if $last < $from || $last > $to;
      for my $number ($last - 2047 .. $last) {
          my $block = $number % 2048;
          die "block $block has $of[$block], wanted $number" if $of[$block] != $number;
      }
      print "$last\n";
      """;

  @RegisterExtension final TestBay bay = TestBay.onDisk();

  private Process writer;

  @BeforeEach
  void writeOnce() throws IOException {
    Files.writeString(bay.scratch().resolve("writer.pl"), WRITER);
    Files.writeString(bay.scratch().resolve("reader.pl"), READER);
    bay.command("create volume source size=8M");
    write(2048);
    bay.must("until [ -s answered ] && [ $(" + ANSWERED + ") -gt 5000 ]; do sleep 0.02; done");
  }

  private static final String ANSWERED = "od -An -v -t u8 answered | tr -d ' '";

  private void write(long from) throws IOException {
    writer = bay.start("perl writer.pl $V/source " + from);
  }

  @AfterEach
  void endWriter() throws InterruptedException {
    bay.must("touch enough");
    assertThat(writer.waitFor(60, TimeUnit.SECONDS)).isTrue();
  }

  private long answered() {
    return Long.parseLong(bay.must(ANSWERED));
  }

  private void readInstant(String path, long from, long to) {
    bay.must("perl reader.pl " + path + " " + from + " " + to);
  }

  @Test
  void everyCopyIsTheStateAtAnInstantOfItsCommand() {
    for (int i = 1; i <= 8; i++) {
      long before = answered();
      bay.command("duplicate from=source to=copy replace=yes id=c" + i);
      long after = answered() + 1; // one may be done and not told

      bay.must("cat $C/jobs/c" + i + "/wait");

      readInstant("$V/copy", before, after);
      assertThat(answered()).as("it was written meanwhile").isGreaterThan(after);
    }
  }

  @Test
  void copyOfALongJobIsTheStateAtItsCommand() {
    long before = answered();
    bay.command("duplicate from=source to=copy id=long rate=64K");
    long after = answered() + 1;
    long all = after + 2048; // it was overwritten
    bay.must("until [ $(" + ANSWERED + ") -gt " + all + " ]; do sleep 0.02; done");
    bay.must("echo 'rate job=long limit=0' >$C/ctl; cat $C/jobs/long/wait");

    readInstant("$V/copy", before, after);
  }

  @Test
  void killedDaemonGoesOnWithTheSameInstant() throws Exception {
    long before = answered();
    bay.command("duplicate from=source to=copy id=killed rate=256K");
    long after = answered() + 1;
    for (int round = 0; round < 3; round++) {
      long now = answered();
      bay.must("until [ $(" + ANSWERED + ") -gt " + (now + 1000) + " ]; do sleep 0.02; done");
      bay.kill9();
      assertThat(writer.waitFor(60, TimeUnit.SECONDS)).isTrue();
      bay.mount();
      readInstant("$V/source", answered(), answered() + 1);
      assertThat(Refusal.of(bay, "delete volume=source").sentence()).contains("by job killed");
      write(answered() + 1);
    }

    Duplicating.hurry(bay, "killed");

    readInstant("$V/copy", before, after);
    assertThat(bay.must("awk '!/^#/' $C/volumes/source/relations")).isEmpty();
  }
}
