package org.copybay.control.tree;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.copybay.control.OpenBay;
import org.copybay.control.report.Errno;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a person does where the vault clock or the evidence cannot be helped otherwise. */
class SafeguardMendTest extends SafeguardFixture {
  @BeforeEach
  void make() throws Exception {
    makeSession();
  }

  private void await(String path, String words) {
    Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> read(path).contains(words));
  }

  @Test
  void aClockThatIsAheadIsToldAndAcceptedWhenNothingIsLocked() throws Exception {
    backup("lock=1h");
    open.clock().step(Duration.ofDays(30));
    assertThat(read("health")).contains("the vault clock is behind: the clock of the machine was");
    assertThat(read("status"))
        .containsPattern("vault_clock: +behind\n")
        .containsPattern("vault_behind_seconds: +2592000\n");
    await("audit", " vault clock ");
    assertThat(read("events")).contains("vault_clock");

    String accept = "safeguarded accept-clock session=PAY";
    assertThat(refused(OpenBay.OTHER, "ctl", accept, "only uid")).isEqualTo(Errno.EACCES);
    assertThat(refused(OpenBay.OWNER, "ctl", accept, "is locked until")).isEqualTo(Errno.EPERM);
    assertThat(lastAudit()).contains("safeguarded-accept-clock EPERM");
    open.clock().pass(Duration.ofHours(2));
    assertThat(reply("ctl", accept + " dry-run=yes")).contains("take over the clock");
    assertThat(reply("ctl", accept)).startsWith("ok the vault clock says ");
    assertThat(read("health")).isEqualTo("ok\n");
    assertThat(read("status")).containsPattern("vault_clock: +steady\n");
    assertThat(refused(OpenBay.OWNER, "ctl", accept, "not behind")).isEqualTo(Errno.EALREADY);
  }

  @Test
  void evidenceIsDiscardedOnlyWhenThatIsConfirmed() throws Exception {
    backup("");
    await("audit", " seal ");
    String discard = "safeguarded discard-evidence session=PAY volume=a";
    assertThat(refused(OpenBay.OWNER, "ctl", discard, "confirm=yes")).isEqualTo(Errno.EPERM);
    assertThat(refused(OpenBay.OTHER, "ctl", discard + " confirm=yes", "only uid"))
        .isEqualTo(Errno.EACCES);
    assertThat(
            refused(
                OpenBay.OWNER,
                "ctl",
                "safeguarded discard-evidence session=PAY volume=no confirm=yes"))
        .isEqualTo(Errno.ENOENT);
    assertThat(reply("ctl", discard + " confirm=yes")).startsWith("ok ");
    await("audit", " unseal ");
  }

  @Test
  void evidenceThatWasTakenAwayIsSevere() throws Exception {
    backup("");
    await("events", "safeguarded_sealed");
    String id = open.bay().find("a").id().toString();
    Path files = open.bay().path().resolve("volumes").resolve(id);
    await("audit", "volume " + id + " root "); // it is noted a little later than it is there
    open.close();
    Files.delete(files.resolve("evidence"));
    Files.delete(files.resolve("evidence.0"));
    open = open.reopen();
    tree = open.tree();
    await("health", "it is not what the audit log noted");
    assertThat(read(ROOM + "status")).contains("\ncondition: severe\n");
    assertThat(reply("ctl", "safeguarded discard-evidence session=PAY volume=a confirm=yes"))
        .startsWith("ok ");
    assertThat(read("health")).isEqualTo("ok\n");
  }
}
