package org.copybay.copy.shadow;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.copybay.copy.shadow.SetRecord.Lineage;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Relation;
import org.copybay.volumes.bay.Volume;
import org.copybay.volumes.bitmap.WriteBitmap;
import org.copybay.volumes.event.Event;
import org.copybay.volumes.track.Passages;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/*
 * Steps, and what a crash after each leaves (P3, P6, P7), as in Membership:
 *
 *   labels of the others: it is none any more    it is behind
 *   its bitmap, with what members may differ in  the same
 *   the gate: it sees changes, the member gets   the same
 *   none
 *   what was written lately is in its bitmap     the same
 *   row FORMER                                   it is a former member
 */
/** How one mounted set gives members up. */
final class Expulsion {
  private static final Logger LOG = LoggerFactory.getLogger(Expulsion.class);

  private final ShadowSet set;
  private final Membership membership;

  Expulsion(ShadowSet set, Membership membership) {
    this.set = set;
    this.membership = membership;
  }

  /**
   * Gives a member up. Any thread, with no lock.
   *
   * @param asked whether somebody asked for it; else the set lost it
   * @return whether it is none any more; false where the set cannot go on without it
   */
  boolean expel(Member member, StorageException why, boolean asked) {
    ShadowSet.Mounted seen = set.mountedOrNull();
    if (seen != null && seen.device().members().full().size() > 1) {
      member.kill(why.getMessage()); // who waits for it leaves the gate, before the lock is taken
    }
    try (var held = set.enter()) {
      ShadowSet.Mounted now = set.mountedOrNull();
      if (now == null || !now.device().members().full().contains(member)) {
        return true; // somebody was faster
      }
      boolean gone =
          now.device().members().full().size() > 1 && expelLocked(now, member, why, asked);
      if (!gone) {
        member.revive();
      }
      return gone;
    }
  }

  /** Gives up a member that the set lost. Under the lock of the set. */
  boolean lostLocked(ShadowSet.Mounted now, Member member, StorageException why) {
    return expelLocked(now, member, why, false);
  }

  private boolean expelLocked(
      ShadowSet.Mounted now, Member member, StorageException why, boolean asked) {
    LOG.error("set={} expels member={}: {}", set.name(), member.name(), why.getMessage());
    member.kill(why.getMessage());
    SetRecord record = set.record();
    Lineage next = set.next(record.lineage());
    List<Member> behind = writeOthers(now, member, next);
    if (behind.size() >= now.device().members().full().size() - 1) {
      LOG.error("set={} cannot do without {}", set.name(), member.name());
      return false; // nobody could say that it is none any more
    }
    set.addGone(member);
    WriteBitmap copy = isFatal(member, why) ? null : bitmapOrNull(now, member.volume());
    // What a merge clears from here on it made equal among those who stay.
    copy = membership.includeRecent(now, copy);
    try (Passages.Closed closed = set.gate().close()) {
      if (copy != null) {
        now.bitmaps().watch(copy);
      }
      now.device().setMembers(now.device().members().without(member));
    }
    copy = membership.includeRecent(now, copy);
    giveUp(member, why);
    String cause = cause(member, why);
    MemberRecord left =
        membership
            .former(record, member.volume(), copy != null, "expelled: " + cause)
            .withLost(!asked);
    putLeft(record.withLineage(next).with(left), member, left.bitmap(), cause);
    for (Member other : behind) {
      StorageException unlabelled = new StorageException(Fault.STORE_FAILED, "no label written");
      if (!lostLocked(now, other, unlabelled)) {
        other.revive();
      }
    }
    return true;
  }

  /** Records and tells that one has left. */
  private void putLeft(SetRecord record, Member member, boolean bitmap, String cause) {
    set.putKnown(record);
    membership.relate(member.volume(), Relation.Role.FORMER);
    set.tell(
        "shadow_member_expelled",
        Event.fact("member", member.name()),
        Event.fact("why", cause),
        Event.fact("bitmap", bitmap));
  }

  /** What the first sync that failed said; who asks later hears only that one did. */
  private static String cause(Member member, StorageException why) {
    String failure = member.volume().row().failure();
    return failure == null ? Objects.requireNonNull(why.getMessage()) : failure;
  }

  /** Its home is not what it was: it is opened anew when it comes back. */
  void giveUp(Member member, StorageException why) {
    if (why.fault() == Fault.CORRUPT || why.fault() == Fault.AGAIN) {
      set.bay().relations().lost(member.volume(), why.getMessage());
    }
  }

  /**
   * Whether its disk cannot be trusted for what it had: a write or a sync of it failed. One that
   * did not answer, is full, or lost the path to its home, still has what it had.
   */
  private static boolean isFatal(Member member, StorageException why) {
    return why.fault() == Fault.STORE_FAILED || member.volume().row().failure() != null;
  }

  /** Tells the other full members the new generation; returns those that cannot be told. */
  private List<Member> writeOthers(ShadowSet.Mounted now, Member member, Lineage next) {
    List<Member> behind = new ArrayList<>();
    for (Member other : now.device().members().full()) {
      if (other != member) {
        try {
          set.labels().write(set.record(), next, other.volume(), MemberRole.FULL, false);
        } catch (StorageException e) {
          LOG.error("set={} member={}: {}", set.name(), other.name(), e.getMessage());
          behind.add(other);
        }
      }
    }
    return behind;
  }

  private @Nullable WriteBitmap bitmapOrNull(ShadowSet.Mounted now, Volume volume) {
    try {
      return membership.newBitmap(now, volume, 0);
    } catch (StorageException e) {
      LOG.warn("set={} no bitmap for {}: {}", set.name(), volume.name(), e.getMessage());
      return null;
    }
  }
}
