package org.copybay.control.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.copybay.control.OpenBay;
import org.copybay.control.report.Errno;
import org.copybay.copy.engine.Job;
import org.copybay.volumes.Fault;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The verbs of safeguarded sessions, as a shell writes them. */
class SafeguardVerbsTest extends SafeguardFixture {
  @BeforeEach
  void make() throws Exception {
    makeSession();
  }

  // ---- sessions and copy sets

  @Test
  void aSessionIsMadeOnceAndDeletedWhileItIsEmpty() throws Exception {
    assertThat(refused(OpenBay.OWNER, "ctl", "safeguarded create PAY", "exists"))
        .isEqualTo(Errno.EEXIST);
    assertThat(refused(OpenBay.OWNER, "ctl", "safeguarded create status")).isEqualTo(Errno.EINVAL);
    assertThat(reply(CTL, "delete dry-run=yes"))
        .isEqualTo("ok dry-run: would end safeguarded session PAY\n");
    long id = backup("");
    assertThat(refused("delete", "SGC1011E", "Delete Session", "Protected")).isEqualTo(Errno.EBUSY);
    assertThat(reply(CTL, "expire backup=" + id)).isEqualTo("ok 1 backup expired: " + id + "\n");
    assertThat(reply(CTL, "delete")).isEqualTo("ok session PAY is deleted\n");
    assertThat(names("safeguard")).doesNotContain("PAY");
    assertThat(reply("ctl", "delete volume=a")).startsWith("ok");
  }

  @Test
  void volumesComeAndGo() throws Exception {
    open.volume("c", SIZE_BYTES);
    open.volume("small", 4096);
    assertThat(refused("add volume=c recovery=small", "SGC1010E")).isEqualTo(Errno.EINVAL);
    assertThat(refused("add volume=c,small recovery=c", "2 volumes, but 1"))
        .isEqualTo(Errno.EINVAL);
    assertThat(refused("add volume=ar", "is a recovery volume of session PAY"))
        .isEqualTo(Errno.EBUSY);
    assertThat(refused("add volume=c,c", "named twice")).isEqualTo(Errno.EINVAL);
    assertThat(refused("add volume=none")).isEqualTo(Errno.ENOENT);
    assertThat(reply(CTL, "add c dry-run=yes"))
        .isEqualTo("ok dry-run: would protect c by session PAY\n");
    assertThat(reply(CTL, "add c")).isEqualTo("ok session PAY protects c\n");

    assertThat(read(ROOM + "copysets"))
        .isEqualTo(
            """
            # source recovery bytes backups state
            a ar 262144 0 ok
            b br 262144 0 ok
            c - 262144 0 ok
            """);
    assertThat(reply(CTL, "remove volume=c,b"))
        .isEqualTo("ok session PAY no longer protects c,b\n");
    assertThat(refused("remove volume=b", "not in session PAY")).isEqualTo(Errno.ENOENT);
    assertThat(read(ROOM + "copysets")).doesNotContain("\nb ");
  }

  @Test
  void propertiesAreReadInTheWordsInWhichTheyAreWritten() throws Exception {
    assertThat(
            reply(
                CTL,
                "set minimum_interval=90m retention=1d12h capacity=2G on_full=fail-writes"
                    + " expire_on_auto_roll=yes recover_copy=background lock=3d max_lock=2w"))
        .isEqualTo(
            "ok minimum_interval=1h30m retention=1d12h capacity=2147483648 on_full=fail-writes"
                + " expire_on_auto_roll=yes recover_copy=background lock=3d max_lock=14d"
                + " dual_control=off approvers=none schedule=none\n");
    String written =
        String.join(
            " ", read(ROOM + "properties").lines().map(line -> line.replace(": ", "=")).toList());
    assertThat(reply(CTL, "set " + written)).isEqualTo("ok " + written + "\n");
    assertThat(refused("set lock=15d", "more than max_lock=14d")).isEqualTo(Errno.EINVAL);
    assertThat(refused("set retention=7", "no span of time")).isEqualTo(Errno.EINVAL);
    assertThat(refused("backup label=\"scheduled 2026\"", "by itself")).isEqualTo(Errno.EINVAL);
    assertThat(refused("set on_full=explode", "auto-roll")).isEqualTo(Errno.EINVAL);
    assertThat(read("audit")).contains(" safeguarded-set ok set minimum_interval=90m");
  }

