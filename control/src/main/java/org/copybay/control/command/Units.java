package org.copybay.control.command;

import java.util.ArrayList;
import java.util.List;
import org.copybay.copy.shadow.SetState;
import org.copybay.copy.shadow.SetStatus;
import org.copybay.copy.shadow.ShadowSets;
import org.copybay.copy.shadow.VirtualUnit;
import org.copybay.volumes.Fault;
import org.copybay.volumes.Words;
import org.copybay.volumes.bay.Volume;

/** What the verbs of shadow sets check alike. */
record Units(ShadowSets sets, Owner owner) {
  /** The set of that key. NOT_FOUND, BAD_REQUEST. */
  VirtualUnit find(Arguments arguments, String key) throws RefusedException {
    String name = arguments.text(key);
    return arguments.at(key, () -> sets.find(name));
  }

  /** The set of that key, for who may change it. */
  VirtualUnit own(Request request, String key, String what) throws RefusedException {
    VirtualUnit unit = find(request.arguments(), key);
    requireOwn(request, unit, key, what);
    return unit;
  }

  /** The sets of that key, each once, for who may change them. */
  List<VirtualUnit> ownAll(Request request, String key, String what) throws RefusedException {
    Arguments arguments = request.arguments();
    List<VirtualUnit> units = new ArrayList<>();
    for (String name : arguments.list(key)) {
      VirtualUnit unit = arguments.at(key, () -> sets.find(name));
      requireOwn(request, unit, key, what);
      if (units.contains(unit)) {
        throw RefusedException.badRequest(
            arguments.column(key), "set " + unit.name() + " is named twice");
      }
      units.add(unit);
    }
    return units;
  }

  /** DENIED to who may not change a set. */
  void requireOwn(Request request, VirtualUnit unit, String key, String what)
      throws RefusedException {
    owner.requireOrOwnerOf(unit.owner().uid(), request.caller(), request.arguments(), key, what);
  }

  /** DENIED to who may not change a volume. */
  void requireOwn(Request request, Volume volume, String key, String what) throws RefusedException {
    int own = volume.row().owner().uid();
    owner.requireOrOwnerOf(own, request.caller(), request.arguments(), key, what);
  }

  /** BUSY: a set is in the wrong phase when it is not mounted. */
  static void requireMounted(Arguments arguments, VirtualUnit unit, String key)
      throws RefusedException {
    if (!unit.set().isMounted()) {
      throw arguments.refuse(
          key,
          Fault.BUSY,
          "shadow set " + unit.name() + " is not mounted",
          "mount set=" + unit.name());
    }
  }

  /** BUSY while somebody has it open. */
  static void requireClosed(Arguments arguments, VirtualUnit unit, String key, String what)
      throws RefusedException {
    if (!unit.openers().isEmpty()) {
      throw arguments.refuse(
          key,
          Fault.BUSY,
          unit.path() + " is open by " + unit.openers().get(0).describe() + ": cannot " + what,
          "close it there, and try again");
    }
  }

  /** What the conditions of a command are about. */
  Subject subject(VirtualUnit unit) {
    return new Subject(
        "shadow set " + unit.name(),
        SetStatus.of(sets, unit).state().word(),
        Subject.words(SetState.values()),
        generation(unit));
  }

  /** The changes of who is a member. */
  static long generation(VirtualUnit unit) {
    return unit.set().record().lineage().generation();
  }

  /** Names as words of a sentence. */
  static String names(List<Volume> volumes) {
    return String.join(", ", volumes.stream().map(volume -> Words.word(volume.name())).toList());
  }
}
