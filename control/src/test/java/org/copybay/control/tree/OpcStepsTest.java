package org.copybay.control.tree;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.StringReader;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.copybay.copy.quickopc.Phase;
import org.copybay.volumes.Fault;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;

/** Starts and cancels of the pairs of a group of which some fail. Copies are paused. */
class OpcStepsTest extends ControlTreeFixture {
  private static final String CTL = "quickopc/ctl";
  private static final Phase COPYING = Phase.COPYING_TRACKING;

  @BeforeEach
  void makeGroup() throws Exception {
    write(CTL, "group create group=g");
    for (String pair : new String[] {"p1", "p2", "p3"}) {
      String source = "s" + pair;
      String target = "t" + pair;
      open.volume(source, 64 << 10);
      open.volume(target, 64 << 10);
      write(CTL, "pair add group=g pair=" + pair + " source=" + source + " target=" + target);
    }
  }

  private Stream<Phase> phases() {
    return open.opc().groups().pairs("g").stream().map(pair -> open.opc().phase(pair));
  }

  private String reply(String line) throws Exception {
    return reply(CTL, line);
  }

  private Fault refused(String line) {
    return fault(() -> write(CTL, line));
  }

  // ---- id=

  @Test
  void aStartThatFailsInPartRunsWhenItIsSentAgain() throws Exception {
    String start = "start group=g mode=auto paused=yes id=one";
    write(CTL, "inhibit set volume=tp2");

    assertThat(refused(start)).isEqualTo(Fault.BUSY);
    assertThat(phases()).containsExactly(COPYING, Phase.NONE, COPYING);
    assertThat(refused(start)).as("not accepted before").isEqualTo(Fault.BUSY);

    write(CTL, "inhibit unset volume=tp2");
    assertThat(reply(start)).matches("(?s)ok one jobs=[0-9]+,[0-9]+,one\ng/p1\n.*");
    assertThat(phases()).containsOnly(COPYING);
    assertThat(reply(start)).isEqualTo("ok one (already accepted)\n");
  }

  @Test
  void aStartWhoseLastPairFailsRunsWhenItIsSentAgain() throws Exception {
    String start = "start group=g mode=auto paused=yes id=one";
    write(CTL, "inhibit set volume=tp3");

    assertThat(refused(start)).isEqualTo(Fault.BUSY);
    assertThat(refused(start)).as("not accepted before").isEqualTo(Fault.BUSY);
    write(CTL, "inhibit unset volume=tp3");
    assertThat(reply(start)).matches("(?s)ok one jobs=[0-9]+,[0-9]+,one\ng/p1\n.*");
  }

  @Test
  void aCancelThatFailsInPartRunsWhenItIsSentAgain() throws Exception {
    String cancel = "cancel group=g id=one";
    write(CTL, "start group=g pair=p1 paused=yes");
    write(CTL, "start group=g pair=p3 paused=yes");

    assertThat(refused(cancel)).isEqualTo(Fault.NOT_FOUND);
    assertThat(phases()).containsOnly(Phase.NONE);

    write(CTL, "start group=g mode=auto paused=yes");
    assertThat(reply(cancel)).startsWith("ok one tp1 is INVALID, tp2 is INVALID, tp3 is INVALID\n");
    assertThat(phases()).containsOnly(Phase.NONE);
    assertThat(reply(cancel)).isEqualTo("ok one (already accepted)\n");
  }

  // ---- what is told

  @Test
  void theLastErrorTellsWhatBecameOfEachPair() throws Exception {
    write(CTL, "inhibit set volume=tp2");
    String start = "start group=g paused=yes";

    assertThat(refused(start)).isEqualTo(Fault.BUSY);

    List<String> lines = read("last_error").lines().toList();
    assertThat(lines.get(0)).startsWith("1 of 3 pairs failed; g/p2: QOPC4020E: ").contains("tp2");
    assertThat(lines.get(1)).isEqualTo("  " + start);
    assertThat(lines.get(2)).isEqualTo("              ^");
    String done = "# DATE : 2025/11/21 09:31:07 - << OPC Started >>";
    assertThat(lines.subList(3, 6)).containsExactly("g/p1", done, "g/p2");
    assertThat(lines.get(6)).startsWith("QOPC4020E: ").contains("tp2");
    assertThat(lines)
        .endsWith("g/p3", done, "  Succeeded : 2", "  Failed    : 1")
        .filteredOn(line -> line.startsWith("try: "))
        .hasSizeLessThan(2);
    assertThat(read("error_log")).contains("  error: 1 of 3 pairs failed; g/p2: ");
  }

  @Test
  void theLastErrorOfALineForXmlIsXml() throws Exception {
    write(CTL, "start group=g pair=p3 paused=yes");

    assertThat(refused("acopc cancel -g g -xml")).isEqualTo(Fault.NOT_FOUND);

    Document document = xml(read("last_error"));
    assertThat(texts(document, "ReturnCode")).containsExactly("6");
    assertThat(texts(document, "Object")).containsExactly("g/p1", "g/p2", "g/p3");
    assertThat(texts(document, "Status")).containsExactly("Failed", "Failed", "Succeeded");
    assertThat(texts(document, "Message"))
        .startsWith("2 of 3 failed", "ccm4012 QOPC4012E: no copy session for the pair g/p1")
        .endsWith("OPC Cancelled");
    assertThat(texts(document, "Errno")).containsExactly("ENOENT", "ENOENT");
    assertThat(read("error_log")).contains("  error: 2 of 3 pairs failed; g/p1: ccm4012 ");
  }

  @Test
  void theLastErrorOfALineForJsonIsJson() throws Exception {
    write(CTL, "inhibit set volume=tp2");

    assertThat(refused("start group=g format=json concurrent=yes")).isEqualTo(Fault.BUSY);

    assertThat(JSON.std.mapFrom(read("last_error")))
        .containsEntry("succeeded", 0)
        .containsEntry("failed", 3);
    assertThat(phases()).containsOnly(Phase.NONE);
  }

  @Test
  void onePairIsToldToProgramsInTheSameFrame() throws Exception {
    assertThat(refused("cancel group=g pair=p1 format=xml")).isEqualTo(Fault.NOT_FOUND);
    assertThat(texts(xml(read("last_error")), "Object")).containsExactly("g/p1");

    assertThat(refused("start group=g pair=p1 mode=diff -json")).isEqualTo(Fault.NOT_FOUND);
    assertThat(JSON.std.mapFrom(read("last_error"))).containsEntry("failed", 1);

    assertThat(refused("cancel group=g pair=p1")).isEqualTo(Fault.NOT_FOUND);
    assertThat(read("last_error"))
        .startsWith("ccm4012 QOPC4012E: no copy session for the pair g/p1\n  cancel group=g ")
        .endsWith("^\ntry: quickopc start group=g pair=p1\n");
  }

  @Test
  void aDryRunSaysWhatWouldFail() throws Exception {
    write(CTL, "start group=g pair=p3 paused=yes");

    assertThat(reply("cancel group=g dry-run=yes"))
        .startsWith("ok dry-run: would refuse g/p1: ccm4012 ")
        .contains("; refuse g/p2: ccm4012 ")
        .contains("; end ")
        .endsWith(", leaving tp3 INVALID\n");
  }

  private static Document xml(String text) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(text)));
  }

  private static List<String> texts(Document document, String name) {
    var nodes = document.getElementsByTagName(name);
    return IntStream.range(0, nodes.getLength())
        .mapToObj(index -> nodes.item(index).getTextContent())
        .toList();
  }
}
