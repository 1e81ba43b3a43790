package org.copybay.copy.safeguarded;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A recovery set: volumes that show one backup of a session (the H1R1 relationship of the
 * original).
 *
 * @param set its name: R1 for the recovery volumes of the copy sets
 * @param backup the backup that is shown
 * @param background whether all of it is copied; else only what is written or asked for
 * @param restore whether the volumes of the session themselves show it
 * @param started when
 * @param pairs in the order of the copy sets
 */
public record Recovery(
    String set,
    long backup,
    boolean background,
    boolean restore,
    Instant started,
    List<RecoveryPair> pairs) {
  /** The recovery volumes of the copy sets. */
  public static final String R1 = "R1";

  /** The volumes of the session themselves. */
  public static final String RESTORE = "restore";

  /** Keeps a list of its own. */
  public Recovery {
    pairs = List.copyOf(pairs);
  }

  /** Whether no volume depends on the backup any more. */
  public boolean whole() {
    return pairs.stream().allMatch(RecoveryPair::whole);
  }

  /** The pair with that target, or null. */
  public @Nullable RecoveryPair findTarget(UUID target) {
    return pairs.stream().filter(p -> p.target().equals(target)).findFirst().orElse(null);
  }

  Recovery withBackground() {
    return new Recovery(set, backup, true, restore, started, pairs);
  }

  /** With every pair changed. */
  Recovery with(UnaryOperator<RecoveryPair> change) {
    List<RecoveryPair> changed = pairs.stream().map(change).toList();
    return new Recovery(set, backup, background, restore, started, changed);
  }

  /** With the pair of a target changed. */
  Recovery with(UUID target, UnaryOperator<RecoveryPair> change) {
    return with(pair -> pair.target().equals(target) ? change.apply(pair) : pair);
  }
}
