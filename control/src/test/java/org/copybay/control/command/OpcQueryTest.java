package org.copybay.control.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.copybay.volumes.bay.Catalogue.Change.NOTHING;

import java.io.StringReader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.awaitility.Awaitility;
import org.copybay.control.command.OpcQuery.Format;
import org.copybay.control.command.OpcQuery.Result;
import org.copybay.control.report.Json;
import org.copybay.copy.quickopc.GroupType;
import org.copybay.copy.quickopc.PairRecord;
import org.copybay.copy.quickopc.Phase;
import org.copybay.copy.quickopc.StartSpec.Mode;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;

/** What query, start and cancel print. */
class OpcQueryTest {
  @TempDir Path directory;

  private OpcBay bay;
  private OpcQuery query;

  @BeforeEach
  void openBay() throws Exception {
    bay = new OpcBay(directory.resolve("ET001"));
    query = new OpcQuery(bay.bay, bay.opc);
  }

  @AfterEach
  void closeBay() {
    bay.close();
  }

  private PairRecord pair(String source, String target) throws StorageException {
    bay.volume(source, 8);
    bay.volume(target, 8);
    return bay.pair("QopcGroup", GroupType.QUICKOPC, source, target);
  }

  private List<String> text() throws StorageException {
    return query.pairs("QopcGroup", bay.opc.groups().pairs("QopcGroup"), false, Format.TEXT);
  }

  private List<String> rows(boolean backward) throws StorageException {
    List<String> lines =
        query.pairs("QopcGroup", bay.opc.groups().pairs("QopcGroup"), backward, Format.TEXT);
    return lines.subList(5, lines.size());
  }

  // ---- query

  @Test
  void aGroupIsShownInTheFrameOfTheOriginal() throws Exception {
    PairRecord pair = pair("payroll", "copy");
    bay.start(pair, Mode.FULL);
    bay.fill("copy", 2);
    bay.write("payroll", 7, 4096);
    bay.clock.pass(Duration.ofSeconds(150));
    pair("payroll-of-2024", "c2");

    assertThat(text())
        .containsExactly(
            "Copy Group Name : QopcGroup",
            "Copy Group Type : QuickOPC",
            "Disk Array Name : ET001",
            "Source          <=>  Target SID  OPC Status               Copy Phase        "
                + " Copied Block Tracking Update Elapsed Time",
            "--------------- ---- ------ ---- ------------------------ ------------------"
                + " ------------ --------------- ------------",
            "payroll         ==>  copy   0x1  \"OPC Executing\"          \"Copying/Tracking\""
                + "          256               8        2 min",
            "payroll-of-2024 ==== c2     ---- \"OPC action not startup\" \"N/A\"             "
                + "         ----            ----         ----");
  }

  @Test
  void whatTheLastStartHadToCopyIsCounted() throws Exception {
    PairRecord pair = pair("a", "b");
    bay.start(pair, Mode.FULL);
    bay.copy(pair);
    assertThat(rows(false))
        .containsExactly(
            "a      ==> b      0x1 \"OPC Executing\" \"Tracking\"         1024               0"
                + "        0 sec");

    bay.write("a", 3, 512);
    bay.write("b", 4, 4097);
    assertThat(rows(false)).singleElement().asString().contains("1024               8");
    bay.start(pair, Mode.DIFF);
    assertThat(rows(false)).singleElement().asString().contains("           0               0");
    bay.copy(pair);
    assertThat(rows(false)).singleElement().asString().contains("          24               0");
  }

  @Test
  void aRestoreIsARowOfItsOwn() throws Exception {
    PairRecord pair = pair("a", "b");
    bay.start(pair, Mode.FULL);
    assertThat(rows(true)).singleElement().asString().startsWith("a      ==== b      ---- ");
    bay.copy(pair);
    bay.write("a", 3, 512);
    bay.start(pair, Mode.RESTORE);

    assertThat(rows(false)).hasSize(2);
    assertThat(rows(false).get(0)).startsWith("a      ==> b      0x1 ").contains("\"Tracking\"");
    assertThat(rows(false).get(1))
        .startsWith("a      <== b      0x2 \"OPC Executing\" \"Copying\"  ")
        .contains(" ---- ");
    assertThat(rows(true)).singleElement().asString().startsWith("a      <== b      0x2 ");
    bay.copy(pair);
    assertThat(rows(false)).hasSize(1);
  }

  @Test
  void anOpcHasNothingTracked() throws Exception {
    bay.volume("a", 8);
    bay.volume("b", 8);
    PairRecord pair = bay.pair("plain", GroupType.OPC, "a", "b");
    bay.start(pair, Mode.FULL);

    List<String> lines = query.pairs("plain", List.of(pair), false, Format.TEXT);
    assertThat(lines.get(1)).isEqualTo("Copy Group Type : OPC");
    assertThat(lines.get(5)).contains("\"Copying\"").contains("           0            ----");
  }

