package org.copybay.control.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** One line of Copy Services Manager on its way to a command of the modern dialect. One thread. */
final class CsmLine {
  /** The words that have a backup behind them, or in front of what else they take. */
  private static final Set<String> OF_BACKUPS =
      Set.of("expire", "recover", "restore", "lock", "hold", "release");

  private final String line;
  private final Command written;
  private final CsmForm form;
  private final List<Argument> arguments = new ArrayList<>();
  private final DialectFlags flags;
  private String verb;

  /**
   * A line.
   *
   * @param line as it was written
   * @param written its words
   * @param form what they are
   */
  CsmLine(String line, Command written, CsmForm form) {
    this.line = line;
    this.written = written;
    this.form = form;
    this.flags = new DialectFlags(form.name(), form.flags(), form.grammar());
    this.verb = form.verb();
  }

  /**
   * The command that it means. BAD_REQUEST.
   *
   * @param byShape whether plain words are known by what they look like: the number of a backup,
   *     and nocopy or background
   */
  Command translate(List<Argument> words, boolean byShape) throws RefusedException {
    for (int i = 0; i < words.size(); i++) {
      Argument word = words.get(i);
      if (word.form() != Argument.Form.FLAG) {
        keep(word, byShape);
        continue;
      }
      DialectFlag flag = flags.take(word);
      if (flag.operand() == DialectFlag.Operand.NONE) {
        put(flag.key(), flag.value(), word.column(), word.column());
      } else {
        i++;
        mean(flag, word, flags.value(flag, word, i < words.size() ? words.get(i) : null));
      }
    }
    if (verb.isEmpty()) {
      throw RefusedException.badRequest(
          line.stripTrailing().length(), form.name() + " needs " + CsmForm.ACTION, form.grammar());
    }
    return new Command(
        line, Verb.SAFEGUARDED + verb, written.verbColumn(), arguments, true, List.of());
  }

  /** A word that is no flag. */
  private void keep(Argument word, boolean byShape) throws RefusedException {
    if (word.form() != Argument.Form.PLAIN) {
      arguments.add(word);
      return;
    }
    if (!form.operand().isEmpty()) { // csmcli has nothing but the session
      if (has(Safeguards.SESSION)) {
        throw RefusedException.badRequest(
            word.column(), form.name() + " takes one session", form.grammar());
      }
      put(Safeguards.SESSION, word.text(), word.column(), word.column());
      return;
    }
    String key = byShape && !word.quoted() ? keyOf(word.text().toLowerCase(Locale.ROOT)) : "";
    if (key.isEmpty() || has(key)) {
      arguments.add(word);
    } else {
      put(key, word.text(), word.column(), word.column());
    }
  }

  /** The key that a word is a value of by what it looks like, or empty. */
  private String keyOf(String word) {
    boolean number = word.matches("[0-9]+") || word.equals(Safeguards.LATEST);
    if (number && OF_BACKUPS.contains(verb)) {
      return Safeguards.BACKUP;
    }
    boolean copy = word.equals("nocopy") || word.equals("background");
    return copy && verb.equals("recover") ? "copy" : "";
  }

  private boolean has(String key) {
    return arguments.stream().anyMatch(argument -> argument.name().equals(key));
  }

  private void mean(DialectFlag flag, Argument word, Argument operand) throws RefusedException {
    int place = operand.column();
    if (flag.name().equals(CsmForm.ACTION)) {
      String action = CsmForm.action(operand.text());
      if (action == null) {
        throw RefusedException.badRequest(
            place,
            "unknown action " + operand.text(),
            "one of " + String.join(", ", CsmForm.actions()));
      }
      verb = action;
      return;
    }
    if (flag.words().isEmpty()) {
      arguments.add(
          new Argument(
              Argument.Form.KEYED,
              flag.key(),
              operand.items(),
              operand.quoted(),
              word.column(),
              place));
      return;
    }
    String value = flag.words().get(operand.text().toLowerCase(Locale.ROOT));
    if (value == null) {
      throw RefusedException.badRequest(
          place, flag.name() + " is one of " + flag.value().replace("|", ", "), form.grammar());
    }
    put(flag.key(), value, word.column(), place);
  }

  /** Adds what the line means, unless that is nothing. */
  private void put(String key, String value, int column, int valueColumn) {
    if (!key.isEmpty()) {
      arguments.add(
          new Argument(Argument.Form.KEYED, key, List.of(value), false, column, valueColumn));
    }
  }
}
