package org.copybay.copy.shadow;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;
import org.copybay.copy.engine.Job;
import org.copybay.copy.shadow.MountSpec.Policy;
import org.copybay.copy.shadow.SetLabels.Found;
import org.copybay.volumes.Extent;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Bay;
import org.copybay.volumes.bay.Catalogue;
import org.copybay.volumes.bay.Relation;
import org.copybay.volumes.bay.Volume;
import org.copybay.volumes.bitmap.WriteBitmap;
import org.copybay.volumes.event.Event;
import org.jspecify.annotations.Nullable;

/**
 * One MOUNT of a virtual unit: a new set, one that was there before, or more members for one that
 * is mounted. {@link #prepare} checks and changes nothing; {@link #run} does it.
 */
public final class Mounting {
  private static final int MAX_LABEL_LENGTH = 64;

  private final ShadowSets sets;
  private final Bay bay;
  private final MountSpec spec;
  private final String name;
  private final Candidates candidates;
  private final List<Volume> named = new ArrayList<>();
  private final List<Found> missing = new ArrayList<>();
  private final List<MountPlan.Behind> leftOut = new ArrayList<>();
  private final List<Copy> copies = new ArrayList<>();
  private @Nullable MountPlan plan; // of a set that is not mounted

  /** One copy that follows: mini, or full for that reason; so many bytes. */
  public record Copy(Volume volume, @Nullable String full, long bytes) {}

  /** What came of it: sentences, and the job of the first copy or merge. */
  public record Result(List<String> said, @Nullable String job) {
    public Result {
      said = List.copyOf(said);
    }
  }

  /** For that wish. BAD_REQUEST. */
  public Mounting(ShadowSets sets, MountSpec spec) throws StorageException {
    this.sets = sets;
    this.bay = sets.bay();
    this.spec = spec;
    this.name = UnitName.of(spec.set());
    this.candidates = new Candidates(bay, spec, name);
  }

  /** What will be copied, once {@link #prepare} was called. */
  public List<Copy> copies() {
    return List.copyOf(copies);
  }

  // ---- checks

  /**
   * Whether it could be done now, and what will be copied. NOT_FOUND, BUSY, EXISTS, STALE,
   * FORBIDDEN, BAD_REQUEST.
   */
  public void prepare() throws StorageException {
    bay.requireChangeable();
    VirtualUnit unit = sets.findOrNull(name);
    named.clear();
    missing.clear();
    leftOut.clear();
    copies.clear();
    named.addAll(candidates.named(unit));
    if (unit == null) {
      prepareNew();
    } else if (unit.set().isMounted()) {
      prepareMore(unit.set());
    } else {
      prepareKnown(unit.set());
    }
    requireAllowed();
  }

  /** A label in the labels of members has its place there. */
  private void requireShortLabel() throws StorageException {
    String label = spec.label();
    if (label != null && (label.isEmpty() || label.length() > MAX_LABEL_LENGTH)) {
      throw new StorageException(
          Fault.BAD_REQUEST,
          "the label of a set has 1 to " + MAX_LABEL_LENGTH + " characters, got " + label.length(),
          "label=PAYROLL");
    }
  }

  private void prepareNew() throws StorageException {
    requireShortLabel();
    if (named.isEmpty()) {
      throw new StorageException(
          Fault.NOT_FOUND,
          "%SYSTEM-F-BADPARAM, no shadow set " + name + ", and no members to make it of",
          "mount set=" + name + " members=VOLUME,VOLUME label=LABEL");
    }
    long size = sizeOfNew();
    Relation relation = new Relation(name, Relation.Role.MEMBER);
    for (Volume volume : named) {
      bay.relations().requireFree(volume, relation);
      requireSameCut(volume);
    }
    for (Volume volume : named.subList(1, named.size())) {
      copies.add(new Copy(volume, "it is new in the set", size));
    }
  }

  /** The smallest member says how large the set is (dissimilar device shadowing). */
  private long sizeOfNew() {
    return named.stream().mapToLong(Volume::size).min().orElse(0);
  }

  private static void requireSameCut(Volume volume) throws StorageException {
    if (volume.size() == 0) {
      throw new StorageException(Fault.BAD_REQUEST, "volume " + volume.name() + " has no size yet");
    }
  }

