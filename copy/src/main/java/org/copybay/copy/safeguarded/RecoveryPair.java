package org.copybay.copy.safeguarded;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A volume of a backup and the volume that shows it.
 *
 * @param source id of the volume of which the backup is
 * @param target id of the volume that shows it; of a restore the same
 * @param stamp by which the target knows the recovery
 * @param switched whether the target shows it; else a mount makes it so
 * @param whole whether the target holds all of it, durably: it depends on nothing any more
 * @param error why it cannot go on, or null
 * @param startBytes what there was to copy
 */
public record RecoveryPair(
    UUID source,
    UUID target,
    long stamp,
    boolean switched,
    boolean whole,
    @Nullable String error,
    long startBytes) {

  RecoveryPair withSwitched(long bytes) {
    return new RecoveryPair(source, target, stamp, true, whole, null, bytes);
  }

  RecoveryPair withWhole() {
    return new RecoveryPair(source, target, stamp, switched, true, null, startBytes);
  }

  RecoveryPair withError(@Nullable String why) {
    return new RecoveryPair(source, target, stamp, switched, whole, why, startBytes);
  }
}
