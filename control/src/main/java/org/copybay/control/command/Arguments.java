package org.copybay.control.command;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.copybay.copy.shadow.UnitName;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.Words;
import org.jspecify.annotations.Nullable;

/** The arguments of a command by key, with the subject that its ctl file implies. */
final class Arguments {
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

  /** Names that stand beside the ids in jobs/. */
  private static final Set<String> RESERVED_IDS = Set.of("running", "done", "latest");

  private final Verb verb;
  private final Command command;
  private final Map<String, Argument> byKey;
  private final String supplied;
  private final String implied;

  /**
   * @param supplied the key that the ctl file supplies, empty for none
   * @param implied the value of that key
   */
  private Arguments(
      Verb verb, Command command, Map<String, Argument> byKey, String supplied, String implied) {
    this.verb = verb;
    this.command = command;
    this.byKey = byKey;
    this.supplied = supplied;
    this.implied = implied;
  }

  /** Gives each argument of the command its key. */
  static Arguments bind(Verb verb, Scope scope, Command command) throws RefusedException {
    String supplied = verb.suppliedBy(scope.kind());
    Map<String, Argument> byKey = new TreeMap<>();
    List<String> free = new ArrayList<>(verb.plain());
    if (supplied != null) {
      free.removeAll(verb.subjects());
    }
    for (Argument argument : command.arguments()) {
      switch (argument.form()) {
        case KEYED -> bindKey(verb, command, byKey, argument);
        case FLAG ->
            throw RefusedException.badRequest(
                argument.column(), verb.name() + " takes no flag " + argument.name());
        case PLAIN -> bindPlain(verb, byKey, free, argument);
      }
    }
    Arguments bound =
        supplied == null
            ? new Arguments(verb, command, byKey, "", "")
            : new Arguments(verb, command, byKey, supplied, scope.name());
    bound.requireSubject(scope);
    bound.requireComplete();
    return bound;
  }

  private static void bindKey(
      Verb verb, Command command, Map<String, Argument> byKey, Argument argument)
      throws RefusedException {
    if (verb.key(argument.name()) == null) {
      throw unknownKey(verb, command, argument);
    }
    if (byKey.put(argument.name(), argument) != null) {
      throw RefusedException.badRequest(argument.column(), argument.name() + "= is given twice");
    }
  }

  private static RefusedException unknownKey(Verb verb, Command command, Argument argument) {
    List<String> known = verb.allKeys().map(Key::name).toList();
    String nearest = NearestWord.to(argument.name(), known);
    String message = "unknown key " + argument.name() + "= of " + verb.name();
    if (nearest == null) {
      return RefusedException.badRequest(argument.column(), message, verb.grammar());
    }
    String line = command.line();
    int end = argument.column() + argument.name().length();
    return RefusedException.badRequest(
        argument.column(),
        message + "; the nearest is " + nearest + "=",
        line.substring(0, argument.column()) + nearest + line.substring(end));
  }

  private static void bindPlain(
      Verb verb, Map<String, Argument> byKey, List<String> free, Argument argument)
      throws RefusedException {
    free.removeIf(byKey::containsKey);
    if (free.isEmpty()) {
      throw RefusedException.badRequest(
          argument.column(),
          verb.name() + " does not know what to do with this word",
          verb.grammar());
    }
    Key first = verb.key(free.get(0));
    boolean noSet =
        first != null
            && first.holds() == Key.Holds.SET
            && !argument.items().stream().allMatch(UnitName::matches);
    byKey.put(free.remove(noSet && free.size() > 1 ? 1 : 0), argument);
  }

  /** What the verb is about is named once, and in the ctl file of an object it is that one. */
  private void requireSubject(Scope scope) throws RefusedException {
    List<String> given = new ArrayList<>(verb.subjects());
    given.removeIf(name -> !byKey.containsKey(name));
    if (given.size() > 1) {
      throw RefusedException.badRequest(
          column(given.get(1)),
          given.get(0) + "= and " + given.get(1) + "= are both given, want one of them",
          verb.grammar());
    }
    if (scope.kind() == Scope.Kind.GROUP) { // a pair of it may be named besides
      given.removeIf(name -> !name.equals(supplied));
      if (has(supplied)) {
        given.add(supplied);
      }
    }
    if (!supplied.isEmpty() && !given.isEmpty() && !isImplied(given.get(0))) {
      throw RefusedException.badRequest(
          column(given.get(0)),
          "this ctl file is for " + scope.kind().word() + " " + implied + " only",
          "the same line into .control/ctl");
    }
  }