  @Test
  void aVolumeThatIsGoneHasNoName() throws Exception {
    PairRecord pair = pair("a", "b");
    bay.bay.remove("b");

    assertThat(rows(false)).singleElement().asString().startsWith("a      ==== ----   ----");
    List<String> json = query.pairs("QopcGroup", List.of(pair), false, Format.JSON);
    assertThat(String.join("", json)).contains("\"target\" : null,");
    Xml xml = parse(query.pairs("QopcGroup", List.of(pair), false, Format.XML));
    assertThat(xml.detail(0)).contains("Source=a", "Target=");
  }

  @Test
  void whySomethingIsSuspendedIsTold() throws Exception {
    PairRecord pair = pair("a", "b");
    bay.start(pair, Mode.FULL);
    bay.commands.job(pair).cancel();
    Awaitility.await()
        .atMost(Duration.ofMinutes(1))
        .until(() -> bay.opc.phase(pair) == Phase.ERROR_SUSPEND);

    assertThat(rows(false)).singleElement().asString().contains("\"OPC Error Suspend\" \"N/A\" ");
    Xml xml = parse(query.pairs("QopcGroup", List.of(pair), false, Format.XML));
    assertThat(xml.detail(0)).last().asString().startsWith("Error=").hasSizeGreaterThan(8);
  }

  @Test
  void elapsedTimeHasOneUnit() throws Exception {
    PairRecord pair = pair("a", "b");
    bay.start(pair, Mode.FULL);
    for (Map.Entry<Duration, String> each :
        List.of(
            Map.entry(Duration.ofSeconds(59), " 59 sec"),
            Map.entry(Duration.ofSeconds(1), " 1 min"),
            Map.entry(Duration.ofMinutes(58), " 59 min"),
            Map.entry(Duration.ofHours(2), " 2hour"),
            Map.entry(Duration.ofHours(21), " 23hour"),
            Map.entry(Duration.ofMinutes(1), " 1day"))) {
      bay.clock.pass(each.getKey());
      assertThat(rows(false)).singleElement().asString().endsWith(each.getValue());
    }
    bay.clock.pass(Duration.ofDays(-9));
    assertThat(rows(false)).singleElement().asString().endsWith(" 0 sec");
  }

  @Test
  void aGroupWithoutPairsHasNoRows() throws Exception {
    bay.opc.groups().createGroup("empty", GroupType.QUICKOPC, NOTHING);
    List<PairRecord> none = List.of();

    assertThat(query.pairs("empty", none, false, Format.TEXT)).hasSize(5);
    assertThat(parse(query.pairs("empty", none, false, Format.XML)).getTagName("ReturnCode"))
        .isEqualTo("0");
    assertThat(json(query.pairs("empty", none, false, Format.JSON))).containsEntry("pairs", none);
  }

  @Test
  void aNameThatLooksLikeAnAnswerIsQuoted() throws Exception {
    pair("ok", "old disk");

    assertThat(rows(false))
        .singleElement()
        .asString()
        .startsWith("\"ok\"   ==== \"old disk\" ----");
  }

  // ---- XML

  /** A response as its elements. */
  private record Xml(Document document) {
    String getTagName(String name) {
      return document.getElementsByTagName(name).item(0).getTextContent();
    }

    int count(String name) {
      return document.getElementsByTagName(name).getLength();
    }

    List<String> detail(int result) {
      var children = document.getElementsByTagName("Detail").item(result).getChildNodes();
      return IntStream.range(0, children.getLength())
          .mapToObj(children::item)
          .map(node -> node.getNodeName() + "=" + node.getTextContent())
          .toList();
    }
  }

  private static Xml parse(List<String> lines) throws Exception {
    String text = String.join("\n", lines);
    return new Xml(
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(new InputSource(new StringReader(text))));
  }

  @Test
  void theFactsOfAPairAreElementsInAFixedOrder() throws Exception {
    PairRecord pair = pair("pay & <roll>", "copy");
    bay.start(pair, Mode.FULL);
    bay.fill("copy", 2);
    bay.write("pay & <roll>", 7, 512);
    bay.clock.pass(Duration.ofSeconds(150));
    pair("a", "b");

    List<String> lines =
        query.pairs("QopcGroup", bay.opc.groups().pairs("QopcGroup"), false, Format.XML);

    assertThat(lines.get(5))
        .isEqualTo("      <Object>QopcGroup/pay &amp; &lt;roll&gt;:copy</Object>");
    Xml xml = parse(lines);
    assertThat(xml.getTagName("ReturnCode")).isEqualTo("0");
    assertThat(xml.getTagName("Status")).isEqualTo("Succeeded");
    assertThat(xml.detail(0))
        .containsExactly(
            "Group=QopcGroup",
            "Pair=pay & <roll>:copy",
            "Kind=QuickOPC",
            "Source=pay & <roll>",
            "Target=copy",
            "Direction=forward",
            "SID=0x1",
            "Status=OPC Executing",
            "Phase=Copying/Tracking",
            "CopiedBlock=256",
            "TrackingUpdate=8",
            "ElapsedSeconds=150",
            "Error=");
    assertThat(xml.detail(1)).contains("Direction=", "SID=", "CopiedBlock=", "Phase=N/A");
  }

