package org.copybay.copy.shadow;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.copybay.copy.shadow.SetRecord.Lineage;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Catalogue;
import org.copybay.volumes.bay.Relation;
import org.copybay.volumes.bay.Volume;
import org.copybay.volumes.bitmap.VolumeSync;
import org.copybay.volumes.bitmap.WriteBitmap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/*
 * Steps of a mount, and what a crash after each leaves:
 *
 *   bitmaps opened, and made good    the same again: nothing was forgotten
 *   labels of the full members       mounted, of a set that the catalogue may call dismounted
 *   row                              mounted
 *   the device                       the same
 *
 * After an unclean stop what was written since all members were synced last is where full members
 * may differ, and what each target and each member that is not there lacks besides.
 */
/** Brings one set up, under its lock. */
final class SetMount {
  private static final Logger LOG = LoggerFactory.getLogger(SetMount.class);

  private final ShadowSet set;
  private final Deque<Volume> related = new ArrayDeque<>();
  private final Syncing syncing = new Syncing();

  SetMount(ShadowSet set) {
    this.set = set;
  }

  /** Syncs those who are members now, which {@link SetBitmaps} waits for. */
  private final class Syncing implements VolumeSync {
    // volatile: replaced by the device once it is there
    private volatile Members first = Members.none();

    @Override
    public void sync() throws StorageException {
      ShadowSet.Mounted now = set.mountedOrNull();
      Members members = now == null ? first : now.device().members();
      for (Members.Target target : members.targets()) {
        if (target.member().dead() != null) { // what it got lately is in the rolling bitmaps only
          throw new StorageException(
              Fault.AGAIN, "the copy to " + target.member().name() + " is ending");
        }
      }
      List<Legs.Failure> failed =
          Legs.runAside(
              members.all(),
              set.record().settings().memberSeconds() * 1000L,
              m -> m.bytes().flush());
      if (!failed.isEmpty()) {
        failed.forEach(failure -> failure.member().failing(Member.Trouble.WRITE));
        throw new StorageException(
            Fault.AGAIN, // the set goes on: this says nothing of the files of its bitmaps
            "sync " + failed.get(0).member().name() + ": " + failed.get(0).error().getMessage());
      }
    }
  }

  private Path directory() {
    return set.bay().shadowDirectory(set.record().id());
  }

  private String about() {
    return "The write bitmaps of shadow set "
        + set.name()
        + " of a Copybay bay (docs/FORMAT.md).\nset="
        + set.record().id()
        + "\n";
  }

  // ---- a new set

  /** Makes and mounts a set: the first volume is the source. Undoes all on an error. */
  void create(List<Volume> volumes, Catalogue.Change also) throws StorageException {
    MountPlan plan = MountPlan.ofNew(volumes);
    SetBitmaps bitmaps = null;
    boolean made = false;
    try {
      relate(volumes.get(0), Relation.Role.MEMBER);
      for (MountPlan.Behind each : plan.behind()) {
        relate(each.volume(), Relation.Role.TARGET);
      }
      SetRecord record = set.record().withLineage(plan.lineage()).withMounted(true);
      set.labels().begin(1);
      syncing.first = members(plan.full(), List.of());
      bitmaps = NewBitmaps.create(directory(), about(), record.size(), set.gate(), syncing);
      List<Members.Target> targets = new ArrayList<>();
      List<MemberRecord> members = new ArrayList<>();
      members.add(MemberRecord.full(volumes.get(0).id(), set.now()));
      for (MountPlan.Behind each : plan.behind()) {
        targets.add(target(bitmaps, each.volume(), true));
        set.labels().write(record, Lineage.none(), each.volume(), MemberRole.TARGET, false);
        members.add(
            MemberRecord.full(each.volume().id(), set.now())
                .as(MemberRole.TARGET, each.why(), set.now())
                .withBitmap(true, 0));
      }
      set.labels().write(record, plan.lineage(), volumes.get(0), MemberRole.FULL, false);
      publish(record.withMembers(members), bitmaps, members(plan.full(), targets), also);
      made = true;
    } finally {
      if (!made) {
        undo(bitmaps);
      }
    }
  }

  private static Members members(List<Volume> full, List<Members.Target> targets) {
    return new Members(full.stream().map(Member::new).toList(), targets);
  }

  private static Members.Target target(SetBitmaps bitmaps, Volume volume, boolean full)
      throws StorageException {
    WriteBitmap copy = bitmaps.copyFor(volume.id(), full);
    bitmaps.rest(copy);
    return new Members.Target(new Member(volume), copy);
  }

  private void relate(Volume volume, Relation.Role role) throws StorageException {
    set.relate(volume, role);
    related.push(volume);
  }

  private void publish(SetRecord record, SetBitmaps bitmaps, Members members, Catalogue.Change also)
      throws StorageException {
    UnitDevice device = new UnitDevice(bitmaps, set.gate(), set.failures(), members);
    set.put(record, also);
    set.labels().writing();
    for (Member member : members.full()) { // all have the number of this mount: now it may be used
      set.labels().write(record, record.lineage(), member.volume(), MemberRole.FULL, false);
    }
    set.setMounted(new ShadowSet.Mounted(bitmaps, device));
    set.setTrouble(null);
  }

