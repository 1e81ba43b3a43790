package org.copybay.copy.optical;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The row of a rotation.
 *
 * @param name of it
 * @param source key of the side that is backed up
 * @param targets keys of the sides that are written in turn; none once the final copy is made
 * @param finalKey key of the side that has the final copy, or that is to have it, or null
 */
public record RotationRecord(
    String name, String source, List<String> targets, @Nullable String finalKey) {
  public RotationRecord {
    targets = List.copyOf(targets);
  }
}
