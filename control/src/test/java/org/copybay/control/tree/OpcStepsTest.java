package org.copybay.control.tree;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.copybay.control.OpenBay;
import org.copybay.copy.quickopc.Phase;
import org.copybay.volumes.Fault;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

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

  /** The reply to a line that is accepted. */
  private String reply(String line) throws Exception {
    ControlFile ctl = (ControlFile) node(CTL);
    try (ControlHandle handle = ctl.open(OpenBay.OWNER, OpenMode.READ_WRITE)) {
      byte[] bytes = (line + "\n").getBytes(StandardCharsets.UTF_8);
      assertThat(handle.write(0, ByteBuffer.wrap(bytes))).isEqualTo(bytes.length);
      ByteBuffer reply = ByteBuffer.allocate(10_000);
      while (handle.read(bytes.length + reply.position(), reply) > 0) {
        // until the end
      }
      return new String(reply.array(), 0, reply.position(), StandardCharsets.UTF_8);
    }
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
    assertThat(reply(start)).startsWith("ok one\ng/p1\n");
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
    assertThat(reply(start)).startsWith("ok one\ng/p1\n");
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
}
