package org.copybay.nativetest.control;

import static org.assertj.core.api.Assertions.assertThat;

import org.copybay.nativetest.TestBay;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The source of a duplicate is nobody's to change until the job ends. */
class DuplicateSourceIT {
  @RegisterExtension static final TestBay BAY = TestBay.onDisk();

  @Test
  void sourceThatIsOpenForWritingIsBusyAndThePidIsNamed() {
    BAY.command("create volume written size=1M");

    String pid =
        BAY.must(
            """
            exec 3<>$V/written
            echo 'duplicate from=written to=copy' >$C/ctl 2>said && exit 1
            grep -q busy said
            echo $$
            """);

    assertThat(BAY.lastError()).contains("written is open for writing").contains(pid);
    BAY.must("test ! -e $V/copy; test -z \"$(grep -v '^#' $C/jobs/running)\"");
    BAY.must("echo 'duplicate from=written to=copy id=then' >$C/ctl; cat $C/jobs/then/wait");
  }

  @Test
  void sourceThatALoopDeviceWritesIsBusy() {
    BAY.command("create volume looped size=8M");

    String said =
        BAY.must(
            """
            loop=$(losetup -f --show $V/looped)
            trap 'losetup -d $loop' EXIT
            echo 'duplicate from=looped to=copy-of-loop' >$C/ctl 2>said && exit 1
            cat said
            """);

    assertThat(said).contains("busy");
    assertThat(BAY.lastError()).contains("looped is open for writing");
  }

  @Test
  void sourceIsOnlyForReadingUntilTheJobEnds() {
    Duplicating.slow(BAY, "held", "held-copy", "holding", "");

    assertThat(BAY.refused("exec 3<>$V/held")).contains("busy");
    assertThat(BAY.lastError()).contains("job holding").contains("jobs/holding/wait");
    BAY.refused("dd if=/dev/zero of=$V/held bs=4K count=1 conv=notrunc status=none");
    BAY.refused("truncate -s 1M $V/held");
    BAY.must("cat $V/held >held");
    for (String command :
        new String[] {
          "delete volume=held",
          "rename volume=held to=free",
          "resize volume=held size=64M",
          "duplicate from=held to=second",
          "check volume=held",
        }) {
      Refusal refusal = Refusal.of(BAY, command);
      assertThat(refusal.errno()).as(command).isEqualTo("EBUSY");
      assertThat(refusal.sentence()).as(command).contains("holding");
    }
    BAY.refused("rm $V/held");
    BAY.refused("mv $V/held $V/free");
    assertThat(BAY.status("held", "held_by_job")).isEqualTo("holding");

    assertThat(Duplicating.hurry(BAY, "holding")).contains("done 100%");
    BAY.must("cmp held $V/held; cmp held $V/held-copy");
    BAY.must("dd if=/dev/zero of=$V/held bs=4K count=1 conv=notrunc status=none");
    assertThat(BAY.status("held", "held_by_job")).isEqualTo("-");
  }
}