  private boolean isImplied(String key) throws RefusedException {
    return key.equals(supplied) && value(key).equals(implied);
  }

  private void requireComplete() throws RefusedException {
    boolean about = !supplied.isEmpty() || verb.subjects().stream().anyMatch(byKey::containsKey);
    for (Key key : verb.keys()) {
      boolean given =
          byKey.containsKey(key.name()) || (about && verb.subjects().contains(key.name()));
      if (key.required() && !given) {
        throw RefusedException.badRequest(
            command.line().stripTrailing().length(),
            verb.name() + " needs " + key.name() + "=: " + key.help(),
            verb.grammar());
      }
    }
  }

  /** Whether the key was written. */
  boolean has(String key) {
    return byKey.containsKey(key);
  }

  /** Whether the key was written, or its value is that of the ctl file. */
  boolean names(String key) {
    return has(key) || (!supplied.isEmpty() && key.equals(supplied));
  }

  /** The parts of a list; in the ctl file of an object that object where none was written. */
  List<String> list(String key) throws RefusedException {
    Argument argument = byKey.get(key);
    List<String> items =
        argument != null ? argument.items() : names(key) ? List.of(implied) : List.of();
    if (items.stream().allMatch(String::isEmpty)) {
      throw RefusedException.badRequest(column(key), key + "= names nothing");
    }
    return items;
  }

  /** The value of a key, or the implied name; the key is required or was asked for with has. */
  String text(String key) throws RefusedException {
    Argument argument = byKey.get(key);
    return argument == null ? implied : argument.text();
  }

  /** The value of a key, one of a few words in any case, or the default. */
  String word(String key, String absent, String... allowed) throws RefusedException {
    Argument argument = byKey.get(key);
    if (argument == null) {
      return absent;
    }
    String written = bare(key, argument.text());
    for (String word : allowed) {
      if (word.equalsIgnoreCase(written)) {
        return word;
      }
    }
    throw RefusedException.badRequest(
        argument.valueColumn(), key + "= is one of " + String.join(", ", allowed));
  }

  /** A word without the asterisk that words of IBM i may have. */
  private String bare(String name, String text) {
    Key key = verb.key(name);
    boolean special = key != null && key.holds() == Key.Holds.SPECIAL && text.startsWith("*");
    return special ? text.substring(1) : text;
  }

  /** The value of a key that is yes or no. */
  boolean yes(String key, boolean absent) throws RefusedException {
    return word(key, absent ? "yes" : "no", "yes", "no").equals("yes");
  }

  /** The value of a key as a number of bytes. */
  long size(String key) throws RefusedException {
    String text = text(key);
    return at(key, () -> Sizes.parse(text));
  }

  /** The value of a key as a whole number, 0 or more. */
  long number(String key) throws RefusedException {
    try {
      long number = Long.parseLong(text(key));
      if (number >= 0) {
        return number;
      }
    } catch (NumberFormatException e) {
      // told below, with the caret
    }
    throw RefusedException.badRequest(column(key), key + "= is a whole number, 0 or more");
  }

  /** The id= of the command, or null. */
  @Nullable String id() throws RefusedException {
    if (!has("id")) {
      return null;
    }
    String id = text("id");
    if (!ID.matcher(id).matches() || RESERVED_IDS.contains(id)) {
      throw RefusedException.badRequest(
          column("id"),
          "an id has 1 to 64 letters, digits, dots, dashes or underscores, begins with a letter or"
              + " a digit, and is not running, done or latest");
    }
    return id;
  }

  /** The volumes that the command names. */
  Set<String> volumes() throws RefusedException {
    Set<String> names = new LinkedHashSet<>();
    for (Key key : verb.keys()) {
      if (key.holds() == Key.Holds.VOLUME && names(key.name())) {
        names.add(text(key.name()));
      }
    }
    return names;
  }

  /** The optical volumes that the command names. */
  Set<String> sides() throws RefusedException {
    return names(Key.Holds.SIDE);
  }

  /** The tape cartridges that the command names. */
  Set<String> barcodes() throws RefusedException {
    return names(Key.Holds.BARCODE);
  }

