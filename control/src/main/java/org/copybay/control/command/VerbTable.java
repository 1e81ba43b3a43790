package org.copybay.control.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Every verb that a ctl file knows, and the texts that explain them. */
final class VerbTable {
  private static final String ALL = "ALL";

  private final Map<String, Verb> verbs = new TreeMap<>();

  VerbTable(List<Verb> verbs) {
    verbs.forEach(verb -> this.verbs.put(verb.name(), verb));
    Verb help = help();
    this.verbs.put(help.name(), help);
  }

  private Verb help() {
    return new Verb(
        "help",
        "help [VERB]",
        "say where the explanation of a verb is",
        "",
        List.of(
            Key.optional("verb", "the verb to explain, or what several begin with, as quickopc")),
        List.of("verb"),
        List.of("The explanations are the files in .control/commands/."),
        List.of("help duplicate"),
        List.of(),
        Verb.Destroys.NEVER,
        this::prepareHelp);
  }

  private Plan prepareHelp(Request request) throws RefusedException {
    Arguments arguments = request.arguments();
    String file = ALL;
    if (arguments.has("verb")) {
      file = arguments.text("verb").toLowerCase(Locale.ROOT);
      List<String> family = family(file + "-");
      if (!verbs.containsKey(file) && !family.isEmpty()) {
        return new Plan(
            Subject.none("help"),
            "list the verbs of " + file,
            () -> Reply.lines(null, Subject.NONE, family));
      }
      if (!verbs.containsKey(file)) {
        throw RefusedException.badRequest(
            arguments.column("verb"), "unknown verb " + file, "cat .control/commands/ALL");
      }
    }
    String text = "cat .control/commands/" + file;
    return new Plan(Subject.none("help"), "say: " + text, () -> Reply.text(Subject.NONE, text));
  }

  /** The verbs that begin so, with what they do. */
  private List<String> family(String prefix) {
    return verbs.values().stream()
        .filter(verb -> verb.name().startsWith(prefix))
        .map(verb -> verb.name() + ": " + verb.summary())
        .toList();
  }

  /** The verb of a command that was written to that ctl file. */
  Verb find(Command command, Scope scope) throws RefusedException {
    Verb verb = verbs.get(command.verb());
    if (verb == null) {
      throw unknown(command, scope);
    }
    if (!verb.belongsTo(scope.kind())) {
      String where =
          verb.homes().stream().map(Scope.Kind::word).collect(Collectors.joining(" or the "));
      throw RefusedException.badRequest(
          command.verbColumn(),
          verb.name() + " is no command of " + scope.kind().phrase(),
          "write it to .control/ctl" + (where.isEmpty() ? "" : ", or to the ctl of the " + where));
    }
    return verb;
  }

  private RefusedException unknown(Command command, Scope scope) {
    List<String> known =
        verbs.values().stream()
            .filter(verb -> verb.belongsTo(scope.kind()))
            .map(Verb::name)
            .toList();
    String nearest = NearestWord.to(command.verb(), known);
    if (nearest == null) {
      return RefusedException.badRequest(
          command.verbColumn(),
          "unknown verb " + command.verb(),
          "one of " + String.join(", ", known));
    }
    String line = command.line();
    int end = command.verbColumn() + command.verb().length();
    return RefusedException.badRequest(
        command.verbColumn(),
        "unknown verb " + command.verb() + "; the nearest is " + nearest,
        line.substring(0, command.verbColumn()) + nearest + line.substring(end));
  }

  /** The names of the files in commands/. */
  List<String> files() {
    return Stream.concat(Stream.of(ALL), verbs.keySet().stream()).toList();
  }

  /** The text of one file in commands/, or null where there is none. */
  @Nullable String file(String name) {
    if (name.equals(ALL)) {
      return all();
    }
    Verb verb = verbs.get(name.toLowerCase(Locale.ROOT));
    return verb == null ? null : explain(verb);
  }

  private String all() {
    StringBuilder text = new StringBuilder("# verb: what it does; cat commands/VERB explains it\n");
    verbs
        .values()
        .forEach(v -> text.append(v.name()).append(": ").append(v.summary()).append('\n'));
    return text.toString();
  }

  /** What a read of a ctl file shows before anything was written. */
  String usage(Scope scope) {
    StringBuilder text =
        new StringBuilder("# One command on a line. Errors: .control/last_error\n");
    verbs.values().stream()
        .filter(verb -> verb.belongsTo(scope.kind()))
        .forEach(verb -> text.append(grammar(verb, scope)).append('\n'));
    text.append("# Every command also takes: ");
    text.append(Verb.COMMON.stream().map(key -> key.name() + "=").collect(Collectors.joining(" ")));
    return text.append('\n').toString();
  }

  private static String grammar(Verb verb, Scope scope) {
    String grammar = verb.grammar().replaceFirst(room(scope.kind()), "");
    String supplied = verb.suppliedBy(scope.kind());
    String line = supplied == null ? grammar : without(supplied, grammar);
    return scope.kind() == Scope.Kind.PAIR ? without(OpcPairs.GROUP, line) : line;
  }

  /** What goes without saying in that ctl file, as a pattern. */
  private static String room(Scope.Kind kind) {
    if (kind.isQuickOpc()) {
      return "^quickopc ";
    }
    if (kind.isTape()) {
      return "^tape ";
    }
    return kind.isSafeguarded() ? "^safeguarded " : kind.isOptical() ? "^optical " : "^ ";
  }

  /** What is implied is left out, with what could stand instead of it. */
  private static String without(String key, String grammar) {
    return grammar.replaceFirst(" \\S*\\b" + key + "=\\S+", "");
  }

  private static String explain(Verb verb) {
    StringBuilder text = new StringBuilder();
    text.append(verb.grammar()).append("\n  ").append(verb.summary()).append('\n');
    text.append("\nkeys:\n");
    verb.allKeys().forEach(k -> text.append(String.format("  %-11s %s%n", k.name(), k.help())));
    for (Scope.Kind home : verb.homes()) {
      text.append("  In the ctl file of ").append(home.phrase()).append(", ");
      text.append(verb.suppliedBy(home)).append("= is left out.\n");
    }
    List<String> rules = new ArrayList<>(verb.rules());
    if (verb.destroys() != Verb.Destroys.NEVER) {
      rules.add("What destroys needs its line end: a line without one may be cut off.");
    }
    section(text, "rules", rules);
    section(text, "examples", verb.examples());
    text.append("\nerrors:\n");
    Stream.concat(verb.errnos().stream(), Verb.COMMON_ERRNOS.stream())
        .distinct()
        .forEach(errno -> text.append(String.format("  %-12s %s%n", errno, errno.meaning())));
    return text.toString();
  }

  private static void section(StringBuilder text, String title, List<String> lines) {
    if (!lines.isEmpty()) {
      text.append('\n').append(title).append(":\n");
      lines.forEach(line -> text.append("  ").append(line).append('\n'));
    }
  }
}
