package org.copybay.copy.shadow;

import java.time.Instant;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.copybay.volumes.Extent;
import org.copybay.volumes.Fault;
import org.copybay.volumes.LockRank;
import org.copybay.volumes.RankedLock;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Bay;
import org.copybay.volumes.bay.Catalogue;
import org.copybay.volumes.bay.Relation;
import org.copybay.volumes.bay.Volume;
import org.copybay.volumes.event.Event;
import org.copybay.volumes.track.Passages;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One shadow set: what the catalogue remembers of it and, while it is mounted, the device of its
 * virtual unit. Any thread may call; what changes who is a member comes one after the other, under
 * the lock of the set.
 */
public final class ShadowSet {
  private static final Logger LOG = LoggerFactory.getLogger(ShadowSet.class);

  private static final int UNDER_WAY_POLLS = 100;
  private static final long POLL_MILLIS = 10;

  /** What a mounted set has. */
  record Mounted(SetBitmaps bitmaps, UnitDevice device) {}

  // set once
  private final Bay bay;
  private final RankedLock lock;
  private final Passages gate;
  private final MemberFailures failures = new MemberFailures(this);
  private final SetLabels labels = new SetLabels();
  private final Membership membership;
  private final Stall stall;
  private final LongAdder differing = new LongAdder();

  // concurrent: members that were expelled and whose requests have perhaps not ended
  private final Set<Member> gone = ConcurrentHashMap.newKeySet();

  // volatile: replaced under lock, read without it
  private volatile SetRecord record;
  private volatile @Nullable Mounted mounted;
  private volatile @Nullable String trouble; // why it is not mounted though it should be
  private volatile boolean recorded = true; // whether the catalogue has the record

  // guarded by lock
  private SetRecord.Lineage begun = SetRecord.Lineage.none(); // the last change, done or not
  private boolean dissolved;

  // volatile: set by the thread of any request, looked at by the upkeep
  private volatile boolean mergeWanted;

  ShadowSet(Bay bay, SetRecord record) {
    this.bay = bay;
    this.record = record;
    this.lock = new RankedLock(LockRank.SHADOW, record.inode());
    this.gate = new Passages(record.inode());
    this.stall = new Stall(record.inode());
    this.membership = new Membership(this);
  }

  // ---- facts

  Bay bay() {
    return bay;
  }

  /** What the catalogue remembers of it. */
  public SetRecord record() {
    return record;
  }

  /** The name of its virtual unit. */
  public String name() {
    return record.name();
  }

  /** Whether its virtual unit is there. */
  public boolean isMounted() {
    return mounted != null;
  }

  /** Why it is not mounted though it should be, or null. */
  public @Nullable String trouble() {
    return trouble;
  }

  void setTrouble(@Nullable String why) {
    trouble = why;
  }

  /** Which reads found that members differed, since it was mounted. */
  public long differingReads() {
    return differing.sum();
  }

  RankedLock.Held enter() {
    return lock.enter();
  }

  Passages gate() {
    return gate;
  }

  MemberFailures failures() {
    return failures;
  }

  SetLabels labels() {
    return labels;
  }

  Membership membership() {
    return membership;
  }

  /** Holds writes back while a program is quiet. */
  Stall stall() {
    return stall;
  }

  Instant now() {
    return bay.clock().instant();
  }

  /** CLOSED when it is not mounted. */
  Mounted mounted() throws StorageException {
    Mounted now = mounted;
    if (now == null) {
      throw new StorageException(
          Fault.CLOSED, "shadow set " + name() + " is not mounted", "mount set=" + name());
    }
    return now;
  }

  @Nullable Mounted mountedOrNull() {
    return mounted;
  }

  void setMounted(@Nullable Mounted now) {
    mounted = now;
  }

  /** CLOSED when it is not mounted. */
  UnitDevice device() throws StorageException {
    return mounted().device();
  }

  /** Whether it gets the writes of the set. */
  boolean isMember(Member member) {
    Mounted now = mounted;
    return now != null && now.device().members().all().contains(member);
  }

  /** Whether it has a target: a copy goes before a merge. */
  boolean isCopying() {
    Mounted now = mounted;
    return now != null && !now.device().members().targets().isEmpty();
  }

  /** The volume of that id, or null when it was deleted. */
  @Nullable Volume volume(UUID id) {
    return bay.findOrNull(id);
  }

  /** The name of the volume of that id. */
  public String nameOf(UUID id) {
    Volume volume = volume(id);
    return volume == null ? id.toString() : volume.name();
  }

