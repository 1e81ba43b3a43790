package org.copybay.nativetest.tape;

import org.copybay.nativetest.TestBay;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The window of a policy ends by itself, of which `soak tape` waits for the minutes. */
class CopyWindowSoak {
  @RegisterExtension static final TestBay BAY = TestBay.onDisk();

  private final Vault vault = new Vault(BAY);

  @Test
  void aWindowOfAMinuteEndsByItself() {
    vault.anew();
    vault.must(
        CopyWindowIT.WINDOWS
            + """
        head -c 48M /dev/urandom >data; put VT0001L8 data
        c tape policy name=P source=VTL1 destination=VAULT
        minute() { c tape policy name=P "window=\\"daily $(date -u +%H:%M) 1m\\""; }
        while test $(date +%-S) -gt 30; do sleep 1; done
        atend cancel; minute; c tape policy name=P action=run; slow
        await in_state waiting_window || await in_state waiting_window
        blank PH0001L8; job $(cat slow) state | grep -qx cancelled
        while test $(date +%-S) -gt 30; do sleep 1; done
        atend complete; minute; slow
        for i in $(seq 70); do in_state copying; sleep 1; done
        c rate job=$(cat slow) limit=0; queued complete; same VT0001L8 PH0001L8
        """);
  }
}
