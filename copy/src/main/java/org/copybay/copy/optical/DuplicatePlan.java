package org.copybay.copy.optical;

import java.util.List;
import java.util.stream.Stream;

/**
 * A duplicate that nothing speaks against.
 *
 * @param source volume
 * @param targets volumes, with what they are called then
 * @param warnings what else is to be known, a sentence each
 */
public record DuplicatePlan(OpticalVolume source, List<Target> targets, List<String> warnings) {
  /**
   * A target.
   *
   * @param volume that is written
   * @param newId its identifier when it is whole
   */
  public record Target(OpticalVolume volume, String newId) {}

  public DuplicatePlan {
    targets = List.copyOf(targets);
    warnings = List.copyOf(warnings);
  }

  /** The source, then the targets. */
  List<OpticalVolume> volumes() {
    return Stream.concat(Stream.of(source), targets.stream().map(Target::volume)).toList();
  }
}
