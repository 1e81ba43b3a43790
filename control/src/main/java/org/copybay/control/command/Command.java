package org.copybay.control.command;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One parsed line: a verb and its arguments, each with its place in the line.
 *
 * @param line the line as it was written
 * @param verb the verb in lower case
 * @param verbColumn where the verb begins in the line
 * @param translated whether the line is of another dialect: {@link #render} is what it means
 * @param notices what the reply must say besides, because a word of it has no effect here
 */
record Command(
    String line,
    String verb,
    int verbColumn,
    List<Argument> arguments,
    boolean translated,
    List<String> notices) {
  Command {
    arguments = List.copyOf(arguments);
    notices = List.copyOf(notices);
  }

  /** One of the modern dialect. */
  Command(String line, String verb, int verbColumn, List<Argument> arguments) {
    this(line, verb, verbColumn, arguments, false, List.of());
  }

  /** The command in the form that parses to the same command. */
  String render() {
    return Stream.concat(Stream.of(verb), arguments.stream().map(Argument::render))
        .collect(Collectors.joining(" "));
  }
}
