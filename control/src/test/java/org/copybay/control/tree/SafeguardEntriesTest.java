package org.copybay.control.tree;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.jr.ob.JSON;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.copybay.control.OpenBay;
import org.copybay.control.report.Errno;
import org.copybay.copy.engine.Job;
import org.copybay.copy.safeguarded.Situation;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What .control tells of safeguarded sessions. */
class SafeguardEntriesTest extends SafeguardFixture {
  @BeforeEach
  void make() throws Exception {
    makeSession();
  }

  @Test
  void theRoomHasTheseFiles() throws Exception {
    backup("label=x hold=y lock=1d");
    assertThat(reply(CTL, "recover latest")).startsWith("ok ");
    awaitSealed(); // else what is told of it changes

    assertThat(names("safeguard")).containsExactly("ctl", "status", "status.json", "PAY");
    assertThat(names("safeguard/PAY"))
        .containsExactly(
            "ctl",
            "status",
            "status.json",
            "state",
            "situation",
            "copysets",
            "properties",
            "backups",
            "backups.json",
            "evidence",
            "evidence.json",
            "recoveries",
            "requests",
            "requests.json",
            "availablecommands",
            "availablecommands.json");
    for (ControlFile file : files((ControlDirectory) node("safeguard"))) {
      String text = read(file);
      assertThat(file.size(OpenBay.OWNER))
          .as(file.path())
          .isEqualTo(text.getBytes(StandardCharsets.UTF_8).length);
      assertThat(text).as(file.path()).endsWith("\n").doesNotEndWith("\n\n");
      if (file.path().endsWith(".json")) {
        assertThat(JSON.std.anyFrom(text)).as(file.path()).isNotNull();
      }
    }
    assertThat(fault(() -> node("safeguard/none"))).isEqualTo(Fault.NOT_FOUND);
    assertThat(read(CTL)).contains("\nbackup [label=TEXT]").doesNotContain("session=");
  }

  @Test
  void theStatusCounts() throws Exception {
    long one = backup("lock=1d");
    long two = backup("hold=x");

    assertThat(read(ROOM + "status"))
        .startsWith("name: PAY\nstate: protected\nsituation: protected\ncondition: normal\n")
        .contains(
            "\nvolumes: a,b\nbackups: 2\nbackups_locked: 1\nbackups_held: 1\n"
                + "backups_recoverable: 2\noldest_backup: "
                + one
                + "\nnewest_backup: "
                + two
                + "\nnewest_recoverable: "
                + two
                + "\nnewest_recoverable_age_seconds: 10\n",
            "\ncapacity_bytes: -\nrecoveries: 0\nrecovery_sets: -\njobs: -\ntrouble: -\n");
    assertThat(read("safeguard/status"))
        .isEqualTo(
            """
            sessions: 1
            volumes: 2
            backups: 2
            backups_locked: 1
            recoveries: 0
            recoveries_whole: 0
            requests: 0
            in_trouble: 0
            """);
    assertThat(read("status")).contains("\nsafeguarded_sessions: 1\nsafeguarded_backups: 2\n");
    assertThat(read("volumes/a/relations"))
        .contains(
            "safeguarded PAY \"protected by safeguarded session PAY\"\n",
            "backup " + one + " \"needs its bytes\"\n",
            "backup " + two + " \"needs its bytes\"\n");
    assertThat(read("volumes/ar/relations"))
        .contains("safeguarded PAY \"a recovery volume of safeguarded session PAY\"\n")
        .doesNotContain("backup ");
    assertThat(read("metrics"))
        .contains(
            "copybay_safeguarded_backups{session=\"PAY\"} 2.0",
            "copybay_safeguarded_backups_locked{session=\"PAY\"} 1.0",
            "copybay_safeguarded_newest_recoverable_age_seconds{session=\"PAY\"} 10.0",
            "copybay_safeguarded_in_trouble{session=\"PAY\"} 0.0");
    open.clock().pass(Duration.ofDays(1));
    assertThat(read(ROOM + "status")).contains("\nbackups_locked: 0\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "DEFINED|backup,refresh,add,remove,delete",
        "PROTECTED|backup,recover,expire,refresh,terminate,restore,add,remove",
        "BACKING_UP|refresh,terminate",
        "NOCOPY|backup,initiate-background-copy,terminate-h1r1,expire,refresh,terminate,restore"
            + ",add,remove",
        "COPYING|backup,initiate-background-copy,terminate-h1r1,expire,refresh,terminate,restore"
            + ",add,remove",
        "COPIED|backup,initiate-background-copy,terminate-h1r1,expire,refresh,terminate,restore"
            + ",add,remove",
        "TERMINATING|refresh",
      })
  void availableCommandsAreThoseOfTheTable(Situation situation, String words) throws Exception {
    List<String> expected = List.of(words.split(",", -1));

    List<String> lines = SafeguardPages.available(situation).lines().skip(1).toList();
    assertThat(lines.stream().map(line -> line.substring(line.lastIndexOf(' ') + 1)))
        .containsExactlyElementsOf(expected);
    Map<String, Object> all = JSON.std.mapFrom(SafeguardPages.availableJson("PAY", situation));
    assertThat((List<?>) all.get("commands"))
        .hasSize(11)
        .allSatisfy(
            each -> {
              Map<?, ?> command = (Map<?, ?>) each;
              assertThat(command.get("available"))
                  .isEqualTo(expected.contains(String.valueOf(command.get("verb"))));
            });
  }