  private void prepareMore(ShadowSet set) throws StorageException {
    candidates.requireLabel(set);
    int now = set.device().members().all().size();
    for (Volume volume : named) {
      MemberRecord known = set.record().find(volume.id());
      if (known != null && known.role() != MemberRole.FORMER) {
        continue; // naming a member again is harmless
      }
      candidates.requireLarge(set, volume);
      bay.relations().requireFree(volume, new Relation(name, Relation.Role.TARGET));
      set.requireNoneUnderWay(volume);
      Found found = candidates.look(set, volume);
      MemberLabel label = found.label();
      if (label != null && label.set().equals(set.record().id()) && label.generation() > 0) {
        MountPlan.requireOneFuture(set.record(), set.labels().current(set.record()), label, volume);
      }
      copies.add(copyTo(set, known, volume, label));
      now++;
    }
    if (now > Membership.MAX_MEMBERS) {
      throw new StorageException(
          Fault.BAD_REQUEST,
          "a shadow set has at most " + Membership.MAX_MEMBERS + " members, would be " + now);
    }
    if (copies.isEmpty() && !sets.work().isMissing(set)) {
      throw new StorageException(
          Fault.ALREADY,
          named.isEmpty()
              ? name + " is mounted"
              : "those that are named are members of " + name + " already");
    }
  }

  private Copy copyTo(
      ShadowSet set, @Nullable MemberRecord known, Volume volume, @Nullable MemberLabel label)
      throws StorageException {
    ShadowSet.Mounted now = set.mounted();
    WriteBitmap bitmap = now.bitmaps().copy(volume.id());
    String why =
        known == null
            ? "it is new in the set"
            : Minicopy.whyNot(spec.policy(), known, volume, label, bitmap != null);
    return why == null && bitmap != null
        ? new Copy(volume, null, bitmap.changedBytes())
        : new Copy(volume, why, set.record().size());
  }

  private void prepareKnown(ShadowSet set) throws StorageException {
    candidates.requireLabel(set);
    List<Found> found = new ArrayList<>();
    for (Volume volume : named) {
      Found each = set.labels().look(volume);
      if (each.problem() == null) {
        candidates.requireLarge(set, volume);
        found.add(each);
      } else {
        missing.add(each);
      }
    }
    MountPlan planned = MountPlan.of(set.record(), found);
    plan = planned.withOthers(set.record(), candidates.notNamed(set, named)).withMissing(missing);
    for (MountPlan.Behind behind : planned.behind()) {
      if (behind.strange() && !spec.members().contains(behind.volume().name())) {
        leftOut.add(behind); // nobody said that what is only there may be overwritten
      } else {
        copies.add(copyOfKnown(set, behind, planned.changed() != null));
      }
    }
    requireMembers(set);
  }

  private void requireMembers(ShadowSet set) throws StorageException {
    List<String> without = without(set);
    if (spec.requireMembers() && !without.isEmpty()) {
      throw new StorageException(
          Fault.NOT_FOUND, "%SYSTEM-F-MEDOFL, not all members are there: " + without.get(0));
    }
  }

  /** A sentence for each that was to be a member and will not be one. */
  private List<String> without(ShadowSet set) {
    List<String> without = new ArrayList<>();
    missing.forEach(each -> without.add(MountReply.missing(each)));
    leftOut.forEach(each -> without.add(MountReply.leftOut(set, each)));
    return without;
  }

  /** What {@link #without} says, once {@link #prepare} was called. */
  public List<String> without() {
    VirtualUnit unit = sets.findOrNull(name);
    return unit == null ? List.of() : without(unit.set());
  }

  /**
   * Of a set that is not mounted: what {@link Arrival} will find.
   *
   * @param changed whether somebody wrote to the source behind the set: no bitmap tells where
   */
  private Copy copyOfKnown(ShadowSet set, MountPlan.Behind behind, boolean changed) {
    Volume volume = behind.volume();
    MemberRecord known = set.record().find(volume.id());
    long size = set.record().size();
    if (known == null || behind.strange()) {
      return new Copy(volume, behind.why(), size);
    }
    OptionalLong bytes =
        StoppedBitmaps.changedBytes(bay.shadowDirectory(set.record().id()), volume.id(), size);
    String why = Minicopy.whyNot(spec.policy(), known, volume, behind.label(), bytes.isPresent());
    return new Copy(volume, why, why == null && !changed ? bytes.orElse(size) : size);
  }

  /** The policies that refuse a copy. */
  private void requireAllowed() throws StorageException {
    for (Copy copy : copies) {
      if (!spec.copy()) {
        throw new StorageException(
            Fault.FORBIDDEN,
            "%MOUNT-F-SHDWCOPYREQ, shadow copy required: "
                + copy.volume().name()
                + (copy.full() == null ? "" : ", " + copy.full()),
            "copy=yes");
      }
      if (copy.full() != null && spec.policy() == Policy.MINICOPY) {
        throw noMinicopy(copy.volume(), copy.full());
      }
      if (copy.full() != null && spec.confirm()) {
        throw new StorageException(
            Fault.FORBIDDEN,
            "Allow FULL shadow copy on "
                + copy.volume().name()
                + " (uid "
                + copy.volume().row().owner().uid()
                + ", "
                + copy.volume().size()
                + " bytes)? Nothing was mounted",
            "the same with confirm=yes");
      }
    }
  }

