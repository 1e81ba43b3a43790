package org.copybay.copy.shadow;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What the catalogue remembers of a member, or a former one.
 *
 * @param volume id of the volume
 * @param role what it is
 * @param bitmap whether there is a bitmap of what it lacks
 * @param left the set's generation when it was removed, which its label has; 0 where it has none
 * @param why how it came to its role, in words, or null
 * @param since when it came to its role
 */
public record MemberRecord(
    UUID volume, MemberRole role, boolean bitmap, long left, @Nullable String why, Instant since) {

  /** How the reason of one begins that the set gave up because it failed. */
  static final String EXPELLED = "expelled: ";

  /** How the reason of one begins that could not be used when the set was mounted. */
  static final String MISSING = "missing: ";

  /** Whether the set does without it though nobody asked for that. */
  public boolean lost() {
    String reason = why;
    return role == MemberRole.FORMER
        && reason != null
        && (reason.startsWith(EXPELLED) || reason.startsWith(MISSING));
  }

  static MemberRecord full(UUID volume, Instant since) {
    return new MemberRecord(volume, MemberRole.FULL, false, 0, null, since);
  }

  MemberRecord as(MemberRole newRole, @Nullable String newWhy, Instant newSince) {
    return new MemberRecord(volume, newRole, bitmap, left, newWhy, newSince);
  }

  MemberRecord withBitmap(boolean newBitmap, long newLeft) {
    return new MemberRecord(volume, role, newBitmap, newLeft, why, since);
  }
}
