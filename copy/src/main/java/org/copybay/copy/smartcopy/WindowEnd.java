package org.copybay.copy.smartcopy;

import java.util.Set;
import org.copybay.copy.engine.Job;
import org.copybay.copy.library.TapeCartridge;
import org.copybay.copy.library.Tapes;

/** What becomes of copies whose window has ended. */
final class WindowEnd {
  private static final int PERCENT = 100;

  /** The phases in which all was copied; each of them begins with 0 percent again. */
  private static final Set<String> COPIED = Set.of(TapeCopier.SYNCING, TapeCopier.VERIFYING);

  private WindowEnd() {}

  /** Whether a copy gives up: its policy ends all then, or those of which less is copied. */
  static boolean gives(CopyPolicy policy, Job job, Tapes tapes) {
    return policy.atWindowEnd() >= CopyPolicy.ALL_PERCENT
        || copied(job, tapes) < policy.atWindowEnd();
  }

  /**
   * Percent of the source that was copied, whatever the phase. The bytes that were copied are never
   * set back, as those of a phase are, just before the next one has its name.
   */
  private static long copied(Job job, Tapes tapes) {
    TapeCartridge source = tapes.cartridgeOrNull(job.row().source());
    long all = source == null ? 0 : source.contents().imageBytes();
    return COPIED.contains(job.phase()) || all == 0
        ? PERCENT
        : Math.min(PERCENT, job.progress().bytesCopied() * PERCENT / all);
  }
}
