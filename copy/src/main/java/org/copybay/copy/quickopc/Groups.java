package org.copybay.copy.quickopc;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Catalogue;
import org.copybay.volumes.bay.Volume;
import org.copybay.volumes.event.Event;
import org.jspecify.annotations.Nullable;

/**
 * The copy groups of a bay with their pairs, and what volumes may not be. Any thread may call;
 * whoever looks takes no lock.
 */
public final class Groups {
  private static final String MAX_SESSIONS = "max_sessions";

  /** Sessions that may have one source, unless something else is set; the original has 8. */
  public static final int USUAL_MAX_SESSIONS = 32;

  private final QuickOpc opc;

  // volatile: replaced as a whole under the lock of QuickOpc, read without it
  private volatile Map<String, GroupType> groups = Map.of();
  private volatile List<PairRecord> pairs = List.of();
  private volatile Set<UUID> inhibited = Set.of();
  private volatile int maxSessions = USUAL_MAX_SESSIONS;

  Groups(QuickOpc opc) {
    this.opc = opc;
  }

  /** Brings back what the catalogue remembers. */
  void load() throws StorageException {
    Catalogue catalogue = opc.bay().catalogue();
    groups = Collections.unmodifiableMap(catalogue.read(OpcTable::groups));
    pairs = List.copyOf(catalogue.read(OpcTable::pairs));
    inhibited = Set.copyOf(catalogue.read(OpcTable::inhibited));
    maxSessions = (int) opc.setting(MAX_SESSIONS, USUAL_MAX_SESSIONS);
  }

  // ---- facts

  /** The groups and their types, by name. */
  public Map<String, GroupType> all() {
    return groups;
  }

  /** The type of a group. NOT_FOUND. */
  public GroupType type(String name) throws StorageException {
    GroupType type = groups.get(name);
    if (type == null) {
      throw new StorageException(
          Fault.NOT_FOUND, "no copy group " + name, "ls .control/quickopc shows what there is");
    }
    return type;
  }

  /** The pairs of a group, in their order. */
  public List<PairRecord> pairs(String group) {
    return pairs.stream().filter(pair -> pair.group().equals(group)).toList();
  }

  /** The pair of that name, or null. */
  public @Nullable PairRecord findPair(String group, String name) {
    return pairs.stream()
        .filter(pair -> pair.group().equals(group) && pair.name().equals(name))
        .findFirst()
        .orElse(null);
  }

  /**
   * The pair of that name, or whose volumes are so called, as in payroll:copy; where no name is
   * given the only one of its group. NOT_FOUND, BAD_REQUEST.
   */
  public PairRecord pair(String group, @Nullable String name) throws StorageException {
    GroupType type = type(group);
    List<PairRecord> all = pairs(group);
    if (name == null && all.size() == 1) {
      return all.get(0);
    }
    for (PairRecord pair : all) {
      if (name != null && (pair.name().equals(name) || volumes(pair).equals(name))) {
        return pair;
      }
    }
    throw new StorageException(
        name == null ? Fault.BAD_REQUEST : Fault.NOT_FOUND,
        name == null
            ? "group " + group + " has " + all.size() + " pairs: which one?"
            : "no pair " + name + " in " + type.word() + " group " + group,
        "ls .control/quickopc/" + group);
  }

  /**
   * The volumes of a pair by name, as in payroll:copy; a question mark for one that is not there.
   */
  public String volumes(PairRecord pair) {
    return nameOf(pair.source()) + ":" + nameOf(pair.target());
  }

  /** The name of a volume, or a question mark. */
  public String nameOf(@Nullable UUID id) {
    Volume found = id == null ? null : opc.bay().findOrNull(id);
    return found == null ? "?" : found.name();
  }

  /** How many sessions one source may have. */
  public int maxSessions() {
    return maxSessions;
  }

  /** Whether a volume may not be a target. */
  public boolean isInhibited(Volume volume) {
    return inhibited.contains(volume.id());
  }

  /** The volumes that may not be targets. */
  public List<Volume> inhibited() {
    return opc.bay().volumes().stream().filter(this::isInhibited).toList();
  }

  // ---- groups and pairs

  /** Makes a group. EXISTS, BAD_REQUEST. */
  public void createGroup(String name, GroupType type, Catalogue.Change also)
      throws StorageException {
    OpcName.require(name);
    try (var held = opc.enter()) {
      if (groups.containsKey(name)) {
        throw new StorageException(Fault.EXISTS, "copy group " + name + " exists");
      }
      change(connection -> OpcTable.putGroup(connection, name, type), also);
      Map<String, GroupType> more = new TreeMap<>(groups);
      more.put(name, type);
      groups = Collections.unmodifiableMap(more);
      opc.bay().events().tell("quickopc_group_made", name, Event.fact("type", type.word()));
    }
  }

  /** Makes a group with one pair of its name, whose volumes are said later. EXISTS. */
  public void createGroupWithPair(String name) throws StorageException {
    PairRecord pair = new PairRecord(name, name, 0, null, null, 0);
    try (var held = opc.enter()) {
      createGroup(name, GroupType.QUICKOPC, connection -> OpcTable.putPair(connection, pair));
      add(pair);
    }
  }

