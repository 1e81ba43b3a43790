package org.copybay.control.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.copybay.volumes.bay.Catalogue.Change.NOTHING;

import com.fasterxml.jackson.jr.ob.JSON;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.copybay.control.OpenBay;
import org.copybay.control.command.Scope;
import org.copybay.copy.engine.Job;
import org.copybay.copy.quickopc.Direction;
import org.copybay.copy.quickopc.GroupType;
import org.copybay.copy.quickopc.PairRecord;
import org.copybay.copy.quickopc.Session;
import org.copybay.copy.quickopc.SessionCommands;
import org.copybay.copy.quickopc.StartSpec;
import org.copybay.copy.quickopc.StartSpec.Mode;
import org.copybay.volumes.Fault;
import org.copybay.volumes.bay.OpenFile;
import org.copybay.volumes.bay.Opener;
import org.copybay.volumes.bay.Volume;
import org.junit.jupiter.api.Test;

/** What .control tells of QuickOPC. Copies are paused until a test resumes them. */
class QuickOpcEntriesTest extends ControlTreeFixture {
  private static final int REGION = 64 << 10;
  private static final int REGIONS = 8;
  private static final String PAIR = "quickopc/nightly/payroll:copy/";

  private PairRecord pair(String group, GroupType type, String source, String target)
      throws Exception {
    for (String name : List.of(source, target)) {
      if (open.bay().volumes().stream().noneMatch(each -> each.name().equals(name))) {
        fill(open.volume(name, (long) REGIONS * REGION));
      }
    }
    if (!open.opc().groups().all().containsKey(group)) {
      open.opc().groups().createGroup(group, type, NOTHING);
    }
    return open.opc()
        .groups()
        .addPair(group, null, open.bay().find(source), open.bay().find(target), NOTHING);
  }

  private PairRecord pair() throws Exception {
    return pair("nightly", GroupType.QUICKOPC, "payroll", "copy");
  }

  private static void fill(Volume volume) throws Exception {
    byte[] bytes = volume.name().repeat(REGIONS * REGION).getBytes(StandardCharsets.UTF_8);
    write(volume, 0, bytes, REGIONS * REGION);
  }

  private static void write(Volume volume, long offset, byte[] bytes, int length) throws Exception {
    try (OpenFile file = volume.open(new Opener(1, true), false)) {
      ByteBuffer buffer = ByteBuffer.allocateDirect(length).put(bytes, 0, length).flip();
      assertThat(file.write(offset, buffer)).isEqualTo(length);
    }
  }

  private void change(String volume, int region) throws Exception {
    write(open.bay().find(volume), (long) region * REGION, new byte[4096], 4096);
  }

  private Session start(PairRecord pair, Mode mode) throws Exception {
    StartSpec spec = new StartSpec(mode, false, false, null, true, null, "start", 1000, NOTHING);
    return new SessionCommands(open.opc()).start(List.of(pair), spec).get(0);
  }

