package org.copybay.control.tree;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Statement;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.copybay.control.OpenBay;
import org.copybay.control.report.Errno;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of commands that wait for a second person. */
class SafeguardRequestsTest extends DualControlFixture {
  // ---- requests

  @Test
  void theSameOfTheSameUserWaitsOnce() throws Exception {
    turnOn();
    assertThat(asked(OpenBay.OWNER, CTL, "expire backup=" + older)).isEqualTo(2);
    assertThat(asked(OpenBay.OWNER, "ctl", "cmdsess -action expire -backupid " + older + " PAY"))
        .isEqualTo(2);
    assertThat(asked(ROOT, CTL, "expire backup=" + older)).isEqualTo(3);
    assertThat(asked(OpenBay.OWNER, CTL, "expire backup=" + older + " only=yes")).isEqualTo(4);

    assertThat(waiting()).hasSize(3);
    assertThat(read(ROOM + "status")).contains("\nrequests: 3\n");
    assertThat(read("safeguard/status")).contains("\nrequests: 3\n");
    assertThat(read("status")).contains("\nsafeguarded_requests: 3\n");
    assertThat(read("health")).startsWith("ok");
    assertThat(read(ROOM + "requests.json")).contains("\"number\" : 4", "\"requester\" : 1000");
  }

  @Test
  void theySurviveAMount() throws Exception {
    asked(OpenBay.OWNER, CTL, ON);
    open = open.reopen();
    tree = open.tree();
    assertThat(waiting()).hasSize(1);
    assertThat(reply(OpenBay.OTHER, CTL, "approve 1")).contains("dual_control=sgc");
    asked(OpenBay.OWNER, CTL, "expire backup=" + older);
    String before = read(ROOM + "requests");

    open = open.reopen();
    tree = open.tree();

    assertThat(read(ROOM + "requests")).isEqualTo(before);
    assertThat(refused("approve request=2", "asked for request 2")).isEqualTo(Errno.EPERM);
    assertThat(reply(OpenBay.OTHER, CTL, "approve request=2"))
        .isEqualTo("ok 1 backup expired: " + older + "\n");
    assertThat(read(ROOM + "backups")).doesNotContain("\n" + older + " ");
  }

  /** Its volumes, its backup or its lock may be others by then. */
  @Test
  void allIsCheckedAgainWhenItIsApproved() throws Exception {
    turnOn();
    asked(OpenBay.OWNER, CTL, "expire backup=" + older);
    assertThat(reply(CTL, "lock backup=" + older + " for=1d")).startsWith("ok");

    assertThat(refused(OpenBay.OTHER, CTL, "approve request=2", "is locked until"))
        .isEqualTo(Errno.EPERM);
    assertThat(lastAudit()).contains(" 1001 ", " safeguarded-approve EPERM approve request=2");
    assertThat(waiting()).hasSize(1);
    open.clock().pass(Duration.ofDays(2));
    assertThat(reply(OpenBay.OTHER, CTL, "approve request=2")).contains("1 backup expired");
    assertThat(refused(OpenBay.OTHER, CTL, "approve request=2", "no request 2 waits"))
        .isEqualTo(Errno.ENOENT);
  }

  /** Its conditions, how many backups go, and whether who asked may. */
  @Test
  void whatWasGivenWithItIsCheckedAgain() throws Exception {
    turnOn();
    asked(OpenBay.OWNER, CTL, "set retention=1d if-state=protected");
    asked(OpenBay.OWNER, CTL, "expire backup=" + newer + " confirm=2");
    asked(OpenBay.OWNER, CTL, "expire backup=" + older);
    assertThat(reply(CTL, "recover latest")).startsWith("ok");
    assertThat(refused(OpenBay.OTHER, CTL, "approve 2", "wanted protected"))
        .isEqualTo(Errno.EAGAIN);

    MountFacts byOther =
        new MountFacts("/mnt/bay", () -> "dev", "", "0.1.0", 1001, 1001, open.clock().instant());
    tree = ControlTree.open(open.bay(), open.copy(), byOther, open.clock());
    assertThat(refused(OpenBay.OTHER, CTL, "approve 4", "uid 1000 may not"))
        .isEqualTo(Errno.EACCES);
    tree = open.tree();
    assertThat(reply(OpenBay.OTHER, CTL, "approve 4")).contains("1 backup expired");
    assertThat(refused(OpenBay.OTHER, CTL, "approve 3", "SGC1007I", "confirm=2 was given"))
        .isEqualTo(Errno.EPERM);
    assertThat(waiting()).hasSize(2);
  }

  @Test
  void latestIsTheOneThatWasMeant() throws Exception {
    turnOn();
    asked(OpenBay.OWNER, CTL, "expire backup=latest only=yes");
    long newest = backup("");

    assertThat(reply(OpenBay.OTHER, CTL, "approve 2"))
        .isEqualTo("ok 1 backup expired: " + newer + "\n");
    assertThat(read(ROOM + "backups")).contains("\n" + newest + " ", "\n" + older + " ");
  }