  @Test
  void aScheduleIsSetShownAndEnded() throws Exception {
    assertThat(reply(CTL, "set schedule=\"0 */6 * * *\" retention=7d"))
        .endsWith(" schedule=\"0 */6 * * *\"\n");
    assertThat(read(ROOM + "properties"))
        .contains("\nretention: 7d\n")
        .endsWith("\nschedule: 0 */6 * * *\n");
    assertThat(read(ROOM + "status"))
        .containsPattern(
            "\nschedule: 0 \\*/6 \\* \\* \\*\nnext_backup: [0-9-]+T(00|06|12|18):00:00Z\n")
        .contains("\nlast_due: -\nlast_run: -\nmissed_backups: 0\n");
    assertThat(reply(CTL, "set lock=1h")).contains(" lock=1h ").endsWith("* * *\"\n");
    assertThat(reply(CTL, "set schedule=\"every 10m\""))
        .contains("\nwarning: backups can be less than 30 minutes apart");
    assertThat(refused("set schedule=sometimes", "schedule", "every 6h")).isEqualTo(Errno.EINVAL);
    assertThat(refused("set schedule=\"0 0 31 4 *\"", "never comes")).isEqualTo(Errno.EINVAL);
    assertThat(reply(CTL, "set schedule=none")).endsWith(" schedule=none\n");
    assertThat(read(ROOM + "status")).contains("\nschedule: none\nnext_backup: -\n");
  }

  @Test
  void whatABackupKeepsIsShown() throws Exception {
    backup("");
    fill("a", 7);
    assertThat(read(ROOM + "backups")).contains(" H1 yes 0 " + SIZE_BYTES + " SGC1001I ");
    backup("");
    assertThat(reply(CTL, "lsbackups -l -fmt delim -hdr off"))
        .contains(",0," + SIZE_BYTES + ",SGC1001I,", ",0,0,SGC1001I,");
  }

  @Test
  void aLabelForgesNoColumn() throws Exception {
    backup("label=\"q\\\"uo,sealed\"");
    assertThat(reply(CTL, "lsbackups -l -fmt delim -hdr off")).contains(",\"q\"\"uo,sealed\",");
  }

  // ---- backups

  @Test
  void aBackupHasItsLabelHoldAndLock() throws Exception {
    long id = backup("label=\"before the update\" hold=audit lock=7d");

    awaitSealed();
    assertThat(read(ROOM + "backups"))
        .matches(
            "# id time role recoverable progress used_bytes last_result copy_sets"
                + " blocking_expansion expiration state label locked_until holds evidence"
                + " volumes verified\n"
                + id
                + " \\S+Z H1 yes 0 0 SGC1001I 2 yes (\\S+Z) ready \"before the update\" \\1 audit sealed"
                + " a,b -\n");
    assertThat(reply(CTL, "lsbackups backup=latest format=json"))
        .startsWith("ok 1 backup\n{\n")
        .contains(
            "\"id\" : " + id, "\"label\" : \"before the update\"", "\"evidence\" : \"sealed\"");
    assertThat(reply(CTL, "backup dry-run=yes"))
        .isEqualTo("ok dry-run: would back up session PAY\n");
  }

  @Test
  void aBackupIsVerifiedByAJobForEachVolume() throws Exception {
    assertThat(refused("verify", "has no backup of its volumes")).isEqualTo(Errno.ENOENT);
    long id = backup("");
    assertThat(reply(CTL, "verify dry-run=yes"))
        .isEqualTo("ok dry-run: would verify all backups of a,b\n");
    assertThat(reply(CTL, "verify latest id=mine rate=1G"))
        .matches("ok mine jobs=mine,[0-9]+\\nverifying backup " + id + " of a,b\\n");
    for (Job job : open.jobs().all()) {
      Awaitility.await()
          .atMost(Duration.ofMinutes(1))
          .until(() -> read("jobs/" + job.id() + "/status").contains("\nstate: done\n"));
    }
    assertThat(read("jobs/mine/status"))
        .contains("\nverb: safeguarded_verify\n", "\nsource: a\n", "\nresult: verified=1\n");
    assertThat(read(ROOM + "backups").lines().skip(1))
        .allMatch(line -> line.matches(".* a,b [0-9T:-]+Z"));
    assertThat(refused(OpenBay.OTHER, CTL, "verify", "")).isEqualTo(Errno.EACCES);
  }

