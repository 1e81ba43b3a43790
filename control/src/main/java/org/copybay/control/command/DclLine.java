package org.copybay.control.command;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One line of DCL, cut into its words.
 *
 * <pre>
 * line      = verb *( [ blank ] qualifier | blank parameter | blank key "=" value ) [ "!" text ]
 * qualifier = "/" name [ "=" ( item | "(" item *( "," item ) ")" ) ]
 * parameter = item *( "," item )
 * item      = text without blank, "/", "," | quoted
 * </pre>
 *
 * Blanks may stand around the signs of a qualifier. {@code #} begins a comment too, as in the
 * modern dialect, and so {@code key=value} is what it is there.
 *
 * @param verb the verb as it was written
 * @param parameters what is no qualifier, in order
 * @param qualifiers wherever they stood, in order
 * @param keyed words of the modern dialect
 */
record DclLine(Item verb, List<Item> parameters, List<Qualifier> qualifiers, List<Argument> keyed) {
  private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_$]*");
  private static final Pattern KEYED = Pattern.compile("[A-Za-z][A-Za-z0-9_-]*=");

  /** A word, or an item of a list, and where it begins in the line. */
  record Item(String text, int column, boolean quoted) {
    /** The parts between commas, unless it was quoted. */
    List<Item> parts() {
      if (quoted) {
        return List.of(this);
      }
      List<Item> parts = new ArrayList<>();
      int at = column;
      for (String part : text.split(",", -1)) {
        parts.add(new Item(part, at, false));
        at += part.length() + 1;
      }
      return parts;
    }
  }

  /**
   * A qualifier.
   *
   * @param name as it was written, without its slash
   * @param column of its slash
   * @param values empty where it has none
   */
  record Qualifier(String name, int column, List<Item> values) {
    Qualifier {
      values = List.copyOf(values);
    }
  }

  DclLine {
    parameters = List.copyOf(parameters);
    qualifiers = List.copyOf(qualifiers);
    keyed = List.copyOf(keyed);
  }

  /** Cuts a line that holds a command. */
  static DclLine cut(String line) throws RefusedException {
    return new Cutter(line).cut();
  }

  /** The words of a line that tell its dialect, its verb first; null where it holds no command. */
  static @Nullable List<String> bareWords(String line) {
    List<String> words = new ArrayList<>();
    int index = 0;
    while (true) {
      while (index < line.length() && isBlank(line.charAt(index))) {
        index++;
      }
      if (index == line.length() || line.charAt(index) == '#') {
        return words.isEmpty() ? null : words;
      }
      int start = index;
      boolean quoted = false;
      boolean hidden = line.charAt(index) == '"' || isKeyed(line, index);
      while (index < line.length() && (quoted || !isBlank(line.charAt(index)))) {
        if (quoted && line.charAt(index) == '\\') {
          index++; // what it hides
        } else if (line.charAt(index) == '"') {
          quoted = !quoted;
        }
        index++;
      }
      index = Math.min(index, line.length());
      if (!hidden) {
        words.add(line.substring(start, index));
      } else if (words.isEmpty()) {
        return null; // it does not begin with a verb
      }
    }
  }

  private static boolean isBlank(char character) {
    return character == ' ' || character == '\t';
  }

  private static boolean isKeyed(String line, int index) {
    return KEYED.matcher(line).region(index, line.length()).lookingAt();
  }

  /** Goes through a line once. */
  private static final class Cutter {
    private final String line;
    private final List<Item> parameters = new ArrayList<>();
    private final List<Qualifier> qualifiers = new ArrayList<>();
    private final List<Argument> keyed = new ArrayList<>();
    private int index;

    Cutter(String line) {
      this.line = line;
    }

    DclLine cut() throws RefusedException {
      skipBlanks();
      Item verb = name("a command begins with a verb");
      while (true) {
        skipBlanks();
        if (index == line.length() || line.charAt(index) == '!' || line.charAt(index) == '#') {
          return new DclLine(verb, parameters, qualifiers, keyed);
        }
        if (line.charAt(index) == '/') {
          qualifiers.add(qualifier());
        } else if (isKeyed(line, index)) {
          LineParser.Read read = LineParser.wordAt(line, index);
          keyed.add(read.word());
          index = read.end();
        } else {
          parameters.add(item(" \t/"));
        }
      }
    }

    private void skipBlanks() {
      while (index < line.length() && isBlank(line.charAt(index))) {
        index++;
      }
    }

    private Item name(String missing) throws RefusedException {
      Matcher name = NAME.matcher(line).region(index, line.length());
      if (!name.lookingAt()) {
        throw RefusedException.badRequest(index, missing);
      }
      Item found = new Item(name.group(), index, false);
      index = name.end();
      return found;
    }

    private Qualifier qualifier() throws RefusedException {
      int column = index++;
      skipBlanks();
      Item name = name("a qualifier has a name, as in /FULL");
      int end = index;
      skipBlanks();
      if (index == line.length() || line.charAt(index) != '=') {
        index = end;
        return new Qualifier(name.text(), column, List.of());
      }
      index++;
      skipBlanks();
      boolean list = index < line.length() && line.charAt(index) == '(';
      return new Qualifier(name.text(), column, list ? list() : values());
    }

    private List<Item> values() throws RefusedException {
      List<Item> values = new ArrayList<>();
      values.add(item(" \t/,"));
      while (index < line.length() && line.charAt(index) == ',') {
        index++;
        values.add(item(" \t/,"));
      }
      return values;
    }

    private List<Item> list() throws RefusedException {
      int open = index++;
      List<Item> values = new ArrayList<>();
      while (true) {
        skipBlanks();
        values.add(item(" \t,)"));
        skipBlanks();
        if (index == line.length()) {
          throw RefusedException.badRequest(open, "this parenthesis is not closed");
        }
        char next = line.charAt(index);
        if (next == ')') {
          index++;
          return values;
        }
        if (next != ',') {
          throw RefusedException.badRequest(index, "want a comma or a parenthesis here");
        }
        index++;
      }
    }

    /** What stands before the first of those characters, or what a quote holds. */
    private Item item(String ends) throws RefusedException {
      int start = index;
      if (index < line.length() && line.charAt(index) == '"') {
        Quoting.Quoted quoted = Quoting.unquote(line, index);
        index = quoted.end();
        return new Item(quoted.value(), start, true);
      }
      while (index < line.length() && ends.indexOf(line.charAt(index)) < 0) {
        if (Character.isISOControl(line.charAt(index)) || line.charAt(index) == '"') {
          throw RefusedException.badRequest(
              index, "a quote or a control character inside a word; quote the whole word");
        }
        index++;
      }
      if (index == start) {
        throw RefusedException.badRequest(start, "a value is missing");
      }
      return new Item(line.substring(start, index), start, false);
    }
  }
}
