package org.copybay.copy.safeguarded;

import java.time.Instant;

/**
 * A command of a session that waits for a second person.
 *
 * @param number by which it is approved; none is given twice
 * @param session its session
 * @param uid who asked for it, and must not approve it
 * @param asked when, by the vault clock
 * @param command what is carried out when it is approved, in the words of .control/ctl
 */
public record SessionRequest(long number, String session, int uid, Instant asked, String command) {
  /** When it is too old to be approved. */
  public Instant lapses() {
    return asked.plus(Requests.KEPT);
  }
}
