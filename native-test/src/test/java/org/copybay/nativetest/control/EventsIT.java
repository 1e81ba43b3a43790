package org.copybay.nativetest.control;

import static org.assertj.core.api.Assertions.assertThat;

import org.copybay.nativetest.Shell;
import org.copybay.nativetest.TestBay;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** .control/events: what happened since the mount, by commands and by gestures. */
class EventsIT {
  @RegisterExtension final TestBay bay = TestBay.onDisk();

  /** Kind and subject of each. */
  private String told() {
    return bay.must("awk '!/^#/ { print $3, $4 }' $C/events");
  }

  @Test
  void aSessionInAShellIsToldInOrder() {
    bay.must(
        """
        echo 'create volume payroll size=4M' >$C/ctl
        head -c 1M /dev/urandom >$V/payroll  # more than a slow copy is done with
        head -c 8192 /dev/urandom >image
        cp image $V/gesture
        mv $V/gesture $V/moved
        echo 'resize volume=moved size=16K' >$C/ctl
        echo 'cache volume=moved mode=block' >$C/ctl
        chmod 600 $V/moved
        echo 'freeze volumes=payroll,moved name=monday' >$C/ctl
        echo 'bitmap start volume=payroll bitmap=mirror' >$C/ctl
        echo 'bitmap reset volume=payroll bitmap=mirror' >$C/ctl
        echo 'bitmap delete volume=payroll bitmap=mirror' >$C/ctl
        echo 'drop point=monday' >$C/ctl
        echo 'delete volume=none' >$C/ctl 2>/dev/null || true
        echo 'duplicate from=payroll to=copy id=first rate=1K' >$C/ctl
        echo pause >$C/jobs/first/ctl
        echo resume >$C/jobs/first/ctl
        echo cancel >$C/jobs/first/ctl
        cat $C/jobs/first/wait >/dev/null 2>&1 || true
        touch $V/empty
        mv $V/moved $V/payroll
        rm $V/payroll $V/empty
        """);

    assertThat(told().lines().filter(line -> !line.startsWith("job_started")))
        .containsExactly(
            "mounted " + bay.bay(),
            "volume_created payroll",
            "volume_created gesture",
            "volume_finished gesture",
            "volume_renamed gesture",
            "volume_resized moved",
            "volume_cache_changed moved",
            "point_made monday",
            "bitmap_started mirror",
            "bitmap_reset mirror",
            "bitmap_deleted mirror",
            "point_dropped monday",
            "job_queued first",
            "job_paused first",
            "job_resumed first",
            "job_cancelled first",
            "volume_created empty",
            "volume_replaced payroll",
            "volume_renamed moved",
            "volume_deleted payroll",
            "volume_deleted empty");
    assertThat(bay.must("grep ' job_cancelled ' $C/events"))
        .contains("verb=duplicate source=payroll target=copy errno=ECANCELED error=\"");
    assertThat(bay.must("grep ' point_made ' $C/events")).endsWith(" volumes=moved,payroll");
    bay.must(
        "test $(awk '!/^#/ { print $1 }' $C/events | uniq | wc -l) = $(grep -vc '^#' $C/events)");
    bay.must("python3 -c 'import json, sys; json.load(sys.stdin)[\"events\"][1]' <$C/events.json");
  }

  @Test
  void aMountBeginsAnew() {
    bay.must("echo 'create volume payroll size=4M' >$C/ctl");
    bay.remount();

    assertThat(told()).isEqualTo("mounted " + bay.bay());
  }

  @Test
  void aDuplicateIsDoneWhenItsCopyWasTold() {
    bay.must(
        """
        echo 'create volume payroll size=4M' >$C/ctl
        echo 'duplicate from=payroll to=copy id=first' >$C/ctl
        cat $C/jobs/first/wait
        """);

    assertThat(told().lines().skip(2))
        .containsExactly(
            "job_queued first", "job_started first", "volume_created copy", "job_done first");
  }

  @Test
  void eventsTakeNoWrites() {
    bay.refused("echo x >$C/events");
    Shell.Result refused = bay.run("echo x >$C/events.follow");
    assertThat(refused.status()).isNotZero();
  }
}