  /** Ends a group without sessions, and its pairs. NOT_FOUND, BUSY. */
  public void deleteGroup(String name, Catalogue.Change also) throws StorageException {
    try (var held = opc.enter()) {
      GroupType type = type(name);
      for (PairRecord pair : pairs(name)) {
        requireIdle(pair, "delete the group");
      }
      change(connection -> OpcTable.deleteGroup(connection, name), also);
      Map<String, GroupType> fewer = new TreeMap<>(groups);
      fewer.remove(name);
      groups = Collections.unmodifiableMap(fewer);
      pairs = pairs.stream().filter(pair -> !pair.group().equals(name)).toList();
      opc.bay().events().tell("quickopc_group_deleted", name, Event.fact("type", type.word()));
    }
  }

  /** Adds a pair to a group. NOT_FOUND, EXISTS, BAD_REQUEST. */
  public PairRecord addPair(
      String group, @Nullable String name, Volume source, Volume target, Catalogue.Change also)
      throws StorageException {
    try (var held = opc.enter()) {
      GroupType type = type(group);
      requireDifferent(source, target);
      List<PairRecord> all = pairs(group);
      String called = name == null ? source.name() + ":" + target.name() : name;
      OpcName.require(called);
      if (findPair(group, called) != null) {
        throw new StorageException(
            Fault.EXISTS, "pair " + called + " of " + type.word() + " group " + group + " exists");
      }
      int place = all.isEmpty() ? 0 : all.get(all.size() - 1).place() + 1;
      PairRecord pair = new PairRecord(group, called, place, source.id(), target.id(), 0);
      change(connection -> OpcTable.putPair(connection, pair), also);
      add(pair);
      return pair;
    }
  }

  /** Says which volumes a pair is of. BUSY while it has a session. */
  public PairRecord setVolumes(PairRecord pair, Volume source, Volume target, Catalogue.Change also)
      throws StorageException {
    try (var held = opc.enter()) {
      requireIdle(pair, "change its volumes");
      requireDifferent(source, target);
      PairRecord changed = now(pair).with(source.id(), target.id());
      change(connection -> OpcTable.putPair(connection, changed), also);
      replace(changed);
      return changed;
    }
  }

  /** A pair as it is now; one that was removed as it was. */
  PairRecord now(PairRecord pair) {
    PairRecord found = findPair(pair.group(), pair.name());
    return found == null ? pair : found;
  }

  /** Shows a pair that was recorded. */
  void replace(PairRecord changed) {
    pairs = pairs.stream().map(each -> each.isSame(changed) ? changed : each).toList();
  }

  private static void requireDifferent(Volume source, Volume target) throws StorageException {
    if (source.equals(target)) {
      throw Refusals.target(
          Fault.BAD_REQUEST, "volume " + source.name() + " is itself the source", null);
    }
  }

  /** Takes a pair without a session out of its group. BUSY. */
  public void removePair(PairRecord pair, Catalogue.Change also) throws StorageException {
    try (var held = opc.enter()) {
      requireIdle(pair, "remove it");
      change(connection -> OpcTable.deletePair(connection, pair), also);
      pairs = pairs.stream().filter(each -> !each.isSame(pair)).toList();
    }
  }

  private void add(PairRecord pair) {
    List<PairRecord> more = new ArrayList<>(pairs);
    more.add(pair);
    pairs = List.copyOf(more);
  }

  /** BUSY while a pair has a session. */
  public void requireIdle(PairRecord pair, String what) throws StorageException {
    Session forward = opc.find(pair, Direction.FORWARD);
    Session session = forward == null ? opc.findBackward(pair) : forward;
    if (session != null) {
      throw new StorageException(
          Fault.BUSY,
          session.record().describe() + " is there: cannot " + what,
          QuickOpc.cancelling(session.record()));
    }
  }

  // ---- settings

  /** Sets how many sessions one source may have, from 1 to 1000. BAD_REQUEST. */
  public void setMaxSessions(int wanted, Catalogue.Change also) throws StorageException {
    if (wanted < 1 || wanted > 1000) {
      throw new StorageException(
          Fault.BAD_REQUEST, "max_sessions is a number from 1 to 1000, got " + wanted);
    }
    try (var held = opc.enter()) {
      change(connection -> OpcTable.set(connection, MAX_SESSIONS, "" + wanted), also);
      maxSessions = wanted;
    }
  }

  /** Lets a volume be no target, or again one. */
  public void inhibit(Volume volume, boolean on, Catalogue.Change also) throws StorageException {
    try (var held = opc.enter()) {
      change(connection -> OpcTable.inhibit(connection, volume.id(), on), also);
      Set<UUID> now = new HashSet<>(inhibited);
      if (on) {
        now.add(volume.id());
      } else {
        now.remove(volume.id());
      }
      inhibited = Set.copyOf(now);
    }
  }

  private void change(Catalogue.Change one, Catalogue.Change also) throws StorageException {
    opc.bay().requireChangeable();
    opc.bay()
        .catalogue()
        .change(
            connection -> {
              one.run(connection);
              also.run(connection);
            });
  }
}