  // ---- changes

  /** Records it, with whatever else belongs into the transaction. Under the lock. */
  void put(SetRecord newRecord, Catalogue.Change also) throws StorageException {
    requireThere();
    bay.catalogue()
        .change(
            connection -> {
              SetTable.put(connection, newRecord);
              also.run(connection);
            });
    show(newRecord);
    recorded = true;
  }

  /** NOT_FOUND when it was dissolved while somebody waited for the lock. Under the lock. */
  void requireThere() throws StorageException {
    assert lock.isHeld();
    if (dissolved) {
      throw new StorageException(
          Fault.NOT_FOUND, "shadow set " + name() + " was dissolved", "ls .control/shadow");
    }
  }

  /** Nothing is recorded of it any more. Under the lock. */
  void setDissolved() {
    assert lock.isHeld();
    dissolved = true;
  }

  /**
   * The change after that one. A label may have one that did not come about, as its write failed:
   * no other gets its number. Nor is it shown or recorded before a label surely has it: where all
   * labels are behind the catalogue, nobody is current. Under the lock.
   */
  SetRecord.Lineage next(SetRecord.Lineage now) {
    assert lock.isHeld();
    begun = (begun.generation() > now.generation() ? begun : now).next();
    return begun;
  }

  /** Shows what was recorded. Under the lock. */
  void show(SetRecord newRecord) {
    record = newRecord;
  }

  /**
   * Records what is so already. Where the catalogue cannot, it is tried again by the upkeep, and
   * until then nothing of what was written since is forgotten: the next mount, which knows only the
   * labels, takes a member that is behind for one that lacks just that. Under the lock.
   */
  void putKnown(SetRecord newRecord) {
    show(newRecord);
    recorded = false;
    recordAgain();
  }

  /** Tries again what {@link #putKnown} could not record. Under the lock. */
  void recordAgain() {
    if (!recorded) {
      try {
        put(record, Catalogue.Change.NOTHING);
      } catch (StorageException e) {
        LOG.error("set={} not recorded: {}", name(), e.getMessage());
      }
    }
  }

  /** Whether the catalogue knows it as it is. */
  boolean recorded() {
    return recorded;
  }

  /** What a volume may be used for, as its role has it. */
  void relate(Volume volume, Relation.Role role) throws StorageException {
    bay.relations().relate(volume, new Relation(name(), role));
  }

  /**
   * A member is given up, whatever its requests do. Any thread, with no lock.
   *
   * @return whether it is none any more; false where the set cannot go on without it
   */
  boolean expel(Member member, StorageException why) {
    return expel(member, why, false);
  }

  /** The same because somebody asked for it. */
  boolean expelAsAsked(Member member, StorageException why) {
    return expel(member, why, true);
  }

  private boolean expel(Member member, StorageException why, boolean asked) {
    boolean gone = membership.expulsion().expel(member, why, asked);
    failures.tell();
    return gone;
  }

  /** Its requests may still be under way. */
  void addGone(Member member) {
    gone.add(member);
  }

  /** BUSY while requests to the volume, from when it was a member before, have not ended. */
  void requireNoneUnderWay(Volume volume) throws StorageException {
    int left = underWay(volume);
    for (int i = 0; left > 0 && i < UNDER_WAY_POLLS; i++) {
      failures.pause(POLL_MILLIS);
      left = underWay(volume);
    }
    if (left > 0) {
      throw new StorageException(
          Fault.BUSY,
          "the disk of volume " + volume.name() + " has not answered " + left + " requests yet",
          "try again when it has");
    }
  }

  private int underWay(Volume volume) {
    gone.removeIf(member -> member.underWay().get() == 0);
    return gone.stream()
        .filter(member -> member.volume() == volume)
        .mapToInt(member -> member.underWay().get())
        .sum();
  }

  // ---- merge

  /** Whether one is to begin, when none is under way. */
  void wantMerge(boolean wanted) {
    mergeWanted = wanted;
  }

  /** Whether a merge was asked for since the last call. */
  boolean takeMergeWanted() {
    boolean wanted = mergeWanted;
    mergeWanted = false;
    return wanted;
  }

  void countDiffering() {
    differing.increment();
  }

  // ---- news

  void tell(String kind, Event.Fact... facts) {
    bay.events().tell(kind, name(), facts);
  }

  void tellRepaired(Member member, Extent range) {
    tell(
        "shadow_member_repaired",
        Event.fact("member", member.name()),
        Event.fact("offset", range.offset()),
        Event.fact("length", range.length()));
  }
}