  @Test
  void aBackupTooSoonIsRefused() throws Exception {
    assertThat(reply(CTL, "set minimum_interval=30m")).startsWith("ok ");
    backup("");

    assertThat(refused("backup", "SGC1004E", "1790 s left")).isEqualTo(Errno.EAGAIN);
    open.clock().pass(Duration.ofMinutes(30));
    backup("");
  }

  @Test
  void aLockOnlyGrowsAndHoldsHaveNames() throws Exception {
    long id = backup("");
    assertThat(reply(CTL, "lock backup=latest for=7d"))
        .startsWith("ok backup " + id + " is locked");
    assertThat(refused("lock backup=" + id + " for=1d", "a lock only grows"))
        .isEqualTo(Errno.EPERM);
    assertThat(lastAudit()).contains(" safeguarded-lock EPERM ");
    assertThat(refused("lock backup=" + id + " until=1999-01-01T00:00:00Z", "is over"))
        .isEqualTo(Errno.EINVAL);
    assertThat(refused("lock backup=" + id, "for=TIME or until=TIME")).isEqualTo(Errno.EINVAL);
    assertThat(refused("lock backup=" + id + " for=0")).isEqualTo(Errno.EINVAL);
    assertThat(reply(CTL, "lock backup=" + id + " until=2099-01-01T00:00:00Z"))
        .isEqualTo("ok backup " + id + " is locked until 2099-01-01T00:00:00Z\n");

    assertThat(reply(CTL, "hold backup=" + id + " hold=one"))
        .isEqualTo("ok backup " + id + " is held by one\n");
    assertThat(refused("hold backup=" + id + " hold=one")).isEqualTo(Errno.EEXIST);
    assertThat(reply(CTL, "hold " + id + " two"))
        .isEqualTo("ok backup " + id + " is held by one,two\n");
    assertThat(refused("release backup=" + id + " hold=three")).isEqualTo(Errno.ENOENT);
    assertThat(reply(CTL, "release backup=" + id + " hold=one"))
        .isEqualTo("ok backup " + id + " is held by two\n");
  }

  @Test
  void maxLockKeepsFromLocksThatAreTooLong() throws Exception {
    assertThat(reply(CTL, "set max_lock=2d")).startsWith("ok ");

    assertThat(refused("backup lock=3d", "no lock of more than 2880 min")).isEqualTo(Errno.EINVAL);
    backup("lock=2d");
  }

  @Test
  void backupsOfAnotherSessionAreFound() throws Exception {
    long id = backup("");
    assertThat(reply(CTL, "remove volume=a")).startsWith("ok ");
    assertThat(reply("safeguard/ctl", "create OTHER")).isEqualTo("ok session OTHER\n");
    assertThat(reply("safeguard/OTHER/ctl", "add volume=a")).startsWith("ok ");
    assertThat(read("safeguard/OTHER/state")).isEqualTo("defined\n");

    assertThat(reply("safeguard/OTHER/ctl", "Refresh States"))
        .isEqualTo("ok session OTHER has 1 backup, 1 of them found now\n");
    assertThat(read("safeguard/OTHER/state")).isEqualTo("protected\n");
    assertThat(read("safeguard/OTHER/backups")).contains("\n" + id + " ").endsWith(" a -\n");
    assertThat(read(ROOM + "backups")).contains("\n" + id + " ").endsWith(" b -\n");
  }

  // ---- expiry

