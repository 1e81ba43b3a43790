package org.copybay.copy.quickopc;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The row of one pair.
 *
 * @param group that it belongs to
 * @param name in its group
 * @param place among the pairs of its group
 * @param source id of the volume that is copied, or null before it was said
 * @param target id of the volume that is copied to, or null before it was said
 * @param safety number of the point that was made before its last restore, or 0
 */
public record PairRecord(
    String group,
    String name,
    int place,
    @Nullable UUID source,
    @Nullable UUID target,
    long safety) {
  /** The pair in words, as in backup/pay. */
  public String path() {
    return group + "/" + name;
  }

  PairRecord with(UUID newSource, UUID newTarget) {
    long still = newSource.equals(source) ? safety : 0;
    return new PairRecord(group, name, place, newSource, newTarget, still);
  }

  PairRecord withSafety(long number) {
    return new PairRecord(group, name, place, source, target, number);
  }

  /** Whether it is another state of the same pair. */
  boolean isSame(PairRecord other) {
    return group.equals(other.group) && name.equals(other.name);
  }
}
