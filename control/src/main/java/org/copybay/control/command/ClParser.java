package org.copybay.control.command;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.copybay.control.command.ClLine.Parameter;
import org.copybay.control.command.ClLine.Value;
import org.copybay.control.command.ClParameter.Holds;
import org.jspecify.annotations.Nullable;

/**
 * Turns the CL commands of IBM i for optical storage into the commands of the modern dialect that
 * mean the same, so that all checks are in one place. The columns stay those of the written line.
 * One line, one thread.
 */
final class ClParser {
  private final String line;
  private final ClForm form;
  private final Map<String, Argument> arguments = new LinkedHashMap<>();
  private final List<ClParameter> given = new ArrayList<>();
  private final List<String> notices = new ArrayList<>();

  private ClParser(String line, ClForm form) {
    this.line = line;
    this.form = form;
  }

  /** Whether a line is CL, by its first word, in any case. */
  static boolean takes(String line) {
    String name = ClLine.nameOf(line);
    return name != null && ClForm.find(name) != null;
  }

  /** The command that the line means, which {@link #takes} was asked for. */
  static Command parse(String line) throws RefusedException {
    String name = ClLine.nameOf(line);
    ClForm form = name == null ? null : ClForm.find(name);
    if (form == null) {
      throw RefusedException.badRequest(0, "a command begins with a verb");
    }
    return new ClParser(line, form).translate(ClLine.cut(line, form));
  }

  private Command translate(ClLine cut) throws RefusedException {
    boolean keyword = false;
    for (int i = 0; i < cut.parameters().size(); i++) {
      Parameter written = cut.parameters().get(i);
      keyword |= written.keyword() != null;
      ClParameter parameter = parameter(written, i, keyword);
      if (given.contains(parameter)) {
        throw RefusedException.badRequest(
            written.column(), parameter.keyword() + " is given twice", form.grammar());
      }
      given.add(parameter);
      mean(parameter, written);
    }
    List<Argument> all = new ArrayList<>(arguments.values());
    all.addAll(cut.keyed());
    form.implied().forEach((key, value) -> imply(all, cut.column(), key, value));
    return new Command(line, Verb.OPTICAL + form.verb(), cut.column(), all, true, notices);
  }

  private static void imply(List<Argument> all, int column, String key, String value) {
    if (all.stream().noneMatch(argument -> argument.name().equals(key))) {
      all.add(new Argument(Argument.Form.KEYED, key, List.of(value), false, column, column));
    }
  }

  /** The parameter that was written. BAD_REQUEST. */
  private ClParameter parameter(Parameter written, int index, boolean keyword)
      throws RefusedException {
    String name = written.keyword();
    if (name == null) {
      if (keyword || index >= form.parameters().size()) {
        throw RefusedException.badRequest(
            written.column(),
            keyword
                ? "a value without its keyword stands behind one with it"
                : form.name() + " does not know what to do with this word",
            form.grammar());
      }
      return form.parameters().get(index);
    }
    ClParameter found = form.parameter(name);
    if (found != null) {
      return found;
    }
    List<String> known = form.parameters().stream().map(ClParameter::keyword).toList();
    String nearest = NearestWord.to(name.toUpperCase(Locale.ROOT), known);
    String message = "unknown keyword " + name + " of " + form.name();
    if (nearest == null) {
      throw RefusedException.badRequest(written.column(), message, form.grammar());
    }
    int end = written.column() + name.length();
    throw RefusedException.badRequest(
        written.column(),
        message + "; the nearest is " + nearest,
        line.substring(0, written.column()) + nearest + line.substring(end));
  }

  private void mean(ClParameter parameter, Parameter written) throws RefusedException {
    if (parameter.key().isEmpty()) {
      notices.add(parameter.notice());
      return;
    }
    if (written.values().isEmpty()
        || (written.values().size() > 1 && parameter.holds() != Holds.NAMES)) {
      throw RefusedException.badRequest(
          written.column(),
          parameter.keyword()
              + (parameter.holds() == Holds.NAMES ? " takes values" : " takes one value")
              + ", got "
              + written.values().size(),
          form.grammar());
    }
    List<String> values = new ArrayList<>();
    boolean quoted = false;
    for (Value each : written.values()) {
      String word = special(parameter, each);
      if (word == null) {
        values.add(plain(parameter, each));
      } else if (!word.isEmpty() || parameter.holds() == Holds.TEXT) {
        values.add(word);
      }
      quoted |= each.quoted();
    }
    boolean same = isSame(parameter, written.values().get(0));
    if (!values.isEmpty() && !same) {
      put(parameter.key(), values, quoted, written);
    }
  }

  /** Whether the value says that nothing changes. */
  private static boolean isSame(ClParameter parameter, Value value) {
    String text = value.text().toUpperCase(Locale.ROOT);
    boolean none = text.equals("*SAME") || text.equals("*NONE");
    return !value.quoted() && none && "".equals(parameter.words().get(text));
  }

  /** What a special value means, or null for what is none. BAD_REQUEST. */
  private @Nullable String special(ClParameter parameter, Value value) throws RefusedException {
    String text = value.text().toUpperCase(Locale.ROOT);
    if (value.quoted() || !text.startsWith("*")) {
      if (parameter.holds() == Holds.SPECIAL) {
        throw wrong(parameter, value);
      }
      return null;
    }
    String word = parameter.words().get(text);
    if (word == null) {
      throw wrong(parameter, value);
    }
    return word;
  }

  private RefusedException wrong(ClParameter parameter, Value value) {
    return RefusedException.badRequest(
        value.column(),
        parameter.keyword()
            + (parameter.words().isEmpty()
                ? " takes no special value"
                : " is one of " + String.join(", ", parameter.words().keySet()))
            + ", got "
            + value.text(),
        form.grammar());
  }

  private static String plain(ClParameter parameter, Value value) throws RefusedException {
    if (parameter.holds() == Holds.NUMBER && !value.text().matches("[0-9]{1,9}")) {
      throw RefusedException.badRequest(
          value.column(), parameter.keyword() + " is a number, got " + value.text());
    }
    boolean name = parameter.holds() == Holds.NAME || parameter.holds() == Holds.NAMES;
    return name && !value.quoted() ? value.text().toUpperCase(Locale.ROOT) : value.text();
  }

  private void put(String key, List<String> values, boolean quoted, Parameter written)
      throws RefusedException {
    int column = written.column();
    int valueColumn = written.values().get(0).column();
    Argument made = new Argument(Argument.Form.KEYED, key, values, quoted, column, valueColumn);
    if (arguments.put(key, made) != null) {
      throw RefusedException.badRequest(column, key + "= is given twice", form.grammar());
    }
  }
}