  @Test
  void expireSaysWhichGoAndWantsTheirNumber() throws Exception {
    long one = backup("");
    long two = backup("");
    long three = backup("");

    assertThat(reply(CTL, "expire backup=" + two + " dry-run=yes"))
        .isEqualTo("ok dry-run: would remove 2 backups: " + one + "," + two + "\n");
    assertThat(refused("expire backup=" + two, "SGC1007I", "2 backups: " + one + "," + two))
        .isEqualTo(Errno.EPERM);
    assertThat(refused("expire backup=" + two + " confirm=3", "confirm=3 was given"))
        .isEqualTo(Errno.EPERM);
    assertThat(read(ROOM + "backups")).contains("\n" + one + " ");
    assertThat(reply(CTL, "expire backup=" + two + " confirm=2"))
        .isEqualTo("ok 2 backups expired: " + one + "," + two + "\n");
    long four = backup("");
    assertThat(reply(CTL, "Expire " + four + " -only"))
        .isEqualTo("ok 1 backup expired: " + four + "\n");
    assertThat(read(ROOM + "backups").lines()).hasSize(2).anyMatch(l -> l.startsWith(three + " "));
  }

  @Test
  void terminateRemovesAll() throws Exception {
    long one = backup("");
    assertThat(reply(CTL, "recover backup=latest")).startsWith("ok backup " + one);
    long two = backup("");

    assertThat(refused("Terminate", "SGC1012E", "ar, br")).isEqualTo(Errno.EBUSY);
    assertThat(reply(CTL, "terminate -force -n"))
        .isEqualTo(
            "ok dry-run: would end recovery set R1 (ar INVALID,br INVALID); remove 2 backups: "
                + one
                + ","
                + two
                + "\n");
    assertThat(refused("terminate force=yes", "SGC1007I")).isEqualTo(Errno.EPERM);
    assertThat(reply(CTL, "terminate force=yes confirm=2"))
        .isEqualTo("ok session PAY is terminated: 2 backups removed: " + one + "," + two + "\n");
    assertThat(read(ROOM + "state")).isEqualTo("defined\n");
    assertThat(read("volumes/ar/status")).containsPattern("\ninvalid: [^-]");
  }

  // ---- recovery

  @Test
  void recoveryVolumesShowTheBackupAtOnce() throws Exception {
    long id = backup("");
    fill("a", 7);

    assertThat(reply(CTL, "recover backup=latest dry-run=yes"))
        .isEqualTo("ok dry-run: would let ar,br show backup " + id + "\n");
    assertThat(reply(CTL, "Recover " + id + " nocopy"))
        .isEqualTo("ok backup " + id + " is recovered to ar,br\n");
    assertThat(first("ar")).isEqualTo(1);
    assertThat(read(ROOM + "situation")).isEqualTo("h1r1_nocopy\n");
    assertThat(read(ROOM + "state")).isEqualTo("protected\n");
    assertThat(read(ROOM + "recoveries"))
        .startsWith("# set backup copy started source target state percent left_bytes job error\n")
        .contains("R1 " + id + " nocopy ", " a ar shown 0 262144 - -\n");
    assertThat(reply(CTL, "lsrecovered"))
        .startsWith("ok 1 recovery\nBackup ID ")
        .contains(id + " ", " PAY ", " No ", " R1\n");
    assertThat(refused("recover backup=" + id, "SGC1011E", "H1R1 NOCOPY")).isEqualTo(Errno.EBUSY);
    assertThat(refused("remove volume=a", "SGC1009W")).isEqualTo(Errno.EBUSY);

    assertThat(refused("TerminateH1R1", "SGC1012E")).isEqualTo(Errno.EBUSY);
    copyAll("InitiateBackgroundCopy");
    assertThat(reply(CTL, "InitiateBackgroundCopy"))
        .isEqualTo("ok recovery set R1 of backup " + id + " is whole\n");
    assertThat(read(ROOM + "recoveries")).contains(" a ar whole 100 0 - -\n");
    assertThat(reply(CTL, "TerminateH1R1")).isEqualTo("ok recovery set R1 is ended\n");
    assertThat(first("ar")).isEqualTo(1);
  }

