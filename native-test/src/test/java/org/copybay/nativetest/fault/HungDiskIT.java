package org.copybay.nativetest.fault;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.copybay.nativetest.TestBay;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A disk that does not answer stops nothing but its own volume. */
class HungDiskIT {
  /** A bound for what must not wait at all, far above what a slow machine needs. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /**
   * Sixty-four processes that open the volume, wait for the file go, and read, write or sync one
   * block each, past the page cache. Each leaves its number in the file ended.
   */
  private static final String CROWD =
      """
      use Fcntl;
      my ($action, $path) = @ARGV;
      for my $i (1 .. 64) {
          next if fork;
          sysopen my $f, $path, O_RDWR | ($action eq "sync" ? 0 : O_DIRECT) or die $!;
          open my $opened, ">>", "opened"; syswrite $opened, "$i\\n";
          select undef, undef, undef, 0.05 until -e "go";
          sysseek $f, $i * 40960, 0;
          my $done = $action eq "read" ? sysread $f, my $block, 4096 : syswrite $f, "x" x 4096;
          die "$i: $!" if $done != 4096;
          if ($action eq "sync") { use IO::Handle; $f->sync or die "$i: $!" }
          open my $ended, ">>", "ended"; syswrite $ended, "$i\\n";
          exit;
      }
      1 while wait != -1;
      """;

  @RegisterExtension final TestBay bay = TestBay.onDisk();
  private FailingDisk disk;

  @BeforeEach
  void makeVolumes() {
    disk = new FailingDisk(bay, "16M").asHomeOf("hung");
    bay.must("echo 'create volume other size=8M' >$C/ctl; head -c 1M /dev/urandom >first");
  }

  @AfterEach
  void closeDisk() {
    disk.goOn();
    bay.umount();
    disk.close();
  }

  /** Lets the disk hang below a crowd; meanwhile everything else works, then the crowd ends. */
  private void everythingElseWorksDuring(String action) throws IOException, InterruptedException {
    Files.writeString(bay.scratch().resolve("crowd.pl"), CROWD);
    Process crowd = bay.start("perl crowd.pl " + action + " $V/hung");
    bay.must("until [ \"$(cat opened 2>/dev/null | wc -l)\" = 64 ]; do sleep 0.1; done");
    disk.hang();
    try {
      bay.must("touch go; sleep 2; test ! -e ended");

      everythingElseWorks();
      everythingElseWorks();
      assertThat(crowd.isAlive()).as("the crowd waits").isTrue();
    } finally {
      disk.goOn();
    }
    assertThat(crowd.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    assertThat(bay.must("cat err; wc -l <ended")).isEqualTo("64");
  }

  private void everythingElseWorks() {
    bay.run(
            """
            cat $C/status $C/health $C/metrics $C/events $C/volumes/other/status $C/jobs/running >/dev/null
            ls $V $C/volumes >/dev/null
            echo 'create volume during size=1M' >$C/ctl
            echo 'delete volume=during' >$C/ctl
            dd if=first of=$V/other bs=64K conv=notrunc,fsync status=none
            dd if=first of=$V/other bs=64K oflag=direct conv=notrunc status=none
            cmp -n 1048576 first $V/other
            echo bogus >$C/ctl 2>/dev/null || cat $C/last_error
            """,
            PATIENCE)
        .ok();
  }

  @Test
  void writersOfOneVolumeDoNotStopTheRest() throws Exception {
    everythingElseWorksDuring("write");

    bay.must("test $(tr -dc x <$V/hung | wc -c) = $((64 * 4096))");
  }

  @Test
  void readersOfOneVolumeDoNotStopTheRest() throws Exception {
    everythingElseWorksDuring("read");
  }

  @Test
  void syncsOfOneVolumeDoNotStopTheRest() throws Exception {
    everythingElseWorksDuring("sync");
  }

  @Test
  void jobOnItDoesNotStopTheRestAndCanBeCancelled() {
    bay.must(
        """
        head -c 8M /dev/urandom | dd of=$V/hung conv=notrunc,fsync status=none
        echo 'duplicate from=hung to=copy id=stuck rate=1' >$C/ctl
        until [ $(sed -n 's/^bytes_copied: //p' $C/jobs/stuck/status) -gt 0 ]; do sleep 0.1; done
        dd if=nbd/disk iflag=nocache count=0 status=none # what comes next is read from the disk
        """);
    disk.hang();
    try {
      bay.must("echo 'rate limit=0' >$C/jobs/stuck/ctl");

      everythingElseWorks();
      bay.command("cancel job=stuck");
      bay.must("cat $C/jobs/stuck/status >/dev/null");
    } finally {
      disk.goOn();
    }
    assertThat(bay.refused("cat $C/jobs/stuck/wait")).contains("Operation canceled");
    bay.must("test ! -e $V/copy");
  }
}
