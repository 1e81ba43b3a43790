package org.copybay.copy.safeguarded;

import org.copybay.volumes.evidence.Root;
import org.jspecify.annotations.Nullable;

/**
 * What is known of what a backup holds of a volume.
 *
 * @param kind how well it is proven
 * @param words the same for people, as in "hashing 34 %"
 * @param root that stands for all of it, or null while it is not sealed
 */
public record VolumeEvidence(Kind kind, String words, @Nullable Root root) {
  /** How well it is proven, the worst first. */
  public enum Kind {
    /** It is not what it was, or nothing can tell any more. */
    DAMAGED,
    /** It could not be hashed, and is tried again. */
    FAILED,
    /** Its volume is damaged. */
    UNKNOWN,
    /** Its hashes are being made. */
    HASHING,
    /** They are not made yet. */
    WAITING,
    /** Every read is compared with its hashes. */
    SEALED
  }

  VolumeEvidence(Kind kind, String words) {
    this(kind, words, null);
  }
}
