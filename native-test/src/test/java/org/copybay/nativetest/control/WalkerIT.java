package org.copybay.nativetest.control;

import static org.assertj.core.api.Assertions.assertThat;

import org.copybay.nativetest.TestBay;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Programs that walk over everything pass through .control without harm and without waiting. */
class WalkerIT {
  private static final String FACTS =
      "ls -a $V; cat $C/volumes/source/status $C/audit $C/jobs/running $C/error_log";

  @RegisterExtension final TestBay bay = TestBay.onDisk();
  private String before = "";

  /** A volume and a job that would block a reader of its wait file for ever. */
  @BeforeEach
  void startAJobThatWaits() {
    bay.must(
        """
        echo 'create volume source size=4M' >$C/ctl
        dd if=/dev/urandom of=$V/source bs=1M count=4 conv=notrunc status=none
        echo 'duplicate from=source to=target id=slow rate=1K' >$C/ctl
        until grep -x 'bytes_done: *1048576' $C/jobs/slow/status >/dev/null; do sleep 0.05; done
        echo 'pause job=slow' >$C/ctl
        echo 'delete volume=none' >$C/ctl 2>/dev/null || true
        """);
    before = bay.must(FACTS);
  }

  @AfterEach
  void nothingHappened() {
    assertThat(bay.must(FACTS)).isEqualTo(before);
    bay.command("cancel job=slow");
  }

  @Test
  void controlIsListedInTheRootOnly() {
    assertThat(bay.must("ls -a $MNT").lines()).contains(".control");
    assertThat(bay.must("ls $MNT").lines()).doesNotContain(".control");
    assertThat(bay.must("ls -a $V").lines()).doesNotContain(".control");
    bay.refused("stat $V/.control");
  }

  @Test
  void findSeesEveryListedFile() {
    String found = bay.must("cd $MNT; find .control");

    assertThat(found.lines())
        .contains(
            ".control/README",
            ".control/ctl",
            ".control/version",
            ".control/status",
            ".control/status.json",
            ".control/health",
            ".control/last_error",
            ".control/error_log",
            ".control/audit",
            ".control/events",
            ".control/events.json",
            ".control/metrics",
            ".control/commands/duplicate",
            ".control/volumes/source/ctl",
            ".control/volumes/source/status.json",
            ".control/jobs/slow/status",
            ".control/jobs/slow/ctl",
            ".control/jobs/slow/log")
        .doesNotContain(".control/jobs/slow/wait", ".control/events.follow");
    bay.must("find $C -type f -exec cat {} + >/dev/null; find $MNT -ls >/dev/null");
  }

  @Test
  void tarStoresTrueSizes() {
    bay.must(
        """
        tar cf all.tar -C $MNT .control
        mkdir out; tar xf all.tar -C out
        for file in README ctl version commands/duplicate volumes/source/status \\
            volumes/source/ctl volumes/source/size jobs/slow/command jobs/slow/ctl error_log \\
            events events.json; do
            test -s out/.control/$file
            cmp $C/$file out/.control/$file
            test "$(stat -c %s $C/$file)" = "$(stat -c %s out/.control/$file)"
        done
        """);
  }

  @Test
  void grepReadsAll() {
    assertThat(bay.must("grep -rl 'duplicate from=' $C").lines()).anyMatch(f -> f.endsWith("/ctl"));
  }

  @Test
  void cpCopiesAll() {
    bay.must(
        "cp -r $C copy; cmp $C/README copy/README; cmp $C/jobs/slow/status copy/jobs/slow/status");
    bay.must("cp -a $C all; test -L all/jobs/latest");
  }

  @Test
  void wcCountsWhatStatSays() {
    bay.must(
        """
        for file in README ctl commands/ALL commands/create volumes/source/status jobs/slow/status; do
            stat -c %s $C/$file >size
            wc -c <$C/$file | cmp - size
        done
        wc $(find $C -type f) >/dev/null
        head -c 10 $C/README >/dev/null
        tail -n 1 $C/README >/dev/null
        """);
  }

  @Test
  void duAndRsyncPass() {
    bay.must("du -a $MNT >/dev/null; rsync -a $C/ synced/; cmp $C/README synced/README");
  }

  @Test
  void rmOfTheWholeTreeDestroysNothingBelowControl() {
    bay.refused("rm -rf $C");
    bay.refused("rm -rf $C/volumes/source $C/jobs/slow");
    bay.refused("find $C -delete");
    // The refusals are in the error log, which is as it should be.
    before = bay.must(FACTS);
    assertThat(before).contains("source").contains("paused");
  }
}
