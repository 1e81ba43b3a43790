package org.copybay.copy.shadow;

import java.time.Instant;
import java.util.UUID;
import org.copybay.volumes.bay.Relation;
import org.jspecify.annotations.Nullable;

/**
 * What the catalogue remembers of a member, or a former one.
 *
 * @param volume id of the volume
 * @param role what it is
 * @param bitmap whether there is a bitmap of what it lacks
 * @param left the set's generation when it was removed, which its label has; 0 where it has none
 * @param mounts how often the set had been mounted then: where its label has fewer, the volume was
 *     put back from an earlier time
 * @param why how it came to its role, in words, or null
 * @param since when it came to its role
 * @param mixed whether a copy to it was begun and has not ended: it holds no content of one moment
 * @param lost whether the set does without it, or did before it came back, though nobody asked
 */
public record MemberRecord(
    UUID volume,
    MemberRole role,
    boolean bitmap,
    long left,
    long mounts,
    @Nullable String why,
    Instant since,
    boolean mixed,
    boolean lost) {

  static MemberRecord full(UUID volume, Instant since) {
    return new MemberRecord(volume, MemberRole.FULL, false, 0, 0, null, since, false, false);
  }

  /** In another role: a target becomes a mixture, and a full member is none and is not lost. */
  MemberRecord as(MemberRole newRole, @Nullable String newWhy, Instant newSince) {
    boolean full = newRole == MemberRole.FULL;
    return new MemberRecord(
        volume,
        newRole,
        bitmap,
        left,
        mounts,
        newWhy,
        newSince,
        !full && (mixed || newRole == MemberRole.TARGET),
        !full && lost);
  }

  MemberRecord withBitmap(boolean newBitmap, long newLeft) {
    return new MemberRecord(volume, role, newBitmap, newLeft, mounts, why, since, mixed, lost);
  }

  /** It left while the set was mounted for that time. */
  MemberRecord withMounts(long newMounts) {
    return new MemberRecord(volume, role, bitmap, left, newMounts, why, since, mixed, lost);
  }

  MemberRecord withLost(boolean newLost) {
    return new MemberRecord(volume, role, bitmap, left, mounts, why, since, mixed, newLost);
  }

  MemberRecord withMixed(boolean newMixed) {
    return new MemberRecord(volume, role, bitmap, left, mounts, why, since, newMixed, lost);
  }

  /** Whether it is missed: the set does without it, though nobody asked for that. */
  public boolean missed() {
    return role == MemberRole.FORMER && lost;
  }

  /** What its volume is while the set does not write to it. */
  Relation.Role relationAtRest() {
    return role == MemberRole.FORMER ? ofFormer() : Relation.Role.IDLE;
  }

  /** What the volume of a former member is. */
  Relation.Role ofFormer() {
    return mixed ? Relation.Role.PARTIAL : Relation.Role.FORMER;
  }
}
