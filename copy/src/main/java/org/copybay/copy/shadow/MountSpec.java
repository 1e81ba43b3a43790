package org.copybay.copy.shadow;

import java.util.List;
import org.copybay.volumes.bay.VolumeRecord.Owner;
import org.jspecify.annotations.Nullable;

/**
 * What a mount of a virtual unit is asked to be.
 *
 * @param set name of the virtual unit
 * @param members names of volumes, in the order in which they were named; may be empty
 * @param label the set's label, or null where it is not said
 * @param policy what is done about write bitmaps
 * @param confirm whether full copies are refused that were not confirmed
 * @param copy whether members may be copied to at all
 * @param include whether the members that the set had are added to those that are named
 * @param requireMembers whether every member that is named must be there
 * @param id name of the job of the first copy, or null
 * @param line the command as it was written
 * @param uid who asked
 * @param owner of a new virtual unit
 */
public record MountSpec(
    String set,
    List<String> members,
    @Nullable String label,
    Policy policy,
    boolean confirm,
    boolean copy,
    boolean include,
    boolean requireMembers,
    @Nullable String id,
    String line,
    int uid,
    Owner owner) {

  /** /POLICY=[NO]MINICOPY[=OPTIONAL] of MOUNT. */
  public enum Policy {
    /** Not said: a bitmap is used where there is one. */
    USUAL,
    /** A bitmap is used, or the mount fails. */
    MINICOPY,
    /** A bitmap is used, or made, where that can be. */
    OPTIONAL,
    /** Bitmaps are not used. */
    NOMINICOPY
  }

  public MountSpec {
    members = List.copyOf(members);
  }
}
