package org.copybay.copy.quickopc;

import org.copybay.volumes.bay.Catalogue;
import org.jspecify.annotations.Nullable;

/**
 * How a start was asked for.
 *
 * @param mode what is to be copied
 * @param openAllowed whether the target may be open for writing
 * @param keepsChanges whether changes of the target that would be lost are a reason to refuse
 * @param rate bytes a second of the copy, 0 for no limit, or null for that of the session
 * @param paused whether a copy that begins waits until it is resumed
 * @param id of the job, or null for one of its own
 * @param line the command as it was written
 * @param uid who wrote it
 * @param also belongs into the transaction that makes it so
 */
public record StartSpec(
    Mode mode,
    boolean openAllowed,
    boolean keepsChanges,
    @Nullable Long rate,
    boolean paused,
    @Nullable String id,
    String line,
    int uid,
    Catalogue.Change also) {
  /** The same, with one more thing in that transaction. */
  StartSpec with(Catalogue.Change more) {
    Catalogue.Change both =
        connection -> {
          more.run(connection);
          also.run(connection);
        };
    return new StartSpec(mode, openAllowed, keepsChanges, rate, paused, id, line, uid, both);
  }

  /** How a mount ends a start that a crash interrupted. */
  static StartSpec atMount() {
    return new StartSpec(
        Mode.AUTO, true, false, null, false, null, "mount", 0, Catalogue.Change.NOTHING);
  }

  /** What a start copies. */
  public enum Mode {
    /** Everything. */
    FULL,
    /** Everything, also where there is a session, which goes on. */
    FULL_ANEW,
    /** What changed on either side since the last start. */
    DIFF,
    /** What changed where that can be told, else everything. */
    AUTO,
    /** Back to the source. */
    RESTORE,
    /** To the source what it held before the last restore. */
    UNDO
  }
}
