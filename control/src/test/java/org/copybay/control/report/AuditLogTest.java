package org.copybay.control.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.copybay.control.OpenBay;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.audit.AuditTrail;
import org.copybay.volumes.bay.Catalogue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditLogTest {
  @TempDir Path directory;

  @Test
  void entriesSurviveARestartAndOneThatWasCutOffIsSeen() throws Exception {
    OpenBay open = OpenBay.create(directory.resolve("bay"));
    AuditLog audit = new AuditLog(open.bay().audit());
    audit.end(audit.begin(OpenBay.OWNER, "ctl", "delete", "delete volume=a"), "ok");
    audit.begin(OpenBay.OWNER, "ctl", "delete", "delete volume=b");

    open = open.reopen();
    audit = new AuditLog(open.bay().audit());
    audit.end(audit.begin(OpenBay.OTHER, "volumes/c", "unlink", "unlink c\n"), "EBUSY");
    audit.end(audit.begin(OpenBay.OTHER, "volumes/old disk", "unlink", "unlink old disk"), "ok");
    audit.end(audit.begin(OpenBay.OTHER, "volumes/a\u202eb", "unlink", "unlink a\u202eb"), "ok");

    assertThat(audit.text())
        .isEqualTo(
            """
            # number time uid pid ctl verb result command
            1 2025-11-21T09:31:07Z 1000 5120 ctl delete ok delete volume=a
            2 2025-11-21T09:31:07Z 1000 5120 ctl delete begun delete volume=b
            3 2025-11-21T09:31:07Z 1001 6000 volumes/c unlink EBUSY unlink c\\x0a
            4 2025-11-21T09:31:07Z 1001 6000 "volumes/old disk" unlink ok unlink old disk
            5 2025-11-21T09:31:07Z 1001 6000 volumes/a\\xe2\\x80\\xaeb unlink ok unlink a\\xe2\\x80\\xaeb
            """);
    open.close();
  }

  @Test
  void theChainHasALineForEachEntryAndItsHeadIsTheLast() throws Exception {
    OpenBay open = OpenBay.create(directory.resolve("bay"));
    AuditLog audit = new AuditLog(open.bay().audit());
    assertThat(audit.chain()).isEqualTo("# entry hash\n");
    assertThat(audit.head()).isNull();

    audit.end(audit.begin(OpenBay.OWNER, "ctl", "delete", "delete volume=a"), "ok");
    audit.refused(OpenBay.OTHER, "ctl", "delete", "delete volume=b", "EACCES");
    open.bay().audit().note("clock", "jump", "9 s\nahead");

    List<String> lines = audit.chain().lines().toList();
    assertThat(lines.subList(1, 5)).allMatch(line -> line.matches("[1-4] [0-9a-f]{64}"));
    assertThat(lines).hasSize(5).last().isEqualTo(String.valueOf(audit.head()).replace(':', ' '));
    assertThat(audit.text())
        .contains("\n2 2025-11-21T09:31:07Z 1001 6000 ctl delete EACCES delete volume=b\n")
        .contains(" 0 clock jump noted 9 s\\x0aahead\n");
    open = open.reopen();
    assertThat(new AuditLog(open.bay().audit()).chain().lines()).isEqualTo(lines);
    open.close();
  }

  @Test
  void theNewestThousandAreShownAsTheyWouldBeAfterARestart() throws Exception {
    OpenBay open = OpenBay.create(directory.resolve("bay"));
    AuditLog audit = new AuditLog(open.bay().audit());
    long first = audit.begin(OpenBay.OWNER, "ctl", "delete", "delete volume=first");
    for (int i = 0; i < AuditTrail.SHOWN; i++) {
      audit.begin(OpenBay.OWNER, "ctl", "delete", "delete volume=v" + i);
    }
    audit.end(first, "ok"); // it is not shown any more

    String text = audit.text();

    assertThat(text.lines()).hasSize(1 + AuditTrail.SHOWN);
    assertThat(text).doesNotContain("first").contains("volume=v0\n", "volume=v999\n");
    open = open.reopen();
    assertThat(new AuditLog(open.bay().audit()).text()).isEqualTo(text);
    open.close();
  }

  @Test
  void whoReadsDoesNotWaitForAChangeThatIsBeingRecorded() throws Exception {
    OpenBay open = OpenBay.create(directory.resolve("bay"));
    AuditLog audit = new AuditLog(open.bay().audit());
    audit.begin(OpenBay.OWNER, "ctl", "delete", "delete volume=a");
    String before = audit.text();
    CountDownLatch recording = new CountDownLatch(1);
    CountDownLatch read = new CountDownLatch(1);
    Catalogue catalogue = open.bay().catalogue();
    Thread hanging = new Thread(() -> hang(catalogue, recording, read));
    hanging.start();
    recording.await();

    String during = CompletableFuture.supplyAsync(audit::text).get(60, TimeUnit.SECONDS);

    read.countDown();
    hanging.join();
    assertThat(during).isEqualTo(before);
    open.close();
  }

  private static void hang(Catalogue catalogue, CountDownLatch recording, CountDownLatch read) {
    try {
      catalogue.change(
          connection -> {
            recording.countDown();
            try {
              read.await(120, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
              throw new IllegalStateException(e);
            }
          });
    } catch (StorageException e) {
      throw new IllegalStateException(e);
    }
  }
}
