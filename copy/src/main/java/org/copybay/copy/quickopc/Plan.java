package org.copybay.copy.quickopc;

import org.copybay.volumes.bay.PointInTime;
import org.copybay.volumes.bay.PointVolume;
import org.copybay.volumes.bay.Volume;
import org.jspecify.annotations.Nullable;

/**
 * What a start does with one pair, once it was checked.
 *
 * @param pair that it is about
 * @param direction which way it copies
 * @param before the session that goes on, or null for a new one
 * @param full whether all bytes are copied, else what changed
 * @param source that is copied
 * @param target that shows it
 * @param safetyPoint what an undone restore goes back to, else null
 * @param sendBytes what has to be copied, about
 * @param lostBytes what was changed on the target and is lost
 */
public record Plan(
    PairRecord pair,
    Direction direction,
    @Nullable Session before,
    boolean full,
    Volume source,
    Volume target,
    @Nullable PointInTime safetyPoint,
    long sendBytes,
    long lostBytes) {

  /** What the target held then. */
  @Nullable PointVolume safety() {
    PointInTime point = safetyPoint;
    if (point == null) {
      return null;
    }
    return point.volumes().stream()
        .filter(of -> of.volume().equals(target))
        .findFirst()
        .orElse(null);
  }
}