  @Test
  void nothingInATextIsAMarkOfXml() {
    assertThat(OpcXml.escape("a<b>&\"'\u0007\ufffe\ud800ß\ud83d\ude00"))
        .isEqualTo("a&lt;b&gt;&amp;&quot;&apos;   ß\ud83d\ude00");
  }

  // ---- JSON

  private static Map<String, Object> json(List<String> lines) throws StorageException {
    return Json.object(String.join("\n", lines));
  }

  @Test
  void programsGetBytes() throws Exception {
    PairRecord pair = pair("a", "b");
    bay.start(pair, Mode.FULL);
    bay.fill("b", 2);
    bay.write("a", 7, 512);
    bay.clock.pass(Duration.ofSeconds(3));

    Map<String, Object> all = json(query.pairs("QopcGroup", List.of(pair), false, Format.JSON));

    assertThat(all)
        .containsEntry("group", "QopcGroup")
        .containsEntry("type", "QuickOPC")
        .containsEntry("disk_array", "ET001");
    assertThat(all.get("pairs").toString())
        .isEqualTo(
            "[{group=QopcGroup, pair=a:b, kind=QuickOPC, source=a, target=b, direction=forward,"
                + " session=1, status=OPC Executing, phase=Copying/Tracking,"
                + " state=copying/tracking, copied_bytes=131072, left_bytes=393216,"
                + " tracked_source_bytes=4096, tracked_target_bytes=0,"
                + " started=2025-11-21T09:31:07.250Z, elapsed_seconds=3, error=null}]");
  }

  // ---- sessions

  @Test
  void allSessionsOfTheBay() throws Exception {
    PairRecord pair = pair("a", "b");
    bay.start(pair, Mode.FULL);
    bay.copy(pair);
    bay.start(pair, Mode.RESTORE);
    bay.volume("c", 8);
    bay.volume("d", 8);
    bay.start(bay.pair("plain", GroupType.OPC, "c", "d"), Mode.FULL);

    assertThat(query.sessions(Format.TEXT))
        .containsExactly(
            "SID Kind     Status          Phase      Source <=> Target Copied Block Elapsed Time",
            "--- -------- --------------- ---------- ------ --- ------ ------------ ------------",
            "0x1 QuickOPC \"OPC Executing\" \"Tracking\" a      ==> b              1024        0 sec",
            "0x2 Restore  \"OPC Executing\" \"Copying\"  a      <== b                 0        0 sec",
            "0x3 OPC      \"OPC Executing\" \"Copying\"  c      ==> d                 0        0 sec");
    assertThat(parse(query.sessions(Format.XML)).count("Result")).isEqualTo(3);
    assertThat(json(query.sessions(Format.JSON)).get("sessions").toString())
        .contains("session=1", "kind=Restore", "direction=reverse", "group=plain");
  }

  // ---- results

  private static final List<Result> RESULTS =
      List.of(
          new Result("g/a:b", null),
          new Result("ok/c", new StorageException(Fault.NOT_FOUND, "ccm4012: no <session>", "do")),
          new Result("g/e", new StorageException(Fault.BUSY, "ccm4014: busy")));

  @Test
  void resultsAreToldOneAfterAnother() throws Exception {
    assertThat(query.results(RESULTS, OpcQuery.STARTED, Format.TEXT))
        .containsExactly(
            "g/a:b",
            "# DATE : 2025/11/21 09:31:07 - << OPC Started >>",
            "\"ok/c\"",
            "ccm4012: no <session>",
            "try: do",
            "g/e",
            "ccm4014: busy",
            "  Succeeded : 1",
            "  Failed    : 2");
  }

  @Test
  void someFailedIsReturnCode6() throws Exception {
    Xml xml = parse(query.results(RESULTS, OpcQuery.CANCELLED, Format.XML));

    assertThat(xml.getTagName("ReturnCode")).isEqualTo("6");
    assertThat(xml.getTagName("Message")).isEqualTo("2 of 3 failed");
    assertThat(xml.detail(0)).isEmpty();
    assertThat(xml.detail(1)).containsExactly("Errno=ENOENT", "Remedy=do");
    assertThat(xml.detail(2)).containsExactly("Errno=EBUSY", "Remedy=");
    assertThat(query.results(RESULTS.subList(0, 1), OpcQuery.CANCELLED, Format.XML))
        .containsExactly(
            "<Response>",
            "  <ReturnCode>0</ReturnCode>",
            "  <Message>Operation completed</Message>",
            "  <ResultList>",
            "    <Result>",
            "      <Object>g/a:b</Object>",
            "      <Status>Succeeded</Status>",
            "      <Message>OPC Cancelled</Message>",
            "      <Detail></Detail>",
            "    </Result>",
            "  </ResultList>",
            "</Response>");
    assertThat(json(query.results(RESULTS, OpcQuery.STARTED, Format.JSON)))
        .containsEntry("succeeded", 1)
        .containsEntry("failed", 2);
  }
}