  private void undo(@Nullable SetBitmaps bitmaps) {
    if (bitmaps != null) {
      bitmaps.close();
    }
    for (Volume volume : related) {
      MemberRecord known = set.record().find(volume.id());
      if (known == null) {
        removeLabel(volume);
        set.bay().relations().unrelate(volume);
      } else {
        set.membership().relate(volume, known.relationAtRest());
      }
    }
    related.clear();
  }

  /** One that stays is of no set: a volume that has it is taken for a new one. */
  private void removeLabel(Volume volume) {
    try {
      set.labels().remove(volume);
    } catch (StorageException e) {
      LOG.warn("label of volume={} stays: {}", volume.name(), e.getMessage());
    }
  }

  // ---- a set that there was before

  /**
   * What is wanted of a mount.
   *
   * @param targets those that are behind and are to be copied to; others stay former members
   * @param track whether a bitmap is begun for members that are left out
   * @param policy what is done about bitmaps
   */
  record Wish(List<Volume> targets, boolean track, MountSpec.Policy policy) {
    /** Whether it fails where a bitmap is missing. */
    boolean strict() {
      return policy == MountSpec.Policy.MINICOPY;
    }
  }

  /** Mounts it by a plan. Undoes all on an error. */
  void mount(MountPlan plan, Wish wish, Catalogue.Change also) throws StorageException {
    SetBitmaps bitmaps = null;
    boolean made = false;
    try {
      for (Volume volume : plan.full()) {
        relate(volume, Relation.Role.MEMBER);
      }
      for (Volume volume : wish.targets()) {
        relate(volume, Relation.Role.TARGET);
      }
      syncing.first = members(plan.full(), List.of());
      SetRecord record = set.record();
      String lost = null;
      try {
        bitmaps = open(record);
      } catch (StorageException e) {
        if (!SetBitmaps.isLoss(e)) {
          throw e;
        }
        lost = "the write bitmaps of the set were lost: " + e.getMessage();
        LOG.error("set={} {}", set.name(), lost);
        bitmaps =
            NewBitmaps.createAfterLoss(directory(), about(), record.size(), set.gate(), syncing);
      }
      bring(plan, wish, bitmaps, lost, also);
      made = true;
    } finally {
      if (!made) {
        undo(bitmaps);
      }
    }
  }

  private SetBitmaps open(SetRecord record) throws StorageException {
    List<UUID> copies =
        record.members().stream().filter(MemberRecord::bitmap).map(MemberRecord::volume).toList();
    return SetBitmaps.open(
        directory(), copies, record.size(), set.bay().recoverMode(), set.gate(), syncing);
  }

  private void bring(
      MountPlan plan, Wish wish, SetBitmaps bitmaps, @Nullable String lost, Catalogue.Change also)
      throws StorageException {
    markDoubts(plan, bitmaps, lost);
    set.labels().begin(plan.mounts() + 1);
    Arrival arrival = new Arrival(set, plan, wish, bitmaps, lost);
    SetRecord record = arrival.members();
    for (Volume volume : plan.full()) {
      set.labels().write(record, record.lineage(), volume, MemberRole.FULL, false);
    }
    List<Members.Target> targets = new ArrayList<>();
    for (Members.Target target : arrival.targets()) {
      Volume volume = target.member().volume();
      MemberRecord known = record.find(volume.id());
      try {
        set.labels()
            .write(
                record,
                Membership.lineageOfTarget(record, known),
                volume,
                MemberRole.TARGET,
                false);
        targets.add(target);
      } catch (StorageException e) {
        LOG.error("set={} member={}: {}", set.name(), volume.name(), e.getMessage());
        bitmaps.watch(target.missing());
        record =
            record.with(
                Objects.requireNonNull(known)
                    .as(MemberRole.FORMER, e.getMessage(), set.now())
                    .withLost(true));
      }
    }
    publish(record, bitmaps, members(plan.full(), targets), also);
    arrival.deleteBitmaps();
    relateFormers(record);
  }

  /** What is not known to be equal is compared, and copied to those who left. */
  private void markDoubts(MountPlan plan, SetBitmaps bitmaps, @Nullable String lost)
      throws StorageException {
    if (plan.full().size() > 1) {
      if (plan.changed() != null) {
        bitmaps.merge().setAll();
      } else if (lost == null && !bitmaps.stoppedCleanly()) {
        bitmaps.includeRecent(bitmaps.merge());
      }
      bitmaps.merge().flush();
    }
    if (plan.changed() != null) { // nobody knows where: also what former members lack
      for (MemberRecord member : set.record().members()) {
        WriteBitmap copy = bitmaps.copy(member.volume());
        if (copy != null) {
          copy.setAll();
          copy.flush();
        }
      }
    }
  }

  private void relateFormers(SetRecord record) {
    for (MemberRecord left : record.of(MemberRole.FORMER)) {
      Volume volume = set.volume(left.volume());
      if (volume != null) {
        set.membership().relate(volume, left.ofFormer());
      }
    }
  }
}
