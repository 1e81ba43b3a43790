package org.copybay.control.tree;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.copybay.control.OpenBay;
import org.copybay.control.report.Caller;
import org.copybay.control.report.Errno;
import org.junit.jupiter.api.BeforeEach;

/**
 * A session of two backups, older and newer. Who mounted asks, {@link OpenBay#OTHER} may approve.
 */
abstract class DualControlFixture extends SafeguardFixture {
  static final Caller ROOT = new Caller(0, 0, 1);
  static final Caller STRANGER = new Caller(1002, 1000, 6001);
  static final String ON = "set dual_control=sgc approvers=1001";

  long older;
  long newer;

  @BeforeEach
  void make() throws Exception {
    makeSession();
    older = backup("");
    newer = backup("");
  }

  void turnOn() throws Exception {
    asked(OpenBay.OWNER, CTL, ON);
    assertThat(reply(OpenBay.OTHER, "ctl", "safeguarded approve request=1"))
        .contains(" dual_control=sgc approvers=1001 ");
  }

  /** The number of the request that a command becomes. */
  long asked(Caller caller, String path, String line) throws Exception {
    assertThat(refused(caller, path, line, "SGC1008I: request ", "waits for a second approver"))
        .isEqualTo(Errno.EAGAIN);
    String told = read("last_error", caller);
    String number = told.replaceFirst("(?s).*SGC1008I: request ([0-9]+) .*", "$1");
    assertThat(told).contains("safeguarded approve request=" + number + ", as another user");
    return Long.parseLong(number);
  }

  String reply(Caller caller, String path, String line) throws Exception {
    byte[] bytes = (line + "\n").getBytes(StandardCharsets.UTF_8);
    try (ControlHandle handle = ((ControlFile) node(path)).open(caller, OpenMode.READ_WRITE)) {
      assertThat(handle.write(0, ByteBuffer.wrap(bytes))).isEqualTo(bytes.length);
      ByteBuffer reply = ByteBuffer.allocate(10_000);
      while (handle.read(bytes.length + reply.position(), reply) > 0) {
        // until the end
      }
      return new String(reply.array(), 0, reply.position(), StandardCharsets.UTF_8);
    }
  }

  /** All that a command could change, but for the requests themselves. */
  String looks() throws Exception {
    return String.join(
        "\n",
        read(ROOM + "properties"),
        read(ROOM + "backups").replaceAll("\"hashing [0-9]+ %\"|waiting|sealed", "-"),
        read(ROOM + "copysets"),
        read(ROOM + "recoveries"),
        names("safeguard").toString(),
        "" + first("a"));
  }

  List<String> waiting() throws Exception {
    return read(ROOM + "requests").lines().skip(1).toList();
  }
}
