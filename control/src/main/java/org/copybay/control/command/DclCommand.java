package org.copybay.control.command;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.copybay.control.command.DclLine.Item;
import org.copybay.control.command.DclLine.Qualifier;
import org.copybay.copy.shadow.UnitName;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.jspecify.annotations.Nullable;

/** One line of DCL on its way to a command of the modern dialect. For one thread. */
final class DclCommand {
  private final String line;
  private final DclLine cut;
  private final Devices devices;
  private final String name;
  private final Map<String, Qualifier> qualifiers = new LinkedHashMap<>();
  private final List<Argument> arguments = new ArrayList<>();
  private final List<String> notices = new ArrayList<>();

  /**
   * @param name of the command, as in SHOW SHADOW
   * @param known its qualifiers
   */
  DclCommand(String line, DclLine cut, Devices devices, String name, List<String> known)
      throws RefusedException {
    this.line = line;
    this.cut = cut;
    this.devices = devices;
    this.name = name;
    DclWords words = new DclWords("qualifier of " + name, "/", known);
    for (Qualifier each : cut.qualifiers()) {
      String word = words.find(each.name(), each.column());
      if (qualifiers.put(word, each) != null) {
        throw RefusedException.badRequest(each.column(), "/" + word + " is given twice");
      }
    }
  }

  // ---- what was written

  /** Whether the qualifier was written, which takes no value. */
  boolean has(String qualifier) throws RefusedException {
    requireNoValue(qualifier);
    return qualifiers.containsKey(qualifier);
  }

  /** BAD_REQUEST where the qualifier was written with a value. */
  void requireNoValue(String qualifier) throws RefusedException {
    Qualifier found = qualifiers.get(qualifier);
    if (found != null && !found.values().isEmpty()) {
      throw RefusedException.badRequest(
          found.values().get(0).column(), "/" + qualifier + " takes no value");
    }
  }

  /** The qualifier, or null. */
  @Nullable Qualifier find(String qualifier) {
    return qualifiers.get(qualifier);
  }

  /** The one value of a qualifier. */
  Item value(Qualifier qualifier) throws RefusedException {
    if (qualifier.values().size() != 1) {
      throw RefusedException.badRequest(
          qualifier.column(),
          "/" + qualifier.name() + " takes one value, got " + qualifier.values().size());
    }
    return qualifier.values().get(0);
  }

  /** Of some qualifiers the one that was written, or null where none was. */
  @Nullable String oneOf(List<String> some) throws RefusedException {
    String one = null;
    for (String each : some) {
      if (qualifiers.containsKey(each)) {
        if (one != null) {
          throw contradiction(one, each);
        }
        one = each;
      }
    }
    return one;
  }

  /** BAD_REQUEST: two qualifiers were written of which there can be one. */
  RefusedException contradiction(String one, String other) {
    Qualifier first = qualifiers.get(one);
    Qualifier second = qualifiers.get(other);
    int column = 0;
    if (first != null && second != null) {
      column = Math.max(first.column(), second.column());
    }
    return RefusedException.badRequest(
        column, "/" + one + " and /" + other + " do not go together: one at a time");
  }

  /** The parameter of that number, or null. */
  @Nullable Item parameter(int index) {
    return index < cut.parameters().size() ? cut.parameters().get(index) : null;
  }

  /** BAD_REQUEST where there are more parameters than that. */
  void requireNoMore(int count) throws RefusedException {
    Item more = parameter(count);
    if (more != null) {
      throw RefusedException.badRequest(
          more.column(), name + " does not know what to do with this word");
    }
  }

  /** BAD_REQUEST: something is not there. */
  RefusedException missing(String what, String remedy) {
    return RefusedException.badRequest(
        line.stripTrailing().length(), name + " needs " + what, remedy);
  }

  // ---- devices

  /** Whether it names a virtual unit. */
  static boolean isUnit(Item device) {
    return UnitName.matches(device.text());
  }

  /** The virtual unit of that name. */
  String unit(Item device) throws RefusedException {
    try {
      return UnitName.of(device.text());
    } catch (StorageException e) {
      throw new RefusedException(e, device.column());
    }
  }

  /**
   * The volume of that name, with or without a colon at its end and a line before it: the very
   * name, else the only one that differs in case only; else the name as it is, which no volume has.
   */
  String volume(Item device) throws RefusedException {
    String text = device.text();
    String bare =
        text.endsWith(":") && !device.quoted() ? text.substring(0, text.length() - 1) : text;
    String plain = bare.startsWith("_") ? bare.substring(1) : bare;
    List<String> all = devices.volumes();
    for (String each : List.of(bare, plain)) {
      if (all.contains(each)) {
        return each;
      }
    }
    List<String> alike = all.stream().filter(each -> each.equalsIgnoreCase(plain)).toList();
    if (alike.size() > 1) {
      throw RefusedException.badRequest(
          device.column(),
          "device " + text + " may be volume " + String.join(" or ", alike),
          "its name in the very case");
    }
    return alike.isEmpty() ? plain : alike.get(0);
  }

  /** The virtual unit of the set that a volume has a relation to. NOT_FOUND. */
  String unitOf(String volume, int column) throws RefusedException {
    String unit = devices.unitOf(volume);
    if (unit == null) {
      throw new RefusedException(
          new StorageException(
              Fault.NOT_FOUND,
              "no shadow set has a write bitmap of "
                  + volume
                  + " that can be deleted: those of former members can",
              "SHOW DEVICE/BITMAP"),
          column);
    }
    return unit;
  }

  // ---- what it means

  /** Adds a key with a value that was written at that place. */
  void put(String key, int column, String... values) {
    arguments.add(new Argument(Argument.Form.KEYED, key, List.of(values), false, column, column));
  }

  /** Adds a key with the volumes that were named. */
  void putVolumes(String key, List<Item> named) throws RefusedException {
    List<String> volumes = new ArrayList<>();
    for (Item each : named) {
      volumes.add(volume(each));
    }
    put(key, named.get(0).column(), volumes.toArray(String[]::new));
  }

  /** Adds a key with a word, where the qualifier that means it was written. */
  void putIf(String qualifier, String key, String value) throws RefusedException {
    if (has(qualifier)) {
      Qualifier found = qualifiers.get(qualifier);
      put(key, found == null ? 0 : found.column(), value);
    }
  }

  /** Says that a qualifier has no effect here, where it was written. */
  void noticeIf(String qualifier, String why) {
    if (qualifiers.containsKey(qualifier)) {
      notices.add("%COPYBAY-W-IGNORED, /" + qualifier + " has no effect: " + why);
    }
  }

  /** Says that a word has no effect here. */
  void notice(String sentence) {
    notices.add("%COPYBAY-W-IGNORED, " + sentence);
  }

  /** The command of the modern dialect. */
  Command as(String verb) {
    List<Argument> all = new ArrayList<>(arguments);
    all.addAll(cut.keyed());
    return new Command(line, verb, cut.verb().column(), all, true, notices);
  }
}
