package org.copybay.nativetest.tape;

import org.copybay.nativetest.TestBay;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Copies in the window of a policy, and what becomes of them at its end. A window ends here by
 * another one that takes its place; in {@link CopyWindowSoak} by itself.
 */
class CopyWindowIT {
  @RegisterExtension static final TestBay BAY = TestBay.onDisk();

  /** open, shut, atend WORD: the window of P as it is to be now. */
  static final String WINDOWS =
      """
      open() { c tape policy name=P "window=\\"daily $(date -u -d '-1 hour' +%H:%M) 12h\\""; }
      shut() { c tape policy name=P "window=\\"daily $(date -u -d '+6 hours' +%H:%M) 1m\\""; }
      atend() { c tape policy name=P at-window-end=$1; }
      """;

  private final Vault vault = new Vault(BAY);

  @BeforeEach
  void aPolicy() {
    vault.anew();
    vault.must(
        """
        head -c 24M /dev/urandom >data; put VT0001L8 data
        c tape policy name=P source=VTL1 destination=VAULT
        """);
  }

  private String must(String script) {
    return vault.must(WINDOWS + script);
  }

  @Test
  void nothingBeginsOutsideOfIt() {
    must(
        """
        shut; c tape policy name=P action=run; queued waiting_window; sleep 2
        blank PH0001L8; in_state waiting_window
        c tape policy name=P window=always; queued complete; same VT0001L8 PH0001L8
        """);
  }

  @Test
  void copiesGoOnAtItsEnd() {
    must(
        """
        open; c tape policy name=P action=run; slow; shut; sleep 3; in_state copying
        c rate job=$(cat slow) limit=0; queued complete; same VT0001L8 PH0001L8
        """);
  }

  @Test
  void copiesAreCancelledAtItsEndAndBeginAnew() {
    must(
        """
        open; atend cancel; c tape policy name=P action=run; slow; shut
        queued waiting_window; job $(cat slow) state | grep -qx cancelled
        blank PH0001L8; test "$(of VT0001L8 appendable)" = yes
        test $(request 5) = 0
        open; queued complete; test $(asked) != $(cat slow); same VT0001L8 PH0001L8
        """);
  }

  @Test
  void onlyThoseAreCancelledOfWhichLessIsDone() {
    must(
        """
        open; atend 90; c tape policy name=P action=run; slow; shut; queued waiting_window
        blank PH0001L8; open; atend 1; slow
        part() { test "$(job $(cat slow) percent)" -ge 1; }; await part
        shut; sleep 3; in_state copying; c rate job=$(cat slow) limit=0
        queued complete; same VT0001L8 PH0001L8
        """);
  }
}