  @Test
  void availableCommandsFollowTheSession() throws Exception {
    assertThat(read(ROOM + "availablecommands"))
        .isEqualTo(
            """
            # command verb
            Backup backup
            "Refresh States" refresh
            "Add Copy Sets" add
            "Remove Copy Sets" remove
            "Delete Session" delete
            """);
    assertSituation("defined");
    backup("");
    assertSituation("protected");
    assertThat(reply(CTL, "recover latest copy=background rate=4096")).startsWith("ok ");
    assertSituation("h1r1_copying");
    assertThat(reply(CTL, "terminate-h1r1 force=yes")).startsWith("ok ");
    assertThat(reply(CTL, "recover latest nocopy")).startsWith("ok ");
    assertSituation("h1r1_nocopy");
    assertThat(reply(CTL, "initiate-background-copy")).startsWith("ok ");
    Awaitility.await()
        .atMost(Duration.ofMinutes(1))
        .untilAsserted(() -> assertSituation("h1r1_copied"));
  }

  private void assertSituation(String word) throws Exception {
    assertThat(read(ROOM + "situation")).isEqualTo(word + "\n");
    assertThat(read(ROOM + "availablecommands.json")).contains("\"situation\" : \"" + word + "\"");
  }

  @Test
  void whatIsNotAvailableIsRefusedByTheSameTable() throws Exception {
    assertThat(refused("Terminate", "SGC1011E: Terminate is not possible", "availablecommands"))
        .isEqualTo(Errno.EBUSY);
    assertThat(refused("TerminateH1R1", "SGC1011E")).isEqualTo(Errno.EBUSY);
    assertThat(refused("InitiateBackgroundCopy", "SGC1011E")).isEqualTo(Errno.EBUSY);
    assertThat(refused("Recover latest", "no backup that can be recovered"))
        .isEqualTo(Errno.ENOENT);
    backup("");
    assertThat(refused("backup if-state=defined", "is protected, wanted defined"))
        .isEqualTo(Errno.EAGAIN);
  }

  @Test
  void aSuspendedRecoveryIsSevereAndTold() throws Exception {
    long id = backup("");
    assertThat(reply(CTL, "recover latest copy=background rate=4096")).startsWith("ok ");
    for (Job job : open.jobs().all()) {
      assertThat(reply("ctl", "cancel job=" + job.id())).startsWith("ok ");
    }
    Awaitility.await()
        .atMost(Duration.ofMinutes(1))
        .until(
            () ->
                read(ROOM + "recoveries").lines().filter(l -> l.contains(" suspended ")).count()
                    == 2);

    assertThat(read(ROOM + "status"))
        .contains("\ncondition: severe\n", "recovery to ar is suspended: ");
    assertThat(read("health")).contains("safeguarded session PAY: recovery to ar is suspended: ");
    assertThat(reply(CTL, "lsrecovered")).contains(id + " ", " Yes ");
    assertThat(reply("ctl", "lssess")).contains("PAY  Severe");
    assertThat(reply(CTL, "initiate-background-copy")).startsWith("ok ");
    Awaitility.await()
        .atMost(Duration.ofMinutes(1))
        .until(() -> read(ROOM + "situation").equals("h1r1_copied\n"));
    assertThat(read("health")).isEqualTo("ok\n");
  }

  @Test
  void theEvidenceOfABackupIsThatOfEachVolume() throws Exception {
    long id = backup("");
    awaitSealed();

    assertThat(read(ROOM + "evidence"))
        .matches(
            """
            # backup volume state root verified
            %1$d a sealed [0-9a-f]{64} -
            %1$d b sealed [0-9a-f]{64} -
            """
                .formatted(id));
    assertThat((List<?>) JSON.std.anyFrom(read(ROOM + "evidence.json")))
        .hasSize(2)
        .allSatisfy(each -> assertThat(((Map<?, ?>) each).get("backup")).isEqualTo((int) id));
  }

