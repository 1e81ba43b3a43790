package org.copybay.copy.shadow;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import org.copybay.copy.engine.Jobs;
import org.copybay.volumes.Fault;
import org.copybay.volumes.LockRank;
import org.copybay.volumes.RankedLock;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Bay;
import org.copybay.volumes.bay.Catalogue;
import org.copybay.volumes.bay.KernelNews;
import org.copybay.volumes.bay.Relation;
import org.copybay.volumes.bay.Volume;
import org.jspecify.annotations.Nullable;

/**
 * The shadow sets of a bay by the names of their virtual units. Any thread may call; whoever looks
 * takes no lock.
 */
public final class ShadowSets implements AutoCloseable {
  private static final int DEFAULT_MAX_COPY = 4;

  /** The most copies and merges at the same time (SHADOW_MAX_COPY). */
  public static final int MAX_MAX_COPY = 200;

  // set once
  private final Bay bay;
  private final SetJobs work;
  private final RankedLock lock = new RankedLock(LockRank.SHADOW, -1); // of which sets there are
  private final SetUpkeep upkeep;
  private final KernelNews<VirtualUnit> kernel = new KernelNews<>(VirtualUnit::path);

  // concurrent: changed under lock, read without it
  private final Map<String, VirtualUnit> units = new ConcurrentSkipListMap<>();

  // volatile: set by command, looked at by jobs
  private volatile int maxCopy = DEFAULT_MAX_COPY;

  /** The sets of that bay; {@link #load} brings back what the catalogue remembers. */
  public ShadowSets(Bay bay, Jobs jobs) throws StorageException {
    this.bay = bay;
    bay.catalogue().change(SetTable::create);
    this.work = new SetJobs(this, jobs);
    this.upkeep = new SetUpkeep(this);
  }

  // ---- facts

  Bay bay() {
    return bay;
  }

  /** The copies and merges of all sets. */
  SetJobs work() {
    return work;
  }

  /** All, by name. */
  public List<VirtualUnit> all() {
    return new ArrayList<>(units.values());
  }

  /** Those whose file is there, by name. */
  public List<VirtualUnit> mounted() {
    return units.values().stream().filter(unit -> unit.set().isMounted()).toList();
  }

  /** The unit of that name, or null. */
  public @Nullable VirtualUnit findOrNull(String name) {
    return units.get(name);
  }

  /** The unit of that name, in any case. BAD_REQUEST, NOT_FOUND. */
  public VirtualUnit find(String name) throws StorageException {
    String unit = UnitName.of(name);
    VirtualUnit found = units.get(unit);
    if (found == null) {
      throw new StorageException(
          Fault.NOT_FOUND, "no shadow set " + unit, "ls .control/shadow shows what there is");
    }
    return found;
  }

  /** The set that a volume has a relation to. NOT_FOUND. */
  public VirtualUnit setOf(Volume volume) throws StorageException {
    Relation relation = volume.relation();
    VirtualUnit unit = relation == null ? null : units.get(relation.set());
    if (unit == null) {
      throw new StorageException(
          Fault.NOT_FOUND,
          "volume " + volume.name() + " belongs to no shadow set",
          "ls .control/shadow/*/members");
    }
    return unit;
  }

  /** Copies and merges at the same time (SHADOW_MAX_COPY). */
  public int maxCopy() {
    return maxCopy;
  }

  /** Sets it, until the bay is unmounted; 0 lets none begin. BAD_REQUEST. */
  public void setMaxCopy(int wanted) throws StorageException {
    if (wanted < 0 || wanted > MAX_MAX_COPY) {
      throw new StorageException(
          Fault.BAD_REQUEST, "max_copy is a number from 0 to " + MAX_MAX_COPY + ", got " + wanted);
    }
    maxCopy = wanted;
  }

  /** Tells the kernel of changes of virtual units; who looks says so to it. */
  public KernelNews<VirtualUnit> kernel() {
    return kernel;
  }