  @Test
  void anIdThatWasApprovedIsAccepted() throws Exception {
    turnOn();
    String line = "expire backup=" + older + " id=weekly";
    asked(OpenBay.OWNER, CTL, line);
    assertThat(reply(OpenBay.OTHER, CTL, "approve 2 id=mine")).contains("1 backup expired");
    assertThat(reply(CTL, line)).isEqualTo("ok weekly (already accepted)\n");
    assertThat(reply(OpenBay.OTHER, CTL, "approve 2 id=mine"))
        .isEqualTo("ok mine (already accepted)\n");
  }

  @Test
  void theyAreRejectedByTheOthersAndTakenBackByWhoAsked() throws Exception {
    turnOn();
    asked(OpenBay.OWNER, CTL, "expire backup=" + older);
    asked(OpenBay.OWNER, CTL, "set retention=1d");
    String before = looks();
    assertThat(refused(OpenBay.OWNER, CTL, "reject 2")).isEqualTo(Errno.EPERM);
    assertThat(refused(STRANGER, CTL, "reject 2")).isEqualTo(Errno.EACCES);
    assertThat(refused(OpenBay.OTHER, CTL, "cancel 2", "reject")).isEqualTo(Errno.EACCES);
    assertThat(lastAudit()).contains(" safeguarded-cancel EACCES cancel 2");
    assertThat(waiting()).hasSize(2);

    assertThat(reply(OpenBay.OTHER, CTL, "reject 2 comment=\"not this week\""))
        .isEqualTo("ok request 2 is rejected\n");
    assertThat(lastAudit()).contains(" 1001 ", " safeguarded-reject ok reject 2 comment=");
    assertThat(reply(CTL, "cancel 3")).isEqualTo("ok request 3 is taken back\n");
    assertThat(lastAudit()).contains(" 1000 ", " safeguarded-cancel ok cancel 3");

    assertThat(waiting()).isEmpty();
    assertThat(looks()).isEqualTo(before);
    assertThat(read("events"))
        .contains(
            " safeguarded_requested PAY request=2 uid=1000 ",
            " safeguarded_approved PAY request=1 uid=1001 ",
            " safeguarded_rejected PAY request=2 uid=1001 ",
            "comment=\"not this week\"",
            " safeguarded_cancelled PAY request=3 uid=1000 ");
  }

  @Test
  void oneOfAnotherSessionIsNotTaken() throws Exception {
    turnOn();
    asked(OpenBay.OWNER, CTL, "set retention=1d");
    assertThat(reply("ctl", "safeguarded create session=OTHER")).startsWith("ok");
    assertThat(refused(OpenBay.OTHER, "safeguard/OTHER/ctl", "approve 2", "is of session PAY"))
        .isEqualTo(Errno.ENOENT);
    assertThat(waiting()).hasSize(1);
  }

  @Test
  void theyLapseByThemselves() throws Exception {
    asked(OpenBay.OWNER, CTL, ON);
    open.clock().pass(Duration.ofDays(7));

    Awaitility.await()
        .atMost(Duration.ofMinutes(1))
        .untilAsserted(
            () ->
                assertThat(read("events")).contains(" safeguarded_lapsed PAY request=1 uid=1000 "));
    assertThat(refused(OpenBay.OTHER, CTL, "approve 1")).isEqualTo(Errno.ENOENT);
    assertThat(waiting()).isEmpty();
  }

  // ---- crashes

  @ParameterizedTest
  @ValueSource(strings = {"sg_request", "sg_backup", "point"})
  void theCommandAndTheEndOfTheRequestAreOne(String table) throws Exception {
    turnOn();
    asked(OpenBay.OWNER, CTL, "expire backup=" + older);
    String what = table.equals("point") ? "update" : "delete";
    sql(
        "create trigger no before "
            + what
            + " on "
            + table
            + " begin select raise(fail, 'no'); end");

    assertThat(refused(OpenBay.OTHER, CTL, "approve 2")).isEqualTo(Errno.EIO);

    assertThat(waiting()).hasSize(1);
    assertThat(read(ROOM + "backups")).contains("\n" + older + " ");
    open = open.reopen();
    tree = open.tree();
    assertThat(waiting()).hasSize(1);
    assertThat(read(ROOM + "backups")).contains("\n" + older + " ");
    sql("drop trigger no");
    assertThat(reply(OpenBay.OTHER, CTL, "approve 2")).contains("1 backup expired");
  }

  private void sql(String text) throws Exception {
    open.bay()
        .catalogue()
        .change(
            connection -> {
              try (Statement statement = connection.createStatement()) {
                statement.execute(text);
              }
            });
  }

  // ---- what is no person

  @Test
  void retentionWaitsForNobody() throws Exception {
    assertThat(reply(CTL, "set retention=1d")).startsWith("ok");
    turnOn();
    open.clock().pass(Duration.ofDays(2));
    backup("");

    Awaitility.await()
        .atMost(Duration.ofMinutes(1))
        .untilAsserted(
            () -> assertThat(read(ROOM + "backups")).doesNotContain("" + older, "" + newer));
    assertThat(waiting()).isEmpty();
  }
}