  @Test
  void whatCannotBeHashedIsTold() throws Exception {
    backup("");
    awaitSealed();
    for (int slot = 0; slot < 12; slot++) {
      Path sheet = open.bay().find("b").directory().resolve("evidence." + slot);
      if (!Files.exists(sheet)) {
        assertThat(Files.createDirectories(sheet.resolve("in the way"))).isDirectory();
      }
    }
    fill("b", 3);
    long id = backup("");
    Awaitility.await()
        .atMost(Duration.ofMinutes(1))
        .until(() -> read(ROOM + "evidence").contains(" b \"failed: "));

    String why = "1 backup of volume b cannot be hashed, the first is " + id + ": ";
    assertThat(read(ROOM + "evidence")).contains("\n" + id + " a sealed ");
    assertThat(read(ROOM + "backups")).contains(" \"failed: ");
    assertThat(read(ROOM + "status")).contains("\ncondition: severe\n", why);
    assertThat(read("health")).contains(why, "(cat .control/safeguard/PAY/evidence)");
    assertThat(read("metrics")).contains("in_trouble{session=\"PAY\"} 1.0");
  }

  @Test
  void manyBackupsAreListedAsFarAsAReplyHasRoom() throws Exception {
    String label = "l".repeat(250);
    long first = backup("label=" + label);
    for (int i = 0; i < 80; i++) {
      backup("label=" + label);
    }
    long last = backup("label=last");

    for (String format : List.of("text", "json", "xml", "stanza", "delim")) {
      String reply = longReply("lsbackups -l -fmt " + format);
      assertThat(reply).startsWith("ok the newest ").contains("" + last).doesNotContain("" + first);
      assertThat(reply.lines().findFirst().orElse(""))
          .endsWith(" of 82 backups; all: cat .control/safeguard/PAY/backups");
      assertThat(reply.getBytes(StandardCharsets.UTF_8).length).isLessThan(64 << 10);
    }
    assertThat(read(ROOM + "backups").lines()).hasSize(83);
    assertThat(refused("backup label=" + "l".repeat(256), "label")).isEqualTo(Errno.ENAMETOOLONG);
  }

  private String longReply(String line) throws Exception {
    ControlFile ctl = (ControlFile) node(CTL);
    try (ControlHandle handle = ctl.open(OpenBay.OWNER, OpenMode.READ_WRITE)) {
      byte[] bytes = (line + "\n").getBytes(StandardCharsets.UTF_8);
      assertThat(handle.write(0, ByteBuffer.wrap(bytes))).isEqualTo(bytes.length);
      ByteBuffer reply = ByteBuffer.allocate(1 << 20);
      while (handle.read(bytes.length + reply.position(), reply) > 0) {
        // until the end
      }
      return new String(reply.array(), 0, reply.position(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void mkdirMakesASession() throws Exception {
    tree.makeDirectory(OpenBay.OWNER, "safeguard/NEW");

    assertThat(read("safeguard/NEW/state")).isEqualTo("defined\n");
    assertThat(fault(() -> tree.makeDirectory(OpenBay.OWNER, "safeguard/NEW")))
        .isEqualTo(Fault.EXISTS);
    assertThat(read("last_error")).startsWith("safeguarded session NEW exists");
    assertThat(fault(() -> tree.makeDirectory(OpenBay.OWNER, "safeguard/status.old")))
        .isEqualTo(Fault.BAD_REQUEST);
    assertThat(fault(() -> tree.makeDirectory(OpenBay.OWNER, "safeguard/NEW/x")))
        .isEqualTo(Fault.FORBIDDEN);
  }

  @ParameterizedTest
  @CsvSource({
    "RMDIR,safeguard/PAY,echo 'safeguarded delete session=PAY' > .control/ctl",
    "UNLINK,safeguard/PAY/backups,echo 'safeguarded delete session=PAY' > .control/ctl",
    "CREATE,safeguard/x,mkdir .control/safeguard/NAME",
    "MKDIR,safeguard/PAY/x,cat .control/README",
    "RENAME,safeguard/PAY,cat .control/README",
    "UNLINK,safeguard/status,cat .control/README",
  })
  void noOtherGestureDoesAnything(Gesture gesture, String path, String remedy) throws Exception {
    backup("lock=1d");
    StorageException refused = tree.refuse(OpenBay.OWNER, gesture, path);

    assertThat(refused.fault()).isEqualTo(Fault.FORBIDDEN);
    assertThat(read("last_error")).contains("try: " + remedy);
    assertThat(read(ROOM + "state")).isEqualTo("protected\n");
  }
}
