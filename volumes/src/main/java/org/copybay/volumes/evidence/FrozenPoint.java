package org.copybay.volumes.evidence;

import org.copybay.volumes.track.PointId;

/**
 * A point of a volume, by what never changes of it; a later one may have the same number.
 *
 * @param number of the point in the volume
 * @param sizeBytes of the volume then
 * @param timeMillis its instant, since 1970
 */
public record FrozenPoint(int number, long sizeBytes, long timeMillis) {
  PointId id() {
    return new PointId(number, timeMillis);
  }
}
