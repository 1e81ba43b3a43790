package org.copybay.nativetest.control;

import static org.assertj.core.api.Assertions.assertThat;

import org.copybay.nativetest.TestBay;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Orders to a duplicate at work: pause, resume, rate, cancel. */
class DuplicateOrderIT {
  @RegisterExtension final TestBay bay = TestBay.onDisk();

  @BeforeEach
  void startCopy() {
    Duplicating.slow(bay, "source", "target", "copy", "");
  }

  private String job(String key) {
    return bay.must("sed -n 's/^" + key + ": //p' $C/jobs/copy/status");
  }

  @Test
  void pausedJobMovesNothingAndGoesOnWhenResumed() {
    bay.command("pause job=copy");

    assertThat(job("state")).isEqualTo("paused");
    bay.command("rate job=copy limit=0");
    bay.command("create volume small size=1M");
    copyAnother("first");
    long done = Long.parseLong(job("bytes_done"));
    copyAnother("second");
    assertThat(Long.parseLong(job("bytes_done"))).isEqualTo(done).isLessThan(32 << 20);
    bay.must("test ! -e $V/target");

    bay.command("resume job=copy");
    bay.must("cat $C/jobs/copy/wait; cmp $V/source $V/target");
  }

  /** Another job from its beginning to its end: time in which a job not paused moves. */
  private void copyAnother(String id) {
    bay.command("duplicate from=small to=" + id + " id=" + id);
    bay.must("cat $C/jobs/" + id + "/wait");
  }

  @Test
  void resumeOfAJobThatIsNotPausedIsAlready() {
    assertThat(Refusal.of(bay, "resume job=copy").errno()).isEqualTo("EALREADY");
    assertThat(Refusal.of(bay, "jobs/copy/ctl", "resume").errno()).isEqualTo("EALREADY");
  }

  @Test
  void cancelledJobLeavesNothing() {
    bay.must("echo cancel >$C/jobs/copy/ctl");

    assertThat(bay.refused("cat $C/jobs/copy/wait")).contains("Operation canceled");
    assertThat(job("state")).isEqualTo("cancelled");
    assertThat(job("errno")).isEqualTo("ECANCELED");
    assertThat(bay.must("ls $V")).isEqualTo("source");
    assertThat(bay.must("ls $BAY/volumes | wc -l; ls $BAY/orphans | wc -l")).isEqualTo("1\n0");
    bay.must("dd if=/dev/zero of=$V/source bs=4K count=1 conv=notrunc status=none");
    bay.command("create volume target size=1M");
    bay.must("test -s $C/jobs/copy/result; grep '^copy cancelled ECANCELED' $C/jobs/done");
  }

  @Test
  void pausedJobCanBeCancelled() {
    bay.must("printf '%s\\n' pause cancel >$C/jobs/copy/ctl");

    assertThat(bay.refused("cat $C/jobs/copy/wait")).contains("Operation canceled");
    assertThat(bay.must("ls $V")).isEqualTo("source");
  }

  @Test
  void ordersToAnEndedJobAreTakenAndChangeNothing() {
    Duplicating.hurry(bay, "copy");

    bay.must("printf '%s\\n' cancel pause 'rate limit=1M' >$C/jobs/copy/ctl");

    assertThat(job("state")).isEqualTo("done");
    bay.must("cmp $V/source $V/target; cat $C/jobs/copy/wait");
    assertThat(Refusal.of(bay, "resume job=copy").errno()).isEqualTo("EALREADY");
  }

  @Test
  void rateIsShownAndChanged() {
    assertThat(job("rate_limit")).isEqualTo("524288");

    bay.command("rate job=copy limit=2M/s");

    assertThat(job("rate_limit")).isEqualTo("2097152");
    assertThat(Refusal.of(bay, "rate job=copy limit=fast").errno()).isEqualTo("EINVAL");
    assertThat(Duplicating.hurry(bay, "copy")).contains("done 100%");
  }

  @Test
  void statusTellsTheCommandAndTheProgress() {
    assertThat(job("command")).isEqualTo("duplicate from=source to=target id=copy rate=512K");
    assertThat(job("bytes_total")).isEqualTo("33554432");
    assertThat(job("source") + " " + job("target")).isEqualTo("source target");
    assertThat(bay.must("readlink $C/jobs/latest")).isEqualTo("copy");
    assertThat(bay.must("cat $C/jobs/running")).contains("copy running ");
    assertThat(bay.must("sed -n 's/^jobs_running: //p' $C/status")).isEqualTo("1");
  }
}