  /** The refusal of a full copy where a minicopy was demanded. */
  static StorageException noMinicopy(Volume volume, String why) {
    return new StorageException(
        Fault.NOT_FOUND,
        "%MOUNT-I-SHDWMEMFAIL, _"
            + volume.name()
            + ": failed as a member of the shadow set: a minicopy cannot be done: "
            + why,
        "policy=minicopy=optional makes a full copy");
  }

  // ---- doing it

  /** Does what {@link #prepare} found, which is looked at again under the locks. */
  public Result run(Catalogue.Change also) throws StorageException {
    VirtualUnit unit;
    boolean again;
    try (var held = sets.enter()) {
      VirtualUnit there = sets.findOrNull(name);
      if (there == null) {
        prepare();
        unit = newUnit();
        again = false;
        try (var sealed = unit.set().enter()) {
          new SetMount(unit.set()).create(named, also);
        }
        sets.add(unit);
      } else {
        unit = there;
        again = mountOrAdd(there.set(), also);
      }
    }
    if (again) { // its source may be another one
      sets.kernel().contentChanged(unit, new Extent(0, unit.size()));
    }
    unit.set().tell("shadow_mounted", Event.fact("label", unit.set().record().label()));
    List<String> said = new ArrayList<>();
    return new Result(said, follow(unit.set(), said));
  }

  /** Returns whether it was not mounted. */
  private boolean mountOrAdd(ShadowSet set, Catalogue.Change also) throws StorageException {
    try (var sealed = set.enter()) {
      prepare(); // under the lock: nobody leaves or comes between the look and the change
      boolean again = !set.isMounted();
      if (again) {
        mountKnown(set, also);
      } else {
        addAll(set, also);
      }
      return again;
    }
  }

  private VirtualUnit newUnit() {
    String label = spec.label();
    SetRecord record =
        new SetRecord(
            UUID.randomUUID(),
            bay.newInode(),
            name,
            label == null ? name : label,
            sizeOfNew(),
            spec.owner(),
            bay.clock().instant(),
            false,
            SetRecord.Lineage.first(),
            SetRecord.Settings.USUAL,
            List.of());
    return new VirtualUnit(sets, new ShadowSet(bay, record));
  }

  private void addAll(ShadowSet set, Catalogue.Change also) throws StorageException {
    try {
      for (Copy copy : copies) {
        set.membership().add(copy.volume(), copy.full() != null, copy.full(), also);
      }
    } finally {
      sets.work().startMissing(set, spec); // also where a later one was refused
    }
  }

  private void mountKnown(ShadowSet set, Catalogue.Change also) throws StorageException {
    MountPlan planned = plan;
    if (planned == null) {
      throw new IllegalStateException("no plan");
    }
    List<Volume> targets = copies.stream().map(Copy::volume).toList();
    boolean track = spec.policy() == Policy.MINICOPY || spec.policy() == Policy.OPTIONAL;
    new SetMount(set).mount(planned, new SetMount.Wish(targets, track, spec.policy()), also);
  }

  /** Says what those are that were named, and starts a merge. */
  private @Nullable String follow(ShadowSet set, List<String> said) throws StorageException {
    said.add("%MOUNT-I-MOUNTED, " + set.record().label() + " mounted on _" + name + ":");
    String first = null;
    for (MemberRecord member : set.record().members()) {
      Volume volume = set.volume(member.volume());
      if (volume == null || !named.contains(volume)) {
        continue;
      }
      if (member.role() == MemberRole.FULL) {
        said.add(MountReply.valid(volume));
      } else if (member.role() == MemberRole.TARGET) {
        String id = first == null ? spec.id() : null;
        Job job = sets.work().copyOf(set, volume, id, spec.line(), spec.uid());
        first = first == null ? job.id() : first;
        said.add(MountReply.added(volume, member, job));
      }
    }
    Job merge = sets.work().startMerge(set);
    if (merge != null) {
      said.add(
          "%MOUNT-I-SHDWMEMMERGE, _"
              + name
              + ": its members go through a merge operation: job "
              + merge.id());
      first = first == null ? merge.id() : first;
    }
    without(set).forEach(each -> said.add("%SYSTEM-W-MEDOFL, " + each));
    return first;
  }
}
