package org.copybay.control.tree;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.copybay.volumes.Fault;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Orders to the copies of pairs, and what is said of them. Copies are paused at first. */
class OpcOrdersTest extends ControlTreeFixture {
  private static final String PAIR = "quickopc/g/p/";
  private static final String CTL = PAIR + "ctl";

  @BeforeEach
  void makePair() throws Exception {
    open.volume("s", 64 << 10);
    open.volume("t", 64 << 10);
    write("quickopc/ctl", "group create group=g");
    write("quickopc/ctl", "pair add group=g pair=p source=s target=t");
  }

  private void awaitPhase(String phase) {
    Awaitility.await()
        .atMost(Duration.ofMinutes(1))
        .until(() -> read(PAIR + "phase").equals(phase + "\n"));
  }

  private void suspend(String job) throws Exception {
    write("ctl", "cancel job=" + job);
    Awaitility.await()
        .atMost(Duration.ofMinutes(1))
        .until(() -> read(PAIR + "status").equals("OPC Error Suspend\n"));
  }

  /** A restore, of which the copy is paused. */
  private void restore() throws Exception {
    write(CTL, "start id=first");
    awaitPhase("tracking");
    write(CTL, "start mode=restore paused=yes id=back");
  }

  @Test
  void pauseAndResumeAnswerAsOrdersToJobsDo() throws Exception {
    write(CTL, "start paused=yes id=one");

    assertThat(reply(CTL, "pause")).isEqualTo("ok already paused\n");
    assertThat(reply(CTL, "resume dry-run=yes")).isEqualTo("ok dry-run: would resume job one\n");
    assertThat(reply(CTL, "resume")).isEqualTo("ok one resumed\n");
    awaitPhase("tracking");
    assertThat(fault(() -> write(CTL, "resume"))).isEqualTo(Fault.NOT_FOUND);
    assertThat(read("last_error")).startsWith("nothing is copied for the pair g/p now");
  }

  @Test
  void aSuspendedSessionIsTriedAgain() throws Exception {
    write(CTL, "start paused=yes id=one");
    suspend("one");
    assertThat(read(PAIR + "phase")).isEqualTo("error\n");
    assertThat(fault(() -> write(CTL, "pause"))).isEqualTo(Fault.NOT_FOUND);

    assertThat(reply(CTL, "resume dry-run=yes"))
        .isEqualTo("ok dry-run: would try again to copy for g/p\n");
    assertThat(reply(CTL, "resume")).matches("ok [0-9]+ resumed\n");
    awaitPhase("tracking");
  }

  @Test
  void aSuspendedRestoreIsToldAndTriedAgain() throws Exception {
    restore();
    suspend("back");

    assertThat(read(PAIR + "info"))
        .contains("\nopc_status: OPC Error Suspend\nphase: tracking\n")
        .containsPattern("\nerror: restore: .+\n");
    assertThat(reply(CTL, "query format=json"))
        .contains("\"kind\" : \"Restore\"", "\"state\" : \"error\"");
    assertThat(reply(CTL, "resume")).endsWith(" resumed\n");
    Awaitility.await()
        .atMost(Duration.ofMinutes(1))
        .until(() -> read(PAIR + "info").contains("\nrestore: -\n"));
    assertThat(read(PAIR + "info")).contains("\nopc_status: OPC Executing\n", "\nerror: -\n");
  }

  @Test
  void whatAnUndoWouldDoIsASentence() throws Exception {
    restore();

    assertThat(reply(CTL, "undo dry-run=yes"))
        .startsWith("ok dry-run: would let s hold again what it held before its last restore")
        .endsWith(" bytes that were changed since\n");
  }

  @Test
  void theHintOfAPairNamesTheVerbThatWasWritten() throws Exception {
    assertThat(fault(() -> write(CTL, "pair set source=s"))).isEqualTo(Fault.BAD_REQUEST);
    assertThat(fault(() -> write("quickopc/ctl", "pair set group=g pair=p target=t")))
        .isEqualTo(Fault.BAD_REQUEST);
    assertThat(read("last_error"))
        .endsWith("\ntry: quickopc pair set group=NAME pair=NAME source=VOLUME target=VOLUME\n");
  }

  @Test
  void aCtlShowsItsLinesAsTheyAreTypedThere() throws Exception {
    assertThat(read("quickopc/ctl")).contains("\npause group=NAME [pair=NAME]\n");
    assertThat(read("quickopc/g/ctl")).contains("\npause [pair=NAME]\n", "\nquery [pair=NAME] ");
    assertThat(read(CTL))
        .contains("\npause\n", "\nquery [what=", "\nstart [mode=")
        .doesNotContain("group=NAME", "pair=NAME", "quickopc pause");
    assertThat(read("ctl")).contains("\nquickopc pause group=NAME [pair=NAME]\n");
  }

  @Test
  void helpKnowsWhatSeveralVerbsBeginWith() throws Exception {
    assertThat(reply("ctl", "help quickopc"))
        .startsWith("ok\nquickopc-accept-partial: ")
        .contains("\nquickopc-start: let targets show ", "\nquickopc-verify: ");
    assertThat(reply(CTL, "help quickopc-start"))
        .isEqualTo("ok cat .control/commands/quickopc-start\n");
    assertThat(fault(() -> write("ctl", "help quick"))).isEqualTo(Fault.BAD_REQUEST);
  }
}
