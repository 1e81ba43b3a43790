package org.copybay.control.command;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
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
  private final String implied;

  private Arguments(Verb verb, Command command, Map<String, Argument> byKey, String implied) {
    this.verb = verb;
    this.command = command;
    this.byKey = byKey;
    this.implied = implied;
  }

  /** Gives each argument of the command its key. */
  static Arguments bind(Verb verb, Scope scope, Command command) throws RefusedException {
    boolean atHome = scope.kind() != Scope.Kind.BAY && verb.home() == scope.kind();
    Map<String, Argument> byKey = new TreeMap<>();
    List<String> free = new ArrayList<>(verb.plain());
    if (atHome) {
      free.remove(verb.subject());
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
    Arguments bound = new Arguments(verb, command, byKey, atHome ? scope.name() : "");
    bound.requireComplete(atHome);
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
    byKey.put(free.remove(0), argument);
  }

  private void requireComplete(boolean atHome) throws RefusedException {
    Argument subject = byKey.get(verb.subject());
    if (atHome && subject != null && !subject.text().equals(implied)) {
      throw RefusedException.badRequest(
          subject.valueColumn(),
          "this ctl file is for " + verb.home().word() + " " + implied + " only",
          "the same line into .control/ctl");
    }
    for (Key key : verb.keys()) {
      boolean given =
          byKey.containsKey(key.name()) || (atHome && key.name().equals(verb.subject()));
      if (key.required() && !given) {
        throw RefusedException.badRequest(
            command.line().stripTrailing().length(),
            verb.name() + " needs " + key.name() + "=: " + key.help(),
            verb.grammar());
      }
    }
  }

  /** Whether the key was given. */
  boolean has(String key) {
    return byKey.containsKey(key);
  }

  /** The parts of a list. */
  List<String> list(String key) throws RefusedException {
    Argument argument = byKey.get(key);
    List<String> items = argument == null ? List.of() : argument.items();
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
    for (String word : allowed) {
      if (word.equalsIgnoreCase(argument.text())) {
        return word;
      }
    }
    throw RefusedException.badRequest(
        argument.valueColumn(), key + "= is one of " + String.join(", ", allowed));
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
      boolean given = has(key.name()) || (!implied.isEmpty() && key.name().equals(verb.subject()));
      if (key.holds() == Key.Holds.VOLUME && given) {
        names.add(text(key.name()));
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
    if (implied.isEmpty() || has(verb.subject())) {
      return line.strip();
    }
    int end = command.verbColumn() + command.verb().length();
    String subject = verb.subject() + "=" + Words.word(implied);
    return verb.name() + " " + subject + line.substring(end).stripTrailing();
  }

  /** The command with its subject written out and its keys in order: the same for the same wish. */
  String canonical() throws RefusedException {
    Map<String, String> values = new TreeMap<>();
    if (!implied.isEmpty()) {
      values.put(verb.subject(), implied);
    }
    for (Map.Entry<String, Argument> entry : byKey.entrySet()) {
      Key key = verb.key(entry.getKey());
      String text = entry.getValue().text();
      boolean word = key != null && key.holds() == Key.Holds.WORD;
      values.put(entry.getKey(), word ? text.toLowerCase(Locale.ROOT) : text);
    }
    values.remove("dry-run");
    StringBuilder text = new StringBuilder(verb.name());
    values.forEach(
        (key, value) -> text.append(' ').append(key).append('=').append(Words.quote(value)));
    return text.toString();
  }
}
