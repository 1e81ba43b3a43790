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
 */
public record PairRecord(
    String group, String name, int place, @Nullable UUID source, @Nullable UUID target) {
  /** The pair in words, as in backup/pay. */
  public String path() {
    return group + "/" + name;
  }

  PairRecord with(UUID newSource, UUID newTarget) {
    return new PairRecord(group, name, place, newSource, newTarget);
  }
}
