package org.copybay.copy.shadow;

import org.copybay.volumes.bay.Volume;
import org.jspecify.annotations.Nullable;

/** Whether the bitmap of a former member says what its volume lacks. */
final class Minicopy {
  /** Why a member is none whose label is that of an earlier mount. */
  static final String PUT_BACK = "it was put back from an earlier time";

  private Minicopy() {}

  /**
   * Why all of a volume must be copied, or null when its bitmap can be used: the label that it has
   * now is the one with which it left.
   *
   * @param policy NOMINICOPY is a reason too
   * @param label of the volume, of this set, or null
   * @param kept whether its bitmap is there
   */
  static @Nullable String whyNot(
      MountSpec.Policy policy,
      MemberRecord known,
      Volume volume,
      @Nullable MemberLabel label,
      boolean kept) {
    if (policy == MountSpec.Policy.NOMINICOPY) {
      return "policy=nominicopy";
    }
    if (!kept || !known.bitmap()) {
      return known.why() == null
          ? "there is no write bitmap of what it lacks"
          : "there is no write bitmap of what it lacks (" + known.why() + ")";
    }
    if (label == null) {
      return "it has no label of this set";
    }
    if (label.generation() != known.left()) {
      return "its label has generation "
          + label.generation()
          + ", the write bitmap is for "
          + known.left();
    }
    if (label.mounts() < known.mounts()) {
      return PUT_BACK;
    }
    return SetLabels.changedSince(volume, label);
  }
}
