package org.copybay.copy.shadow;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Catalogue;
import org.copybay.volumes.bay.Volume;
import org.copybay.volumes.bitmap.WriteBitmap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What each volume that a set remembers is, and lacks, when the set is mounted: one after the
 * other, before the first write.
 */
final class Arrival {
  private static final Logger LOG = LoggerFactory.getLogger(Arrival.class);

  private static final String NOT_NAMED = "it was not named";

  private final ShadowSet set;
  private final MountPlan plan;
  private final SetMount.Wish wish;
  private final SetBitmaps bitmaps;
  private final @Nullable String lost;
  private final List<Members.Target> targets = new ArrayList<>();
  private final List<WriteBitmap> unneeded = new ArrayList<>();

  /**
   * @param lost why the bitmaps are new ones, or null
   */
  Arrival(
      ShadowSet set,
      MountPlan plan,
      SetMount.Wish wish,
      SetBitmaps bitmaps,
      @Nullable String lost) {
    this.set = set;
    this.plan = plan;
    this.wish = wish;
    this.bitmaps = bitmaps;
    this.lost = lost;
  }

  /** Those that are to be copied to, once {@link #members} was called. */
  List<Members.Target> targets() {
    return targets;
  }

  /** The set as it will be. */
  SetRecord members() throws StorageException {
    SetRecord before = set.record();
    SetRecord record = before.withMounted(true).withLineage(plan.lineage());
    boolean lessMembers = false;
    for (MemberRecord known : before.members()) {
      Volume volume = set.volume(known.volume());
      if (volume != null && plan.full().contains(volume)) {
        record = record.with(full(known));
      } else {
        record = record.with(absent(known, volume));
        lessMembers |= known.role() == MemberRole.FULL;
      }
    }
    for (Volume volume : plan.full()) {
      if (before.find(volume.id()) == null) {
        record = record.with(MemberRecord.full(volume.id(), set.now()));
      }
    }
    for (Volume volume : wish.targets()) {
      MemberRecord known = record.find(volume.id());
      MemberRecord now =
          known == null ? MemberRecord.full(volume.id(), set.now()).withBitmap(false, 0) : known;
      record = record.with(target(now, volume));
    }
    return lessMembers ? record.withLineage(set.next(record.lineage())) : record;
  }

  private MemberRecord full(MemberRecord known) {
    WriteBitmap copy = bitmaps.copy(known.volume());
    if (copy != null) {
      unneeded.add(copy);
    }
    return known.role() == MemberRole.FULL
        ? known
        : known.as(MemberRole.FULL, null, set.now()).withBitmap(false, 0);
  }

  /** Ends the bitmaps of those who are full members now, once that is recorded. */
  void deleteBitmaps() {
    for (WriteBitmap copy : unneeded) {
      try {
        bitmaps.delete(copy);
      } catch (StorageException e) {
        LOG.warn("set={} bitmap not deleted: {}", set.name(), e.getMessage());
      }
    }
  }

  /** One that is no full member now; its bitmap sees changes from the first one on. */
  private MemberRecord absent(MemberRecord known, @Nullable Volume volume) throws StorageException {
    String why = known.role() == MemberRole.FORMER ? known.why() : why(volume);
    boolean asked = why == null || why.equals(NOT_NAMED);
    MemberRecord former =
        known
            .as(MemberRole.FORMER, why, set.now())
            .withLost(known.lost() || (known.role() != MemberRole.FORMER && !asked));
    if (lost != null) {
      return former.withBitmap(false, known.left());
    }
    WriteBitmap copy = bitmaps.copy(known.volume());
    if (known.role() == MemberRole.FULL) {
      boolean away =
          volume == null || volume.failure() != null || isBehind(volume, MountPlan.Behind::away);
      return began(former, (wish.track() || away) && !isBehind(volume, MountPlan.Behind::strange));
    }
    if (copy != null) { // of a clean end nothing, but where a change was not recorded
      bitmaps.includeRecent(copy);
    }
    return former.withBitmap(copy != null, known.left());
  }

  /** Of one that has what no bitmap knows none begins: it would hide that. */
  private boolean isBehind(@Nullable Volume volume, Predicate<MountPlan.Behind> how) {
    return plan.behind().stream().anyMatch(behind -> behind.volume() == volume && how.test(behind));
  }

  private String why(@Nullable Volume volume) {
    if (volume == null) {
      return "its volume was deleted";
    }
    return plan.behind().stream()
        .filter(behind -> behind.volume() == volume)
        .map(MountPlan.Behind::why)
        .findFirst()
        .orElse(volume.failure() == null ? NOT_NAMED : "missing: " + volume.failure());
  }

  /** A member until now: what it may lack is what was written lately, and what will be. */
  private MemberRecord began(MemberRecord former, boolean track) throws StorageException {
    long left = set.record().lineage().generation();
    MemberRecord behind = former.withMounts(plan.served());
    if (!track) {
      return behind.withBitmap(false, left);
    }
    try {
      bitmaps.watch(newBitmap(former));
      return behind.withBitmap(true, left);
    } catch (StorageException e) {
      if (wish.strict()) {
        throw e;
      }
      LOG.warn("set={} no bitmap: {}", set.name(), e.getMessage());
      return behind.withBitmap(false, left);
    }
  }

  /** Where somebody wrote to the others behind the set, nobody knows what it lacks. */
  private WriteBitmap newBitmap(MemberRecord former) throws StorageException {
    WriteBitmap copy = bitmaps.copyFor(former.volume(), plan.changed() != null);
    boolean made = false;
    try {
      bitmaps.includeRecent(copy);
      made = true;
      return copy;
    } finally {
      if (!made) {
        bitmaps.delete(copy);
      }
    }
  }

  private MemberRecord target(MemberRecord known, Volume volume) throws StorageException {
    WriteBitmap copy = bitmaps.copy(volume.id());
    String full = fullCopy(known, volume, copy);
    if (full != null && wish.strict()) {
      throw Mounting.noMinicopy(volume, full);
    }
    WriteBitmap lacks = bitmaps.copyFor(volume.id(), full != null);
    bitmaps.rest(lacks);
    if (volume.size() < set.record().size()) { // the set grew meanwhile
      set.bay().resize(volume, set.record().size(), false, Catalogue.Change.NOTHING);
    }
    targets.add(new Members.Target(new Member(volume), lacks));
    return known.as(MemberRole.TARGET, full, set.now()).withBitmap(true, known.left());
  }

  /** Why all of it must be copied, or null. */
  private @Nullable String fullCopy(MemberRecord known, Volume volume, @Nullable WriteBitmap copy) {
    if (lost != null) {
      return lost;
    }
    for (MountPlan.Behind behind : plan.behind()) {
      if (behind.volume() == volume) {
        return behind.strange()
            ? behind.why()
            : Minicopy.whyNot(wish.policy(), known, volume, behind.label(), copy != null);
      }
    }
    return "it has no label of this set";
  }
}
