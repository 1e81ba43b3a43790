package org.copybay.control.tree;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.jr.ob.JSON;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.copybay.control.OpenBay;
import org.copybay.control.report.Caller;
import org.copybay.control.report.Errno;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Catalogue;
import org.copybay.volumes.bay.Hold;
import org.copybay.volumes.bay.Opener;
import org.copybay.volumes.bay.Volume;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ControlTreeTest extends ControlTreeFixture {
  @Test
  void theTreeHasTheseFiles() throws Exception {
    open.volume("payroll", 1 << 20);
    write("ctl", "duplicate from=payroll to=copy id=first");
    waitForEnd("first");

    assertThat(names(""))
        .containsExactlyInAnyOrder(
            "README",
            "ctl",
            "version",
            "status",
            "status.json",
            "health",
            "last_error",
            "error_log",
            "audit",
            "audit.chain",
            "events",
            "events.json",
            "metrics",
            "commands",
            "volumes",
            "points",
            "shadow",
            "quickopc",
            "safeguard",
            "optical",
            "tape",
            "jobs");
    assertThat(names("volumes")).containsExactly("copy", "payroll");
    assertThat(names("volumes/payroll"))
        .containsExactlyInAnyOrder(
            "ctl",
            "status",
            "status.json",
            "type",
            "state",
            "size",
            "sector_size",
            "cache_mode",
            "uuid",
            "generation",
            "created",
            "owner",
            "openers",
            "relations",
            "uncopied",
            "bitmaps");
    assertThat(names("jobs")).containsExactlyInAnyOrder("running", "done", "latest", "first");
    assertThat(names("jobs/first"))
        .containsExactlyInAnyOrder("ctl", "status", "status.json", "command", "log", "result");
    assertThat(((ControlLink) node("jobs/latest")).target()).isEqualTo("first");
  }

  @Test
  void everyFileHasItsTrueSizeAndOneLineEndAtTheEnd() throws Exception {
    open.volume("payroll", 1 << 20);
    write("ctl", "duplicate from=payroll to=copy id=first");
    waitForEnd("first");
    assertThat(fault(() -> write("ctl", "delete volume=nix"))).isEqualTo(Fault.NOT_FOUND);

    for (ControlFile file : files(tree.root())) {
      String text = read(file);
      assertThat(file.size(OpenBay.OWNER))
          .as(file.path())
          .isEqualTo(text.getBytes(StandardCharsets.UTF_8).length);
      assertThat(text).as(file.path()).endsWith("\n").doesNotEndWith("\n\n");
    }
    assertThat(read("last_error", new Caller(0, 0, 1))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"status", "volumes/payroll/status", "jobs/first/status"})
  void textAndJsonHaveTheSameKeysInTheSameOrder(String path) throws Exception {
    open.volume("payroll", 1 << 20);
    write("ctl", "duplicate from=payroll to=copy id=first");
    waitForEnd("first");

    List<String> keys =
        read(path).lines().map(line -> line.substring(0, line.indexOf(": "))).toList();
    Map<String, Object> json = JSON.std.mapFrom(read(path + ".json"));

    assertThat(json.keySet()).containsExactlyElementsOf(keys);
    assertThat(keys).allMatch(key -> key.matches("[a-z][a-z_]*"));
  }

  @Test
  void valuesAreTyped() throws Exception {
    open.volume("payroll", 1 << 20).hold("payroll", new Hold("7", "being checked"));

    Map<String, Object> json = JSON.std.mapFrom(read("volumes/payroll/status.json"));

    assertThat(json).containsEntry("size", 1 << 20).containsEntry("failure", null);
    assertThat(json).containsEntry("created", "2025-11-21T09:31:07Z");
    assertThat(read("volumes/payroll/status")).contains("\nfailure: -\n", "\nheld_by_job: 7\n");
    assertThat(read("volumes/payroll/size")).isEqualTo("1048576\n");
    assertThat(read("volumes/payroll/owner")).isEqualTo("1000:1000\n");
    assertThat(read("volumes/payroll/relations"))
        .isEqualTo("# kind id reason\njob 7 \"being checked\"\n");
    assertThat(read("version")).isEqualTo("0.1.0 proto=1\n");
    assertThat(read("status")).contains("read_only: no\n");
  }

  @Test
  void theDocumentNamesEveryFileKeyVerbAndErrno() throws Exception {
    open.volume("payroll", 1 << 20);
    write("ctl", "duplicate from=payroll to=copy id=first");
    assertThat(waitForEnd("first")).startsWith("done");
    List<String> words = new ArrayList<>();
    for (String directory : List.of("", "volumes/payroll", "jobs", "jobs/first", "commands")) {
      words.addAll(names(directory));
    }
    for (String status : List.of("status", "volumes/payroll/status", "jobs/first/status")) {
      read(status).lines().forEach(line -> words.add(line.substring(0, line.indexOf(": "))));
    }
    Stream.of(Errno.values()).forEach(errno -> words.add(errno.name()));
    words.remove("first");

    String document = Files.readString(Path.of("../docs/CONTROL.md"));

    assertThat(words)
        .allSatisfy(word -> assertThat(document).containsPattern("[`/| ]" + word + "[`/ |]"));
  }

  @Test
  void aValueWithALineEndStaysOnItsLine() throws Exception {
    Page page = new Page().put("path", "/a\nstate: ready").put("size", 1);

    assertThat(page.text()).isEqualTo("path: \"/a\\nstate: ready\"\nsize: 1\n");
    assertThat(JSON.std.mapFrom(page.json())).containsEntry("path", "/a\nstate: ready");
  }

  @Test
  void openersAreNamed() throws Exception {
    int pid = (int) ProcessHandle.current().pid();
    try (var opened = open.volume("payroll", 1024).open(new Opener(pid, true), false)) {
      assertThat(read("volumes/payroll/openers"))
          .startsWith("# pid access process\n" + pid + " write \"pid " + pid + " (");
      assertThat(read("volumes/payroll/status")).contains("\nwriter_count: 1\n");
    }
    assertThat(read("volumes/payroll/openers")).isEqualTo("# pid access process\n");
  }

  @Test
  void theContentIsThatOfTheMomentOfTheOpen() throws Exception {
    open.volume("payroll", 1024);
    ControlFile file = (ControlFile) node("volumes/payroll/size");
    try (ControlHandle handle = file.open(OpenBay.OWNER, OpenMode.READ)) {
      write("volumes/payroll/ctl", "resize 1G");

      assertThat(read(handle)).isEqualTo("1024\n");
      assertThat(handle.size()).isEqualTo(5);
    }
    assertThat(read(file)).isEqualTo("1073741824\n");
  }

  @Test
  void aFileOfADeletedVolumeIsNotFound() throws Exception {
    open.volume("payroll", 1024);
    ControlFile file = (ControlFile) node("volumes/payroll/status");
    write("ctl", "delete volume=payroll");

    assertThat(fault(() -> file.open(OpenBay.OWNER, OpenMode.READ))).isEqualTo(Fault.NOT_FOUND);
    assertThat(fault(() -> node("volumes/payroll"))).isEqualTo(Fault.NOT_FOUND);
  }

  @Test
  void healthNamesALabelAsLongAsItIsNotWritten() throws Exception {
    open.volume("payroll", 1 << 20);
    Volume volume = open.bay().find("payroll");
    Path label = volume.home().resolveSibling("label");
    Files.delete(label);
    Files.createDirectory(label); // nothing can be written there

    open.bay().points().freeze(List.of(volume), "P", Catalogue.Change.NOTHING);
    assertThat(read("health")).startsWith("degraded: label of volume payroll not written: ");

    Files.delete(label);
    open.bay().points().freeze(List.of(volume), "Q", Catalogue.Change.NOTHING);
    assertThat(read("health")).isEqualTo("ok\n");
  }

  @Test
  void healthNamesTheVolumeThatIsIll() throws Exception {
    assertThat(read("health")).isEqualTo("ok\n");
    open.volume("payroll", 1 << 20);
    Path home = open.bay().find("payroll").home();
    open.close();
    Files.delete(home);
    open = open.reopen();
    tree = open.tree();

    assertThat(read("health")).startsWith("degraded: volume payroll: ");
    assertThat(read("status")).contains("\nvolumes_failed: 1\n");
    assertThat(read("volumes/payroll/status")).contains("\nallocated_bytes: -\n");
  }

  @Test
  void lastErrorShowsTheLineWithACaretAndWhatToTry() throws Exception {
    fault(() -> write("ctl", "create volume test size=4X"));

    assertThat(read("last_error"))
        .isEqualTo(
            """
            "4X" is no size; write bytes, or a whole number with K M G T P (powers of 1024) or b \
            (blocks of 512)
              create volume test size=4X
                                      ^
            try: for instance 4G, 512M or 8388608b
            """);
    assertThat(read("last_error", OpenBay.OTHER)).isEmpty();
  }

  @Test
  void whateverIsWrittenToTheErrorLogClearsIt() throws Exception {
    fault(() -> write("ctl", "nix"));
    assertThat(read("error_log")).contains("errno=EINVAL");

    assertThat(write("error_log", "")).isEqualTo(1);

    assertThat(read("error_log")).isEmpty();
    assertThat(read("last_error")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "MKDIR,volumes/x,create volume x size=SIZE",
    "MKDIR,shadow/DSA42,mount set=DSA42 members=VOLUME",
    "RMDIR,shadow/DSA42,dissolve set=DSA42",
    "RENAME,shadow/DSA42,cat .control/README",
    "RMDIR,quickopc/nightly,echo 'quickopc group delete group=nightly' > .control/ctl",
    "UNLINK,quickopc/nightly/ctl,echo 'quickopc group delete group=nightly' > .control/ctl",
    "RMDIR,quickopc/n/a:b,echo 'quickopc pair remove group=n pair=a:b' > .control/ctl",
    "UNLINK,quickopc/n/a:b/diff,echo 'quickopc pair remove group=n pair=a:b' > .control/ctl",
    "MKDIR,quickopc/n/p,echo 'quickopc pair add group=n pair=p source=VOLUME target=VOLUME' > .control/ctl",
    "MKDIR,quickopc/n/p/x,cat .control/README",
    "RMDIR,safeguard/PAY,echo 'safeguarded delete session=PAY' > .control/ctl",
    "CREATE,quickopc/nightly,mkdir .control/quickopc/NAME",
    "UNLINK,quickopc/status,cat .control/README",
    "RENAME,quickopc/nightly,cat .control/README",
    "CHANGE_OWNER,shadow/DSA42,the same on shadow/DSA42",
    "RMDIR,volumes/a b,delete volume=\"a b\"",
    "UNLINK,volumes/x/status,delete volume=x",
    "RENAME,volumes/x,rename volume=x to=NEW",
    "RMDIR,jobs/17,cancel job=17",
    "UNLINK,error_log,echo > .control/error_log",
    "UNLINK,volumes/it's,echo 'delete volume=it'\\''s' > .control/ctl",
    "CREATE,nix,cat .control/README",
    "LINK,volumes/x,cat .control/README",
    "CHANGE_OWNER,volumes/x,the same on volumes/x",
  })
  void aGestureIsRefusedWithTheCommandToWrite(Gesture gesture, String path, String command)
      throws Exception {
    StorageException refused = tree.refuse(OpenBay.OWNER, gesture, path);

    assertThat(refused.fault()).isEqualTo(Fault.FORBIDDEN);
    assertThat(read("last_error")).contains("try: ").contains(command);
  }

  @Test
  void aRefusedGestureOnAVolumeIsToldInLastError() throws Exception {
    tree.report(
        OpenBay.OTHER,
        "volumes/payroll",
        new StorageException(Fault.FORBIDDEN, "fixed size", "resize volume=payroll size=5"));

    assertThat(read("last_error", OpenBay.OTHER))
        .isEqualTo("fixed size\ntry: resize volume=payroll size=5\n");
    assertThat(read("error_log")).contains("uid=1001", "ctl=volumes/payroll", "errno=EPERM");
  }

  @Test
  void statusHasTheHeadOfTheAuditLogThatTheChainEndsWith() throws Exception {
    assertThat(read("status")).containsPattern("audit_head: +-\n");

    tree.auditResult(tree.auditGesture(OpenBay.OTHER, "volumes/a", "unlink a"), null);

    String head = read("audit.chain").lines().toList().get(2);
    assertThat(read("status")).contains(head.replace(' ', ':'));
    assertThat(read("audit.chain").lines()).hasSize(3);
  }

  @Test
  void healthNamesAnAuditLogThatDoesNotFit() throws Exception {
    tree.auditResult(tree.auditGesture(OpenBay.OTHER, "volumes/a", "unlink a"), null);
    open.bay()
        .catalogue()
        .change(
            connection -> {
              try (Statement statement = connection.createStatement()) {
                statement.execute("update audit_entry set uid=0 where entry=1");
              }
            });
    assertThat(read("health")).isEqualTo("ok\n");

    open = open.reopen();
    tree = open.tree();

    assertThat(read("health"))
        .startsWith("degraded: audit log: entry 1: wanted hash ")
        .contains("copybay check");
  }

  @Test
  void aRemovalThroughTheMountIsAudited() throws Exception {
    tree.auditResult(tree.auditGesture(OpenBay.OTHER, "volumes/a", "unlink a"), null);
    tree.auditResult(tree.auditGesture(OpenBay.OTHER, "volumes/b", "unlink b"), Fault.BUSY);
    tree.auditGesture(OpenBay.OTHER, "volumes/c", "unlink c");

    assertThat(read("audit"))
        .contains(
            " 1001 6000 volumes/a unlink ok unlink a\n",
            " unlink EBUSY unlink b\n",
            " unlink begun unlink c\n");
  }

  @Test
  void textsCannotBeWritten() throws Exception {
    for (ControlFile file : files(tree.root())) {
      if (file.mode() == 0444) {
        assertThat(fault(() -> file.open(OpenBay.OWNER, OpenMode.WRITE)))
            .as(file.path())
            .isEqualTo(Fault.DENIED);
        assertThat(read("last_error")).startsWith(file.path() + " cannot be written\n");
      } else {
        assertThat(file.mode()).as(file.path()).isEqualTo(0660);
      }
    }
  }

  @Test
  void theReadmeHasTwelveLinesAndItsCommandsAreTrue() throws Exception {
    assertThat(read("README").lines()).hasSize(12);
    write("ctl", "create volume test size=1G");
    write("ctl", "duplicate from=test to=copy id=first");
    assertThat(waitForEnd("first")).startsWith("done");
    assertThat(read("commands/duplicate")).contains("from");
  }
}
