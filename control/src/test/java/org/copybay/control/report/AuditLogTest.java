package org.copybay.control.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.copybay.control.OpenBay;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditLogTest {
  @TempDir Path directory;

  @Test
  void entriesSurviveARestartAndOneThatWasCutOffIsSeen() throws Exception {
    OpenBay open = OpenBay.create(directory.resolve("bay"));
    AuditLog audit = AuditLog.open(open.bay().catalogue(), open.clock());
    audit.end(audit.begin(OpenBay.OWNER, "ctl", "delete", "delete volume=a"), "ok");
    audit.begin(OpenBay.OWNER, "ctl", "delete", "delete volume=b");

    open = open.reopen();
    audit = AuditLog.open(open.bay().catalogue(), open.clock());
    audit.record(OpenBay.OTHER, "volumes/c", "unlink", "unlink c\n", "EBUSY");
    audit.record(OpenBay.OTHER, "volumes/old disk", "unlink", "unlink old disk", "ok");

    assertThat(audit.text())
        .isEqualTo(
            """
            # number time uid pid ctl verb result command
            1 2025-11-21T09:31:07Z 1000 5120 ctl delete ok delete volume=a
            2 2025-11-21T09:31:07Z 1000 5120 ctl delete begun delete volume=b
            3 2025-11-21T09:31:07Z 1001 6000 volumes/c unlink EBUSY unlink c.
            4 2025-11-21T09:31:07Z 1001 6000 "volumes/old disk" unlink ok unlink old disk
            """);
    open.close();
  }
}
