package org.copybay.copy.shadow;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.util.List;
import org.copybay.copy.shadow.SetRecord.Lineage;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Catalogue;
import org.copybay.volumes.bay.Relation;
import org.copybay.volumes.bay.Volume;
import org.copybay.volumes.bitmap.WriteBitmap;
import org.copybay.volumes.event.Event;
import org.copybay.volumes.track.Passages;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/*
 * Steps, and what a crash after each leaves (P3, P6, P7). A member that the catalogue calls full and
 * whose label is behind is copied to at the next mount: what was written since all members were
 * synced last, which is more than it lacks.
 *
 *   complete  it lacks nothing, and is synced
 *             labels of the others: it is one of them      it is a target that lacks nothing
 *             the gate: it serves reads                    the same
 *             its label                                    the same
 *             row FULL                                     it is full
 *             no bitmap
 *
 *   add       its label TARGET                             what it was, with a label that says less
 *             row TARGET                                   a target; its bitmap says what it lacks
 *             the gate: it gets writes                     the same
 *
 * The order of labels: those that stay say durably that another one is none any more, before a
 * write is answered that it has not got.
 */
/** Changes of who is a member of one mounted set, under its lock. */
final class Membership {
  private static final Logger LOG = LoggerFactory.getLogger(Membership.class);

  /** Bitmaps of former members of one set (OpenVMS: six for minicopy). */
  static final int MAX_COPY_BITMAPS = 6;

  /** Members of one set (OpenVMS 8.4: six). */
  static final int MAX_MEMBERS = 6;

  private final ShadowSet set;
  private final Expulsion expulsion;

  Membership(ShadowSet set) {
    this.set = set;
    this.expulsion = new Expulsion(set, this);
  }

  /** How members are given up. */
  Expulsion expulsion() {
    return expulsion;
  }

  // ---- bitmaps

  /**
   * A bitmap for one that leaves. NO_SPACE, AGAIN.
   *
   * @param others how many leave with one that is in no row yet
   */
  WriteBitmap newBitmap(ShadowSet.Mounted now, Volume volume, int others) throws StorageException {
    WriteBitmap old = now.bitmaps().copy(volume.id());
    if (old != null) {
      now.bitmaps().delete(old);
    }
    long known = set.record().of(MemberRole.FORMER).stream().filter(MemberRecord::bitmap).count();
    long count = known + others;
    if (count >= MAX_COPY_BITMAPS) {
      throw new StorageException(
          Fault.NO_SPACE,
          "set "
              + set.name()
              + " has "
              + count
              + " write bitmaps of former members, at most "
              + MAX_COPY_BITMAPS,
          "bitmap delete set=" + set.name() + " bitmap=MEMBER");
    }
    return now.bitmaps().createCopy(volume.id());
  }

  @Nullable WriteBitmap includeRecent(ShadowSet.Mounted now, @Nullable WriteBitmap copy) {
    if (copy == null) {
      return null;
    }
    try {
      now.bitmaps().includeRecent(copy);
      return copy;
    } catch (StorageException e) {
      LOG.warn("set={} bitmap lost: {}", set.name(), e.getMessage());
      deleteBitmap(now, copy);
      return null;
    }
  }

  void deleteBitmap(ShadowSet.Mounted now, WriteBitmap copy) {
    try {
      now.bitmaps().delete(copy);
    } catch (StorageException e) {
      LOG.warn("set={} bitmap not deleted: {}", set.name(), e.getMessage());
    }
  }

  MemberRecord former(SetRecord record, Volume volume, boolean bitmap, String why) {
    MemberRecord before = record.find(volume.id());
    return (before == null ? MemberRecord.full(volume.id(), set.now()) : before)
        .as(MemberRole.FORMER, why, set.now())
        .withBitmap(bitmap, record.lineage().generation())
        .withMounts(set.labels().mounts());
  }

  void relate(Volume volume, Relation.Role role) {
    try {
      set.relate(volume, role);
    } catch (StorageException e) {
      throw new IllegalStateException("a relation that is there already: " + e.getMessage(), e);
    }
  }

  // ---- add

  /**
   * Lets a volume, which is no full member, get the writes of the set while it is being copied to.
   *
   * @param full whether all of it must be copied
   * @param why that is so, or null
   */
  void add(Volume volume, boolean full, @Nullable String why, Catalogue.Change also)
      throws StorageException {
    ShadowSet.Mounted now = set.mounted();
    Relation before = volume.relation();
    set.requireNoneUnderWay(volume);
    set.bay().relations().relate(volume, new Relation(set.name(), Relation.Role.TARGET));
    boolean added = false;
    try {
      WriteBitmap copy = bitmapOfTarget(now, volume, full);
      SetRecord record = set.record();
      MemberRecord known = record.find(volume.id());
      long left = known == null ? 0 : known.left();
      grow(volume, record, known);
      set.labels().write(record, lineageOfTarget(record, known), volume, MemberRole.TARGET, false);
      MemberRecord target =
          (known == null ? MemberRecord.full(volume.id(), set.now()) : known)
              .as(MemberRole.TARGET, why, set.now())
              .withBitmap(true, left);
      set.put(record.with(target), also);
      added = true;
      try (Passages.Closed closed = set.gate().close()) {
        now.bitmaps().rest(copy);
        join(now, volume, copy);
      }
    } finally {
      if (!added) {
        undoAdd(now, volume, before);
      }
    }
    set.tell(
        "shadow_member_added",
        Event.fact("member", volume.name()),
        Event.fact("copy", full ? "full" : "mini"));
  }

