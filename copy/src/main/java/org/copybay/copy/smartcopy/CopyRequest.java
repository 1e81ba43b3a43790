package org.copybay.copy.smartcopy;

import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One cartridge that a policy is to copy.
 *
 * @param number of it, unique
 * @param policy that wants it
 * @param barcode of the cartridge
 * @param state what becomes of it
 * @param created when it was asked for
 * @param notBefore when it may begin
 * @param attempts how often it was tried
 * @param job that copies or copied it, or null
 * @param reason why it is where it is, or empty
 * @param ended when it ended, or null
 */
public record CopyRequest(
    long number,
    String policy,
    String barcode,
    State state,
    Instant created,
    Instant notBefore,
    int attempts,
    @Nullable String job,
    String reason,
    @Nullable Instant ended) {

  /** What becomes of a request. */
  public enum State {
    /** It waits for its turn. */
    QUEUED,
    /** It waits for a drive of the destination library. */
    WAITING_DRIVE,
    /** It waits for the window of its policy. */
    WAITING_WINDOW,
    /** Its job is at work. */
    COPYING,
    /** The copy is there. */
    COMPLETE,
    /** It was put aside by command. */
    PAUSED,
    /** It was cancelled by command. */
    CANCELLED,
    /** It was tried as often as its policy wants. */
    FAILED;

    /** The word in commands and texts. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** Whether nothing becomes of it any more. */
    public boolean ended() {
      return this == COMPLETE || this == CANCELLED || this == FAILED;
    }
  }

  CopyRequest in(State newState, String newReason) {
    return new CopyRequest(
        number, policy, barcode, newState, created, notBefore, attempts, job, newReason, ended);
  }

  CopyRequest copying(String newJob) {
    return new CopyRequest(
        number,
        policy,
        barcode,
        State.COPYING,
        created,
        notBefore,
        attempts + 1,
        newJob,
        "",
        ended);
  }

  /** Back in the queue until then; a try that was not its fault does not count. */
  CopyRequest again(Instant until, String why, boolean counts) {
    return new CopyRequest(
        number,
        policy,
        barcode,
        State.QUEUED,
        created,
        until,
        counts ? attempts : attempts - 1,
        null,
        why,
        ended);
  }

  CopyRequest endedAs(State end, String why, Instant now) {
    return new CopyRequest(
        number, policy, barcode, end, created, notBefore, attempts, job, why, now);
  }
}
