package org.copybay.nativetest.control;

import static org.assertj.core.api.Assertions.assertThat;

import org.copybay.nativetest.TestBay;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A duplicate at work when the bay is unmounted or its daemon dies goes on at the next mount. */
class DuplicateRestartIT {
  @RegisterExtension final TestBay bay = TestBay.onDisk();

  @BeforeEach
  void startCopy() {
    Duplicating.slow(bay, "source", "target", "copy", "");
    bay.must("sha256sum <$V/source >sum");
  }

  @AfterEach
  void nothingElseIsLeft() {
    assertThat(bay.must("ls $BAY/volumes | wc -l")).isEqualTo(bay.must("ls $V | wc -l"));
    bay.must("sha256sum <$V/source | cmp sum");
  }

  private String job(String key) {
    return bay.must("sed -n 's/^" + key + ": //p' $C/jobs/copy/status");
  }

  @Test
  void goesOnAfterACleanUnmountAtItsRate() {
    bay.remount();

    bay.must("test ! -e $V/target");
    assertThat(job("rate_limit")).isEqualTo("524288");
    assertThat(Refusal.of(bay, "create volume target size=1M").errno()).isEqualTo("EBUSY");
    assertThat(Duplicating.hurry(bay, "copy")).contains("verified=yes");
    bay.must("sha256sum <$V/target | cmp sum");
  }

  @Test
  void goesOnAfterKill9AlsoTheSecondTime() {
    for (int round = 0; round < 2; round++) {
      bay.kill9();
      bay.mount();

      bay.must("test ! -e $V/target");
      assertThat(job("state")).isIn("running", "queued", "interrupted");
    }

    assertThat(Duplicating.hurry(bay, "copy")).contains("verified=yes");
    bay.must("sha256sum <$V/target | cmp sum");
    bay.kill9();
    bay.mount();

    assertThat(job("state")).isEqualTo("done");
    bay.must("cat $C/jobs/copy/wait; sha256sum <$V/target | cmp sum");
  }

  @Test
  void staysPausedOverAnUnmount() {
    bay.command("pause job=copy");
    bay.remount();

    assertThat(job("state")).isEqualTo("paused");
    bay.must("test ! -e $V/target");
    bay.command("resume job=copy");
    Duplicating.hurry(bay, "copy");
    bay.must("sha256sum <$V/target | cmp sum");
  }

  @Test
  void staysPausedOverKill9() {
    bay.command("pause job=copy");
    bay.kill9();
    bay.mount();

    assertThat(job("state")).isEqualTo("paused");
    bay.command("cancel job=copy");
    bay.refused("cat $C/jobs/copy/wait");
    assertThat(bay.must("ls $V")).isEqualTo("source");
  }

  @Test
  void cancelledJobStaysCancelled() {
    bay.command("cancel job=copy");
    bay.refused("cat $C/jobs/copy/wait");
    bay.kill9();
    bay.mount();

    assertThat(job("state")).isEqualTo("cancelled");
    assertThat(bay.refused("cat $C/jobs/copy/wait")).contains("Operation canceled");
    assertThat(bay.must("ls $V")).isEqualTo("source");
  }

  @Test
  void sourceThatVanishedFailsTheJobAndNothingElse() {
    bay.command("create volume other size=1M");
    String home = bay.status("source", "path");
    bay.umount();
    bay.must("mv " + home + " saved");
    bay.mount();

    assertThat(bay.refused("cat $C/jobs/copy/wait")).contains("Input/output error");
    assertThat(bay.must("ls $V")).isEqualTo("other\nsource");
    bay.must("dd if=/dev/zero of=$V/other bs=1K count=1 conv=notrunc status=none");
    bay.umount();
    bay.must("mv saved " + home);
    bay.mount();
  }
}