  private void copyAll(String line) throws Exception {
    String reply = reply(CTL, line);
    assertThat(reply).matches("(?s)ok (\\S+ )?.*");
    Awaitility.await()
        .atMost(Duration.ofMinutes(1))
        .until(() -> read(ROOM + "situation").equals("h1r1_copied\n"));
  }

  @Test
  void aRecoveryWithBackgroundCopyNamesItsJobs() throws Exception {
    long id = backup("");

    String reply = reply(CTL, "recover backup=" + id + " copy=background id=mine");

    assertThat(reply)
        .matches(
            "ok (mine )?(jobs=\\S+\n|[0-9]+ )?backup "
                + id
                + " is recovered to ar,br, and copy all of it\n");
    Awaitility.await()
        .atMost(Duration.ofMinutes(1))
        .until(() -> read(ROOM + "situation").equals("h1r1_copied\n"));
    assertThat(read("jobs/mine/status")).contains("\nverb: safeguarded_copy\n");
    assertThat(reply(CTL, "recover backup=" + id + " copy=background id=mine"))
        .isEqualTo("ok mine (already accepted)\n");
    assertThat(reply(CTL, "recover backup=latest -replace")).startsWith("ok backup " + id);
  }

  @Test
  void severalSetsAtATime() throws Exception {
    long one = backup("");
    long two = backup("");
    open.volume("x", SIZE_BYTES);
    open.volume("y:z", SIZE_BYTES);
    assertThat(reply(CTL, "recover backup=" + one)).startsWith("ok backup " + one);

    assertThat(reply(CTL, "recover backup=" + two + " set=look to=a:x,b:y:z"))
        .isEqualTo("ok backup " + two + " is recovered to x,y:z\n");
    assertThat(read(ROOM + "status")).contains("\nrecovery_sets: R1,look\n");
    assertThat(refused("recover backup=" + two + " set=other to=x:a", "no SOURCE:TARGET"))
        .isEqualTo(Errno.EINVAL);
    assertThat(refused("recover backup=" + two + " set=other to=a:ar", "shows backup " + one))
        .isEqualTo(Errno.EBUSY);
    assertThat(refused("recover backup=" + two + " set=restore")).isEqualTo(Errno.EINVAL);
    assertThat(refused("recover backup=" + two + " set=\"a b\"")).isEqualTo(Errno.EINVAL);
    assertThat(refused("terminate-h1r1 set=none", "no recovery set none")).isEqualTo(Errno.ENOENT);
    assertThat(reply(CTL, "terminate-h1r1 set=look force=yes"))
        .isEqualTo("ok recovery set look is ended; INVALID: x,y:z\n");
  }

  @Test
  void anExpiredBackupThatARecoveryNeedsGoesLater() throws Exception {
    long id = backup("");
    assertThat(reply(CTL, "recover backup=" + id)).startsWith("ok ");

    assertThat(reply(CTL, "expire backup=" + id))
        .isEqualTo(
            "ok 1 backup expired: " + id + " when no recovery needs it any more (SGC1009W)\n");
    assertThat(read(ROOM + "backups")).contains(" no 0 ", " dependent_deleting ");
    copyAll("InitiateBackgroundCopy");
    Awaitility.await()
        .atMost(Duration.ofMinutes(1))
        .until(() -> read(ROOM + "backups").lines().count() == 1);
  }

  @Test
  void restoreWantsConfirmationAndLeavesABackup() throws Exception {
    long id = backup("");
    fill("a", 9);

    assertThat(refused("restore backup=" + id, "SGC1007I", "over a,b")).isEqualTo(Errno.EPERM);
    assertThat(reply(CTL, "restore backup=" + id + " dry-run=yes"))
        .isEqualTo(
            "ok dry-run: would back up session PAY, then write backup " + id + " over a,b\n");
    assertThat(reply(CTL, "Restore Backup " + id + " confirm=yes"))
        .contains("backup " + id + " is restored over a,b; before it was backup ");
    assertThat(first("a")).isEqualTo(1);
    assertThat(read(ROOM + "backups")).contains("\"before restore of " + id + "\"");
  }

  // ---- csmcli

