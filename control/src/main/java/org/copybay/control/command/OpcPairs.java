package org.copybay.control.command;

import java.util.List;
import java.util.UUID;
import org.copybay.copy.quickopc.PairRecord;
import org.copybay.copy.quickopc.Phase;
import org.copybay.copy.quickopc.QuickOpc;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Bay;
import org.copybay.volumes.bay.Volume;
import org.jspecify.annotations.Nullable;

/** What the verbs of QuickOPC find and check alike. */
record OpcPairs(Bay bay, QuickOpc opc, Owner owner) {
  static final String GROUP = "group";
  static final String PAIR = "pair";
  static final String FORMAT = "format";

  /** The keys that name a pair. */
  static List<Key> keys() {
    return List.of(group(), pair());
  }

  static Key group() {
    return new Key(GROUP, Key.Holds.GROUP, false, "the copy group");
  }

  static Key pair() {
    return new Key(
        PAIR,
        Key.Holds.PAIR,
        false,
        "the pair, by its name, as SOURCE:TARGET or as GROUP/PAIR; none where the group has one");
  }

  static Key format(String what) {
    return Key.word(FORMAT, what + ": text, xml or json");
  }

  /** BAD_REQUEST for a format that is none. */
  static void requireFormat(Arguments arguments) throws RefusedException {
    String word = arguments.word(FORMAT, "text", "text", "xml", "json");
    assert !word.isEmpty();
  }

  /** The format that was wanted, after {@link #requireFormat}. */
  static OpcQuery.Format format(Arguments arguments) throws StorageException {
    try {
      return OpcQuery.Format.of(arguments.word(FORMAT, "text", "text", "xml", "json"));
    } catch (RefusedException e) {
      throw e.error();
    }
  }

  /** The group and pair that a command names; null for what it does not. */
  private record Named(@Nullable String group, @Nullable String pair) {}

  private static Named named(Arguments arguments) throws RefusedException {
    String group = arguments.names(GROUP) ? arguments.text(GROUP) : null;
    String pair = arguments.names(PAIR) ? arguments.text(PAIR) : null;
    int slash = pair == null ? -1 : pair.indexOf('/');
    if (pair != null && slash > 0) {
      String before = pair.substring(0, slash);
      if (group != null && !group.equals(before)) {
        throw RefusedException.badRequest(
            arguments.column(PAIR), "pair " + pair + " is of another group than " + group);
      }
      return new Named(before, pair.substring(slash + 1));
    }
    return new Named(group, pair);
  }

  /** The name of the group. BAD_REQUEST, NOT_FOUND. */
  String group(Arguments arguments) throws RefusedException {
    String group = named(arguments).group;
    if (group == null) {
      throw RefusedException.badRequest(
          arguments.column(GROUP), "which copy group? group= is missing", "ls .control/quickopc");
    }
    arguments.require(GROUP, () -> opc.groups().type(group));
    return group;
  }

  /** The one pair that is named. BAD_REQUEST, NOT_FOUND. */
  PairRecord one(Arguments arguments) throws RefusedException {
    String group = group(arguments);
    String pair = named(arguments).pair;
    return arguments.at(pair == null ? GROUP : PAIR, () -> opc.groups().pair(group, pair));
  }

  /** The pair that is named, or all of the group. BAD_REQUEST, NOT_FOUND. */
  List<PairRecord> some(Arguments arguments) throws RefusedException {
    if (named(arguments).pair != null) {
      return List.of(one(arguments));
    }
    String group = group(arguments);
    List<PairRecord> all = opc.groups().pairs(group);
    if (all.isEmpty()) {
      throw arguments.refuse(
          GROUP,
          Fault.NOT_FOUND,
          "group " + group + " has no pair",
          "quickopc pair add group=" + group + " source=VOLUME target=VOLUME");
    }
    return all;
  }

  /** A volume that a command names, once nobody is making it any more. NOT_FOUND, BUSY, DENIED. */
  Volume volume(Request request, String key, String what) throws RefusedException {
    Arguments arguments = request.arguments();
    String name = arguments.text(key);
    Volume volume = arguments.at(key, () -> bay.findMade(name, what));
    requireOwn(request, volume, key, what);
    return volume;
  }

  /** DENIED to who may not change a volume. */
  void requireOwn(Request request, Volume volume, String key, String what) throws RefusedException {
    int own = volume.row().owner().uid();
    owner.requireOrOwnerOf(own, request.caller(), request.arguments(), key, what);
  }

  /**
   * DENIED to who may not change the volume that the copies of a pair write to.
   *
   * @param backward whether those of its restores are meant
   * @param what is wanted, before the name of the volume
   */
  void requireOwn(Request request, PairRecord pair, boolean backward, String what)
      throws RefusedException {
    UUID id = backward ? pair.source() : pair.target();
    Volume volume = id == null ? null : bay.findOrNull(id);
    if (volume != null) {
      requireOwn(request, volume, PAIR, what + volume.name());
    }
  }

  /** What the conditions of a command about pairs are about. */
  Subject subject(List<PairRecord> pairs) {
    if (pairs.size() != 1) {
      return Subject.none("several pairs");
    }
    Phase phase = opc.phase(pairs.get(0));
    return new Subject(
        "pair " + pairs.get(0).path(),
        phase.state(),
        List.of(Phase.values()).stream().map(Phase::state).toList(),
        Subject.NONE);
  }

  /** The key that an error is blamed on: the pair, or the group where none is named. */
  static String blamed(Arguments arguments) {
    return arguments.has(PAIR) || !arguments.has(GROUP) ? PAIR : GROUP;
  }

  /** Runs, and blames an error on the pair, or on the group where none is named. */
  static <T> T at(Arguments arguments, Arguments.Fallible<T> call) throws RefusedException {
    return arguments.at(blamed(arguments), call);
  }
}
