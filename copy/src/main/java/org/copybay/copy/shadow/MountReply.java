package org.copybay.copy.shadow;

import org.copybay.copy.engine.Job;
import org.copybay.copy.shadow.SetLabels.Found;
import org.copybay.volumes.Words;
import org.copybay.volumes.bay.Volume;

/** What a MOUNT says of each of those that were to be members, in the words of the original. */
final class MountReply {
  private MountReply() {}

  static String valid(Volume volume) {
    return "%MOUNT-I-SHDWMEMSUCC, _" + volume.name() + ": is now a valid member of the shadow set";
  }

  /** Of one that is being copied to. */
  static String added(Volume volume, MemberRecord member, Job job) {
    String why = member.why();
    return "%MOUNT-I-SHDWMEMCOPY, _"
        + volume.name()
        + ": added to the shadow set with a "
        + (why == null ? "minicopy operation" : "copy operation, because " + why)
        + ": job "
        + job.id();
  }

  /** Of one that has what only it holds, and that was not named. */
  static String leftOut(ShadowSet set, MountPlan.Behind leftOut) {
    String volume = leftOut.volume().name();
    return volume
        + ": "
        + leftOut.why()
        + "; to copy all of it: mount set="
        + set.name()
        + " members="
        + Words.word(volume);
  }

  /** Of one that cannot be used now. */
  static String missing(Found missing) {
    return missing.volume().name() + ": " + missing.problem();
  }
}
