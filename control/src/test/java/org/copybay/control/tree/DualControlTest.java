package org.copybay.control.tree;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.copybay.control.OpenBay;
import org.copybay.control.report.Caller;
import org.copybay.control.report.Errno;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Commands that need two people. */
class DualControlTest extends DualControlFixture {
  // ---- turning it on and off

  @Test
  void turningItOnNeedsTwo() throws Exception {
    String before = looks();
    assertThat(asked(OpenBay.OWNER, CTL, ON)).isEqualTo(1);
    assertThat(looks()).isEqualTo(before).contains("dual_control: off\napprovers: none\n");
    assertThat(refused(OpenBay.OWNER, "ctl", "safeguarded approve request=1", "asked for request"))
        .isEqualTo(Errno.EPERM);
    assertThat(refused(STRANGER, "ctl", "safeguarded approve request=1", "1002 may not approve"))
        .isEqualTo(Errno.EACCES);
    assertThat(looks()).isEqualTo(before);

    assertThat(reply(OpenBay.OTHER, CTL, "approve 1"))
        .startsWith("ok minimum_interval=")
        .endsWith(" dual_control=sgc approvers=1001 schedule=none\n");

    assertThat(read(ROOM + "properties")).contains("dual_control: sgc\napprovers: 1001\n");
    assertThat(read(ROOM + "status")).contains("\ndual_control: sgc\n", "\nrequests: 0\n");
    assertThat(waiting()).isEmpty();
  }

  @Test
  void turningItOffAndNamingApproversNeedsTwo() throws Exception {
    turnOn();
    for (String line : List.of("set dual_control=off", "set approvers=1000,1001,1002")) {
      String before = looks();
      long number = asked(OpenBay.OWNER, CTL, line);
      assertThat(refused(OpenBay.OWNER, CTL, "approve request=" + number)).isEqualTo(Errno.EPERM);
      assertThat(refused(STRANGER, CTL, "approve request=" + number)).isEqualTo(Errno.EACCES);
      assertThat(looks()).isEqualTo(before);
    }
    assertThat(reply(OpenBay.OTHER, CTL, "approve request=2")).contains(" dual_control=off ");
    assertThat(reply(CTL, "expire backup=" + newer + " confirm=2")).contains("2 backups expired");
  }

  @Test
  void itNeedsSomebodyWhoCouldBeTheSecond() throws Exception {
    MountFacts byRoot =
        new MountFacts("/mnt/bay", () -> "dev", "", "0.1.0", 0, 0, open.clock().instant());
    tree = ControlTree.open(open.bay(), open.copy(), byRoot, open.clock());

    assertThat(refused(ROOT, CTL, "set dual_control=sgc", "needs two people", "approvers=USER"))
        .isEqualTo(Errno.EINVAL);
    assertThat(refused(ROOT, CTL, "set dual_control=sgc approvers=root", "needs two people"))
        .isEqualTo(Errno.EINVAL);
    assertThat(refused(ROOT, CTL, "set dual_control=sgc approvers=nobody-of-that-name"))
        .isEqualTo(Errno.ENOENT);
    assertThat(waiting()).isEmpty();
    asked(ROOT, CTL, "set dual_control=sgc approvers=root,1001");
    assertThat(waiting().get(0)).contains(" \"safeguarded-set approvers=0,1001 dual_control=sgc");
    assertThat(reply(OpenBay.OTHER, CTL, "approve 1")).contains("approvers=0,1001");
    assertThat(refused(ROOT, CTL, "set approvers=none", "needs two people"))
        .isEqualTo(Errno.EINVAL);
  }

