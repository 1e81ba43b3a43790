package org.copybay.control.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.copybay.control.OpenBay;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.junit.jupiter.api.Test;

/** What is below jobs/. */
class JobEntriesTest extends ControlTreeFixture {
  @Test
  void whatWaitsOpensByNameAndIsNotListed() throws Exception {
    open.volume("payroll", 1 << 20);
    write("ctl", "duplicate from=payroll to=copy id=first");

    ControlFile wait = (ControlFile) node("jobs/first/wait");

    assertThat(wait.streaming()).isTrue();
    assertThat(names("jobs/first")).doesNotContain("wait");
    assertThat(waitForEnd("first")).startsWith("done 100%  ");
  }

  @Test
  void aStreamCannotBeWritten() throws Exception {
    open.volume("a", 1 << 20);
    write("ctl", "check volume=a id=x");

    ControlFile wait = (ControlFile) node("jobs/x/wait");

    assertThat(fault(() -> wait.open(OpenBay.OWNER, OpenMode.WRITE))).isEqualTo(Fault.DENIED);
    assertThat(read("last_error"))
        .isEqualTo("jobs/x/wait cannot be written\ntry: orders to a job go to its ctl\n");
  }

  @Test
  void aFailedJobTellsItsErrorEverywhere() throws Exception {
    open.volume("a", 1 << 20);
    write("ctl", "duplicate from=a to=b id=x rate=1");
    write("jobs/x/ctl", "pause");
    write("jobs/x/ctl", "cancel");

    StorageException end = catchThrowableOfType(StorageException.class, () -> waitForEnd("x"));

    assertThat(end.fault()).isEqualTo(Fault.CANCELLED);
    assertThat(read("jobs/x/status")).contains("\nstate: cancelled\n", "\nerrno: ECANCELED\n");
    assertThat(read("jobs/x/result")).startsWith("errno=ECANCELED ");
    assertThat(read("jobs/done")).contains("\nx cancelled ECANCELED ");
    assertThat(read("jobs/running").lines()).hasSize(1);
    assertThat(read("last_error")).contains("cancelled");
  }
}