  @Test
  void aWholeLifeInTheWordsOfCsmcli() throws Exception {
    open.volume("c", SIZE_BYTES);
    open.volume("cr", SIZE_BYTES);
    assertThat(reply("ctl", "mksess -cptype sgc LOG")).isEqualTo("ok session LOG\n");
    assertThat(reply("ctl", "mkcpset -h1 c -r1 cr LOG")).startsWith("ok session LOG protects c");
    assertThat(reply("ctl", "cmdsess -action backup LOG")).startsWith("ok backup ");
    String id = reply("ctl", "lsbackups -fmt delim -hdr off LOG").lines().toList().get(1);
    assertThat(id).matches("[0-9]+,\\S+Z,LOG,H1,Yes,1");
    id = id.substring(0, id.indexOf(','));
    assertThat(reply("ctl", "lsbackups -l -fmt stanza LOG"))
        .contains("Backup ID          " + id + "\n", "Last Result        SGC1001I\n");
    assertThat(reply("ctl", "lsbackups -fmt xml LOG")).contains("<BackupID>" + id + "</BackupID>");
    assertThat(reply("ctl", "lsbackups -l LOG"))
        .contains("Backup ID ", "Blocking Expansion", "\n====", "\n" + id + " ");
    assertThat(reply("ctl", "cmdsess -action recover -backupid " + id + " LOG"))
        .isEqualTo("ok backup " + id + " is recovered to cr\n");
    assertThat(reply("ctl", "lsrecoveredbackups LOG")).contains("\n" + id + " ");
    assertThat(reply("ctl", "lssess"))
        .contains("Name ", "Copy Type", "LOG  Normal   Protected Safeguarded Copy Yes ")
        .contains("PAY  Inactive Defined ");
    assertThat(reply("ctl", "showsess LOG"))
        .contains("Status ", "State ", "Safeguarded Copy", "minimum_interval ", "h1r1_nocopy");
    assertThat(reply("ctl", "showsess LOG -json"))
        .contains("\"name\" : \"LOG\"", "\"lock\" : \"0\"");
    assertThat(reply("ctl", "cmdsess -action terminateh1r1 -force LOG"))
        .isEqualTo("ok recovery set R1 is ended; INVALID: cr\n");
    assertThat(reply("ctl", "cmdsess -action expire -backupid " + id + " LOG")).startsWith("ok 1");
    assertThat(reply("ctl", "rmcpset -h1 c LOG")).startsWith("ok ");
    assertThat(reply("ctl", "rmsess LOG")).isEqualTo("ok session LOG is deleted\n");
  }

  // ---- who may

  @Test
  void whatRemovesIsForTheOwner() throws Exception {
    long id = backup("");
    for (String line :
        new String[] {
          "expire backup=" + id,
          "terminate",
          "delete",
          "remove volume=a",
          "set lock=1d",
          "lock backup=" + id + " for=1d",
          "hold backup=" + id + " hold=x",
          "release backup=" + id + " hold=x",
          "recover backup=" + id,
          "restore backup=" + id + " confirm=yes",
          "refresh",
          "add volume=ar",
          "backup",
          "initiate-background-copy",
          "terminate-h1r1",
        }) {
      assertThat(refused(OpenBay.OTHER, CTL, line)).as(line).isEqualTo(Errno.EACCES);
    }
    assertThat(refused(OpenBay.OTHER, "ctl", "mksess -cptype sgc X")).isEqualTo(Errno.EACCES);
    assertThat(read("audit")).contains(" safeguarded-expire EACCES ");
    if (read("audit").contains("safeguarded-hold")) {
      fail("a hold destroys nothing");
    }
  }

  @Test
  void aCutOffLineRemovesNothing() throws Exception {
    long id = backup("");
    try (ControlHandle handle = ((ControlFile) node(CTL)).open(OpenBay.OWNER, OpenMode.WRITE)) {
      ByteBuffer line = ByteBuffer.wrap(("Expire " + id).getBytes(StandardCharsets.UTF_8));
      assertThat(fault(() -> handle.write(0, line))).isEqualTo(Fault.BAD_REQUEST);
    }
    assertThat(read(ROOM + "backups")).contains("\n" + id + " ");
  }
}