  /** What it lacks, which sees changes until the target gets them. AGAIN, NO_SPACE. */
  private WriteBitmap bitmapOfTarget(ShadowSet.Mounted now, Volume volume, boolean full)
      throws StorageException {
    if (!full && now.bitmaps().copy(volume.id()) == null) {
      throw new StorageException(
          Fault.AGAIN, "the write bitmap of " + volume.name() + " is gone", "try again");
    }
    return now.bitmaps().copyFor(volume.id(), full);
  }

  /** A former member follows a set that grew meanwhile; what is added is in its bitmap. */
  private void grow(Volume volume, SetRecord record, @Nullable MemberRecord known)
      throws StorageException {
    if (known != null && volume.size() < record.size()) {
      set.bay().resize(volume, record.size(), false, Catalogue.Change.NOTHING);
    }
  }

  private static void join(ShadowSet.Mounted now, Volume volume, WriteBitmap copy) {
    Members.Target target = new Members.Target(new Member(volume), copy);
    now.device().setMembers(now.device().members().withTarget(target));
  }

  /** The generation that the label of a target has: the one with which it left. */
  static Lineage lineageOfTarget(SetRecord record, @Nullable MemberRecord known) {
    long left = known == null ? 0 : known.left();
    for (MemberLabel.Past past : record.lineage().past()) {
      if (past.generation() == left) {
        return new Lineage(left, past.change(), List.of());
      }
    }
    return Lineage.none();
  }

  /** It never got a write: it is what it was, but for its label, which says less. */
  private void undoAdd(ShadowSet.Mounted now, Volume volume, @Nullable Relation before) {
    WriteBitmap copy = now.bitmaps().copy(volume.id());
    MemberRecord known = set.record().find(volume.id());
    if (copy != null && (known == null || !known.bitmap())) {
      deleteBitmap(now, copy);
    }
    if (before == null) {
      set.bay().relations().unrelate(volume);
    } else {
      relate(volume, before.role());
    }
  }

  // ---- a target that is whole

  /**
   * Makes a target, which lacks nothing and was synced, a full member.
   *
   * @return false when it lacks something again, or may soon
   */
  boolean complete(Members.Target target, Catalogue.Change also) throws StorageException {
    try (var held = set.enter()) {
      ShadowSet.Mounted now = set.mounted();
      if (!now.device().members().targets().contains(target)) {
        throw new StorageException(Fault.CANCELLED, "it is no target any more");
      }
      if (!now.device().isWhole(target)) {
        return false; // before a label says anything
      }
      SetRecord record = set.record();
      Lineage next = set.next(record.lineage());
      for (Member other : now.device().members().full()) {
        set.labels().write(record, next, other.volume(), MemberRole.FULL, false);
      }
      set.show(record.withLineage(next));
      Volume volume = target.member().volume();
      MemberRecord known = record.find(volume.id());
      MemberRecord full =
          (known == null ? MemberRecord.full(volume.id(), set.now()) : known)
              .as(MemberRole.FULL, null, set.now())
              .withBitmap(false, 0);
      try (Passages.Closed closed = set.gate().close()) {
        if (!now.device().isWhole(target)) {
          return false;
        }
        now.device().setMembers(now.device().members().withFull(target));
      }
      set.show(record.withLineage(next).with(full)); // so it is, whatever follows
      sayFull(now, target.member(), record, next);
      relate(volume, Relation.Role.MEMBER);
      recordFull(also);
      deleteBitmap(now, target.missing());
    }
    set.tell("shadow_member_full", Event.fact("member", target.member().name()));
    return true;
  }

  /** One whose label goes on saying that it is a target is given up. */
  private void sayFull(ShadowSet.Mounted now, Member member, SetRecord record, Lineage next)
      throws StorageException {
    try {
      set.labels().write(record, next, member.volume(), MemberRole.FULL, false);
    } catch (StorageException e) {
      boolean gone = expulsion.lostLocked(now, member, e);
      LOG.error("set={} target={} expelled={}", set.name(), member.name(), gone);
      throw e;
    }
  }

  /** Where the catalogue cannot record it, its label says it, and what was written is kept. */
  private void recordFull(Catalogue.Change also) {
    try {
      set.put(set.record(), also);
    } catch (StorageException e) {
      LOG.error("set={} not recorded: {}", set.name(), e.getMessage());
      set.putKnown(set.record());
    }
  }

  /**
   * Ends the copy to a target: it is a former member, whose bitmap says what it lacks.
   *
   * @param why in words
   * @return false when it became a full member before
   */
  @CanIgnoreReturnValue
  boolean removeTarget(Volume volume, String why) {
    try (var held = set.enter()) {
      ShadowSet.Mounted now = set.mountedOrNull();
      MemberRecord known = set.record().find(volume.id());
      if (now == null || known == null || known.role() != MemberRole.TARGET) {
        return known == null || known.role() != MemberRole.FULL;
      }
      boolean kept = known.bitmap();
      for (Members.Target target : now.device().members().targets()) {
        if (target.member().volume() == volume) {
          try (Passages.Closed closed = set.gate().close()) {
            now.bitmaps().watch(target.missing());
            now.device().setMembers(now.device().members().without(target.member()));
          }
          set.addGone(target.member());
          // What it got lately may not be safe on its disk, and never will be.
          kept = includeRecent(now, target.missing()) != null;
        }
      }
      MemberRecord left =
          known.as(MemberRole.FORMER, why, set.now()).withBitmap(kept, known.left());
      set.putKnown(set.record().with(left));
      relate(volume, left.ofFormer());
      set.tell("shadow_copy_ended", Event.fact("member", volume.name()), Event.fact("why", why));
      return true;
    }
  }
}
