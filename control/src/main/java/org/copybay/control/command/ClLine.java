package org.copybay.control.command;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One line of CL, cut into its words.
 *
 * <pre>
 * line      = name *( blank parameter )
 * parameter = keyword [ blank ] list | value | list | key "=" value
 * list      = "(" *( value ) ")"
 * value     = "'" text "'" | quoted | 1*( character but blank, quote, parenthesis )
 * </pre>
 *
 * In apostrophes {@code ''} is one of them. {@code #} begins a comment where a word could begin, as
 * in the modern dialect, and so {@code key=value} is what it is there; {@code /*} begins one too.
 *
 * @param name of the command, as it was written
 * @param column of it
 * @param parameters in order
 * @param keyed words of the modern dialect
 */
record ClLine(String name, int column, List<Parameter> parameters, List<Argument> keyed) {
  private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_]*");
  private static final Pattern KEYED = Pattern.compile("[A-Za-z][A-Za-z0-9_-]*=");

  /**
   * A value and where it begins.
   *
   * @param quoted whether it stood in apostrophes or quotes
   */
  record Value(String text, int column, boolean quoted) {}

  /**
   * A parameter.
   *
   * @param keyword as it was written, or null for one without
   * @param column where it begins
   * @param values in its parenthesis
   */
  record Parameter(@Nullable String keyword, int column, List<Value> values) {
    Parameter {
      values = List.copyOf(values);
    }
  }

  ClLine {
    parameters = List.copyOf(parameters);
    keyed = List.copyOf(keyed);
  }

  /** The name of the command at the beginning of a line, or null where there is none. */
  static @Nullable String nameOf(String line) {
    Matcher name = NAME.matcher(line).region(skipBlanks(line, 0), line.length());
    return name.lookingAt() ? name.group() : null;
  }

  /** Cuts a line of the form of its command. */
  static ClLine cut(String line, ClForm form) throws RefusedException {
    return new Cutter(line, form).cut();
  }

  private static int skipBlanks(String line, int from) {
    int index = from;
    while (index < line.length() && (line.charAt(index) == ' ' || line.charAt(index) == '\t')) {
      index++;
    }
    return index;
  }

  /** Goes through a line once. */
  private static final class Cutter {
    private final String line;
    private final ClForm form;
    private final List<Parameter> parameters = new ArrayList<>();
    private final List<Argument> keyed = new ArrayList<>();
    private int index;

    Cutter(String line, ClForm form) {
      this.line = line;
      this.form = form;
    }

    ClLine cut() throws RefusedException {
      index = skipBlanks(line, 0);
      int column = index;
      index += form.name().length();
      requireEndOfWord();
      while (atWord()) {
        if (KEYED.matcher(line).region(index, line.length()).lookingAt()) {
          LineParser.Read read = LineParser.wordAt(line, index);
          keyed.add(read.word());
          index = read.end();
        } else {
          parameters.add(parameter());
          requireEndOfWord();
        }
      }
      return new ClLine(
          line.substring(column, column + form.name().length()), column, parameters, keyed);
    }

    /** Whether a word follows, and no comment and no end. */
    private boolean atWord() {
      index = skipBlanks(line, index);
      while (line.startsWith("/*", index)) {
        int end = line.indexOf("*/", index + 2);
        index = end < 0 ? line.length() : skipBlanks(line, end + 2);
      }
      return index < line.length() && line.charAt(index) != '#';
    }

    private void requireEndOfWord() throws RefusedException {
      boolean ends =
          index == line.length() || line.charAt(index) == ' ' || line.charAt(index) == '\t';
      if (!ends) {
        throw RefusedException.badRequest(index, "want a blank here", form.grammar());
      }
    }

    private Parameter parameter() throws RefusedException {
      int column = index;
      if (line.charAt(index) == '(') {
        return new Parameter(null, column, list());
      }
      Matcher name = NAME.matcher(line).region(index, line.length());
      if (name.lookingAt()) {
        int after = skipBlanks(line, name.end());
        boolean open = after < line.length() && line.charAt(after) == '(';
        if (open && (after == name.end() || form.parameter(name.group()) != null)) {
          index = after;
          return new Parameter(name.group(), column, list());
        }
      }
      return new Parameter(null, column, List.of(value()));
    }

    private List<Value> list() throws RefusedException {
      int open = index++;
      List<Value> values = new ArrayList<>();
      while (true) {
        index = skipBlanks(line, index);
        if (index == line.length() || line.charAt(index) == '(') {
          throw RefusedException.badRequest(open, "this parenthesis is not closed", form.grammar());
        }
        if (line.charAt(index) == ')') {
          index++;
          return values;
        }
        values.add(value());
      }
    }

    private Value value() throws RefusedException {
      int column = index;
      if (line.charAt(index) == '\'') {
        return apostrophes(column);
      }
      if (line.charAt(index) == '"') {
        Quoting.Quoted quoted = Quoting.unquote(line, index);
        index = quoted.end();
        return new Value(quoted.value(), column, true);
      }
      while (index < line.length() && " \t()'\"".indexOf(line.charAt(index)) < 0) {
        if (Character.isISOControl(line.charAt(index))) {
          throw RefusedException.badRequest(
              index, String.format("control character 0x%02x", (int) line.charAt(index)));
        }
        index++;
      }
      if (index == column) {
        throw RefusedException.badRequest(column, "a value is missing", form.grammar());
      }
      return new Value(line.substring(column, index), column, false);
    }

    private Value apostrophes(int column) throws RefusedException {
      StringBuilder text = new StringBuilder();
      index++;
      while (index < line.length()) {
        char character = line.charAt(index++);
        if (character != '\'') {
          text.append(character);
        } else if (index < line.length() && line.charAt(index) == '\'') {
          text.append(character);
          index++;
        } else {
          return new Value(text.toString(), column, true);
        }
      }
      throw RefusedException.badRequest(column, "this apostrophe is not closed");
    }
  }
}
