package org.copybay.control.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.copybay.volumes.Words;
import org.jspecify.annotations.Nullable;

/**
 * Parses one written line of the modern dialect.
 *
 * <pre>
 * line    = [ command ] [ "#" text ]
 * command = verb *( blank argument )
 * argument = flag | key "=" value | value       the first "=" splits
 * flag    = "-" letter …
 * value   = item *( "," item )
 * item    = 1*( UTF-8 except control, blank, quote, comma, # ) | quoted
 * </pre>
 *
 * Verb, keys and flags are taken in any case, values keep theirs. A {@code #} begins a comment only
 * where a word could begin; inside an unquoted word it is an error, so that no name is cut short.
 */
final class LineParser {
  static final Pattern FLAG = Pattern.compile("-[A-Za-z][A-Za-z0-9_-]*");
  private static final Pattern KEY = Pattern.compile("[A-Za-z][A-Za-z0-9_-]*");

  private final String line;
  private int index;

  private LineParser(String line) {
    this.line = line;
  }

  /** The command of a line, or null where the line holds none. */
  static @Nullable Command parse(String line) throws RefusedException {
    return new LineParser(line).command();
  }

  /** One word of a line, and where what follows it begins. */
  record Read(Argument word, int end) {}

  /** Reads the word that begins at that place of a line. */
  static Read wordAt(String line, int column) throws RefusedException {
    LineParser parser = new LineParser(line);
    parser.index = column;
    return new Read(parser.word(), parser.index);
  }

  private @Nullable Command command() throws RefusedException {
    List<Argument> words = new ArrayList<>();
    while (atWord()) {
      words.add(word());
    }
    if (words.isEmpty()) {
      return null;
    }
    Argument first = words.get(0);
    if (first.form() != Argument.Form.PLAIN || first.quoted()) {
      throw RefusedException.badRequest(first.column(), "a command begins with a verb");
    }
    String verb = first.text().toLowerCase(Locale.ROOT);
    return new Command(line, verb, first.column(), words.subList(1, words.size()));
  }

  private boolean atWord() {
    while (index < line.length() && (line.charAt(index) == ' ' || line.charAt(index) == '\t')) {
      index++;
    }
    return index < line.length() && line.charAt(index) != '#';
  }

  private Argument word() throws RefusedException {
    int column = index;
    int end = index;
    while (end < line.length() && line.charAt(end) != '=' && !endsBareWord(line.charAt(end))) {
      end++;
    }
    if (end < line.length() && line.charAt(end) == '=') {
      String key = line.substring(column, end);
      if (!KEY.matcher(key).matches()) {
        throw RefusedException.badRequest(
            column, "\"" + key + "\" is no key; quote a value that holds an equals sign");
      }
      index = end + 1;
      return value(Argument.Form.KEYED, key.toLowerCase(Locale.ROOT), column);
    }
    Argument plain = value(Argument.Form.PLAIN, "", column);
    return !plain.quoted() && FLAG.matcher(plain.text()).matches() ? flag(plain) : plain;
  }

  private static Argument flag(Argument word) throws RefusedException {
    return new Argument(
        Argument.Form.FLAG,
        word.text().toLowerCase(Locale.ROOT),
        List.of(),
        false,
        word.column(),
        word.column());
  }

  private Argument value(Argument.Form form, String name, int column) throws RefusedException {
    int valueColumn = index;
    List<String> items = new ArrayList<>();
    boolean quoted = false;
    boolean more = true;
    while (more) {
      boolean quote = index < line.length() && line.charAt(index) == '"';
      items.add(quote ? quotedItem() : bareItem(column));
      quoted |= quote;
      more = index < line.length() && line.charAt(index) == ',';
      if (more) {
        index++;
      }
    }
    requireEndOfWord();
    return new Argument(form, name, items, quoted, column, valueColumn);
  }

  private String quotedItem() throws RefusedException {
    Quoting.Quoted quoted = Quoting.unquote(line, index);
    index = quoted.end();
    return quoted.value();
  }

  private String bareItem(int column) throws RefusedException {
    int start = index;
    while (index < line.length() && !endsBareWord(line.charAt(index))) {
      index++;
    }
    if (index == start) {
      requireNoControl();
      throw RefusedException.badRequest(
          column, "a value is missing; quote a name that holds a comma");
    }
    return line.substring(start, index);
  }

  private void requireEndOfWord() throws RefusedException {
    if (index == line.length() || line.charAt(index) == ' ' || line.charAt(index) == '\t') {
      return;
    }
    requireNoControl();
    String why =
        line.charAt(index) == '#'
            ? "a # inside a word; quote the word, or put a space before a comment"
            : "a quote inside a word; quote the whole value";
    throw RefusedException.badRequest(index, why);
  }

  private void requireNoControl() throws RefusedException {
    if (index < line.length()
        && Character.isISOControl(line.charAt(index))
        && line.charAt(index) != '\t') {
      throw RefusedException.badRequest(
          index, String.format("control character 0x%02x", (int) line.charAt(index)));
    }
  }

  private static boolean endsBareWord(char character) {
    return Words.endsBare(character);
  }
}