  private Set<String> names(Key.Holds kind) throws RefusedException {
    Set<String> names = new LinkedHashSet<>();
    for (Key key : verb.keys()) {
      if (key.holds() == kind && names(key.name())) {
        list(key.name()).stream().filter(name -> !name.startsWith("*")).forEach(names::add);
      }
    }
    return names;
  }

  /** The shadow sets that the command names, by their virtual units in capital letters. */
  Set<String> sets() throws RefusedException {
    Set<String> names = new LinkedHashSet<>();
    for (Key key : verb.keys()) {
      if (key.holds() == Key.Holds.SET && names(key.name())) {
        for (String name : list(key.name())) {
          names.add(at(key.name(), () -> UnitName.of(name)));
        }
      }
    }
    return names;
  }

  /** Where the value of a key stands, or the verb for what was not written. */
  int column(String key) {
    Argument argument = byKey.get(key);
    return argument == null ? command.verbColumn() : argument.valueColumn();
  }

  /** Something that can fail because of a value. */
  @FunctionalInterface
  interface Fallible<T> {
    /** Does it. */
    T call() throws StorageException;
  }

  /** Calls, and blames an error on the value of that key. */
  <T> T at(String key, Fallible<T> call) throws RefusedException {
    try {
      return call.call();
    } catch (StorageException e) {
      throw new RefusedException(e, column(key));
    }
  }

  /** Something that must be so. */
  @FunctionalInterface
  interface Requirement {
    /** Throws what speaks against it. */
    void check() throws StorageException;
  }

  /** Blames the value of that key, or the verb where there is none, for what is not so. */
  void require(String key, Requirement requirement) throws RefusedException {
    try {
      requirement.check();
    } catch (StorageException e) {
      throw new RefusedException(e, column(key));
    }
  }

  /** An error that is the fault of the value of that key. */
  RefusedException refuse(String key, Fault fault, String message, @Nullable String remedy) {
    return new RefusedException(new StorageException(fault, message, remedy), column(key));
  }

  /** The written line. */
  String line() {
    return command.line();
  }

  /** The written line with its subject in it, as .control/ctl would take it. */
  String fullLine() {
    String line = command.line();
    if (command.translated()) {
      line = command.render();
    }
    if (implied.isEmpty() || has(supplied)) {
      return line.strip();
    }
    int end = (command.translated() ? 0 : command.verbColumn()) + command.verb().length();
    String subject = supplied + "=" + Words.word(implied);
    return verb.name() + " " + subject + line.substring(end).stripTrailing();
  }

  /**
   * The command as .control/ctl takes it, whatever dialect it was written in, with its subject and
   * its keys in order.
   *
   * @param instead other values of some keys
   */
  String rendered(Map<String, String> instead) {
    Map<String, String> values = new TreeMap<>();
    if (!implied.isEmpty()) {
      values.put(supplied, Words.word(implied));
    }
    byKey.forEach((key, argument) -> values.put(key, argument.renderItems()));
    values.putAll(instead);
    StringBuilder text = new StringBuilder(verb.name());
    values.forEach((key, value) -> text.append(' ').append(key).append('=').append(value));
    return text.toString();
  }

  /** The value of a key that was written, the same for the same wish. */
  private String value(String name) throws RefusedException {
    Argument argument = byKey.get(name);
    Key key = verb.key(name);
    if (argument == null || key == null) {
      return implied;
    }
    return switch (key.holds()) {
      case WORD, SPECIAL -> bare(name, argument.text()).toLowerCase(Locale.ROOT);
      case SET -> String.join(",", argument.items()).toUpperCase(Locale.ROOT);
      case VOLUME, JOB, VALUE, GROUP, PAIR, SESSION, SIDE, LIBRARY, BARCODE ->
          argument.quoted() && argument.items().size() > 1
              ? String.join(",", argument.items().stream().map(Words::word).toList())
              : argument.text();
    };
  }

  /** The command with its subject written out and its keys in order: the same for the same wish. */
  String canonical() throws RefusedException {
    Map<String, String> values = new TreeMap<>();
    if (!implied.isEmpty()) {
      values.put(supplied, implied);
    }
    for (String key : byKey.keySet()) {
      values.put(key, value(key));
    }
    values.remove("dry-run");
    StringBuilder text = new StringBuilder(verb.name());
    values.forEach(
        (key, value) -> text.append(' ').append(key).append('=').append(Words.quote(value)));
    return text.toString();
  }
}
