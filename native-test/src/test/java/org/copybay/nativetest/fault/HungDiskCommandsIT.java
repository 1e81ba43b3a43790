package org.copybay.nativetest.fault;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.copybay.nativetest.TestBay;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A command that changes the files of a volume on a hung disk keeps nobody else's names. */
class HungDiskCommandsIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @RegisterExtension final TestBay bay = TestBay.onDisk();
  private FailingDisk disk;

  @BeforeEach
  void makeVolumes() {
    disk = new FailingDisk(bay, "16M").asHomeOf("hung");
    bay.must("echo 'create volume other size=8M' >$C/ctl");
  }

  @AfterEach
  void closeDisk() {
    disk.goOn();
    bay.umount();
    disk.close();
  }

  @Test
  void aResizeThatHangsStopsNoOtherChangeOfNames() throws Exception {
    disk.hang();
    Process resize = bay.start("echo 'resize size=32M' >$C/volumes/hung/ctl 2>resize.err");
    try {
      bay.run(
              """
              for i in 1 2 3; do
                  echo "create volume during$i size=1M" >$C/ctl
                  : >$V/new$i; truncate -s 1M $V/new$i
                  mv $V/during$i $V/moved$i
                  chmod 600 $V/other
                  dd if=/dev/zero of=$V/other bs=64K count=1 conv=notrunc,fsync status=none
                  rm $V/moved$i $V/new$i
              done
              cat $C/volumes/hung/size $C/status >/dev/null
              """,
              PATIENCE)
          .ok();
      assertThat(resize.isAlive()).as("the resize waits").isTrue();
    } finally {
      disk.goOn();
    }
    assertThat(resize.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    bay.must("test -e $V/other && ! ls $V | grep -q during");
  }

  @Test
  void whoOnlyLooksNeverWaits() {
    disk.hang();
    bay.run(
            """
            sleep 2 # what a kernel knows of a file of another program is fresh for a second
            ls -lR $MNT >/dev/null
            find $C -name status -exec cat {} + >/dev/null
            stat $V/hung >/dev/null
            """,
            PATIENCE)
        .ok();
  }

  @Test
  void aMountDoesNotWaitForTheDiskForEver() {
    bay.must(
        """
        head -c 1M /dev/urandom >data; dd if=data of=$V/hung conv=notrunc,fsync status=none
        echo 'duplicate from=hung to=copy rate=1 id=x' >$C/ctl
        echo pause >$C/jobs/x/ctl
        """);
    bay.umount();
    disk.hang();

    bay.run(
            """
            $COPYBAY mount $BAY $MNT
            dd if=data of=$V/other conv=notrunc,fsync status=none
            cmp -n 1048576 data $V/other
            grep 'does not answer' $C/volumes/hung/status
            grep degraded $C/health
            echo 'rate limit=0' >$C/jobs/x/ctl
            echo resume >$C/jobs/x/ctl
            until grep '^state: *running' $C/jobs/x/status; do sleep 0.1; done
            sleep 2
            grep '^state: *running' $C/jobs/x/status
            """,
            PATIENCE)
        .ok();
    disk.goOn();

    bay.must("until grep -q ok $C/health; do sleep 0.1; done; cmp -n 1048576 data $V/hung");
    bay.must("cat $C/jobs/x/wait; cmp $V/hung $V/copy");
  }

  @Test
  void aCopyThatReplacesAVolumeOnAHungDiskEndsAllTheSame() {
    bay.must("head -c 1M /dev/urandom | dd of=$V/other conv=notrunc status=none");
    disk.hang();
    bay.run(
            """
            echo 'duplicate from=other to=hung replace=yes id=r' >$C/ctl
            cat $C/jobs/r/wait >/dev/null
            cmp $V/other $V/hung
            for each in other hung; do
                dd if=/dev/zero of=$V/$each bs=4K count=1 conv=notrunc status=none
            done
            """,
            PATIENCE)
        .ok();
  }
}