  private void copy(PairRecord pair) throws Exception {
    Job job = new SessionCommands(open.opc()).job(pair);
    assertThat(job.resume()).isNotNull();
    Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> job.state().ended());
    assertThat(job.error()).isNull();
  }

  private Session forward(PairRecord pair) {
    Session found = open.opc().find(pair, Direction.FORWARD);
    if (found == null) {
      throw new AssertionError("no session");
    }
    return found;
  }

  private static List<String> keys(String text) {
    return text.lines().map(line -> line.substring(0, line.indexOf(": "))).toList();
  }

  @Test
  void theRoomHasTheseFiles() throws Exception {
    assertThat(names("quickopc")).containsExactly("ctl", "status", "status.json");
    start(pair(), Mode.AUTO);
    pair("nightly", GroupType.QUICKOPC, "payroll", "second");
    pair("weekly", GroupType.OPC, "payroll", "third");

    assertThat(names("quickopc"))
        .containsExactly("ctl", "status", "status.json", "nightly", "weekly");
    assertThat(names("quickopc/nightly"))
        .containsExactly("ctl", "status", "status.json", "payroll:copy", "payroll:second");
    assertThat(names("quickopc/nightly/payroll:copy"))
        .containsExactly(
            "ctl",
            "source",
            "target",
            "phase",
            "percent",
            "tracked_source",
            "tracked_target",
            "status",
            "status.json",
            "info",
            "diff",
            "diff.json");
    for (ControlFile file : files((ControlDirectory) node("quickopc"))) {
      String text = read(file);
      assertThat(file.size(OpenBay.OWNER))
          .as(file.path())
          .isEqualTo(text.getBytes(StandardCharsets.UTF_8).length);
      assertThat(text).as(file.path()).endsWith("\n").doesNotEndWith("\n\n");
    }
    assertThat(fault(() -> node("quickopc/none"))).isEqualTo(Fault.NOT_FOUND);
    assertThat(fault(() -> node("quickopc/nightly/none"))).isEqualTo(Fault.NOT_FOUND);
  }

  @Test
  void theCommandFilesAreThoseOfTheirScopes() throws Exception {
    pair();

    assertThat(((CtlFile) node("quickopc/ctl")).scope()).isEqualTo(Scope.quickopc());
    assertThat(((CtlFile) node("quickopc/nightly/ctl")).scope()).isEqualTo(Scope.group("nightly"));
    assertThat(((CtlFile) node(PAIR + "ctl")).scope())
        .isEqualTo(new Scope(Scope.Kind.PAIR, "nightly/payroll:copy"));
    assertThat(fault(() -> write("quickopc/nightly/ctl", "nonsense"))).isEqualTo(Fault.BAD_REQUEST);
    assertThat(read("error_log")).contains("ctl=quickopc/nightly/ctl ");
  }

  @Test
  void aPairWithoutASessionTellsWhatItIs() throws Exception {
    pair();

    assertThat(read(PAIR + "source")).isEqualTo("payroll\n");
    assertThat(read(PAIR + "target")).isEqualTo("copy\n");
    assertThat(read(PAIR + "phase")).isEqualTo("none\n");
    assertThat(read(PAIR + "status")).isEqualTo("OPC action not startup\n");
    assertThat(read(PAIR + "percent")).isEqualTo("-\n");
    assertThat(read(PAIR + "tracked_source")).isEqualTo("-\n");
    assertThat(read(PAIR + "info"))
        .startsWith("group: nightly\npair: payroll:copy\nsource: payroll\ntarget: copy\n")
        .contains("\nsession: -\n", "\nregion_bytes: 65536\nregions: 8\n", "\ntarget_invalid: -\n");
    assertThat(read(PAIR + "diff"))
        .isEqualTo("# set offset length, in bytes\n# no session: nothing is known\n");
    assertThat(JSON.std.mapFrom(read(PAIR + "diff.json")))
        .containsEntry("session", null)
        .containsEntry("ranges", List.of());
  }

  @Test
  void aPairTellsOfItsCopyAndOfWhatChanged() throws Exception {
    PairRecord pair = pair();
    start(pair, Mode.AUTO);

    assertThat(read(PAIR + "phase")).isEqualTo("copying/tracking\n");
    assertThat(read(PAIR + "status")).isEqualTo("OPC Executing\n");
    assertThat(read(PAIR + "percent")).isEqualTo("0\n");
    assertThat(JSON.std.mapFrom(read(PAIR + "status.json")))
        .containsEntry("session", 1)
        .containsEntry("opc_status", "OPC Executing")
        .containsEntry("copied_blocks", 0)
        .containsEntry("left_bytes", REGIONS * REGION)
        .containsEntry("uncopied_regions", REGIONS)
        .containsEntry("started", "2025-11-21T09:31:07Z")
        .containsEntry("rate", 0)
        .containsEntry("error", null)
        .hasEntrySatisfying("job", job -> assertThat(job).isNotNull());
    assertThat(read(PAIR + "diff"))
        .isEqualTo("# set offset length, in bytes\nuncopied 0 " + REGIONS * REGION + "\n");

    copy(pair);
    change("payroll", 1);
    change("payroll", 2);
    change("copy", 5);

    assertThat(read(PAIR + "phase")).isEqualTo("tracking\n");
    assertThat(read(PAIR + "percent")).isEqualTo("100\n");
    assertThat(read(PAIR + "tracked_source")).isEqualTo("2\n");
    assertThat(read(PAIR + "tracked_target")).isEqualTo("1\n");
    assertThat(JSON.std.mapFrom(read(PAIR + "status.json")))
        .containsEntry("copied_blocks", REGIONS * REGION / 512)
        .containsEntry("left_bytes", 0)
        .containsEntry("tracked_source_regions", 2)
        .containsEntry("tracked_source_bytes", 8192)
        .containsEntry("tracked_target_regions", 1)
        .containsEntry("tracked_target_bytes", 4096)
        .containsEntry("job", null);
    assertThat(read(PAIR + "diff"))
        .isEqualTo(
            """
            # set offset length, in bytes
            tracked_source 65536 4096
            tracked_source 131072 4096
            tracked_target 327680 4096
            """);
    Map<String, Object> diff = JSON.std.mapFrom(read(PAIR + "diff.json"));
    assertThat(diff)
        .containsEntry("session", 1)
        .containsEntry("tracking", true)
        .containsEntry("more_from", Map.of())
        .hasEntrySatisfying(
            "ranges",
            ranges ->
                assertThat((List<?>) ranges)
                    .hasSize(3)
                    .last()
                    .isEqualTo(Map.of("set", "tracked_target", "offset", 327680, "length", 4096)));
  }

  @Test
  void rangesThatDoNotFitAreNotLeftOutSilently() throws Exception {
    PairRecord pair = pair();
    start(pair, Mode.AUTO);
    copy(pair);
    for (int region = 0; region < 4; region++) {
      change("payroll", region);
    }
    change("copy", 6);
    SetsText text = SetsText.of(forward(pair), 2);

    assertThat(text.lines())
        .isEqualTo(
            """
            # set offset length, in bytes
            tracked_source 0 4096
            tracked_source 65536 4096
            tracked_target 393216 4096
            # more: tracked_source from 131072
            """);
    assertThat(JSON.std.mapFrom(text.json()))
        .containsEntry("more_from", Map.of("tracked_source", 131072));
  }

  @Test
  void aSessionThatRecordsNothingSaysSo() throws Exception {
    start(pair("weekly", GroupType.OPC, "payroll", "copy"), Mode.AUTO);
    String path = "quickopc/weekly/payroll:copy/";

    assertThat(read(path + "phase")).isEqualTo("copying\n");
    assertThat(read(path + "tracked_source")).isEqualTo("-\n");
    assertThat(read(path + "diff"))
        .contains("\n# no tracking: only what is uncopied is known\n", "\nuncopied 0 ");
  }

  @Test
  void aRestoreIsToldBesideTheSession() throws Exception {
    PairRecord pair = pair();
    start(pair, Mode.AUTO);
    copy(pair);
    change("payroll", 3);
    start(pair, Mode.RESTORE);

    Map<String, Object> page = JSON.std.mapFrom(read(PAIR + "status.json"));
    assertThat(page)
        .containsEntry("phase", "tracking")
        .containsEntry("restore", "reverse")
        .containsEntry("restore_percent", 0)
        .containsEntry("restore_error", null);
    assertThat((String) page.get("safety_point")).startsWith("restore-nightly-payroll:copy-");
    assertThat(names("points")).contains((String) page.get("safety_point"));
    assertThat(read("quickopc/nightly/status")).contains("\ntracking: 1\n", "\nrestoring: 1\n");
    copy(pair);
    assertThat(read(PAIR + "info")).contains("\nrestore: -\nrestore_percent: -\n");
  }

  @Test
  void groupsAndSessionsAreCounted() throws Exception {
    start(pair(), Mode.AUTO);
    pair("nightly", GroupType.QUICKOPC, "payroll", "second");
    pair("weekly", GroupType.OPC, "payroll", "third");
    open.opc().groups().inhibit(open.bay().find("payroll"), true, NOTHING);

    assertThat(read("quickopc/status"))
        .isEqualTo(
            """
            groups: 2
            pairs: 3
            sessions: 1
            copying: 1
            max_sessions: 32
            inhibited: payroll
            """);
    assertThat(read("quickopc/nightly/status"))
        .isEqualTo(
            """
            name: nightly
            type: QuickOPC
            pairs: 2
            none: 1
            copying: 0
            copying_tracking: 1
            tracking: 0
            error: 0
            restoring: 0
            """);
    assertThat(read("quickopc/weekly/status")).contains("\ntype: OPC\npairs: 1\nnone: 1\n");
    assertThat(read("status")).contains("\nquickopc_sessions: 1\n");
  }

  @Test
  void whatWasRemovedMeanwhileIsNotFound() throws Exception {
    PairRecord pair = pair();
    ControlFile info = (ControlFile) node(PAIR + "info");
    ControlFile status = (ControlFile) node("quickopc/nightly/status");
    open.opc().groups().removePair(pair, NOTHING);
    open.opc().groups().deleteGroup("nightly", NOTHING);

    assertThat(fault(() -> info.open(OpenBay.OWNER, OpenMode.READ))).isEqualTo(Fault.NOT_FOUND);
    assertThat(read("last_error")).contains("no quickopc/nightly/payroll:copy below .control");
    assertThat(fault(() -> status.open(OpenBay.OWNER, OpenMode.READ))).isEqualTo(Fault.NOT_FOUND);
    assertThat(info.size(OpenBay.OWNER)).isZero();
    assertThat(names("quickopc")).containsExactly("ctl", "status", "status.json");
  }

  @Test
  void aTargetThatIsNoWholeCopyIsNamed() throws Exception {
    PairRecord pair = pair();
    start(pair, Mode.AUTO);
    assertThat(read("health")).isEqualTo("ok\n");
    assertThat(read("volumes/copy/status")).contains("\ninvalid: -\n");
    assertThat(new SessionCommands(open.opc()).cancel(pair, false, true, NOTHING).invalid())
        .isTrue();

    String why = "the copy to it did not end: 524288 bytes of it were not copied";
    assertThat(read("health")).isEqualTo("degraded: volume copy is INVALID: " + why + "\n");
    assertThat(read("volumes/copy/status")).contains("\ninvalid: " + why + "\n");
    assertThat(read(PAIR + "info")).contains("\ntarget_invalid: " + why + "\n");
    assertThat(read(PAIR + "phase")).isEqualTo("none\n");
  }

  @Test
  void aSuspendedSessionIsNamed() throws Exception {
    PairRecord pair = pair();
    start(pair, Mode.AUTO);
    Job job = new SessionCommands(open.opc()).job(pair);
    assertThat(job.cancel()).isNotNull();
    Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> job.state().ended());

    assertThat(read(PAIR + "phase")).isEqualTo("error\n");
    assertThat(read(PAIR + "status")).isEqualTo("OPC Error Suspend\n");
    assertThat(JSON.std.mapFrom(read(PAIR + "status.json")).get("error")).isNotNull();
    assertThat(read("health"))
        .startsWith("degraded: QuickOPC session 1 (nightly/payroll:copy) is suspended: ");
    assertThat(read("quickopc/nightly/status")).contains("\nerror: 1\n");
  }

  @Test
  void aDamagedVolumeHidesFiguresOnly() throws Exception {
    start(pair(), Mode.AUTO);
    Path home = open.bay().find("copy").home();
    open.close();
    Files.delete(home);
    open = open.reopen();
    tree = open.tree();

    assertThat(read(PAIR + "phase")).isEqualTo("error\n");
    assertThat(read(PAIR + "percent")).isEqualTo("-\n");
    assertThat(read(PAIR + "info")).contains("\nleft_bytes: -\n", "\nregions: 8\n");
    assertThat(read("health")).contains("; QuickOPC session 1 (nightly/payroll:copy) is suspended");
    assertThat(read("metrics")).contains("copybay_quickopc_sessions{phase=\"error\"} 1.0\n");
  }

  @Test
  void theFiguresAreInTheMetrics() throws Exception {
    PairRecord pair = pair();
    start(pair, Mode.AUTO);
    change("payroll", 1);

    String of = "{direction=\"forward\",group=\"nightly\",pair=\"payroll:copy\"}";
    assertThat(read("metrics"))
        .contains(
            "copybay_quickopc_sessions{phase=\"copying/tracking\"} 1.0\n",
            "copybay_quickopc_sessions{phase=\"tracking\"} 0.0\n",
            "copybay_quickopc_uncopied_bytes" + of + " 524288.0\n",
            "_tracked_regions{group=\"nightly\",pair=\"payroll:copy\",side=\"source\"} 1.0\n",
            "_tracked_regions{group=\"nightly\",pair=\"payroll:copy\",side=\"target\"} 0.0\n");
  }

  // ---- gestures

  @Test
  void mkdirMakesAGroupWithOnePair() throws Exception {
    tree.makeDirectory(OpenBay.OWNER, "quickopc/pay roll");

    assertThat(names("quickopc/pay roll"))
        .containsExactly("ctl", "status", "status.json", "pay roll");
    assertThat(read("quickopc/pay roll/status")).contains("\ntype: QuickOPC\npairs: 1\n");
    assertThat(read("quickopc/pay roll/pay roll/source")).isEqualTo("-\n");
    assertThat(read("quickopc/pay roll/pay roll/info")).contains("\ntarget: -\n", "\nregions: -\n");
    open = open.reopen();
    tree = open.tree();
    assertThat(names("quickopc/pay roll")).contains("pay roll");
  }

  @Test
  void aGroupThatCannotBeMadeIsToldInLastError() throws Exception {
    tree.makeDirectory(OpenBay.OWNER, "quickopc/nightly");

    assertThat(fault(() -> tree.makeDirectory(OpenBay.OWNER, "quickopc/nightly")))
        .isEqualTo(Fault.EXISTS);
    assertThat(read("last_error")).contains("copy group nightly exists");
    assertThat(fault(() -> tree.makeDirectory(OpenBay.OWNER, "quickopc/status2")))
        .isEqualTo(Fault.BAD_REQUEST);
    assertThat(read("last_error")).contains("name status2 is that of a control file");
    assertThat(fault(() -> tree.makeDirectory(OpenBay.OWNER, "quickopc/" + "x".repeat(256))))
        .isEqualTo(Fault.NAME_TOO_LONG);
    for (String path : List.of("quickopc", "nightly", "quickopc/nightly/x", "shadow/DSA1")) {
      assertThat(fault(() -> tree.makeDirectory(OpenBay.OWNER, path))).isEqualTo(Fault.FORBIDDEN);
    }
    assertThat(read("error_log")).contains(" ctl=quickopc/nightly/x errno=EPERM\n");
    open = open.reopen(true);
    tree = open.tree();
    assertThat(fault(() -> tree.makeDirectory(OpenBay.OWNER, "quickopc/more")))
        .isEqualTo(Fault.READ_ONLY);
    assertThat(names("quickopc")).containsExactly("ctl", "status", "status.json", "nightly");
  }

  @Test
  void theDocumentNamesEveryFileAndKey() throws Exception {
    start(pair(), Mode.AUTO);
    List<String> words = new ArrayList<>();
    for (String status : List.of("quickopc/status", "quickopc/nightly/status", PAIR + "info")) {
      words.addAll(keys(read(status)));
    }
    words.addAll(names(PAIR.substring(0, PAIR.length() - 1)));
    for (String status : List.of("quickopc/status", "quickopc/nightly/status")) {
      assertThat(JSON.std.mapFrom(read(status + ".json")).keySet())
          .containsExactlyElementsOf(keys(read(status)));
    }
    assertThat(JSON.std.mapFrom(read(PAIR + "status.json")).keySet())
        .containsExactlyElementsOf(keys(read(PAIR + "info")));
    assertThat(words).allMatch(word -> word.matches("[a-z][a-z_.]*"));
    String document = Files.readString(Path.of("../docs/CONTROL.md"));
    String section = document.substring(document.indexOf("### Of QuickOPC"));

    assertThat(words)
        .allSatisfy(word -> assertThat(section).containsPattern("[`/| ]" + word + "[`/ |]"));
  }
}