  // ---- what becomes a request

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        CTL + "|expire backup=OLDER|safeguarded-expire backup=OLDER session=PAY",
        CTL + "|Expire Backup OLDER|safeguarded-expire backup=OLDER session=PAY",
        "ctl|cmdsess -action expire -backupid OLDER PAY"
            + "|safeguarded-expire backup=OLDER session=PAY",
        "ctl|safeguarded-expire session=PAY backup=latest confirm=2 # all of them"
            + "|safeguarded-expire backup=NEWER confirm=2 session=PAY",
        CTL + "|Terminate confirm=2|safeguarded-terminate confirm=2 session=PAY",
        CTL
            + "|Restore Backup to Production OLDER confirm=yes"
            + "|safeguarded-restore backup=OLDER confirm=yes session=PAY",
        CTL + "|set retention=7d lock=1d|safeguarded-set lock=1d retention=7d session=PAY",
        CTL + "|remove volume=b,a|safeguarded-remove session=PAY volume=b,a",
        "ctl|rmcpset -h1 a PAY|safeguarded-remove session=PAY volume=a",
        CTL
            + "|release backup=NEWER hold=\"of the audit\""
            + "|safeguarded-release backup=NEWER hold=\"of the audit\" session=PAY",
      })
  void whatRemovesOrChangesWaitsForASecondPerson(String ctl, String line, String kept)
      throws Exception {
    turnOn();
    if (line.contains("hold=")) {
      assertThat(reply(CTL, "hold backup=" + newer + " hold=\"of the audit\"")).startsWith("ok");
    }
    fill("a", 3);
    String before = looks();
    String written = numbered(line);

    assertThat(asked(OpenBay.OWNER, ctl, written)).isEqualTo(2);

    assertThat(looks()).isEqualTo(before);
    assertThat(lastAudit()).contains(" 1000 ", " " + ctl + " ", " EAGAIN " + written);
    String command = numbered(kept);
    String shown = "\"" + command.replace("\"", "\\\"") + "\"";
    assertThat(waiting()).singleElement().asString().startsWith("2 PAY 1000 ").endsWith(shown);
    assertThat(reply(CTL, "lsrequests"))
        .startsWith("ok 1 request\n")
        .contains(" " + command + "\n");
    assertThat(reply(OpenBay.OTHER, CTL, "approve 2 dry-run=yes"))
        .startsWith("ok dry-run: would carry out request 2 of uid 1000: ");
    assertThat(looks()).isEqualTo(before);

    assertThat(reply(OpenBay.OTHER, CTL, "approve 2")).startsWith("ok ");

    assertThat(looks()).isNotEqualTo(before);
    assertThat(waiting()).isEmpty();
    List<String> audit = audit();
    assertThat(audit.subList(audit.size() - 2, audit.size()).toString())
        .contains(" 1001 6000 " + CTL + " safeguarded-approve ok approve 2")
        .contains(
            " 1000 0 safeguard/PAY/requests "
                + command.substring(0, command.indexOf(' '))
                + " ok "
                + command);
  }

  private String numbered(String line) {
    return line.replace("OLDER", "" + older).replace("NEWER", "" + newer);
  }

  @Test
  void alsoEvidenceAndTheClockDo() throws Exception {
    assertThat(reply("ctl", "safeguarded create session=OTHER")).startsWith("ok");
    turnOn();
    asked(OpenBay.OWNER, CTL, "discard-evidence volume=a confirm=yes");
    open.clock().step(Duration.ofDays(30));
    asked(OpenBay.OWNER, CTL, "accept-clock");
    String byOther = "safeguarded accept-clock session=OTHER";
    assertThat(refused(OpenBay.OWNER, "ctl", byOther, "session PAY has dual_control=sgc"))
        .isEqualTo(Errno.EPERM);
    assertThat(reply(OpenBay.OTHER, CTL, "approve 2")).contains("are hashed anew");
    assertThat(reply(OpenBay.OTHER, CTL, "approve 3")).startsWith("ok the vault clock says ");
    assertThat(waiting()).isEmpty();
  }

  @Test
  void alsoTheEndOfASessionDoes() throws Exception {
    assertThat(reply(CTL, "terminate confirm=2")).contains("2 backups removed");
    turnOn();
    asked(OpenBay.OWNER, "ctl", "rmsess PAY");
    asked(OpenBay.OWNER, CTL, "set retention=1d");

    assertThat(reply(ROOT, "ctl", "safeguarded approve request=2"))
        .isEqualTo("ok session PAY is deleted\n");
    assertThat(names("safeguard")).doesNotContain("PAY");
    assertThat(reply("ctl", "safeguarded lsrequests")).startsWith("ok 0 requests\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "backup",
        "lock backup=latest for=1d",
        "hold backup=latest hold=x",
        "recover backup=latest",
        "refresh",
        "lsbackups",
        "set retention=1d dry-run=yes"
      })
  void theOthersNeedOne(String line) throws Exception {
    turnOn();
    assertThat(reply(CTL, line)).startsWith("ok");
    assertThat(waiting()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "expire backup=LOCKED only=yes|is locked until|EPERM",
        "expire backup=LATEST confirm=1|SGC1007I: Expire Backup|EPERM",
        "expire backup=LATEST|SGC1007I|EPERM",
        "terminate|is locked|EPERM",
        "remove volume=a|is locked|EPERM",
        "remove volume=ar|is not in session|ENOENT",
        "delete|is locked|EPERM",
        "restore backup=LATEST|SGC1007I|EPERM",
        "expire backup=7|has no backup 7|ENOENT",
        "release backup=LATEST hold=x|has no hold|ENOENT",
        "set lock=2d max_lock=1d|is more than|EINVAL",
        "set retention=1d if-state=defined|wanted defined|EAGAIN",
      })
  void whatCouldNeverBeCarriedOutIsRefusedAtOnce(String line, String why, Errno errno)
      throws Exception {
    turnOn();
    assertThat(reply(CTL, "lock backup=" + older + " for=1d")).startsWith("ok");
    long confirmable = line.contains("SGC1007I") ? older : newer;
    if (why.startsWith("SGC1007I")) {
      open.clock().pass(Duration.ofDays(2));
    }
    String written = line.replace("LOCKED", "" + older).replace("LATEST", "" + confirmable);

    assertThat(refused(written, why)).isEqualTo(errno);

    assertThat(waiting()).isEmpty();
    assertThat(lastAudit()).contains(" " + errno + " " + written);
  }

  @Test
  void whoMayNotDoItMayNotAskForIt() throws Exception {
    turnOn();
    for (Caller caller : List.of(OpenBay.OTHER, STRANGER)) {
      assertThat(refused(caller, CTL, "set retention=1d", "may not")).isEqualTo(Errno.EACCES);
    }
    assertThat(waiting()).isEmpty();
  }
}