  RankedLock.Held enter() {
    return lock.enter();
  }

  void add(VirtualUnit unit) {
    assert lock.isHeld();
    units.put(unit.name(), unit);
    bay.relations().addUnit(unit.name());
  }

  void remove(VirtualUnit unit) {
    assert lock.isHeld();
    units.remove(unit.name(), unit);
    bay.relations().removeUnit(unit.name());
  }

  /** Commands for one set. */
  public SetCommands commands(VirtualUnit unit) {
    return new SetCommands(this, unit);
  }

  /**
   * Removes members from mounted sets at one instant. NOT_FOUND, BUSY, FORBIDDEN, NO_SPACE.
   *
   * @return a sentence for each
   */
  public List<String> split(List<Volume> members, Split.Policy policy, Catalogue.Change also)
      throws StorageException {
    Map<ShadowSet, List<Volume>> wanted = new LinkedHashMap<>();
    List<String> said = new ArrayList<>();
    List<Volume> targets = new ArrayList<>();
    for (Volume volume : members) {
      ShadowSet set = setOf(volume).set();
      if (isTarget(set, volume)) {
        targets.add(volume);
      } else {
        wanted.computeIfAbsent(set, none -> new ArrayList<>()).add(volume);
      }
    }
    if (!wanted.isEmpty()) {
      said.addAll(new Split(wanted, policy).run(also));
    }
    for (Volume volume : targets) { // last: what can be refused comes before
      ShadowSet set = setOf(volume).set();
      if (work.endCopy(set, volume)) {
        said.add(
            "%DISM-I-REMOVED, _"
                + volume.name()
                + ": its copy was ended; it cannot be read before it comes back");
      } else { // it was whole a moment before
        said.addAll(new Split(Map.of(set, List.of(volume)), policy).run(also));
      }
    }
    return said;
  }

  private static boolean isTarget(ShadowSet set, Volume volume) {
    MemberRecord known = set.record().find(volume.id());
    return known != null && known.role() == MemberRole.TARGET;
  }

  // ---- mount and end of the bay

  /**
   * Brings back the sets of the catalogue and mounts those that were mounted; one that cannot be
   * says why. Called before the jobs are loaded.
   */
  public void load() throws StorageException {
    Adoption.run(bay);
    try (var held = lock.enter()) {
      for (SetRecord record : bay.catalogue().read(SetTable::all)) {
        bay.useInode(record.inode());
        ShadowSet set = new ShadowSet(bay, record);
        VirtualUnit unit = new VirtualUnit(this, set);
        add(unit);
        for (MemberRecord member : record.members()) {
          Volume volume = bay.findOrNull(member.volume());
          if (volume != null) {
            set.relate(volume, member.relationAtRest());
          }
        }
        if (record.mounted()) {
          new Remount(set).run();
        }
      }
    }
  }

  /**
   * Starts the copies and merges that no job goes on with: a crash between a change of a set and
   * the record of its job leaves them. Called after the jobs were loaded, before they start.
   */
  public void startMissing() {
    if (bay.readOnly()) {
      return;
    }
    mounted().forEach(unit -> work.startMissing(unit.set()));
    upkeep.begin();
  }

  /** Saves what makes the next mount clean; called when jobs have stopped and nothing is open. */
  @Override
  public void close() {
    upkeep.close();
    List<Thread> stops = new ArrayList<>();
    for (VirtualUnit unit : mounted()) { // one that hangs keeps no other from its end
      Thread thread = new Thread(() -> stop(unit), "stop-" + unit.name());
      thread.setDaemon(true);
      thread.start();
      stops.add(thread);
    }
    try {
      for (Thread thread : stops) {
        thread.join();
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException("a thread of this program is never interrupted", e);
    }
  }

  private void stop(VirtualUnit unit) {
    try (var held = unit.set().enter()) {
      new SetCommands(this, unit).stop(true);
    }
  }
}
